"""Answering pop-up quizzes and presence checks (L6)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Q

from cms.queries import LessonOutline
from learning.errors import AnswersInvalid, QuizNotDue, TooManyTries
from learning.models import NO_STOP, LessonProgress, PresenceCheck, QuizTry
from learning.queries.places import lesson_of_progress, terms_of_progress
from learning.services.beats import why_closed
from learning.services.completion import settle
from learning.services.stops import ids_of, schedule_presence, stops_of, waiting_at
from learning.watch_ids import WatchRef, option_id

FREE_TRIES = 4
"""Wrong answers to one quiz that cost no wait; from then on each doubles it: guessing is slower than looking back."""

FIRST_WAIT_SECONDS = 5
LONGEST_WAIT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class QuizResult:
    """What an answer brought. `explanation` only when right; `next_quiz_ms` is NO_STOP when nothing is left."""

    correct: bool
    wrong: list[str]
    explanation: str
    next_quiz_ms: int
    lesson_done: bool = False
    unlocked: list[str] = field(default_factory=list)


@transaction.atomic
def answer_quiz(*, ref: WatchRef, quiz_id: str, answers: dict[str, list[str]], now: datetime) -> QuizResult:
    """Answer the quiz that waits at the frontier; every try is kept, a right one lets the video go on.

    `answers`: question id → option ids as this watch was shown them. Raises WatchSuperseded, WatchEnded, QuizNotDue,
    TooManyTries, AnswersInvalid; ObjectDoesNotExist for a quiz that isn't of this lesson.
    """
    progress = (
        LessonProgress.objects.select_for_update(no_key=True).filter(pk=ref.progress_id, watch=ref.watch_id).first()
    )
    if progress is None:
        raise why_closed(ref)
    lesson = lesson_of_progress(progress)
    waiting = waiting_at(progress, lesson) if progress.frontier_ms >= progress.next_stop_ms else None
    if waiting is None or waiting[0] != quiz_id:
        if quiz_id in ids_of(progress, lesson):
            raise QuizNotDue
        raise ObjectDoesNotExist
    questions = waiting[2]
    thing = {"quiz_point_id" if quiz_id[0] == "q" else "presence_check_id": int(quiz_id[1:])}
    _check_pace(progress, thing, now)
    chosen = _choices(ref, quiz_id, questions, answers)
    wrong = [question["id"] for question in questions if set(question["right"]) != chosen[question["id"]]]
    QuizTry.objects.create(
        progress=progress,
        watch_id=ref.watch_id,
        answers={question: sorted(options) for question, options in chosen.items()},
        correct=not wrong,
        round=progress.round,
        tried_at=now,
        **thing,
    )
    if wrong:
        return QuizResult(False, wrong, "", progress.next_quiz_ms)
    return _go_on(progress, lesson, thing, questions, now)


def _go_on(
    progress: LessonProgress,
    lesson: LessonOutline,
    thing: dict[str, int],
    questions: list[dict[str, Any]],
    now: datetime,
) -> QuizResult:
    """Move the stop on to the next unanswered one, and finish the lesson where this was the last."""
    check_id = thing.get("presence_check_id")
    if check_id:
        PresenceCheck.objects.filter(pk=check_id).update(passed_at=now)
    check = schedule_presence(progress, terms_of_progress(progress).presence_minutes)
    next_stop, next_quiz = stops_of(lesson, progress, check)
    LessonProgress.objects.filter(pk=progress.pk).update(next_stop_ms=next_stop, next_quiz_ms=next_quiz)
    done = False
    unlocked: list[str] = []
    if next_stop == NO_STOP and progress.frontier_ms >= progress.duration_ms:
        done, unlocked = settle(progress_id=progress.pk, now=now)
    explanation = "\n".join(question["explanation"] for question in questions if question.get("explanation"))
    return QuizResult(True, [], explanation, next_quiz, done, unlocked)


def _check_pace(progress: LessonProgress, thing: dict[str, int], now: datetime) -> None:
    """Trying option after option gets slower and slower (facts/cheats.md, row 10). Raises TooManyTries."""
    tries = QuizTry.objects.filter(Q(**thing), progress=progress, correct=False).order_by("-tried_at")
    times = list(tries.values_list("tried_at", flat=True)[: FREE_TRIES + 6])
    excess = len(times) - FREE_TRIES
    if excess < 0 or not times:
        return
    wait = min(FIRST_WAIT_SECONDS * 2**excess, LONGEST_WAIT_SECONDS)
    left = (times[0] + timedelta(seconds=wait) - now).total_seconds()
    if left > 0:
        raise TooManyTries(seconds=int(left) + 1)


def _choices(
    ref: WatchRef, quiz_id: str, questions: list[dict[str, Any]], answers: dict[str, list[str]]
) -> dict[str, set[str]]:
    """The chosen options by their own ids. Raises AnswersInvalid for anything but an answer to each question."""
    if set(answers) != {question["id"] for question in questions}:
        raise AnswersInvalid("answers")
    chosen: dict[str, set[str]] = {}
    for question in questions:
        known = {
            option_id(ref.watch_id, quiz_id, question["id"], option["id"]): option["id"]
            for option in question["options"]
        }
        given = set(answers[question["id"]])
        if not given or not given <= known.keys() or (question["kind"] != "multiple" and len(given) > 1):
            raise AnswersInvalid(f"answers.{question['id']}")
        chosen[question["id"]] = {known[name] for name in given}
    return chosen
