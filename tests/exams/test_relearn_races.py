"""The second failure while the learner is at his videos, on PostgreSQL: no deadlock, nothing half cleared."""

import contextlib
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError, transaction

from cms.models import QuizPoint
from cms.services import CourseDraft, LessonDraft, QuizDraft
from core.clock import now as server_now
from core.errors import Refusal
from exams.models import Attempt
from exams.services import hand_in, start_attempt
from learning.models import CourseClearing, CourseProgress, Enrolment, LessonProgress, Watch
from learning.services import answer_quiz, beat, end_watch, open_watch
from learning.services.beats import quiz_for_browser
from learning.watch_ids import WatchRef
from tests.cms.factories import class_page, question_set, video
from tests.exams import classes
from tests.learning.classes import QUESTION
from tests.support.threads import in_threads

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CYCLES = 6


@pytest.fixture
def course(candidate: Any) -> Any:
    """Two videos of twenty seconds, the first with a quiz after one; the candidate has watched them."""
    exam = classes.exam(classes.bank(), 3, pass_points=2)
    quiz = QuizDraft(question_set("题组", [QUESTION]), "0:01")
    lessons = [LessonDraft("甲", video(20).pk, quizzes=[quiz]), LessonDraft("乙", video(20).pk)]
    page = class_page("racing", [CourseDraft("课程", lessons, Decimal(1), exam)], subject="public", hours=Decimal(1))
    candidate.enrols(page)
    (course,) = classes.courses_of(page)
    classes.watch_all(candidate, course)
    return course


def watched_again(course: Any) -> None:
    """As if the learner had watched all of it in between."""
    now = server_now()
    LessonProgress.objects.filter(lesson__course=course).update(frontier_ms=20_000, next_stop_ms=2**53, done_at=now)
    CourseProgress.objects.filter(course=course).update(videos_done_at=now)


def fails_twice(role: Any, course: Any) -> None:
    for _ in range(2):
        attempt, _is_new = start_attempt(actor=role, course_id=course.pk, now=server_now())
        hand_in(actor=role, attempt_id=attempt.public_id, now=server_now())


def at_the_videos(role: Any, course: Any, until: Callable[[], bool]) -> Callable[[int], int]:
    """Threads that open, beat, answer and end watches all the time; gives how much each did."""
    lessons = list(course.lessons.order_by("position").values_list("pk", flat=True))
    quiz = f"q{QuizPoint.objects.get().pk}"

    def once(number: int, turn: int) -> None:
        watch = Watch.objects.filter(ended_at__isnull=True).first()
        if watch is None or (number + turn) % 4 == 0:
            open_watch(actor=role, lesson_id=lessons[turn % 2], address=None, device="", now=server_now())
            return
        ref = WatchRef(watch.progress_id, watch.pk)
        if (number + turn) % 4 == 1:
            end_watch(ref=ref, now=server_now())
        elif (number + turn) % 4 == 2:
            found = quiz_for_browser(ref) or {"questions": []}
            answers = {q["id"]: [next(o["id"] for o in q["options"])] for q in found["questions"]}
            answer_quiz(ref=ref, quiz_id=quiz, answers=answers, now=server_now())
        else:
            beat(ref=ref, position_ms=20_000, now=server_now())

    def work(number: int) -> int:
        turn = 0
        while not until():
            turn += 1
            with contextlib.suppress(Refusal, ObjectDoesNotExist):  # the other video has no quiz
                once(number, turn)
        return turn

    return work


def test_failing_twice_while_watching_locks_nobody_out(candidate, course):
    role, ended = candidate.role, [False]
    watching = at_the_videos(role, course, lambda: ended[0])

    def act(number: int) -> int:
        if number:
            return watching(number)
        try:
            for _ in range(CYCLES):
                watched_again(course)
                fails_twice(role, course)
        finally:
            ended[0] = True
        return CYCLES

    done = in_threads(act, 6)

    assert len(done) == 6
    assert min(done) >= CYCLES
    assert Attempt.objects.filter(state="finished", passed=False).count() == 2 * CYCLES
    assert CourseProgress.objects.get().round == CYCLES + 1
    assert CourseClearing.objects.count() == CYCLES
    assert Watch.objects.filter(ended_at__isnull=True).count() <= 1
    assert set(LessonProgress.objects.values_list("round", "done_at")) == {(CYCLES + 1, None)}
    assert max(LessonProgress.objects.values_list("frontier_ms", flat=True)) < 20_000


def test_cleared_in_another_order_than_watches_are_opened_they_deadlock(candidate, course):
    """The control: progress first and the learner after it, where opening a watch takes them the other way round."""
    role, found = candidate.role, []
    lesson = course.lessons.order_by("position")[0]
    candidate.starts(lesson)
    until = time.monotonic() + 4

    def act(number: int) -> None:
        while time.monotonic() < until and not found:
            try:
                if number:
                    open_watch(actor=role, lesson_id=lesson.pk, address=None, device="", now=server_now())
                    continue
                with transaction.atomic():
                    list(LessonProgress.objects.select_for_update(no_key=True).filter(lesson=lesson))
                    time.sleep(0.05)
                    mine = Enrolment.objects.select_related("user").select_for_update(of=("user",), no_key=True)
                    mine.get(user_id=role.user_id)
            except OperationalError as error:
                found.append(str(error))

    in_threads(act, 3)
    assert any("deadlock" in error for error in found)
