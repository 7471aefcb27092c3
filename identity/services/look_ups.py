"""Looking people up: written down each time, for the person to read (X7; security.md: someone is accountable)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from core import audit
from identity.acting import ActingRole
from identity.models import User

LOOK_UP, REVEAL = "person.look_up", "person.reveal"


@transaction.atomic
def note_look_up(*, actor: ActingRole, user_id: int, reason: str, now: datetime) -> None:
    """Note that this role read what is kept of somebody else, once a day for each reason."""
    if actor.user_id == user_id:
        return
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    noted = audit.entries_of("user", user_id).filter(
        act=LOOK_UP, actor_id=actor.user_id, at__gte=midnight, after__reason=reason
    )
    if not noted.exists():
        _record(LOOK_UP, actor, user_id, reason, now)


@transaction.atomic
def reveal_id_number(*, actor: ActingRole, user_id: int, reason: str, now: datetime) -> str:
    """Somebody's whole ID number, each time noted; who may ask is the caller's rule. Raises User.DoesNotExist."""
    number = User.objects.get(pk=user_id).id_number
    _record(REVEAL, actor, user_id, reason, now)
    return number


def _record(act: str, actor: ActingRole, user_id: int, reason: str, now: datetime) -> None:
    audit.record(
        act=act,
        now=now,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        target=("user", user_id),
        after={"reason": reason, "organisation": actor.organisation_name},
    )
