"""Many threads at one lesson, on PostgreSQL: the one statement holds, and a control shows what it guards against."""

import threading
import time

import pytest
from django.db import connection, connections

from core.clock import now as server_now
from core.clock import to_ms
from learning.models import LessonProgress, Watch
from learning.services import beat, open_watch
from learning.watch_ids import WatchRef
from tests.learning.driving import frontier

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

THREADS = 8
SECONDS = 2.0


def in_threads(work) -> list:
    """Runs `work(n)` in THREADS threads at once, each with its own connection; what they raised is raised here."""
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def opened(learner, lesson) -> WatchRef:
    learner.starts(lesson)
    progress = LessonProgress.objects.get(enrolment__user=learner.user, lesson=lesson)
    return WatchRef(progress.pk, progress.watch)


def test_threads_that_post_without_pause_are_credited_with_the_time_that_passed(real_time_learner, lesson):
    ref = opened(real_time_learner, lesson)
    began = time.monotonic()

    def hammer(_number: int) -> None:
        while time.monotonic() - began < SECONDS:
            beat(ref=ref, position_ms=600_000, now=server_now())

    assert in_threads(hammer) == []
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

    assert in_threads(naive) == []
    assert sum(gained) / 1000 > 1.5 * SECONDS


def test_many_devices_that_open_at_once_leave_one_open_watch(real_time_learner, lesson, role_of):
    role = role_of(real_time_learner)

    def open_it(_number: int) -> None:
        for _ in range(3):
            open_watch(actor=role, lesson_id=lesson.pk, address=None, device="", now=server_now())

    assert in_threads(open_it) == []
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
    assert connection.vendor == "postgresql"
