"""Practice (练习, L9): unlimited, the explanation comes with the answer, and the mistakes book follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Case, F, Value, When

from cms.queries import questions_by_id
from exams.errors import AnswersInvalid
from exams.models import LEAVES_AFTER, PracticeRecord
from exams.queries.practice import may_practise, practice_option
from identity.acting import ActingRole


@dataclass(frozen=True, slots=True)
class PracticeResult:
    """What came of one answer: right or not, the right options as practice names them, why.

    `to_go`: right answers in a row until it leaves the mistakes book, 0 where it isn't in it; `leaves_book`: this one
    took it out. `counted`: False for an answer that was sent again.
    """

    question: str
    correct: bool
    right: list[str]
    explanation: str
    is_mistake: bool
    to_go: int
    leaves_book: bool
    counted: bool


@transaction.atomic
def answer_practice(
    *,
    actor: ActingRole,
    course_id: int,
    answers: Mapping[str, list[str]],
    now: datetime,
    times: Mapping[str, int] | None = None,
) -> list[PracticeResult]:
    """Answer practice questions of a course; every answer is told at once, a wrong one enters the mistakes book.

    `answers`: question id → option ids as practice shows them. `times`: question id → how often it had been answered
    when it was shown; an answer to a question that was answered since is told, but not counted again. Raises
    ObjectDoesNotExist for a course that isn't the learner's or a question that practice doesn't show him now (one of
    an attempt in progress among them), AnswersInvalid.
    """
    ids = [int(name) for name in answers if name.isascii() and name.isdigit() and len(name) < 19]
    allowed = may_practise(actor, course_id, ids)
    contents = questions_by_id(ids)
    if len(set(ids)) < len(answers) or not set(ids) <= allowed & contents.keys():
        raise ObjectDoesNotExist
    for pk in ids:
        _check(actor.user_id, pk, contents[pk], answers[str(pk)])
    # In the order of ids: two calls that answer the same questions wait for each other, not both.
    return [
        _answer(actor.user_id, course_id, pk, contents[pk], answers[str(pk)], (times or {}).get(str(pk)), now)
        for pk in sorted(ids)
    ]


def _options(user_id: int, pk: int, content: dict[str, Any]) -> dict[str, str]:
    """The name of each option in this learner's practice → its own."""
    return {practice_option(user_id, pk, option["id"]): option["id"] for option in content["options"]}


def _check(user_id: int, pk: int, content: dict[str, Any], given: list[str]) -> None:
    """Raises AnswersInvalid."""
    names = _options(user_id, pk, content)
    most = len(names) if content["kind"] == "multiple" else 1
    if not given or not set(given) <= names.keys() or len(given) > most or len(set(given)) < len(given):
        raise AnswersInvalid(f"answers.{pk}")


def _answer(
    user_id: int,
    course_id: int,
    pk: int,
    content: dict[str, Any],
    given: list[str],
    times: int | None,
    now: datetime,
) -> PracticeResult:
    names = _options(user_id, pk, content)
    correct = {names[name] for name in given} == set(content["right"])
    counted, record = _count(user_id, course_id, pk, correct, times, now)
    return PracticeResult(
        question=str(pk),
        correct=correct,
        right=[name for name, option in names.items() if option in content["right"]],
        explanation=content["explanation"],
        is_mistake=record.is_mistake,
        to_go=LEAVES_AFTER - record.right_in_a_row if record.is_mistake else 0,
        leaves_book=counted and record.wrong > 0 and record.right_in_a_row == LEAVES_AFTER,
        counted=counted,
    )


def _count(
    user_id: int, course_id: int, pk: int, correct: bool, times: int | None, now: datetime
) -> tuple[bool, PracticeRecord]:
    """Count the answer; two right ones in a row take a question out of the mistakes book, a wrong one puts it in.

    One statement, so that two devices at once count as two answers. Gives whether it counted, and how he stands.
    """
    record, is_new = PracticeRecord.objects.get_or_create(
        user_id=user_id, course_id=course_id, question_id=pk, defaults={"tried_at": now}
    )
    mine = PracticeRecord.objects.filter(pk=record.pk)
    standing = mine if is_new or times is None else mine.filter(tries=times)
    if correct:
        stays = Case(When(is_mistake=True, right_in_a_row__lt=LEAVES_AFTER - 1, then=Value(True)), default=Value(False))
        counted = standing.update(
            tries=F("tries") + 1, right_in_a_row=F("right_in_a_row") + 1, is_mistake=stays, tried_at=now
        )
    else:
        counted = standing.update(
            tries=F("tries") + 1, wrong=F("wrong") + 1, right_in_a_row=0, is_mistake=True, tried_at=now
        )
    return bool(counted), mine.get()
