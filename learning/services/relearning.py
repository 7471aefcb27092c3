"""The exam's part of a course: passed, or failed twice and learned again (L2). `exams` calls, in its transaction.

Whatever clears a course holds the learner first, so that no watch opens meanwhile, then watches, then progress: the
order in which opening and ending a watch take them.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime

from cms.queries import class_terms, course_lessons
from learning.models import CourseClearing, CourseProgress, Enrolment, LessonProgress, Watch
from learning.queries.outline import class_progress_of
from learning.queries.places import lesson_of_progress
from learning.services.completion import settle_enrolment
from learning.services.stops import open_check, stops_of
from learning.services.watches import end_watches_of


@transaction.atomic
def pass_exam(*, enrolment_id: int, course_id: int, now: datetime) -> list[str]:
    """The exam of a course is passed: it counts, the next one opens, hours flow on (L7). Once, however often called.

    Gives the ids of what this call opened, as the API names them.
    """
    enrolment = Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment_id)
    terms = class_terms(enrolment.class_page_id)
    before = class_progress_of(enrolment, terms).open_ids()
    CourseProgress.objects.get_or_create(enrolment=enrolment, course_id=course_id)
    CourseProgress.objects.filter(enrolment=enrolment, course_id=course_id, exam_passed_at__isnull=True).update(
        exam_passed_at=now
    )
    settle_enrolment(enrolment=enrolment, terms=terms, now=now)
    return sorted(class_progress_of(enrolment, terms).open_ids() - before)


@transaction.atomic
def clear_course(*, enrolment_id: int, course_id: int, round_: int, now: datetime) -> bool:
    """Two failures: all videos of the course are to be watched again, its pop-up quizzes answered again (L2).

    Ends round `round_` and begins the next; False where that round has ended already. Nothing else of the learner is
    touched, hours least of all: a course that counted can't be cleared.
    """
    rows = _hold(enrolment_id, course_id, now)
    course = CourseProgress.objects.filter(enrolment_id=enrolment_id, course_id=course_id)
    claimed = course.filter(round=round_, counted_at__isnull=True, exam_passed_at__isnull=True).update(
        round=round_ + 1, videos_done_at=None
    )
    if not claimed:
        return False
    CourseClearing.objects.create(
        course_progress=course.get(), round=round_, cleared_at=now, kept={str(row.pk): _kept(row) for row in rows}
    )
    for row in rows:
        row.frontier_ms = row.position_ms = row.budget_ms = 0
        row.done_at = None
        row.round = round_ + 1
        _write(row)
    return True


@transaction.atomic
def restore_course(*, enrolment_id: int, course_id: int, round_: int, now: datetime) -> bool:
    """Undo the clearing that ended round `round_`, which turned out to be wrong (a voided attempt, a voided question).

    Every video is as it was, or as far as it has been watched since, whichever is further. False where there is none,
    a later round was cleared since, or the exam has been passed.
    """
    rows = _hold(enrolment_id, course_id, now)
    of_course = CourseProgress.objects.filter(enrolment_id=enrolment_id, course_id=course_id)
    course = of_course.filter(round=round_ + 1, exam_passed_at__isnull=True)
    clearing = CourseClearing.objects.filter(course_progress__in=course, round=round_, undone_at__isnull=True).first()
    if clearing is None or not course.update(round=round_):
        return False
    CourseClearing.objects.filter(pk=clearing.pk).update(undone_at=now)
    for row in rows:
        kept = clearing.kept.get(str(row.pk))
        if kept:
            row.frontier_ms = max(row.frontier_ms, kept["frontier_ms"])
            row.position_ms = kept["position_ms"]
            row.done_at = parse_datetime(kept["done_at"]) if kept["done_at"] else row.done_at
        row.round = round_
        _write(row)
    enrolment = Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment_id)
    settle_enrolment(enrolment=enrolment, terms=class_terms(enrolment.class_page_id), now=now)
    return True


def _hold(enrolment_id: int, course_id: int, now: datetime) -> list[LessonProgress]:
    """The course's lessons of this learner, held, with no watch open in them."""
    Enrolment.objects.select_related("user").select_for_update(of=("user",), no_key=True).get(pk=enrolment_id)
    lessons = LessonProgress.objects.filter(enrolment_id=enrolment_id, lesson_id__in=course_lessons(course_id))
    end_watches_of(progress_ids=list(lessons.values_list("pk", flat=True)), reason=Watch.End.CLEARED, now=now)
    return list(lessons.select_related("enrolment").order_by("pk").select_for_update(of=("self",), no_key=True))


def _kept(row: LessonProgress) -> dict[str, Any]:
    return {
        "frontier_ms": row.frontier_ms,
        "position_ms": row.position_ms,
        "done_at": row.done_at.isoformat() if row.done_at else None,
    }


def _write(row: LessonProgress) -> None:
    """Store the row's place and round, its stops as the answers of that round leave them."""
    row.next_stop_ms, row.next_quiz_ms = stops_of(lesson_of_progress(row), row, open_check(row.pk))
    row.save(
        update_fields=[
            "frontier_ms",
            "position_ms",
            "budget_ms",
            "done_at",
            "round",
            "next_stop_ms",
            "next_quiz_ms",
        ]
    )


def hold_course(*, enrolment_id: int, course_id: int) -> int:
    """Hold a course of an enrolment until the transaction ends; gives its round. Exams begin one after the other."""
    CourseProgress.objects.get_or_create(enrolment_id=enrolment_id, course_id=course_id)
    held = CourseProgress.objects.select_for_update(no_key=True).get(enrolment_id=enrolment_id, course_id=course_id)
    return held.round
