"""How an enrolment stands, as whoever handles its money asks (F3, F4)."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from cms.queries import class_terms, syllabus_of
from learning.models import Enrolment, LessonProgress
from registry.hours.queries import credited_keys


@dataclass(frozen=True)
class Standing:
    """Whether somebody has begun and finished, and the hours (学时) that the class has brought him."""

    enrolment_id: int
    is_active: bool
    has_begun: bool
    is_finished: bool
    hours: Decimal


def standing_of(enrolment_id: int) -> Standing:
    """How one enrolment stands. Raises Enrolment.DoesNotExist."""
    enrolment = Enrolment.objects.get(pk=enrolment_id)
    terms = class_terms(enrolment.class_page_id)
    if terms.subject == "public":
        credited = credited_keys(enrolment.user_id, "class", [str(terms.id)])
    else:
        courses = syllabus_of(terms.id, enrolment.syllabus_version).courses
        credited = credited_keys(enrolment.user_id, "course", [f"{terms.id}:{course.block_id}" for course in courses])
    return Standing(
        enrolment_id=enrolment.pk,
        is_active=enrolment.state == Enrolment.State.ACTIVE,
        has_begun=enrolment.pk in begun([enrolment.pk]),
        is_finished=enrolment.completed_at is not None,
        hours=sum(credited.values(), start=Decimal(0)),
    )


def begun(enrolment_ids: Collection[int]) -> frozenset[int]:
    """Those of these enrolments in which something was watched. One query."""
    rows = LessonProgress.objects.filter(enrolment_id__in=enrolment_ids, frontier_ms__gt=0)
    return frozenset(rows.values_list("enrolment_id", flat=True).distinct())


def finished(enrolment_ids: Collection[int]) -> frozenset[int]:
    """Those of these enrolments that are completed. One query."""
    rows = Enrolment.objects.filter(pk__in=enrolment_ids, completed_at__isnull=False)
    return frozenset(rows.values_list("pk", flat=True))


def learning_in(class_id: int, user_ids: Collection[int]) -> frozenset[int]:
    """Those of these people who are in this class. One query."""
    rows = Enrolment.objects.filter(class_page_id=class_id, user_id__in=user_ids, state=Enrolment.State.ACTIVE)
    return frozenset(rows.values_list("user_id", flat=True))
