"""A question turns out to be wrong: whoever failed by it is regraded, upward only; the job goes on after a kill."""

from typing import Any

import pytest

from cms.services import void_question
from exams.grading import grade
from exams.models import Attempt, Paper, QuestionVoiding, Regrading
from exams.queries import exam_of as exam_card
from exams.services import ask_regrading, regrade, sweep_regradings, voiding
from exams.tasks import regrade_question
from learning.models import CourseProgress, Enrolment, LessonProgress
from registry.hours.models import HourEntry
from registry.inbox.models import Message
from tests.exams import classes
from tests.exams.conftest import Candidate
from tests.identity import factories

NEARLY = {"singles": 5, "pass_points": 4, "in_bank": 5}


def voids(question_id: int, clock: Any) -> None:
    """What the office does: voided, the job asked for."""
    void_question(question_id=question_id, reason="答案有误", actor_id=7, acting_as="staff", now=clock.now())
    ask_regrading(question_id=question_id, now=clock.now())


def sits_with(candidate: Candidate, course: Any, right: int) -> Attempt:
    """An attempt with this many right and the rest wrong, handed in."""
    attempt = candidate.sits(course)
    answers = classes.wrong_answers(str(attempt.public_id)) | classes.right_answers(str(attempt.public_id), right)
    candidate.answers(attempt, answers)
    return candidate.hands_in(attempt)


def question_at(attempt: Attempt, place: int) -> int:
    return Paper.objects.get(attempt=attempt).questions[place]["question"]


def marks(attempt: Attempt) -> tuple[int, bool]:
    row = Attempt.objects.get(pk=attempt.pk)
    return row.points, row.passed


def test_who_failed_by_it_passes_and_the_course_counts(candidate, exam_of):
    course = exam_of(**NEARLY)
    attempt = sits_with(candidate, course, 3)
    assert not HourEntry.objects.exists()
    wrong = question_at(attempt, 4)

    voids(wrong, candidate.clock)
    assert regrade(question_id=wrong, clock=candidate.clock) == 1

    assert marks(attempt) == (4, True)
    assert exam_card(candidate.role, course.pk).state == "passed"
    assert Enrolment.objects.get().completed_at == candidate.clock.now()
    assert HourEntry.objects.get().recognised == 1
    row = Regrading.objects.get()
    assert (row.points_before, row.points_after, row.passed) == (3, 4, True)
    assert "已改判为通过" in Message.objects.get(kind="exam_regraded").title


def test_a_point_more_that_is_no_pass_is_a_point_more(candidate, exam_of):
    course = exam_of(**NEARLY)
    attempt = sits_with(candidate, course, 1)
    voids(question_at(attempt, 4), candidate.clock)
    regrade(question_id=question_at(attempt, 4), clock=candidate.clock)

    assert marks(attempt) == (2, False)
    assert not Message.objects.filter(kind="exam_regraded").exists()
    assert CourseProgress.objects.get().exam_passed_at is None


def test_nobody_loses_who_had_it_right_or_never_saw_it(candidate, stranger, exam_of):
    course = exam_of(singles=5, pass_points=5, in_bank=12)
    stranger.enrols(course.class_page)
    classes.watch_all(stranger, course)
    had_it_right, never_saw = sits_with(candidate, course, 4), None
    while never_saw is None:  # of twelve questions, another paper without it comes soon
        other = Candidate(factories.learner("学员", 400 + Attempt.objects.count()), candidate.clock)
        other.enrols(course.class_page)
        classes.watch_all(other, course)
        attempt = sits_with(other, course, 2)
        asked = {question["question"] for question in Paper.objects.get(attempt=attempt).questions}
        never_saw = attempt if question_at(had_it_right, 0) not in asked else None
    before = (marks(had_it_right), marks(never_saw))

    voids(question_at(had_it_right, 0), candidate.clock)
    regrade(question_id=question_at(had_it_right, 0), clock=candidate.clock)

    assert (marks(had_it_right), marks(never_saw)) == before
    assert not Regrading.objects.filter(attempt__in=[had_it_right, never_saw]).exists()


def test_a_course_that_was_cleared_by_it_is_given_back(candidate, exam_of):
    course = exam_of(**NEARLY)
    first = sits_with(candidate, course, 3)
    sits_with(candidate, course, 0)
    classes.watch_all(candidate, course)
    later = candidate.sits(course)
    assert CourseProgress.objects.get().round == 2

    voids(question_at(first, 4), candidate.clock)
    regrade(question_id=question_at(first, 4), clock=candidate.clock)

    row = CourseProgress.objects.get()
    assert (row.round, row.counted_at is not None) == (1, True)
    assert LessonProgress.objects.get().done_at
    assert marks(first)[1]
    assert Attempt.objects.get(pk=later.pk).state == "voided", "what is sat after a pass is nothing"


