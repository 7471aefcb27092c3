"""Administrators and roles of the tests: 韩梅 is the hospital's super one, others have what their role says."""

from typing import Any

from core.models import AuditEntry
from identity.acting import ActingRole, modules_of
from identity.models import Membership, Organisation, PermissionRole, User
from identity.services import give_roles
from registry.inbox.models import Message
from tests.identity import factories


def permission_role(name: str, *modules: str, unit: Organisation | None = None, kind: str = "employer") -> int:
    """A role of the hospital's administrators unless said otherwise; gives its id."""
    made = PermissionRole.objects.create(
        organisation=unit or factories.organisation(), kind=kind, name=name, modules=sorted(modules)
    )
    return made.pk


def colleague(
    name: str = "罗芳",
    serial: int = 46,
    *modules: str,
    unit: Organisation | None = None,
    kind: str = "employer",
    role_ids: tuple[int, ...] = (),
) -> User:
    """An administrator who isn't the super one; `modules` come as a role of his own name."""
    user = factories.person(name, serial)
    row = factories.membership(user, kind, unit)
    own = (permission_role(f"{name}的角色", *modules, unit=unit, kind=kind),) if modules else ()
    give_roles(membership_id=row.pk, role_ids=[*own, *role_ids])
    return user


def acting(user: User, kind: str = "employer") -> ActingRole:
    """What a request of this administrator acts in now."""
    return factories.role(user, kind)


def membership_of(user: User, kind: str = "employer") -> Membership:
    """His newest membership of this kind, whatever its state."""
    found = Membership.objects.filter(user=user, kind=kind).order_by("-pk").first()
    assert found is not None
    return found


def modules(user: User, kind: str = "employer") -> frozenset[str]:
    """What he may do now, nothing where he administers no more."""
    row = membership_of(user, kind)
    if row.state != "active":
        return frozenset()
    return modules_of(kind, row.organisation.kind) if row.is_super else frozenset(row.modules)


def told(user: User) -> list[str]:
    """The kinds of his messages, in order."""
    return list(Message.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def audited(*acts: str) -> list[dict[str, Any]]:
    """Before and after of every audit entry of these acts, in order."""
    return list(AuditEntry.objects.filter(act__in=acts).order_by("pk").values("before", "after"))
