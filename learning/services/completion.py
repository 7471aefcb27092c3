"""Completion: lesson → course → class → hours (L7). Credited once, whoever calls it how often."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cms.queries import ClassTerms, class_terms
from learning.models import NO_STOP, CourseProgress, Enrolment, LessonProgress
from learning.queries.outline import ClassProgress, CourseState, class_progress_of
from registry.hours.services import credit
from registry.inbox.services import send


@transaction.atomic
def settle(*, progress_id: int, now: datetime) -> tuple[bool, list[str]]:
    """Mark a lesson done that is watched to its end with nothing left to answer, and what follows from it.

    One at a time for an enrolment: of two last lessons that end at once, each would miss the other.
    Returns whether the lesson is done, and the ids of the lessons and courses this call opened.
    """
    progress = LessonProgress.objects.select_for_update(no_key=True).get(pk=progress_id)
    enrolment = Enrolment.objects.select_for_update(no_key=True).get(pk=progress.enrolment_id)
    terms = class_terms(enrolment.class_page_id)
    before = class_progress_of(enrolment, terms)
    claimed = LessonProgress.objects.filter(
        pk=progress_id, done_at__isnull=True, frontier_ms__gte=F("duration_ms"), next_stop_ms=NO_STOP
    ).update(done_at=now)
    if not claimed:
        return progress.done_at is not None, []
    settle_enrolment(enrolment=enrolment, terms=terms, now=now)
    after = class_progress_of(enrolment, terms)
    return True, sorted(after.open_ids() - before.open_ids())


@transaction.atomic
def settle_enrolment(*, enrolment: Enrolment, terms: ClassTerms, now: datetime) -> None:
    """Count every course whose videos are done and whose exam, if any, is passed; then the class (L7).

    Nothing counts in a place that was taken back (refunded).
    """
    if enrolment.state != Enrolment.State.ACTIVE:
        return
    outline = class_progress_of(enrolment, terms)
    for course in outline.courses:
        if course.videos_done:
            _settle_course(enrolment, terms, course, now)
    if all(_counts(course) for course in outline.courses):
        _settle_class(enrolment, terms, outline, now)


def _counts(course: CourseState) -> bool:
    return course.state == "done"


def _settle_course(enrolment: Enrolment, terms: ClassTerms, course: CourseState, now: datetime) -> None:
    CourseProgress.objects.get_or_create(enrolment=enrolment, course_id=course.id)
    row = CourseProgress.objects.filter(enrolment=enrolment, course_id=course.id)
    if row.filter(videos_done_at__isnull=True).update(videos_done_at=now) and not _counts(course):
        send(
            user_id=enrolment.user_id,
            kind="exam_open",
            title=_("“%(course)s”的视频已学完，可以考试了") % {"course": course.title},
            body=_("有两次机会，准备好了再开始。"),
            link=f"/learn/exams/{course.id}/",
            now=now,
        )
    if not _counts(course) or not row.filter(counted_at__isnull=True).update(counted_at=now):
        return
    if terms.subject == "professional" and course.hours > 0:
        credit(
            user_id=enrolment.user_id,
            subject=terms.subject,
            hours=course.hours,
            title=f"{terms.title} · {course.title}",
            source_kind="course",
            source_key=f"{terms.id}:{course.block_id}",
            year=terms.year,
            now=now,
        )


def _settle_class(enrolment: Enrolment, terms: ClassTerms, outline: ClassProgress, now: datetime) -> None:
    """All courses count: the class is completed in this version, and one of public subject credits its hours as one."""
    row = Enrolment.objects.filter(pk=enrolment.pk, completed_at__isnull=True)
    if not outline.courses or not row.update(completed_at=now, syllabus_version=outline.version):
        return
    if terms.subject == "public":
        credit(
            user_id=enrolment.user_id,
            subject=terms.subject,
            hours=terms.hours,
            title=terms.title,
            source_kind="class",
            source_key=str(terms.id),
            year=terms.year,
            now=now,
        )
