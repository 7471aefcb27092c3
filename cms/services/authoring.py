"""Writing classes and question sets by program, as an editor would: imports, the demo, tests."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from cms.models import Blueprint, ClassIndexPage, ClassPage, Question, QuestionSet, SpecialtyPage

_BLOCKS = uuid.UUID("6f4d3f0e-6a3c-4f0e-9a53-0c1d7a1f3b52")


@dataclass(frozen=True)
class QuestionDraft:
    """A question; `right` counts options from 0."""

    kind: str
    stem: str
    options: Sequence[str]
    right: Sequence[int]
    explanation: str = ""


@dataclass(frozen=True)
class QuizDraft:
    """A quiz point: at a moment ("3:20"), or at the end where `at` is empty."""

    question_set_id: int
    at: str = ""


@dataclass(frozen=True)
class LessonDraft:
    """A lesson and its quizzes."""

    title: str
    video_id: int | None
    quizzes: Sequence[QuizDraft] = ()
    is_preview: bool = False


@dataclass(frozen=True)
class ExamRule:
    """So many questions of a kind from a bank or with one of the tags; `difficulty` 0 is any."""

    count: int
    bank_id: int | None = None
    kind: str = "single"
    tags: Sequence[str] = ()
    difficulty: int = 0
    points: int = 1


@dataclass(frozen=True)
class ExamDraft:
    """The exam of a course, as `cms.models.Blueprint` has it."""

    rules: Sequence[ExamRule]
    pass_points: int
    minutes: int = 90
    shuffle: bool = True
    answers_shown: str = "passed"


@dataclass(frozen=True)
class CourseDraft:
    """A course and its lessons; `hours` may be None in a public-subject class."""

    title: str
    lessons: Sequence[LessonDraft]
    hours: Decimal | None = None
    exam: ExamDraft | None = None


@dataclass(frozen=True)
class ClassFields:
    """The terms of a class as `ClassPage` names them. `regions` and `title_series` are codes, `specialty` a slug."""

    title: str
    subject: str = "professional"
    specialty: str = ""
    hours: Decimal | None = None
    year: int | None = None
    regions: Sequence[str] = ()
    title_series: Sequence[str] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    grace_until: date | None = None
    price_fen: int = 0
    original_price_fen: int | None = None
    summary: str = ""
    introduction: str = ""
    cover_tone: int = 1
    max_rate_pct: int = 100
    presence_minutes: int = 0
    required_from: date | None = None


@transaction.atomic
def write_question_set(*, title: str, questions: Sequence[QuestionDraft]) -> int:
    """Make the question set of this title, or bring it in line; gives its id. Raises ValidationError."""
    question_set, _created = QuestionSet.objects.get_or_create(title=title)
    known = list(question_set.questions.order_by("sort_order", "pk"))
    for index, draft in enumerate(questions):
        question = known[index] if index < len(known) else Question(question_set=question_set)
        question.sort_order = index
        question.kind, question.stem, question.explanation = draft.kind, draft.stem, draft.explanation
        question.options = [
            {
                "type": "option",
                "value": {"text": text, "is_right": place in draft.right},
                "id": str(uuid.uuid5(_BLOCKS, f"{question_set.pk}/{index}/{place}")),
            }
            for place, text in enumerate(draft.options)
        ]
        question.full_clean()
        question.save()
    for question in known[len(questions) :]:
        question.delete()
    return question_set.pk


@transaction.atomic
def write_class(
    *, slug: str, terms: ClassFields, courses: Sequence[CourseDraft], user: Any = None, publish: bool = True
) -> ClassPage:
    """Make the class of this slug, or bring it in line; published, or left as a draft.

    Block ids follow from slug and place, so that writing the same again changes nothing. Raises PublishRefused.
    """
    page = ClassPage.objects.filter(slug=slug).first()
    if page is None:
        page = ClassPage(slug=slugify(slug, allow_unicode=True), live=False)
        _fill(page, terms, courses)
        ClassIndexPage.objects.get().add_child(instance=page)
    # Relations to many exist only once the page does.
    _fill(page, terms, courses)
    _relate(page, terms)
    revision = page.save_revision(user=user, log_action=True, clean=False)
    if publish:
        revision.publish(user=user, skip_permission_checks=True)
    return ClassPage.objects.get(pk=page.pk)


def _fill(page: ClassPage, terms: ClassFields, courses: Sequence[CourseDraft]) -> None:
    plain = {field.name for field in fields(ClassFields)} - {"regions", "title_series", "specialty"}
    for name in plain:
        setattr(page, name, getattr(terms, name))
    page.specialty = SpecialtyPage.objects.get(slug=terms.specialty) if terms.specialty else None
    page.syllabus = [_course(page.slug, str(place), course) for place, course in enumerate(courses)]


def _relate(page: ClassPage, terms: ClassFields) -> None:
    page.regions = _by_code("regions", terms.regions)
    page.title_series = _by_code("title_series", terms.title_series, table="title_series")


def _by_code(field: str, codes: Sequence[str], **conditions: str) -> list[Any]:
    """The rows with these codes. Raises ValueError for an unknown one."""
    rows = list(ClassPage._meta.get_field(field).related_model._default_manager.filter(code__in=codes, **conditions))
    if len(rows) != len(set(codes)):
        unknown = set(codes) - {row.code for row in rows}
        raise ValueError(f"unknown {field}: {', '.join(sorted(unknown))}")
    return rows


def _block(kind: str, path: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "value": value, "id": str(uuid.uuid5(_BLOCKS, path))}


def _course(slug: str, place: str, course: CourseDraft) -> dict[str, Any]:
    path = f"{slug}/{place}"
    lessons = [_lesson(f"{path}/{index}", lesson) for index, lesson in enumerate(course.lessons)]
    hours = None if course.hours is None else str(course.hours)
    exams = [_exam(f"{path}/exam", course.exam)] if course.exam else []
    return _block("course", path, {"title": course.title, "hours": hours, "lessons": lessons, "exam": exams})


def _exam(path: str, exam: ExamDraft) -> dict[str, Any]:
    rules = [
        _block(
            "item",
            f"{path}/{index}",
            {
                "bank": rule.bank_id,
                "tags": "、".join(rule.tags),
                "kind": rule.kind,
                "difficulty": str(rule.difficulty or ""),
                "count": rule.count,
                "points": rule.points,
            },
        )
        for index, rule in enumerate(exam.rules)
    ]
    value = {
        "minutes": exam.minutes,
        "pass_points": exam.pass_points,
        "shuffle": exam.shuffle,
        "answers_shown": exam.answers_shown,
        "rules": rules,
    }
    return _block("item", path, value)


def _lesson(path: str, lesson: LessonDraft) -> dict[str, Any]:
    quizzes = [
        _block(
            "item",
            f"{path}/{index}",
            {"at": quiz.at, "at_end": not quiz.at, "question_set": quiz.question_set_id},
        )
        for index, quiz in enumerate(lesson.quizzes)
    ]
    value = {
        "title": lesson.title,
        "video": lesson.video_id,
        "is_preview": lesson.is_preview,
        "quiz_points": quizzes,
    }
    return _block("lesson", path, value)


def class_is_current(*, slug: str, today: date, whole_year: bool, exams: int = 0) -> bool:
    """Whether a class that `write_class` made needs no writing again: live, with so many exams or more, and, if it is a
    year's, of this one.
    """
    page = ClassPage.objects.live().filter(slug=slug).only("ends_on").first()
    if page is None or (whole_year and page.ends_on and page.ends_on.year != today.year):
        return False
    return Blueprint.objects.filter(class_page=page, retired_in__isnull=True).count() >= exams
