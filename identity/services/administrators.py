"""Writing administrators' memberships: who is the super one, who is one no more. `registry.units` has the rules."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from identity.models import Membership, Organisation
from identity.queries.administrators import AdministratorFacts, administrator_or_none
from identity.services.memberships import end_membership


def lock_administrators(*, membership_ids: Iterable[int]) -> dict[int, AdministratorFacts]:
    """These active administrators as they are now; until the transaction ends nobody else changes them.

    Locked in one order whoever asks. Those that ended are left out.
    """
    rows = Membership.objects.filter(pk__in=list(membership_ids)).select_for_update().order_by("pk")
    found = [administrator_or_none(pk) for pk in rows.values_list("pk", flat=True)]
    return {one.membership_id: one for one in found if one is not None}


@transaction.atomic
def end_administrator(*, membership_id: int, now: datetime) -> bool:
    """End an administrator's membership at once, with the tokens that act in it. False for a super or an ended one."""
    plain = Membership.objects.filter(pk=membership_id, state=Membership.State.ACTIVE, is_super=False)
    if not list(plain.select_for_update().values_list("pk")):
        return False
    return end_membership(membership_id=membership_id, now=now)


@transaction.atomic
def raise_to_super(*, membership_id: int, former_id: int | None, now: datetime) -> bool:
    """Make an administrator the super one, and end the membership of who was it (`former_id`) at once.

    False, and nothing is changed, where `former_id` is it no more or the other is no administrator any more. Raises
    IntegrityError where there is another one meanwhile (`one_super_administrator`).
    """
    ids = [pk for pk in (membership_id, former_id) if pk is not None]
    active = Membership.objects.filter(state=Membership.State.ACTIVE)
    standing = dict(active.filter(pk__in=ids).select_for_update().order_by("pk").values_list("pk", "is_super"))
    if membership_id not in standing or (former_id is not None and not standing.get(former_id)):
        return False
    if former_id is not None:
        end_membership(membership_id=former_id, now=now)
    heir = Membership.objects.get(pk=membership_id)
    heir.roles.clear()
    Membership.objects.filter(pk=membership_id).update(is_super=True, modules=[])
    return True


@transaction.atomic
def end_all_memberships(*, organisation_id: int, now: datetime) -> list[int]:
    """End every membership of an organisation that is deleted, the super's too; gives the user ids."""
    standing = Membership.objects.filter(organisation_id=organisation_id).exclude(
        state__in=[Membership.State.ENDED, Membership.State.REJECTED]
    )
    rows = list(standing.select_for_update().order_by("pk").values_list("pk", "user_id"))
    for membership_id, _user_id in rows:
        end_membership(membership_id=membership_id, now=now)
    return list(dict.fromkeys(user_id for _pk, user_id in rows))


def lock_organisation(*, organisation_id: int) -> None:
    """Until the transaction ends nobody else who locks it goes on: deleting a unit against somebody's coming in."""
    list(Organisation.objects.select_for_update(no_key=True).filter(pk=organisation_id).values_list("pk"))
