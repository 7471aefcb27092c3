"""Over random sequences of acts of a learner, of the clock and of staff: what the exam's rules promise always holds."""

import contextlib
from collections import defaultdict
from itertools import count
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.models import BankQuestion
from cms.services import void_question
from core import clock as server_clock
from core.errors import Refusal
from exams.grading import grade
from exams.models import Attempt, Paper, QuestionVoiding
from exams.queries import practice_batch
from exams.services import (
    answer_practice,
    ask_regrading,
    close_overdue,
    count_attempts,
    grant_extra_time,
    regrade,
    void_attempt,
)
from learning.models import CourseProgress, LessonProgress
from registry.hours.models import HourEntry
from tests.exams import classes
from tests.exams.conftest import Candidate
from tests.identity import factories
from tests.support.clock import FakeClock

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WHO: dict[str, Any] = {"actor_id": 1, "acting_as": "staff"}
_serials = count(200)

act = st.tuples(
    st.sampled_from(
        ["start", "start", "save", "save", "submit", "submit", "wait", "task", "device", "relearn", "relearn"]
        + ["void attempt", "void question", "extra time", "practise", "count"]
    ),
    st.integers(0, 30),
)


class World:
    """李雷 before one exam, with another class of his and a colleague in both, whom nothing of it may touch."""

    def __init__(self, page: Any, course: Any, other_page: Any, clock: FakeClock) -> None:
        self.clock, self.course = clock, course
        self.me, colleague = (
            Candidate(factories.learner(f"学员{n}", n), clock) for n in (next(_serials), next(_serials))
        )
        for learner in (colleague, self.me):
            for each in (page, other_page):
                learner.enrols(each)
                classes.watch_all(learner, classes.courses_of(each)[0])
        colleague.fails(course)
        self.safe: dict[int, dict[str, list[str]]] = defaultdict(dict)  # attempt → answers acknowledged
        self.finished: dict[int, tuple[Any, ...]] = {}
        self.points: dict[int, int] = {}
        self.hours = set(HourEntry.objects.values_list("pk", flat=True))
        self.untouched = self.others()

    # --- Acts ---
    def start(self, number: int) -> None:
        self.me.sits(self.course)

    def device(self, number: int) -> None:
        """On another one: the attempt in progress is given, or nothing is."""
        before = self.open_attempt()
        given = Candidate(self.me.user, self.clock).sits(self.course)
        if before and before.deadline_at > self.clock.now():
            assert given.pk == before.pk

    def save(self, number: int) -> None:
        attempt = self.open_attempt()
        if attempt is None:
            return
        questions = Paper.objects.get(attempt=attempt).questions
        chosen = [questions[(number + at) % len(questions)] for at in range(1 + number % 3)]
        answers = {}
        for question in chosen:
            wrong = [option["id"] for option in question["options"] if option["id"] not in question["right"]]
            answers[question["id"]] = [question["right"], wrong[:1], question["right"]][number % 3]
        self.me.answers(attempt, answers)
        self.safe[attempt.pk] |= answers

    def submit(self, number: int) -> None:
        attempt = self.open_attempt() or self.attempts().order_by("-pk").first()
        if attempt:
            self.me.hands_in(attempt)

    def wait(self, number: int) -> None:
        self.clock.tick(number * 60)

    def task(self, number: int) -> None:
        self.clock.tick(10)
        close_overdue(now=self.clock.now())

    def relearn(self, number: int) -> None:
        classes.watch_all(self.me, self.course)

    def void_attempt(self, number: int) -> None:
        found = list(self.attempts().order_by("pk"))
        if found:
            row = found[-1 - number % min(3, len(found))]
            void_attempt(attempt_id=row.pk, reason="停电", now=self.clock.now(), **WHO)

    def void_question(self, number: int) -> None:
        """One of the latest papers', as such faults are found; and the job runs at once."""
        paper = Paper.objects.filter(attempt__in=self.attempts()).order_by("-attempt_id").first()
        if paper is None:
            return
        pk = paper.questions[number % len(paper.questions)]["question"]
        if void_question(question_id=pk, reason="答案有误", now=self.clock.now(), **WHO):
            ask_regrading(question_id=pk, now=self.clock.now())
            regrade(question_id=pk, clock=self.clock)
            assert QuestionVoiding.objects.get(question_id=pk).done_at

    def extra_time(self, number: int) -> None:
        user_id = self.me.user.pk
        grant_extra_time(user_id=user_id, percent=10 + number, reason="残疾", now=self.clock.now(), **WHO)

    def practise(self, number: int) -> None:
        batch = practice_batch(self.me.role, self.course.pk)
        if batch:
            asked = batch[number % len(batch)]
            answers = {asked["id"]: [asked["options"][0]["id"]]}
            answer_practice(actor=self.me.role, course_id=self.course.pk, answers=answers, now=self.clock.now())

    def count(self, number: int) -> None:
        count_attempts(now=self.clock.now())

    def does(self, name: str, number: int) -> None:
        # A voided attempt is there no more for its learner.
        with contextlib.suppress(Refusal, ObjectDoesNotExist), transaction.atomic():
            getattr(self, name.replace(" ", "_"))(number)

    # --- What is so ---
    def attempts(self) -> Any:
        return Attempt.objects.filter(user=self.me.user, course=self.course)

    def open_attempt(self) -> Attempt | None:
        return self.attempts().filter(state="open").first()

    def others(self) -> list[Any]:
        """Every row of learning and every attempt that isn't of this learner's course."""
        mine = {"enrolment__user": self.me.user}
        lessons = LessonProgress.objects.exclude(**mine, lesson__course=self.course)
        courses = CourseProgress.objects.exclude(**mine, course=self.course)
        attempts = Attempt.objects.exclude(user=self.me.user)
        found = [list(rows.order_by("pk").values()) for rows in (lessons, courses, attempts)]
        for row in (*found[0], *found[2]):
            row.pop("watch", None)  # one playing device a person: watching here ends what plays there
            row.pop("counted_at", None)
        return found

    def row(self) -> CourseProgress:
        return CourseProgress.objects.get(enrolment__user=self.me.user, course=self.course)

    # --- What always holds ---
    def check(self, name: str) -> None:
        self.check_rounds()
        for attempt in self.attempts():
            self.check_attempt(attempt, name)
        self.check_practice()
        hours = set(HourEntry.objects.values_list("pk", flat=True))
        assert self.hours <= hours, "what was earned stays earned"
        self.hours = hours
        if name == "void question":  # regrades a colleague who failed by it too
            self.untouched = self.others()
        assert self.others() == self.untouched, "exactly that course of that learner"

    def check_rounds(self) -> None:
        row = self.row()
        rounds: dict[int, list[Attempt]] = defaultdict(list)
        for attempt in self.attempts().exclude(state="voided").order_by("number"):
            rounds[attempt.round].append(attempt)
        assert all([a.number for a in of_round] == list(range(1, len(of_round) + 1)) for of_round in rounds.values())
        assert all(len(of_round) <= 2 for of_round in rounds.values()), "two attempts a round"
        assert self.attempts().filter(state="open").count() <= 1
        assert max(rounds, default=1) <= row.round
        passed = self.attempts().filter(passed=True).exists()
        assert passed == (row.exam_passed_at is not None)
        if passed:
            assert row.counted_at, "the videos were done when it was sat, so the course counts"
            return
        for round_ in range(1, row.round):
            assert [a.state for a in rounds[round_]] == ["finished"] * 2, "a round ends by two failures that count"
        assert sum(a.state == "finished" for a in rounds[row.round]) < 2, "two failures begin another round"

    def check_attempt(self, attempt: Attempt, name: str) -> None:
        assert attempt.answers == self.safe[attempt.pk], "what was acknowledged is there, and nothing else"
        if attempt.state == "open":
            assert attempt.pk not in self.finished, "what is closed stays closed"
            return
        if attempt.state == "finished":
            questions = Paper.objects.get(attempt=attempt).questions
            found = grade(questions, attempt.answers, attempt.excused)
            assert (attempt.right, attempt.points) == (found.right, found.points)
            assert attempt.passed == (attempt.points >= attempt.pass_points)
            assert attempt.closed_at <= attempt.deadline_at
            assert attempt.points >= self.points.get(attempt.pk, 0), "regraded upward only"
            self.points[attempt.pk] = attempt.points
        now = (attempt.state, attempt.closed_by, attempt.closed_at, attempt.number, attempt.excused, attempt.points)
        if self.finished.setdefault(attempt.pk, now) != now:
            assert name in {"void attempt", "void question"}, "a finished attempt never changes"
            self.finished[attempt.pk] = now

    def check_practice(self) -> None:
        attempt = self.open_attempt()
        if attempt:
            in_paper = {str(question["question"]) for question in Paper.objects.get(attempt=attempt).questions}
            assert not in_paper & {question["id"] for question in practice_batch(self.me.role, self.course.pk)}


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(acts=st.lists(act, min_size=8, max_size=30))
def test_the_rules_hold_after_whatever_happens(stage, acts):
    page, course, other_page = stage
    clock = FakeClock()
    with server_clock.use(clock), transaction.atomic():
        world = World(page, course, other_page, clock)
        world.check("begin")
        for name, number in acts:
            clock.tick(1)
            world.does(name, number)
            world.check(name)
        transaction.set_rollback(True)


@pytest.fixture
def stage(db):
    """Three of twelve questions, two right to pass; and another class with an exam of the same bank."""
    bank = classes.bank(singles=12, pool=BankQuestion.Pool.BOTH)
    exams = [classes.exam(bank, 3, pass_points=2, minutes=20) for _ in range(2)]
    (page, (course,)), (other_page, _courses) = (classes.exam_class(exam) for exam in exams)
    return page, course, other_page
