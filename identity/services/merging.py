"""Moving what belongs to an organisation that is merged into another one (S1). The process is `registry.units`."""

from datetime import datetime

from django.db import transaction

from identity.acting import modules_of
from identity.models import AccessToken, Membership, Organisation, PermissionRole, WorkDepartment
from identity.services.memberships import end_membership, refresh_modules
from identity.services.organisations import lock_tree

_STANDING = ("in_review", "active")
_NOT_PASSED_ON = frozenset({"administrators", "roles"})
_DEPARTMENT_CHARS, _ROLE_CHARS = 60, 30


def lock_organisations(*organisation_ids: int) -> None:
    """Until the transaction ends nobody else moves, adds or merges a unit, and these rows stand still."""
    lock_tree()
    list(Organisation.objects.select_for_update().filter(pk__in=organisation_ids).order_by("pk").values_list("pk"))


@transaction.atomic
def move_technicians(*, from_id: int, to_id: int) -> int:
    """People and who asks to be taken up belong to the other organisation from now on; gives how many.

    The row stays theirs: sessions go on, the work department moves with them (`move_work_departments`).
    """
    standing = Membership.objects.filter(organisation_id=from_id, kind="technician", state__in=_STANDING)
    return standing.update(organisation_id=to_id)


@transaction.atomic
def move_administrators(*, from_id: int, to_id: int, role_name: str, now: datetime) -> int:
    """Administrators administer the other organisation from now on, with the roles they have; gives how many.

    Whoever administers both already keeps what he is there. The super administrator stays super only where the other
    has none of his kind; else he gets a role of `role_name` with all that his kind may do but managing administrators
    and roles: the other's super decides about that.
    """
    standing = Membership.objects.select_for_update().filter(organisation_id=from_id, state__in=_STANDING)
    rows = list(standing.exclude(kind="technician").order_by("pk"))
    for row in rows:
        there = Membership.objects.filter(organisation_id=to_id, kind=row.kind, state__in=_STANDING)
        if there.filter(user_id=row.user_id).exists():
            end_membership(membership_id=row.pk, now=now)
            continue
        stays_super = row.is_super and not there.filter(is_super=True).exists()
        Membership.objects.filter(pk=row.pk).update(organisation_id=to_id, is_super=stays_super)
        if row.is_super and not stays_super:
            row.roles.add(_role_of_former_super(to_id, row.kind, role_name))
    refresh_modules(membership_ids=[row.pk for row in rows])
    AccessToken.objects.filter(membership_id__in=[row.pk for row in rows]).delete()
    return len(rows)


@transaction.atomic
def move_work_departments(*, from_id: int, to_id: int, below: str) -> int:
    """The tree of departments moves whole, below a new one called `below`; gives how many moved.

    A department of that name at the top is used where there is one.
    """
    rows = WorkDepartment.objects.filter(organisation_id=from_id)
    moved = rows.count()
    if not moved:
        return 0
    name = below[:_DEPARTMENT_CHARS]
    top, _made = WorkDepartment.objects.get_or_create(
        organisation_id=to_id,
        parent=None,
        name=name,
        is_closed=False,
        defaults={"sort": WorkDepartment.objects.filter(organisation_id=to_id, parent=None).count()},
    )
    for row in rows.filter(parent=None).order_by("sort", "pk"):
        row.name = _free_department_name(top, row)
        row.organisation_id, row.parent_id = to_id, top.pk
        row.save(update_fields=["organisation", "parent", "name"])
    rows.update(organisation_id=to_id)
    return moved


@transaction.atomic
def move_permission_roles(*, from_id: int, to_id: int, suffix: str) -> int:
    """The roles move with who has them; one whose name is taken there gets `suffix`. Gives how many."""
    rows = list(PermissionRole.objects.filter(organisation_id=from_id).order_by("pk"))
    for row in rows:
        PermissionRole.objects.filter(pk=row.pk).update(
            organisation_id=to_id, name=_free_role_name(to_id, row.kind, row.name, suffix)
        )
    return len(rows)


def _role_of_former_super(to_id: int, kind: str, name: str) -> PermissionRole:
    most = modules_of(kind, Organisation.objects.values_list("kind", flat=True).get(pk=to_id))
    return PermissionRole.objects.create(
        organisation_id=to_id,
        kind=kind,
        name=_free_role_name(to_id, kind, name, ""),
        modules=sorted(most - _NOT_PASSED_ON),
    )


def _free_role_name(organisation_id: int, kind: str, name: str, suffix: str) -> str:
    taken = set(
        PermissionRole.objects.filter(organisation_id=organisation_id, kind=kind).values_list("name", flat=True)
    )
    return _free(name, suffix, taken, _ROLE_CHARS)


def _free_department_name(top: WorkDepartment, row: WorkDepartment) -> str:
    if row.is_closed:
        return row.name
    taken = set(WorkDepartment.objects.filter(parent=top, is_closed=False).values_list("name", flat=True))
    return _free(row.name, "", taken, _DEPARTMENT_CHARS)


def _free(name: str, suffix: str, taken: set[str], most: int) -> str:
    """The name, with the suffix or else a number where it is taken."""
    tails = ["", suffix, *(f"({n})" for n in range(2, len(taken) + 3))]
    names = (f"{name[: most - len(tail)]}{tail}" for tail in tails)
    return next(candidate for candidate in names if candidate not in taken)
