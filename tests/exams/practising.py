"""Practising as a learner does, through the services; the test knows which options are right (they begin with 对)."""

from collections.abc import Sequence
from typing import Any

from cms.models import BankQuestion, Course
from cms.services import write_bank_question
from exams.models import PracticeRecord
from exams.queries import practice_questions
from exams.services import answer_practice
from exams.services.practice import PracticeResult
from tests.exams import classes


def add_questions(bank_id: int, count: int = 3, kind: str = "single", **fields: Any) -> list[BankQuestion]:
    """So many more active questions of a bank, for practice unless `pool` says otherwise."""
    fields = {"pool": "practice"} | fields
    ids = [write_bank_question(bank_id=bank_id, draft=classes.question(kind, **fields)) for _ in range(count)]
    return list(BankQuestion.objects.filter(pk__in=ids).order_by("pk"))


def course_with_practice(candidate: Any, count: int = 3, **fields: Any) -> tuple[Course, list[BankQuestion]]:
    """A course the candidate is in, its exam of twelve questions that nobody practises, and so many that are."""
    bank_id = classes.bank(f"题库 {BankQuestion.objects.count()}")
    page, (course,) = classes.exam_class(classes.exam(bank_id))
    candidate.enrols(page)
    return course, add_questions(bank_id, count, **fields)


def chosen(question: dict[str, Any], *, right: bool = True) -> list[str]:
    """The right options of a question as practice shows it, or one wrong option."""
    good = [option["id"] for option in question["options"] if option["text"].startswith("对")]
    return good if right else [next(option["id"] for option in question["options"] if option["id"] not in good)]


def practises(
    candidate: Any, course: Course, question: BankQuestion | int, *outcomes: bool, times: int | None = None
) -> list[PracticeResult]:
    """Answer a question once for each outcome, right or wrong."""
    pk = question if isinstance(question, int) else question.pk
    results = []
    for right in outcomes:
        (shown,) = practice_questions(candidate.role, course.pk, [pk])
        results += answer_practice(
            actor=candidate.role,
            course_id=course.pk,
            answers={str(pk): chosen(shown, right=right)},
            times=None if times is None else {str(pk): times},
            now=candidate.clock.now(),
        )
    return results


def ids_of(questions: Sequence[dict[str, Any]]) -> list[int]:
    return [int(question["id"]) for question in questions]


def standing(question: BankQuestion) -> tuple[int, int, int, bool]:
    """(tries, wrong, right in a row, in the mistakes book) of the one learner who practised it."""
    record = PracticeRecord.objects.get(question=question)
    return record.tries, record.wrong, record.right_in_a_row, record.is_mistake
