"""Opening and ending watches: one playing device a person (L6)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from cms.queries import LessonOutline, class_terms, lesson_place
from core.clock import to_ms
from identity.acting import ActingRole
from learning.eligibility import check_dates
from learning.errors import LessonLocked, NotEnrolled
from learning.models import Enrolment, LessonProgress, Watch
from learning.queries.outline import class_progress_of
from learning.services.completion import settle
from learning.services.stops import passed_points, schedule_presence, stops_of
from learning.watch_ids import WatchRef


@dataclass(frozen=True, slots=True)
class OpenedWatch:
    """A watch just opened. Times in milliseconds, `max_rate` a factor, `passed_points` ids of quizzes passed."""

    ref: WatchRef
    lesson: LessonOutline
    duration_ms: int
    frontier_ms: int
    resume_at_ms: int
    next_quiz_ms: int
    max_rate: float
    done: bool
    passed_points: set[int]


@transaction.atomic
def open_watch(*, actor: ActingRole, lesson_id: int, address: str | None, device: str, now: datetime) -> OpenedWatch:
    """Sit down at a lesson; whatever else this learner was watching ends (L6). One after the other for a person.

    Raises NotEnrolled, NotBegun, Over, LessonLocked; `Lesson.DoesNotExist` for no lesson of his class's version.
    """
    place = lesson_place(lesson_id)
    mine = Enrolment.objects.select_related("user").select_for_update(of=("user",), no_key=True)
    enrolment = mine.filter(user_id=actor.user_id, class_page_id=place.class_id, state=Enrolment.State.ACTIVE).first()
    if enrolment is None or not actor.is_learner:
        raise NotEnrolled
    terms = class_terms(place.class_id)
    check_dates(terms, timezone.localdate(now), enrolled=True)
    outline = class_progress_of(enrolment, terms)
    state, lesson = outline.lesson_state(lesson_id)
    if state == "locked":
        raise LessonLocked
    _end_open_watches(actor.user_id, Watch.End.SUPERSEDED, now)
    progress, _created = LessonProgress.objects.select_for_update(no_key=True).get_or_create(
        enrolment=enrolment, lesson_id=lesson_id, defaults={"duration_ms": lesson.duration_ms}
    )
    if not progress.done_at and progress.frontier_ms >= progress.duration_ms:
        settle(progress_id=progress.pk, now=now)  # heals what a crash between beat and completion left
        progress.refresh_from_db()
    watch = Watch.objects.create(
        user_id=actor.user_id,
        progress=progress,
        opened_at=now,
        opened_from_ms=progress.frontier_ms,
        address=address,
        device=device[:200],
    )
    next_stop, next_quiz = stops_of(lesson, progress, schedule_presence(progress, terms.presence_minutes))
    _start(progress, watch, next_stop, next_quiz, terms.max_rate_pct, now)
    # Claimed, for it was read before its learner was held: a refund may have ended it in between.
    if not Enrolment.objects.filter(pk=enrolment.pk, state=Enrolment.State.ACTIVE).update(last_studied_at=now):
        raise NotEnrolled
    at_end = progress.position_ms >= progress.duration_ms
    return OpenedWatch(
        ref=WatchRef(progress.pk, watch.pk),
        lesson=lesson,
        duration_ms=progress.duration_ms,
        frontier_ms=progress.frontier_ms,
        resume_at_ms=0 if progress.done_at and at_end else progress.position_ms,
        next_quiz_ms=next_quiz,
        max_rate=terms.max_rate_pct / 100,
        done=progress.done_at is not None,
        passed_points=passed_points(progress),
    )


def _start(
    progress: LessonProgress, watch: Watch, next_stop: int, next_quiz: int, rate_pct: int, now: datetime
) -> None:
    """The row as a new watch finds it: an empty budget, the clock at now, the counters at nought."""
    LessonProgress.objects.filter(pk=progress.pk).update(
        watch=watch.pk,
        beat_at_ms=to_ms(now),
        budget_ms=0,
        rate_pct=rate_pct,
        next_stop_ms=next_stop,
        next_quiz_ms=next_quiz,
        beats=0,
        corrections=0,
        longest_gap_ms=0,
    )


def _end_open_watches(user_id: int, reason: Watch.End, now: datetime) -> None:
    for watch in Watch.objects.select_for_update(no_key=True).filter(user_id=user_id, ended_at__isnull=True):
        _end(watch, reason, now)


def end_watches_of(*, progress_ids: Collection[int], reason: Watch.End, now: datetime) -> None:
    """End the open watches of these lessons; the caller holds their rows."""
    for watch in Watch.objects.select_for_update(no_key=True).filter(
        progress_id__in=progress_ids, ended_at__isnull=True
    ):
        _end(watch, reason, now)


def _end(watch: Watch, reason: Watch.End, now: datetime) -> None:
    """Close it and copy the evidence that the beats left on the progress row."""
    row = LessonProgress.objects.select_for_update(no_key=True).get(pk=watch.progress_id)
    Watch.objects.filter(pk=watch.pk, ended_at__isnull=True).update(
        ended_at=now,
        end=reason,
        ended_at_ms=row.frontier_ms,
        beats=row.beats,
        corrections=row.corrections,
        longest_gap_ms=row.longest_gap_ms,
    )
    LessonProgress.objects.filter(pk=row.pk, watch=watch.pk).update(watch=0)


@transaction.atomic
def end_watch(*, ref: WatchRef, now: datetime) -> None:
    """The learner leaves the player. Ending one that has ended already is no fault."""
    watch = Watch.objects.select_for_update(no_key=True).filter(pk=ref.watch_id, ended_at__isnull=True).first()
    if watch:
        _end(watch, Watch.End.LEFT, now)


@transaction.atomic
def end_watches(*, user_id: int, reason: str, now: datetime) -> None:
    """End whatever this person is watching: he logged out, changed his password, lost his place in the class."""
    _end_open_watches(user_id, Watch.End(reason), now)
