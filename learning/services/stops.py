"""Stops: the moments of a lesson that the frontier can't pass before something is answered."""

import secrets
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from cms.queries import LessonOutline, quiz_questions
from learning.models import NO_STOP, LessonProgress, PresenceCheck, QuizTry
from learning.queries.places import lesson_of_progress

_END_MARGIN_MS = 5_000
_WORDS = ("蓝天", "书本", "青山", "灯塔", "小河", "麦田", "松树", "春风")


def passed_points(progress: LessonProgress) -> set[int]:
    """Ids of the quiz points this learner has answered right in this round of the course. One query."""
    tries = QuizTry.objects.filter(progress=progress, round=progress.round, correct=True, quiz_point__isnull=False)
    return set(tries.values_list("quiz_point_id", flat=True))


def next_quiz_ms(lesson: LessonOutline, passed: Iterable[int]) -> int:
    """The earliest unanswered quiz point of the lesson in milliseconds, NO_STOP for none."""
    passed = set(passed)
    return min((point.at_ms for point in lesson.quiz_points if point.id not in passed), default=NO_STOP)


def open_check(progress_id: int) -> PresenceCheck | None:
    """The presence check that waits in this lesson."""
    return PresenceCheck.objects.filter(progress_id=progress_id, passed_at__isnull=True).first()


def schedule_presence(progress: LessonProgress, minutes: int) -> PresenceCheck | None:
    """Plan the next presence check at a moment nobody can foresee (L6): half to one and a half times `minutes` on."""
    waiting = open_check(progress.pk)
    if waiting or not minutes:
        return waiting
    interval = minutes * 60_000
    at_ms = progress.frontier_ms + interval // 2 + secrets.randbelow(interval)
    if at_ms > progress.duration_ms - _END_MARGIN_MS:
        return None
    return PresenceCheck.objects.create(progress=progress, at_ms=at_ms, question=_presence_question())


def _presence_question() -> dict[str, Any]:
    words = secrets.SystemRandom().sample(_WORDS, 4)
    right = secrets.randbelow(4)
    return {
        "id": "1",
        "kind": "single",
        "stem": f"你还在学习吗？请选出“{words[right]}”，然后继续。",
        "options": [{"id": str(index), "text": word} for index, word in enumerate(words)],
        "right": [str(right)],
        "explanation": "",
    }


def stops_of(lesson: LessonOutline, progress: LessonProgress, check: PresenceCheck | None) -> tuple[int, int]:
    """(`next_stop_ms`, `next_quiz_ms`) as the answers given so far leave them."""
    quiz = next_quiz_ms(lesson, passed_points(progress))
    return min(quiz, check.at_ms if check else NO_STOP), quiz


@transaction.atomic
def move_stop(*, progress_id: int) -> int:
    """Put the stop where something waits indeed, after an editor changed the quizzes. Gives the next quiz's moment."""
    progress = LessonProgress.objects.select_for_update(no_key=True).get(pk=progress_id)
    next_stop, next_quiz = stops_of(lesson_of_progress(progress), progress, open_check(progress_id))
    LessonProgress.objects.filter(pk=progress_id).update(next_stop_ms=next_stop, next_quiz_ms=next_quiz)
    return next_quiz


def ids_of(progress: LessonProgress, lesson: LessonOutline) -> set[str]:
    """Every quiz and presence check of the lesson by the name that browsers know. One query."""
    checks = PresenceCheck.objects.filter(progress=progress).values_list("pk", flat=True)
    return {f"q{point.id}" for point in lesson.quiz_points} | {f"p{pk}" for pk in checks}


def waiting_at(progress: LessonProgress, lesson: LessonOutline) -> tuple[str, str, list[dict[str, Any]]] | None:
    """What waits at the row's `next_stop_ms`: (its id, kind `quiz` or `presence`, questions with their answers)."""
    check = open_check(progress.pk)
    if check and check.at_ms == progress.next_stop_ms:
        return f"p{check.pk}", "presence", [check.question]
    passed = passed_points(progress)
    for point in lesson.quiz_points:
        if point.at_ms == progress.next_stop_ms and point.id not in passed:
            return f"q{point.id}", "quiz", quiz_questions(point.id)
    return None
