"""Writing memberships. Who may do it, and when, is said by the processes of `registry`."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from identity.acting import modules_of
from identity.errors import AlreadyMember
from identity.models import AccessToken, Membership, PermissionRole


@transaction.atomic
def open_membership(
    *,
    user_id: int,
    kind: str,
    organisation_id: int,
    now: datetime,
    state: str = "in_review",
    is_super: bool = False,
    work_department_id: int | None = None,
) -> int:
    """A new membership; gives its id. Raises AlreadyMember: a technician belongs to one unit, an organisation has one
    super administrator of a kind, nobody is the same thing twice.
    """
    try:
        with transaction.atomic():
            made = Membership.objects.create(
                user_id=user_id,
                kind=kind,
                organisation_id=organisation_id,
                state=state,
                is_super=is_super,
                work_department_id=work_department_id,
                since=now,
            )
    except IntegrityError:
        raise AlreadyMember from None
    return made.pk


def settle_membership(*, user_id: int, kind: str, organisation_id: int, passed: bool, now: datetime) -> bool:
    """Take up or turn back the membership that is in review; False where there is none (any more)."""
    state = Membership.State.ACTIVE if passed else Membership.State.REJECTED
    in_review = Membership.objects.filter(
        user_id=user_id, kind=kind, organisation_id=organisation_id, state=Membership.State.IN_REVIEW
    )
    return bool(in_review.update(state=state, since=now))


@transaction.atomic
def end_membership(*, membership_id: int, now: datetime) -> bool:
    """End it at once; tokens that act in it are void. False where it had ended already."""
    standing = Membership.objects.filter(pk=membership_id).exclude(state=Membership.State.ENDED)
    ended = standing.update(state=Membership.State.ENDED, ended_at=now, is_super=False)
    AccessToken.objects.filter(membership_id=membership_id).delete()
    return bool(ended)


@transaction.atomic
def move_technician(*, user_id: int, organisation_id: int, work_department_id: int | None, now: datetime) -> int:
    """End the technician's present membership and begin one in another unit (T2); gives the new one's id."""
    for old in Membership.objects.filter(user_id=user_id, kind="technician", state__in=["active", "in_review"]):
        end_membership(membership_id=old.pk, now=now)
    return open_membership(
        user_id=user_id,
        kind="technician",
        organisation_id=organisation_id,
        now=now,
        state=Membership.State.ACTIVE,
        work_department_id=work_department_id,
    )


@transaction.atomic
def give_roles(*, membership_id: int, role_ids: Iterable[int]) -> None:
    """Set the permission roles of an administrator; his modules follow. Roles of other organisations are ignored."""
    membership = Membership.objects.select_for_update().get(pk=membership_id)
    own = PermissionRole.objects.filter(organisation_id=membership.organisation_id, kind=membership.kind)
    membership.roles.set(own.filter(pk__in=list(role_ids)))
    refresh_modules(membership_ids=[membership_id])


@transaction.atomic
def refresh_modules(*, membership_ids: Iterable[int]) -> None:
    """Bring `modules` in line with the roles given (改了角色，用它的人马上跟着变)."""
    members = Membership.objects.filter(pk__in=list(membership_ids)).select_related("organisation")
    for membership in members.prefetch_related("roles"):
        granted = {module for role in membership.roles.all() for module in role.modules}
        most = modules_of(membership.kind, membership.organisation.kind)
        Membership.objects.filter(pk=membership.pk).update(modules=sorted(granted & most))
