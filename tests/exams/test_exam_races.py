"""Many threads at one exam, on PostgreSQL; each with a control that shows the race where the guard is off."""

import contextlib
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connections, transaction
from django.db.models import QuerySet

from cms.services import void_question
from core.clock import now as server_now
from core.errors import Refusal
from exams.grading import grade
from exams.models import Attempt, ExtraTime, Paper, QuestionFigures, QuestionVoiding
from exams.services import (
    attempts,
    close_overdue,
    count_attempts,
    grant_extra_time,
    hand_in,
    regrade,
    save_answers,
    start_attempt,
    void_attempt,
)
from learning.models import CourseClearing, CourseProgress
from registry.inbox.models import Message
from tests.exams import classes
from tests.exams.conftest import Candidate
from tests.identity import factories
from tests.support.threads import in_threads

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

WHO: dict[str, Any] = {"actor_id": 1, "acting_as": "staff"}


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """For controls: from now on no row is locked when it is read."""
    return lambda: monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_how: rows.all())


def slow(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, seconds: float = 0.15) -> None:
    """Let a step take as long as it may on a busy machine, so that threads meet there."""
    real = getattr(module, name)

    def step(*args: Any, **kwargs: Any) -> Any:
        found = real(*args, **kwargs)
        time.sleep(seconds)
        return found

    monkeypatch.setattr(module, name, step)


# --- Starting ---------------------------------------------------------------------------------------------------------
def start_many(candidate: Candidate, course: Any, count: int) -> list[int]:
    role, now = candidate.role, candidate.clock.now()
    return in_threads(lambda _n: start_attempt(actor=role, course_id=course.pk, now=now)[0].pk, count)


def test_fifty_starts_at_once_make_one_attempt(candidate, exam_of):
    course = exam_of()
    assert len(set(start_many(candidate, course, 50))) == 1
    assert Attempt.objects.count() == Paper.objects.count() == 1


def test_without_holding_the_course_only_the_constraint_stands_between_them(candidate, exam_of, monkeypatch, unguarded):
    """The control: they all draw a paper, and one of them gets in."""
    course = exam_of()
    unguarded()
    slow(monkeypatch, attempts, "draw")

    with pytest.raises(BaseExceptionGroup) as caught:
        start_many(candidate, course, 4)

    assert {type(failure) for failure in caught.value.exceptions} == {IntegrityError}
    assert Attempt.objects.count() == 1


def test_fifty_starts_after_a_failure_make_the_second_attempt_once(candidate, exam_of):
    course = exam_of()
    candidate.fails(course)
    start_many(candidate, course, 50)
    assert list(Attempt.objects.order_by("pk").values_list("round", "number")) == [(1, 1), (1, 2)]


# --- Saving and handing in --------------------------------------------------------------------------------------------
def save_while_handed_in(candidate: Candidate, attempt: Attempt, save: Callable[..., Any]) -> dict[str, list[str]]:
    """Each thread answers a question of its own again and again; one hands in meanwhile. What was acknowledged last."""
    sheet = [(q["id"], [o["id"] for o in q["options"]]) for q in Paper.objects.get(attempt=attempt).questions]
    safe: dict[str, list[str]] = {}
    now, role = candidate.clock.now(), candidate.role

    def work(number: int) -> None:
        if number == len(sheet):
            time.sleep(0.3)
            hand_in(actor=role, attempt_id=attempt.public_id, now=now)
            return
        name, options = sheet[number]
        with contextlib.suppress(Refusal):
            for turn in range(10_000):
                answers = {name: [options[turn % 4]]}
                save(user_id=role.user_id, attempt_id=attempt.public_id, answers=answers, now=now)
                safe.update(answers)

    in_threads(work, len(sheet) + 1)
    return safe


def test_nothing_that_was_acknowledged_is_lost_by_handing_in(candidate, exam_of):
    attempt = candidate.sits(exam_of())
    safe = save_while_handed_in(candidate, attempt, save_answers)

    row = Attempt.objects.get()
    assert len(safe) == 5
    assert row.answers == safe
    assert row.points == grade(Paper.objects.get().questions, safe).points


