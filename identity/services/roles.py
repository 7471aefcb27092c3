"""Writing permission roles. Who may grant what is said by `registry.units` (U4)."""

from collections.abc import Iterable

from django.db import transaction

from identity.models import Membership, PermissionRole
from identity.queries.administrators import PermissionRoleFacts, roles_as_facts


def lock_roles(*, role_ids: Iterable[int], organisation_id: int, kind: str) -> list[PermissionRoleFacts]:
    """These roles of an organisation's administrators of a kind; until the transaction ends nobody else gives, changes
    or drops them. Those of others are left out.

    Lock roles before memberships, so that two who manage the same people never wait for each other.
    """
    own = PermissionRole.objects.filter(pk__in=list(role_ids), organisation_id=organisation_id, kind=kind)
    locked = list(own.select_for_update().order_by("pk").values_list("pk", flat=True))
    return roles_as_facts(PermissionRole.objects.filter(pk__in=locked))


@transaction.atomic
def add_role(*, organisation_id: int, kind: str, name: str, note: str, modules: Iterable[str]) -> int:
    """A new role; gives its id. Raises IntegrityError where the name is taken."""
    made = PermissionRole.objects.create(
        organisation_id=organisation_id, kind=kind, name=name, note=note, modules=sorted(modules)
    )
    return made.pk


@transaction.atomic
def change_role(*, role_id: int, name: str, note: str, modules: Iterable[str]) -> None:
    """Set all of a role; its holders' modules are `refresh_modules`' to follow. Raises IntegrityError as above."""
    PermissionRole.objects.filter(pk=role_id).update(name=name, note=note, modules=sorted(modules))


@transaction.atomic
def drop_roles(*, role_ids: Iterable[int]) -> None:
    """Delete roles that nobody has (any more)."""
    PermissionRole.objects.filter(pk__in=list(role_ids)).delete()


def holders_of(role_id: int) -> dict[int, int]:
    """The active memberships that have this role, with whose they are: `{membership: user}`."""
    rows = Membership.objects.filter(roles=role_id, state=Membership.State.ACTIVE)
    return dict(rows.order_by("pk").values_list("pk", "user_id"))
