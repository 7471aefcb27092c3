"""Classes with exams, banks that fill them, and a learner who has watched: the stage of the tests of exams."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import count
from typing import Any

from cms.models import ClassPage, Course
from cms.services import (
    BankQuestionDraft,
    CourseDraft,
    ExamDraft,
    ExamRule,
    LessonDraft,
    write_bank,
    write_bank_question,
)
from exams.models import Paper
from learning.models import LessonProgress
from tests.cms.factories import class_page, video
from tests.learning.driving import Learner

_serials = count(1)
KINDS = ("single", "multiple", "true_false")


def question(kind: str = "single", **fields: Any) -> BankQuestionDraft:
    """A sound question of its kind whose right options begin with 对; each call another stem."""
    number = next(_serials)
    options = {
        "single": (["对的做法", "错的甲", "错的乙", "错的丙"], [0]),
        "multiple": (["对的一", "对的二", "错的甲", "错的乙"], [0, 1]),
        "true_false": (["对", "错"], [0]),
    }[kind]
    stem = f"第 {number} 题：下面哪一项符合要求？"
    return BankQuestionDraft(kind, stem, options[0], options[1], f"解析第 {number} 条。", **fields)


def bank(title: str = "急救题库", singles: int = 12, multiples: int = 0, true_false: int = 0, **fields: Any) -> int:
    """A bank with so many active questions of each kind; its id."""
    bank_id = write_bank(title=title)
    for kind, number in zip(KINDS, (singles, multiples, true_false), strict=True):
        for _ in range(number):
            write_bank_question(bank_id=bank_id, draft=question(kind, **fields))
    return bank_id


def exam(bank_id: int, singles: int = 5, *, pass_points: int = 3, minutes: int = 30, **fields: Any) -> ExamDraft:
    """Five single choices of a bank, three right to pass, thirty minutes."""
    return ExamDraft(rules=[ExamRule(singles, bank_id)], pass_points=pass_points, minutes=minutes, **fields)


def exam_class(
    *exams: ExamDraft | None, slug: str = "", seconds: Sequence[int] = (20,), **terms: Any
) -> tuple[ClassPage, list[Course]]:
    """A public-subject class, a course for each of `exams` with lessons of so many seconds; the page, its courses."""
    number = ClassPage.objects.count() + 1
    drafts = [
        CourseDraft(
            f"课程 {at}",
            [LessonDraft(f"视频 {at}.{place}", video(length).pk) for place, length in enumerate(seconds, 1)],
            Decimal(1),
            of,
        )
        for at, of in enumerate(exams, 1)
    ]
    fields = {"title": f"班级 {number}", "subject": "public", "hours": Decimal(len(exams)), **terms}
    page = class_page(slug or f"class-{number}", drafts, **fields)
    return page, courses_of(page)


def courses_of(page: ClassPage) -> list[Course]:
    """The courses of the current version in order."""
    return list(Course.objects.filter(class_page=page, retired_in__isnull=True).order_by("position"))


def watch_all(learner: Learner, course: Course) -> None:
    """Every lesson of the course watched to its end, as a person would."""
    for lesson in course.lessons.filter(retired_in__isnull=True).order_by("position"):
        progress = LessonProgress.objects.filter(enrolment__user=learner.user, lesson=lesson).first()
        if progress is None or progress.done_at is None:
            learner.finishes(lesson, lesson.duration_ms / 1000)


def right_answers(attempt_id: str, most: int | None = None) -> dict[str, list[str]]:
    """The right answers of an attempt's paper by its own ids, of its first `most` questions; the test knows the key."""
    questions = Paper.objects.get(attempt__public_id=attempt_id).questions
    return {item["id"]: item["right"] for item in questions[:most]}


def wrong_answers(attempt_id: str) -> dict[str, list[str]]:
    """A wrong answer to every question of an attempt's paper."""
    questions = Paper.objects.get(attempt__public_id=attempt_id).questions
    return {
        item["id"]: [next(option["id"] for option in item["options"] if option["id"] not in item["right"])]
        for item in questions
    }