def test_a_pass_found_two_rounds_later_gives_everything_back(candidate, exam_of):
    course = exam_of(**NEARLY)
    first = sits_with(candidate, course, 3)
    sits_with(candidate, course, 0)
    classes.watch_all(candidate, course)
    for _ in range(2):
        sits_with(candidate, course, 0)
    assert CourseProgress.objects.get().round == 3
    assert LessonProgress.objects.get().frontier_ms == 0

    voids(question_at(first, 4), candidate.clock)
    regrade(question_id=question_at(first, 4), clock=candidate.clock)

    row = CourseProgress.objects.get()
    assert (row.round, row.counted_at is not None) == (1, True)
    assert LessonProgress.objects.get().frontier_ms == 20_000
    assert exam_card(candidate.role, course.pk).state == "passed"


def test_an_open_attempt_counts_it_as_right_at_the_end(candidate, exam_of):
    course = exam_of(**NEARLY)
    attempt = candidate.sits(course)
    candidate.answers(attempt, classes.right_answers(str(attempt.public_id), 3))

    voids(question_at(attempt, 4), candidate.clock)
    assert regrade(question_id=question_at(attempt, 4), clock=candidate.clock) == 0
    assert Attempt.objects.get().state == "open"

    assert candidate.hands_in(attempt).passed
    assert marks(attempt) == (4, True)
    assert len(Attempt.objects.get().excused) == 1


def test_it_is_asked_no_more(candidate, exam_of):
    course = exam_of(singles=5, pass_points=5, in_bank=6)
    attempt = sits_with(candidate, course, 0)
    gone = question_at(attempt, 0)
    voids(gone, candidate.clock)

    second = candidate.sits(course)

    assert gone not in {question["question"] for question in Paper.objects.get(attempt=second).questions}


def test_the_job_goes_on_where_it_was_killed_and_its_count_is_right(candidate, exam_of, monkeypatch):
    course = exam_of(**NEARLY)
    attempts = []
    for number in range(6):
        learner = Candidate(factories.learner(f"学员{number}", 300 + number), candidate.clock)
        learner.enrols(course.class_page)
        classes.watch_all(learner, course)
        attempts.append(sits_with(learner, course, 0))
    wrong = question_at(attempts[0], 0)
    monkeypatch.setattr(voiding, "_CHUNK", 2)
    real, left = voiding._regrade_one, [3]

    def until_killed(*args: Any) -> bool:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return real(*args)

    monkeypatch.setattr(voiding, "_regrade_one", until_killed)
    voids(wrong, candidate.clock)
    with pytest.raises(KeyboardInterrupt):
        regrade(question_id=wrong, clock=candidate.clock)
    monkeypatch.setattr(voiding, "_regrade_one", real)
    assert regrade(question_id=wrong, clock=candidate.clock) == 0, "the dead one's lease runs"

    candidate.clock.tick(121)
    sent: list[int] = []
    monkeypatch.setattr(regrade_question, "delay", sent.append)
    sweep_regradings(now=candidate.clock.now())
    assert sent == [wrong]
    regrade_question(wrong)

    job = QuestionVoiding.objects.get()
    assert (job.regraded, job.done_at, Regrading.objects.count()) == (6, candidate.clock.now(), 6)
    for attempt in Attempt.objects.all():
        questions = Paper.objects.get(attempt=attempt).questions
        assert attempt.points == grade(questions, attempt.answers, attempt.excused).points == 1
    sweep_regradings(now=candidate.clock.tick(300))
    assert sent == [wrong]


def test_asked_twice_it_is_one_job(candidate, exam_of):
    course = exam_of(**NEARLY)
    attempt = sits_with(candidate, course, 0)
    wrong = question_at(attempt, 0)
    for _ in range(2):
        voids(wrong, candidate.clock)
        regrade(question_id=wrong, clock=candidate.clock)

    assert QuestionVoiding.objects.count() == Regrading.objects.count() == 1
    assert marks(attempt) == (1, False)


def test_two_voided_questions_add_up(candidate, exam_of):
    course = exam_of(**NEARLY)
    attempt = sits_with(candidate, course, 2)
    for place in (3, 4):
        voids(question_at(attempt, place), candidate.clock)
        regrade(question_id=question_at(attempt, place), clock=candidate.clock)

    assert marks(attempt) == (4, True)
    steps = Regrading.objects.order_by("pk").values_list("points_before", "points_after", "passed")
    assert list(steps) == [(2, 3, False), (3, 4, True)]
