"""Many threads at one lesson, on PostgreSQL: the one statement holds, and a control shows what it guards against."""

import contextlib
import time

import pytest

from cms.models import QuizPoint
from core.clock import now as server_now
from core.clock import to_ms
from core.errors import Refusal
from learning.models import Enrolment, LessonProgress, Watch
from learning.services import answer_quiz, beat, open_watch, settle
from learning.services.beats import quiz_for_browser
from learning.watch_ids import WatchRef
from tests.learning.driving import frontier
from tests.support.threads import in_threads

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

SECONDS = 2.0


def opened(learner, lesson) -> WatchRef:
    learner.starts(lesson)
    progress = LessonProgress.objects.get(enrolment__user=learner.user, lesson=lesson)
    return WatchRef(progress.pk, progress.watch)


def test_threads_that_post_without_pause_are_credited_with_the_time_that_passed(real_time_learner, lesson):
    began = time.monotonic()
    ref = opened(real_time_learner, lesson)

    def hammer(_number: int) -> None:
        while time.monotonic() - began < SECONDS:
            beat(ref=ref, position_ms=600_000, now=server_now())

    in_threads(hammer)
    assert frontier(real_time_learner, lesson) <= time.monotonic() - began


def test_without_the_one_statement_the_same_threads_are_credited_with_more(real_time_learner, lesson):
    """The control: the same rule as read-then-write lets a beat be spent many times over."""
    ref = opened(real_time_learner, lesson)
    began = time.monotonic()
    gained = []

    def naive(_number: int) -> None:
        while time.monotonic() - began < SECONDS:
            row = LessonProgress.objects.get(pk=ref.progress_id)
            now = to_ms(server_now())
            earned = now - row.beat_at_ms
            time.sleep(0.005)
            LessonProgress.objects.filter(pk=row.pk).update(beat_at_ms=now)
            gained.append(earned)

    in_threads(naive)
    assert sum(gained) / 1000 > 1.5 * SECONDS


def test_many_devices_that_open_at_once_leave_one_open_watch(real_time_learner, lesson, role_of):
    role = role_of(real_time_learner)

    def open_it(_number: int) -> None:
        for _ in range(3):
            open_watch(actor=role, lesson_id=lesson.pk, address=None, device="", now=server_now())

    in_threads(open_it)
    assert Watch.objects.filter(ended_at__isnull=True).count() == 1
    assert LessonProgress.objects.get().watch == Watch.objects.get(ended_at__isnull=True).pk


def test_many_tabs_that_finish_at_once_credit_the_hours_once(real_time_learner, short_class):
    from registry.hours.models import AnnualRecord, HourEntry

    page, lessons = short_class
    real_time_learner.enrols(page)
    ref = opened(real_time_learner, lessons[0])
    LessonProgress.objects.update(frontier_ms=lessons[0].duration_ms)

    in_threads(lambda _number: beat(ref=ref, position_ms=lessons[0].duration_ms, now=server_now()))
    assert HourEntry.objects.count() == 1
    assert AnnualRecord.objects.get().public_hours == page.hours


def test_answering_while_another_device_takes_over_locks_nobody_out(real_time_learner, class_of, role_of):
    """Who answers holds the progress and names the watch, who takes over the other way round: no deadlock."""
    page, lessons = class_of([(6, [2])])
    real_time_learner.enrols(page)
    role = role_of(real_time_learner)
    opened(real_time_learner, lessons[0])
    LessonProgress.objects.update(frontier_ms=2_000, position_ms=2_000)
    quiz = f"q{QuizPoint.objects.get().pk}"

    def answer_or_take_over(number: int) -> None:
        for _ in range(20):
            watch = Watch.objects.get(ended_at__isnull=True) if number % 2 else None
            if watch is None:
                open_watch(actor=role, lesson_id=lessons[0].pk, address=None, device="", now=server_now())
                continue
            ref = WatchRef(watch.progress_id, watch.pk)
            with contextlib.suppress(Refusal):
                answer_quiz(ref=ref, quiz_id=quiz, answers=wrong_answer(ref), now=server_now())

    in_threads(answer_or_take_over)
    assert Watch.objects.filter(ended_at__isnull=True).count() == 1


def wrong_answer(ref: WatchRef) -> dict[str, list[str]]:
    """A wrong option of the quiz that waits; nothing where none does any more."""
    found = quiz_for_browser(ref) or {"questions": []}
    return {
        question["id"]: [next(o["id"] for o in question["options"] if o["text"].startswith("错的"))]
        for question in found["questions"]
    }


def test_two_last_lessons_that_end_at_once_complete_the_class_once(real_time_learner, class_of):
    """The last lesson of each course is at its end: whichever counts last completes the class, and never nobody."""
    from registry.hours.models import HourEntry

    page, lessons = class_of([6], [6])
    real_time_learner.enrols(page)
    refs = []
    for lesson in lessons:
        refs.append(opened(real_time_learner, lesson))
        LessonProgress.objects.update(frontier_ms=6_000, position_ms=6_000, done_at=server_now())
    LessonProgress.objects.update(done_at=None)

    in_threads(lambda n: settle(progress_id=refs[n % 2].progress_id, now=server_now()))
    assert Enrolment.objects.get().completed_at
    assert HourEntry.objects.count() == 1
