"""Sitting an exam: what opens it, what it keeps, what passing and failing lead to (L2)."""

import pytest
from django.core.exceptions import ObjectDoesNotExist

from exams.errors import AlreadyPassed, ExamLocked, NoAttemptsLeft
from exams.models import Attempt
from exams.queries import exam_of as exam_card
from learning.models import CourseProgress, Enrolment, LessonProgress
from registry.hours.models import HourEntry
from tests.exams import classes


def test_the_exam_opens_when_the_videos_are_done(candidate):
    page, (course,) = classes.exam_class(classes.exam(classes.bank()))
    candidate.enrols(page)
    with pytest.raises(ExamLocked):
        candidate.sits(course)
    assert not Attempt.objects.exists()

    classes.watch_all(candidate, course)

    assert candidate.sits(course).number == 1


def test_passing_counts_the_course_and_credits_the_class(candidate, exam_of):
    course = exam_of()
    assert not HourEntry.objects.exists()

    attempt = candidate.passes(course)

    assert (attempt.passed, attempt.right, attempt.points) == (True, 5, 5)
    assert Enrolment.objects.get().completed_at == candidate.clock.now()
    assert HourEntry.objects.get().recognised == 1
    with pytest.raises(AlreadyPassed):
        candidate.sits(course)


def test_an_attempt_in_progress_is_given_back(candidate, exam_of):
    course = exam_of()
    first = candidate.sits(course)
    assert candidate.sits(course).pk == first.pk
    assert Attempt.objects.count() == 1


def test_two_failures_clear_the_course_and_open_two_new_attempts(candidate, exam_of):
    course = exam_of()
    candidate.fails(course)
    assert LessonProgress.objects.get().done_at is not None
    candidate.fails(course)

    progress = LessonProgress.objects.get()
    assert (progress.frontier_ms, progress.done_at) == (0, None)
    assert CourseProgress.objects.get().round == 2
    assert exam_card(candidate.role, course.pk).state == "relearn"
    assert exam_card(candidate.role, course.pk).attempts_left == 0
    with pytest.raises(NoAttemptsLeft):
        candidate.sits(course)

    classes.watch_all(candidate, course)

    assert exam_card(candidate.role, course.pk).attempts_left == 2
    assert candidate.passes(course).passed


def test_a_course_without_an_exam_has_none_to_sit(candidate):
    page, (course,) = classes.exam_class(None)
    candidate.enrols(page)
    classes.watch_all(candidate, course)

    with pytest.raises(ObjectDoesNotExist):
        candidate.sits(course)

    assert not Attempt.objects.exists()
