"""A crash between any two statements of what follows an exam: all of it is there or nothing, and totals fit."""

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from cms.models import BankQuestion
from cms.services import void_question
from exams.grading import grade
from exams.models import Attempt, Paper, QuestionFigures, QuestionVoiding, Regrading
from exams.services import ask_regrading, close_overdue, count_attempts, regrade, start_attempt, void_attempt
from learning.models import CourseClearing, CourseProgress, Enrolment, LessonProgress
from registry.hours.models import HourEntry
from registry.inbox.models import Message
from tests.exams import classes
from tests.exams.conftest import Candidate
from tests.identity import factories
from tests.learning.test_crash_anywhere import recount, survives

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WHO: dict[str, Any] = {"actor_id": 1, "acting_as": "staff"}


def assert_grades_are_a_recount() -> None:
    for attempt in Attempt.objects.filter(state="finished").select_related("paper"):
        found = grade(attempt.paper.questions, attempt.answers, attempt.excused)
        assert (attempt.right, attempt.points) == (found.right, found.points)
        assert attempt.passed == (attempt.points >= attempt.pass_points)


def test_the_start_may_be_cut_anywhere(candidate, exam_of):
    course = exam_of()
    role, now = candidate.role, candidate.clock.now()

    statements = 0
    while not survives(lambda: start_attempt(actor=role, course_id=course.pk, now=now), statements):
        assert not Attempt.objects.exists(), "a connection lost at the start uses nothing up (complaints, row 11)"
        statements += 1

    assert statements > 5
    assert (Attempt.objects.count(), Paper.objects.count()) == (1, 1)


def test_the_close_that_passes_may_be_cut_anywhere(candidate, exam_of):
    course = exam_of()
    attempt = candidate.sits(course)
    candidate.answers(attempt, classes.right_answers(str(attempt.public_id)))
    safe = Attempt.objects.get().answers

    statements = 0
    while not survives(lambda: candidate.hands_in(attempt), statements):
        row = Attempt.objects.get()
        assert (row.state, row.answers, row.points) == ("open", safe, 0), "all of it or nothing"
        assert recount() == 0
        assert Enrolment.objects.get().completed_at is None
        statements += 1

    assert statements > 8
    assert Attempt.objects.get().passed
    assert recount() == Decimal(1)
    assert HourEntry.objects.count() == 1
    assert_grades_are_a_recount()


def test_the_close_that_clears_the_course_may_be_cut_anywhere(candidate, exam_of):
    course = exam_of()
    candidate.fails(course)
    attempt = candidate.sits(course)
    candidate.clock.set(attempt.deadline_at)

    statements = 0
    while not survives(lambda: close_overdue(now=candidate.clock.now()), statements):
        assert Attempt.objects.get(pk=attempt.pk).state == "open"
        assert LessonProgress.objects.get().frontier_ms == 20_000
        assert CourseProgress.objects.get().round == 1
        assert not CourseClearing.objects.exists()
        statements += 1

    assert statements > 8
    assert (LessonProgress.objects.get().frontier_ms, CourseProgress.objects.get().round) == (0, 2)
    assert Message.objects.filter(kind="exam_result").count() == 1
    assert_grades_are_a_recount()


def test_voiding_an_attempt_may_be_cut_anywhere(candidate, exam_of):
    course = exam_of()
    candidate.fails(course)
    last = candidate.fails(course)
    now = candidate.clock.now()

    statements = 0
    while not survives(lambda: void_attempt(attempt_id=last.pk, reason="停电", now=now, **WHO), statements):
        assert Attempt.objects.get(pk=last.pk).state == "finished"
        assert (LessonProgress.objects.get().frontier_ms, CourseProgress.objects.get().round) == (0, 2)
        statements += 1

    assert statements > 8
    assert (LessonProgress.objects.get().frontier_ms, CourseProgress.objects.get().round) == (20_000, 1)
    assert Message.objects.filter(kind="exam_voided").count() == 1


def failed_by_a_question(candidate: Candidate, course: Any) -> int:
    """Two learners who missed the mark by one question, the second one's course cleared; the question's id."""
    learners = [candidate, Candidate(factories.learner("学员", 301), candidate.clock)]
    learners[1].enrols(course.class_page)
    classes.watch_all(learners[1], course)
    wrong = BankQuestion.objects.latest("pk").pk
    for learner in learners:
        attempt = learner.sits(course)
        paper = Paper.objects.get(attempt=attempt).questions
        good = [question for question in paper if question["question"] != wrong][:3]
        answers = classes.wrong_answers(str(attempt.public_id)) | {q["id"]: q["right"] for q in good}
        learner.answers(attempt, answers)
        learner.hands_in(attempt)
    learners[1].fails(course)
    return wrong


def test_the_job_of_regrading_may_be_cut_anywhere_and_goes_on(candidate, exam_of):
    """Cut again and again, each time a statement later; its lease runs out, and it goes on where it was."""
    course = exam_of(in_bank=5, pass_points=4)
    wrong = failed_by_a_question(candidate, course)
    void_question(question_id=wrong, reason="有误", now=candidate.clock.now(), **WHO)
    ask_regrading(question_id=wrong, now=candidate.clock.now())
    cuts = 0
    while not survives(lambda: regrade(question_id=wrong, clock=candidate.clock), cuts):
        assert_grades_are_a_recount()
        passed = Attempt.objects.filter(passed=True).count()
        job = QuestionVoiding.objects.get()
        assert job.regraded == Regrading.objects.count()
        assert passed == CourseProgress.objects.filter(exam_passed_at__isnull=False).count()
        assert passed == HourEntry.objects.count() == Enrolment.objects.filter(completed_at__isnull=False).count()
        candidate.clock.tick(121)
        cuts += 1

    assert cuts > 10
    assert QuestionVoiding.objects.get().done_at
    assert Attempt.objects.filter(passed=True).count() == 2
    assert HourEntry.objects.aggregate(summed=Sum("recognised"))["summed"] == 2
    assert set(CourseProgress.objects.values_list("round", flat=True)) == {1}
    assert Message.objects.filter(kind="exam_regraded").count() == 2


def test_the_fold_of_figures_may_be_cut_anywhere(candidate, exam_of):
    course = exam_of(in_bank=5)
    for number in range(3):
        learner = Candidate(factories.learner(f"学员{number}", 300 + number), candidate.clock)
        learner.enrols(course.class_page)
        classes.watch_all(learner, course)
        learner.fails(course)
    now = candidate.clock.now()

    statements = 0
    while not survives(lambda: count_attempts(now=now), statements):
        assert not QuestionFigures.objects.exists()
        assert not Attempt.objects.filter(counted_at__isnull=False).exists()
        statements += 1

    assert statements > 8
    assert count_attempts(now=now) == 0
    assert list(QuestionFigures.objects.values_list("shown", flat=True)) == [3] * 5
