"""What a paid order does to an enrolment (L4, F1): begins it, ends it when the money goes back, restores it."""

from datetime import datetime

from django.db import transaction

from cms.queries import class_terms
from learning.models import Enrolment, LessonProgress, Watch
from learning.services.completion import settle_enrolment
from learning.services.watches import end_watches_of


@transaction.atomic
def enrol_paid(*, user_id: int, class_id: int, syllabus_version: int, now: datetime) -> Enrolment | None:
    """Put a learner into a class that was paid for; None where he is in it already.

    Who may be in it was checked when it was ordered, and holds (architecture: eligibility is frozen with the order).
    Who had left it comes back to where he was.
    """
    enrolment, created = Enrolment.objects.get_or_create(
        user_id=user_id, class_page_id=class_id, defaults={"syllabus_version": syllabus_version, "enrolled_at": now}
    )
    if created:
        return enrolment
    hold_learner(enrolment_id=enrolment.pk)
    return Enrolment.objects.get(pk=enrolment.pk) if restore_enrolment(enrolment_id=enrolment.pk, now=now) else None


def hold_learner(*, enrolment_id: int) -> None:
    """Hold the learner of an enrolment until the transaction ends: no watch of his opens, no place of his changes."""
    Enrolment.objects.select_related("user").select_for_update(of=("user",), no_key=True).get(pk=enrolment_id)


@transaction.atomic
def end_enrolment(*, enrolment_id: int, now: datetime) -> bool:
    """Take a place back: nothing more can be watched or sat in it. What was earned stays. False where it had ended.

    The learner is held first, then watches and progress, the enrolment last: as where lessons end and hours are
    credited. Hours that are being credited meanwhile are so when this returns; after it there come no more.
    """
    hold_learner(enrolment_id=enrolment_id)
    lessons = LessonProgress.objects.filter(enrolment_id=enrolment_id).values_list("pk", flat=True)
    end_watches_of(progress_ids=list(lessons), reason=Watch.End.REFUNDED, now=now)
    active = Enrolment.objects.filter(pk=enrolment_id, state=Enrolment.State.ACTIVE)
    return bool(active.update(state=Enrolment.State.ENDED))


@transaction.atomic
def restore_enrolment(*, enrolment_id: int, now: datetime) -> bool:
    """Give a place back as it was; what was completed meanwhile counts now. False where it had not ended."""
    ended = Enrolment.objects.filter(pk=enrolment_id, state=Enrolment.State.ENDED)
    if not ended.update(state=Enrolment.State.ACTIVE):
        return False
    enrolment = Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment_id)
    settle_enrolment(enrolment=enrolment, terms=class_terms(enrolment.class_page_id), now=now)
    return True