def test_read_and_written_the_same_answers_are_lost(candidate, exam_of):
    """The control: merged by the program instead of by the one statement."""

    def naive(*, user_id: int, attempt_id: Any, answers: dict[str, list[str]], now: Any) -> None:
        row = Attempt.objects.get(public_id=attempt_id)
        if row.state != "open":
            raise attempts.AttemptClosed
        time.sleep(0.005)
        Attempt.objects.filter(pk=row.pk).update(answers=row.answers | answers)

    attempt = candidate.sits(exam_of())
    safe = save_while_handed_in(candidate, attempt, naive)
    assert Attempt.objects.get().answers != safe


def close_in_two_ways(candidate: Candidate, course: Any) -> None:
    """The second failure: handed in at the last moment, while the clock's task finds it overdue."""
    candidate.fails(course)
    attempt = candidate.sits(course)
    role, last = candidate.role, attempt.deadline_at - timedelta(milliseconds=1)

    def close(number: int) -> None:
        if number % 2:
            hand_in(actor=role, attempt_id=attempt.public_id, now=last)
        else:
            close_overdue(now=attempt.deadline_at)

    in_threads(close)


def test_handed_in_and_overdue_at_once_it_is_closed_once(candidate, exam_of, monkeypatch):
    course = exam_of()
    slow(monkeypatch, attempts, "voided_among")
    close_in_two_ways(candidate, course)

    assert Message.objects.filter(kind="exam_result").count() == 1
    assert CourseClearing.objects.count() == 1
    assert CourseProgress.objects.get().round == 2


def test_without_the_lock_it_is_closed_and_told_several_times(candidate, exam_of, monkeypatch, unguarded):
    course = exam_of()
    unguarded()
    slow(monkeypatch, attempts, "voided_among")
    close_in_two_ways(candidate, course)

    assert Message.objects.filter(kind="exam_result").count() > 1


# --- Voiding ----------------------------------------------------------------------------------------------------------
def void_and_hand_in(candidate: Candidate, course: Any) -> None:
    candidate.fails(course)
    attempt = candidate.sits(course)
    role, now = candidate.role, candidate.clock.now()

    def act(number: int) -> None:
        if number:
            with contextlib.suppress(Attempt.DoesNotExist):
                hand_in(actor=role, attempt_id=attempt.public_id, now=now)
        else:
            void_attempt(attempt_id=attempt.pk, reason="停电", now=now, **WHO)

    in_threads(act, 4)


def test_voided_while_it_is_handed_in_it_is_voided_and_nothing_is_cleared(candidate, exam_of, monkeypatch):
    course = exam_of()
    slow(monkeypatch, attempts, "voided_among")
    void_and_hand_in(candidate, course)

    assert list(Attempt.objects.order_by("pk").values_list("state", flat=True)) == ["finished", "voided"]
    row = CourseProgress.objects.get()
    assert (row.round, row.videos_done_at is not None) == (1, True)
    assert candidate.sits(course).number == 2


def test_without_the_lock_handing_in_overwrites_the_voiding(candidate, exam_of, monkeypatch, unguarded):
    course = exam_of()
    unguarded()
    slow(monkeypatch, attempts, "voided_among")
    void_and_hand_in(candidate, course)

    assert Attempt.objects.latest("pk").state == "finished", "somebody was told that it is voided"


def void_question_while_graded(candidate: Candidate, course: Any, monkeypatch: pytest.MonkeyPatch) -> Attempt:
    """The question is voided, and the job runs, after the grading has asked what is voided and before it commits."""
    attempt = candidate.sits(course)
    candidate.answers(attempt, classes.right_answers(str(attempt.public_id), 2))
    wrong = Paper.objects.get(attempt=attempt).questions[4]["question"]
    asked, role, clock = threading.Event(), candidate.role, candidate.clock
    real = attempts.voided_among

    def slowly(ids: Any) -> Any:
        found = real(ids)
        asked.set()
        time.sleep(0.5)
        return found

    monkeypatch.setattr(attempts, "voided_among", slowly)

    def act(number: int) -> None:
        if number:
            hand_in(actor=role, attempt_id=attempt.public_id, now=clock.now())
            return
        assert asked.wait(10)
        void_question(question_id=wrong, reason="有误", now=clock.now(), **WHO)
        QuestionVoiding.objects.create(question_id=wrong, asked_at=clock.now())
        regrade(question_id=wrong, clock=clock)

    in_threads(act, 2)
    attempt.refresh_from_db()
    return attempt


