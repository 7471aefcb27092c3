"""Keeping the departments inside one's own unit (工作部门, U1)."""

from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from core import audit
from core.errors import FieldRefusals
from identity import queries as identity
from identity import rules
from identity import services as tree
from identity.acting import ActingRole
from identity.errors import Missing

MOST_CHARS = 60


@transaction.atomic
def add_department(*, actor: ActingRole, name: str, parent_id: int | None, now: datetime) -> int:
    """A new department; its id. Raises FieldRefusals, DepartmentNamed, ObjectDoesNotExist (the parent)."""
    made = tree.add_work_department(organisation_id=actor.organisation_id or 0, name=_named(name), parent_id=parent_id)
    _note("department.add", actor, {}, {"department": made, "name": name.strip()}, now)
    return made


@transaction.atomic
def change_department(
    *, actor: ActingRole, department_id: int, name: str, parent_id: int | None, now: datetime
) -> None:
    """Rename it, and put it with what is below it under another one or at the top; people in it keep belonging to it.

    Raises FieldRefusals, DepartmentNamed, DepartmentLoop, ObjectDoesNotExist.
    """
    own = identity.work_department(actor.organisation_id or 0, department_id)
    if own is None:
        raise ObjectDoesNotExist
    name = _named(name)
    tree.change_work_department(
        organisation_id=actor.organisation_id or 0, department_id=department_id, name=name, parent_id=parent_id
    )
    if name != own.name:
        _note("department.rename", actor, {"name": own.name}, {"department": department_id, "name": name}, now)
    if parent_id != own.parent_id:
        after: dict[str, object] = {"department": department_id, "name": name, "parent": parent_id}
        _note("department.move", actor, {"parent": own.parent_id}, after, now)


@transaction.atomic
def close_department(*, actor: ActingRole, department_id: int, closed: bool, now: datetime) -> None:
    """Close an empty branch of the tree, or open it again. Raises DepartmentNotEmpty, ObjectDoesNotExist."""
    tree.close_work_department(organisation_id=actor.organisation_id or 0, department_id=department_id, closed=closed)
    act = "department.close" if closed else "department.reopen"
    own = identity.work_department(actor.organisation_id or 0, department_id)
    _note(act, actor, {}, {"department": department_id, "name": own.name if own else ""}, now)


@transaction.atomic
def restate_department(
    *,
    actor: ActingRole,
    department_id: int,
    now: datetime,
    name: str | None = None,
    parent: int | str | None = "",
    closed: bool | None = None,
) -> None:
    """All of these acts at once; an empty text as parent leaves it where it is, None puts it at the top.

    Raises what they raise; then nothing has changed.
    """
    own = identity.work_department(actor.organisation_id or 0, department_id)
    if own is None:
        raise ObjectDoesNotExist
    if closed is False and own.is_closed:
        close_department(actor=actor, department_id=department_id, closed=False, now=now)
    if name is not None or parent != "":
        own = identity.work_department(actor.organisation_id or 0, department_id) or own
        above = own.parent_id if parent == "" else int(parent) if parent is not None else None
        wanted = own.name if name is None else name
        change_department(actor=actor, department_id=department_id, name=wanted, parent_id=above, now=now)
    if closed and not own.is_closed:
        close_department(actor=actor, department_id=department_id, closed=True, now=now)


@transaction.atomic
def order_department(*, actor: ActingRole, department_id: int, up: bool, now: datetime) -> None:
    """Let it change places with its neighbour before or after it; at the end of its row nothing happens.

    Raises ObjectDoesNotExist.
    """
    row = identity.department_siblings(actor.organisation_id or 0, department_id)
    if department_id not in row:
        raise ObjectDoesNotExist
    at = row.index(department_id)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(row):
        return
    row[at], row[to] = row[to], row[at]
    tree.order_work_departments(organisation_id=actor.organisation_id or 0, ids=row)
    own = identity.work_department(actor.organisation_id or 0, department_id)
    _note("department.order", actor, {}, {"department": department_id, "name": own.name if own else ""}, now)


def _named(name: str) -> str:
    name = name.strip()
    faults = [*rules.text_faults({"name": (name, MOST_CHARS)}), *([] if name else [Missing("name")])]
    if faults:
        raise FieldRefusals(faults)
    return name


def _note(act: str, actor: ActingRole, before: dict[str, object], after: dict[str, object], now: datetime) -> None:
    audit.record(
        act=act,
        now=now,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        target=("organisation", actor.organisation_id),
        before=before,
        after=after,
    )
