"""Practice (练习, L9): unlimited, the explanation comes with the answer, and the mistakes book follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from cms.queries import questions_by_id
from exams.errors import AnswersInvalid
from exams.models import PracticeRecord
from exams.queries.practice import may_practise, practice_option
from identity.acting import ActingRole

LEAVES_AFTER = 2
"""Right answers in a row after which a question leaves the mistakes book (L9)."""


@dataclass(frozen=True, slots=True)
class PracticeResult:
    """What came of one answer: right or not, the right options as practice names them, why."""

    question: str
    correct: bool
    right: list[str]
    explanation: str
    is_mistake: bool


@transaction.atomic
def answer_practice(
    *, actor: ActingRole, course_id: int, answers: Mapping[str, list[str]], now: datetime
) -> list[PracticeResult]:
    """Answer practice questions of a course; every answer is told at once, a wrong one enters the mistakes book.

    `answers`: question id → option ids as practice shows them. Raises ObjectDoesNotExist for a course that isn't the
    learner's or a question that practice doesn't show him now (one of an attempt in progress among them),
    AnswersInvalid.
    """
    ids = [int(name) for name in answers if name.isascii() and name.isdigit() and len(name) < 19]
    allowed = may_practise(actor, course_id, ids)
    if len(ids) < len(answers) or not set(ids) <= allowed:
        raise ObjectDoesNotExist
    contents = questions_by_id(ids)
    return [_answer(actor, course_id, pk, contents[pk], answers[str(pk)], now) for pk in sorted(ids)]


def _answer(
    actor: ActingRole, course_id: int, pk: int, content: dict[str, Any], given: list[str], now: datetime
) -> PracticeResult:
    names = {practice_option(actor.user_id, pk, option["id"]): option["id"] for option in content["options"]}
    most = len(names) if content["kind"] == "multiple" else 1
    if not given or not set(given) <= names.keys() or len(given) > most or len(set(given)) < len(given):
        raise AnswersInvalid(f"answers.{pk}")
    correct = {names[name] for name in given} == set(content["right"])
    record = _note(actor.user_id, course_id, pk, correct, now)
    return PracticeResult(
        question=str(pk),
        correct=correct,
        right=[name for name, option in names.items() if option in content["right"]],
        explanation=content["explanation"],
        is_mistake=record.is_mistake,
    )


def _note(user_id: int, course_id: int, pk: int, correct: bool, now: datetime) -> PracticeRecord:
    """Count the answer; two right ones in a row take a question out of the mistakes book, a wrong one puts it in."""
    PracticeRecord.objects.get_or_create(
        user_id=user_id, course_id=course_id, question_id=pk, defaults={"tried_at": now}
    )
    record = PracticeRecord.objects.select_for_update(no_key=True).get(
        user_id=user_id, course_id=course_id, question_id=pk
    )
    record.tries += 1
    record.wrong += not correct
    record.right_in_a_row = record.right_in_a_row + 1 if correct else 0
    record.is_mistake = not correct or (record.is_mistake and record.right_in_a_row < LEAVES_AFTER)
    record.tried_at = now
    record.save()
    return record
