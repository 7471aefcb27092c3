"""The heartbeat: one conditional statement on one row, by the server's clock (mechanism 1)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from core.clock import to_ms
from learning.errors import WatchEnded, WatchSuperseded
from learning.models import LessonProgress, Watch
from learning.queries.places import lesson_of_progress
from learning.services.completion import settle
from learning.services.stops import move_stop, waiting_at
from learning.watch_ids import WatchRef, option_id

BUDGET_CAP_MS = 90_000
"""How much real time a gap between two beats may earn: an outage of a minute and the interval before it."""

CORRECTION_MS = 2_000
"""From this much on, being set back is kept as evidence; less is the clocks' ordinary disagreement."""

_STATEMENT = """
UPDATE learning_lessonprogress SET
  frontier_ms = {R}, budget_ms = {B} - ({R} - frontier_ms), beat_at_ms = {G}(beat_at_ms, %(t)s),
  position_ms = {L}(%(pos)s, {R}), beats = beats + 1,
  corrections = corrections + CASE WHEN %(pos)s > {R} + %(slack)s AND {R} < next_stop_ms THEN 1 ELSE 0 END,
  longest_gap_ms = {G}(longest_gap_ms, %(t)s - beat_at_ms)
WHERE id = %(progress)s AND watch = %(watch)s
RETURNING position_ms, frontier_ms, next_stop_ms, next_quiz_ms, duration_ms, done_at
"""


def _statement(least: str, greatest: str) -> str:
    """The heartbeat in one dialect. Every input is a column of the row itself: nothing to re-read after a lock wait."""
    earned = f"{greatest}(%(t)s - beat_at_ms, 0) * rate_pct / 100"
    budget = f"{least}(budget_ms + {earned}, %(cap)s)"
    reached = f"{greatest}(frontier_ms, {least}(%(pos)s, position_ms + {budget}, next_stop_ms, duration_ms))"
    return _STATEMENT.format(R=reached, B=budget, L=least, G=greatest)


_STATEMENTS = {"sqlite": _statement("MIN", "MAX"), "postgresql": _statement("LEAST", "GREATEST")}


@dataclass(frozen=True, slots=True)
class BeatAnswer:
    """Where the player must be, and what waits there. All times in milliseconds."""

    position_ms: int
    frontier_ms: int
    next_quiz_ms: int
    quiz: dict[str, Any] | None = None
    lesson_done: bool = False
    unlocked: list[str] = field(default_factory=list)


def beat(*, ref: WatchRef, position_ms: int, now: datetime) -> BeatAnswer:
    """Say where the player is; the frontier follows as far as real time, quizzes and the duration allow (L6).

    `position_ms` is a claim, at least 0. Nobody's word but the clock's earns anything.
    Raises WatchSuperseded or WatchEnded where the watch isn't the open one.
    """
    row = _advance(ref, position_ms, now)
    if row is None:
        raise why_closed(ref)
    position, frontier, next_stop, next_quiz, duration, done_at = row
    quiz = None
    unlocked: list[str] = []
    done = done_at is not None
    if not done and position >= next_stop:
        quiz = quiz_for_browser(ref)
        if quiz is None:  # the editor changed the quizzes meanwhile
            next_quiz = move_stop(progress_id=ref.progress_id)
    if not done and quiz is None and frontier >= duration:
        done, unlocked = settle(progress_id=ref.progress_id, now=now)
    return BeatAnswer(position, frontier, next_quiz, quiz, done, unlocked)


def _advance(ref: WatchRef, position_ms: int, now: datetime) -> tuple[Any, ...] | None:
    values = {
        "t": to_ms(now),
        "pos": position_ms,
        "cap": BUDGET_CAP_MS,
        "slack": CORRECTION_MS,
        "progress": ref.progress_id,
        "watch": ref.watch_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENTS[connection.vendor], values)
        return cursor.fetchone()


def why_closed(ref: WatchRef) -> WatchSuperseded | WatchEnded:
    """The refusal for a watch that isn't the open one."""
    superseded = Watch.objects.filter(pk=ref.watch_id, end=Watch.End.SUPERSEDED).exists()
    return WatchSuperseded() if superseded else WatchEnded()


def quiz_for_browser(ref: WatchRef) -> dict[str, Any] | None:
    """The waiting quiz as the learner may see it: no right answers, options named and ordered anew for this watch."""
    progress = LessonProgress.objects.select_related("enrolment").get(pk=ref.progress_id)
    waiting = waiting_at(progress, lesson_of_progress(progress))
    if waiting is None:
        return None
    quiz_id, kind, questions = waiting
    return {
        "id": quiz_id,
        "kind": kind,
        "questions": [_shown(ref.watch_id, quiz_id, question) for question in questions],
    }


def _shown(watch_id: int, quiz_id: str, question: dict[str, Any]) -> dict[str, Any]:
    options = [
        {"id": option_id(watch_id, quiz_id, question["id"], option["id"]), "text": option["text"]}
        for option in question["options"]
    ]
    return {
        "id": question["id"],
        "kind": question["kind"],
        "stem": question["stem"],
        "options": sorted(options, key=lambda option: option["id"]),
    }