def test_a_question_voided_while_a_paper_is_graded_counts_as_right(candidate, exam_of, monkeypatch):
    attempt = void_question_while_graded(candidate, exam_of(), monkeypatch)
    assert (attempt.points, attempt.passed) == (3, True)


def test_without_waiting_for_the_row_that_paper_is_missed(candidate, exam_of, monkeypatch, unguarded):
    course = exam_of()
    unguarded()
    attempt = void_question_while_graded(candidate, course, monkeypatch)
    assert (attempt.points, attempt.passed) == (2, False)


# --- Counting ---------------------------------------------------------------------------------------------------------
def attempts_to_count(candidate: Candidate, course: Any, number: int = 6) -> None:
    for serial in range(number):
        learner = Candidate(factories.learner(f"学员{serial}", 300 + serial), candidate.clock)
        learner.enrols(course.class_page)
        classes.watch_all(learner, course)
        learner.fails(course)


def test_folds_that_run_at_once_count_each_attempt_once(candidate, exam_of):
    course = exam_of(in_bank=5)
    attempts_to_count(candidate, course)
    now = candidate.clock.now()

    in_threads(lambda _n: count_attempts(now=now))

    assert set(QuestionFigures.objects.values_list("shown", flat=True)) == {6}


def test_claimed_by_reading_alone_they_are_counted_several_times(candidate, exam_of):
    """The control: uncounted ones are read, then counted, then marked."""
    course = exam_of(in_bank=5)
    attempts_to_count(candidate, course, 2)
    counted: list[int] = []

    def naive(_number: int) -> None:
        found = list(Attempt.objects.filter(counted_at__isnull=True).values_list("pk", flat=True))
        time.sleep(0.05)
        counted.extend(found)
        Attempt.objects.filter(pk__in=found).update(counted_at=candidate.clock.now())

    in_threads(naive)
    assert len(counted) > 2


# --- Extra time -------------------------------------------------------------------------------------------------------
def test_of_grants_at_once_one_stands_and_the_others_are_told(candidate):
    answers: list[str] = []

    def grant(number: int) -> None:
        try:
            grant_extra_time(user_id=candidate.user.pk, percent=10 + number, reason="残疾", now=server_now(), **WHO)
            answers.append("")
        except Refusal as refusal:
            answers.append(refusal.code)

    in_threads(grant)
    assert ExtraTime.objects.filter(ended_at__isnull=True).count() == 1
    assert set(answers) <= {"", "just_granted"}
    assert ExtraTime.objects.count() == answers.count("")


# --- Threads on connections of their own that lock in the other order -------------------------------------------------
def deadlocks(work: Callable[[int], None], count: int = 4) -> bool:
    """Whether PostgreSQL had to break a deadlock between these threads."""
    found: list[OperationalError] = []

    def run(number: int) -> None:
        try:
            work(number)
        except OperationalError as error:
            found.append(error)
        finally:
            connections.close_all()

    in_threads(run, count)
    return any("deadlock" in str(error) for error in found)


def test_voiding_several_attempts_of_one_course_at_once_locks_nobody_out(candidate, exam_of):
    course = exam_of()
    pks = [candidate.fails(course).pk for _ in range(2)]
    now = candidate.clock.now()

    def void(number: int) -> None:
        with contextlib.suppress(Refusal):
            void_attempt(attempt_id=pks[number % 2], reason="停电", now=now, **WHO)

    assert not deadlocks(void)
    assert set(Attempt.objects.values_list("state", flat=True)) == {"voided"}
    assert CourseProgress.objects.get().round == 1


def test_locked_in_any_order_the_same_attempts_deadlock(candidate, exam_of):
    """The control: each thread takes the attempt it is about first."""
    course = exam_of()
    pks = [candidate.fails(course).pk for _ in range(2)]

    def hold(number: int) -> None:
        with transaction.atomic():
            for pk in pks if number % 2 else pks[::-1]:
                Attempt.objects.select_for_update(no_key=True).get(pk=pk)
                time.sleep(0.1)

    assert deadlocks(hold)
