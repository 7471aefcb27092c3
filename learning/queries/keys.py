"""Which media keys a watch has earned (mechanism 1, the second wall). A pure read of one row."""

from functools import lru_cache

from django.db import connection

from cms.queries import video_of_lesson
from learning.watch_ids import WatchRef

KEY_LOOK_AHEAD_MS = 60_000
"""How far past the frontier a window's key is handed out, so that playing on never waits."""

_STATEMENT = "SELECT frontier_ms, next_quiz_ms, lesson_id FROM learning_lessonprogress WHERE id = %s AND watch = %s"

video_of = lru_cache(maxsize=8192)(video_of_lesson)
"""A published lesson never changes its video: another video is another lesson row."""


def earned_media(ref: WatchRef) -> tuple[int, int, int] | None:
    """(frontier_ms, next_quiz_ms, video id) of an open watch; None once it has ended. One query, no model."""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, [ref.progress_id, ref.watch_id])
        row = cursor.fetchone()
    return (row[0], row[1], video_of(row[2])) if row else None


def key_is_earned(*, window_starts_ms: int, frontier_ms: int, next_quiz_ms: int) -> bool:
    """Window keys are given up to the look-ahead, and none whose window begins past an unanswered quiz.

    What lies before the frontier was watched once already and stays open.
    """
    return window_starts_ms < frontier_ms or window_starts_ms < min(frontier_ms + KEY_LOOK_AHEAD_MS, next_quiz_ms)
