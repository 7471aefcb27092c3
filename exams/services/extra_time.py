"""More time for a learner who needs it (残疾人延时)."""

from datetime import datetime, timedelta

from django.db import transaction

from core import audit
from exams.errors import JustGranted
from exams.models import Attempt, ExtraTime


def time_allowed(minutes: int, percent: int) -> timedelta:
    """How long an exam of so many minutes is with so much more time."""
    return timedelta(minutes=minutes) * (100 + percent) / 100


def percent_of(user_id: int) -> int:
    """How much more time this learner has; 0 for none."""
    granted = ExtraTime.objects.filter(user_id=user_id, ended_at__isnull=True)
    return granted.values_list("percent", flat=True).first() or 0


@transaction.atomic
def grant_extra_time(
    *, user_id: int, percent: int, reason: str, actor_id: int, acting_as: str, now: datetime
) -> ExtraTime:
    """Give a learner `percent` more time in every exam from now on, in an open one too. Takes the place of an earlier
    grant. Logged. Raises JustGranted where somebody else did so in this moment.
    """
    before = ExtraTime.objects.filter(user_id=user_id, ended_at__isnull=True).first()
    ExtraTime.objects.filter(user_id=user_id, ended_at__isnull=True).update(ended_at=now)
    granted, is_new = ExtraTime.objects.get_or_create(
        user_id=user_id,
        ended_at__isnull=True,
        defaults={"percent": percent, "reason": reason, "granted_by_id": actor_id, "granted_at": now},
    )
    if not is_new:
        raise JustGranted
    for attempt in Attempt.objects.filter(user_id=user_id, state=Attempt.State.OPEN).select_related("blueprint"):
        planned = attempt.opened_at + time_allowed(attempt.blueprint.minutes, percent)
        if planned > attempt.deadline_at:
            Attempt.objects.filter(pk=attempt.pk, state=Attempt.State.OPEN).update(deadline_at=planned)
    audit.record(
        act="exam.extra_time_granted",
        now=now,
        actor_id=actor_id,
        acting_as=acting_as,
        target=("identity.user", user_id),
        before={"percent": before.percent if before else 0},
        after={"percent": percent, "reason": reason},
    )
    return granted


@transaction.atomic
def end_extra_time(*, extra_time_id: int, actor_id: int, acting_as: str, now: datetime) -> None:
    """Take a grant back; exams already begun keep their time. Logged. Ending one that has ended changes nothing."""
    ended = ExtraTime.objects.filter(pk=extra_time_id, ended_at__isnull=True)
    row = ended.first()
    if row is None or not ended.update(ended_at=now):
        return
    audit.record(
        act="exam.extra_time_ended",
        now=now,
        actor_id=actor_id,
        acting_as=acting_as,
        target=("identity.user", row.user_id),
        before={"percent": row.percent},
        after={"percent": 0},
    )
