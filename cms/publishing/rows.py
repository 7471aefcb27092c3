"""Writing the published syllabus by difference (docs/decisions: publish-by-difference)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cms.models.syllabus import Blueprint, Course, Lesson, QuizPoint, SyllabusRow, SyllabusVersion
from cms.publishing.draft import DraftCourse, DraftExam, DraftLesson, DraftQuiz, draft_of


@dataclass
class _Standing:
    """The rows of the current version by block id; what is still in it after the walk leaves the syllabus."""

    courses: dict[UUID, Course]
    lessons: dict[UUID, Lesson]
    quizzes: dict[UUID, QuizPoint]
    exams: dict[UUID, Blueprint]
    frozen: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    added: int = 0

    @classmethod
    def of(cls, page_id: int) -> "_Standing":
        def rows(model: type[SyllabusRow]) -> dict[UUID, Any]:
            found = model._default_manager.filter(class_page_id=page_id, retired_in__isnull=True)
            return {row.block_id: row for row in found}

        return cls(rows(Course), rows(Lesson), rows(QuizPoint), rows(Blueprint))

    def questions(self, question_set: Any) -> list[dict[str, Any]]:
        """A set as it stands now; read once however often it is asked."""
        if question_set.pk not in self.frozen:
            self.frozen[question_set.pk] = question_set.frozen()
        return self.frozen[question_set.pk]

    @property
    def leaving(self) -> list[SyllabusRow]:
        return [*self.exams.values(), *self.quizzes.values(), *self.lessons.values(), *self.courses.values()]


@transaction.atomic
def publish_syllabus(*, page: Any, now: datetime) -> SyllabusVersion:
    """Bring the published rows in line with the page's stream, and give the version that is now in force.

    A row whose demands are the same stays, its title, place, hours and preview updated. A lesson with another video,
    duration or course, a quiz at another moment or with other questions, and an exam that is another becomes a new row.
    What is gone is retired. Where nothing was added or retired there is no new version. The caller refused what can't
    be published.

    Publications of one class wait for each other: `ClassPage.save` updates the page's row first, in the same
    transaction.
    """
    current = SyllabusVersion.objects.filter(class_page=page).order_by("-number").first()
    number = current.number + 1 if current else 1
    standing = _Standing.of(page.pk)
    # What was stored, not what is in memory: saving gives new blocks their ids.
    stored = type(page)._default_manager.get(pk=page.pk)
    for position, draft in enumerate(draft_of(stored)):
        _write_course(standing, page, draft, position, number)
    for row in standing.leaving:
        row.retired_in = number
        row.save(update_fields=["retired_in"])
    if current is None or standing.added or standing.leaving:
        return SyllabusVersion.objects.create(
            class_page=page, number=number, published_at=now, required_from=_not_past(page.required_from, now)
        )
    if page.required_from is None or _not_past(page.required_from, now):
        current.required_from = page.required_from
        current.save(update_fields=["required_from"])
    return current


def _not_past(day: date | None, now: datetime) -> date | None:
    """A date that was typed for an earlier version asks nothing of this one."""
    return day if day and day >= timezone.localdate(now) else None


def _write_course(standing: _Standing, page: Any, draft: DraftCourse, position: int, number: int) -> None:
    row = standing.courses.pop(draft.block_id, None)
    if row is None:
        row = Course(class_page=page, block_id=draft.block_id, added_in=number)
        standing.added += 1
    _write(row, title=draft.title, hours=draft.hours or Decimal(0), position=position)
    for place, lesson in enumerate(draft.lessons):
        _write_lesson(standing, page, row, lesson, place, number)
    if draft.exam:
        _write_exam(standing, page, row, draft.exam, number)


def _write_lesson(
    standing: _Standing, page: Any, course: Course, draft: DraftLesson, position: int, number: int
) -> None:
    row = standing.lessons.get(draft.block_id)
    asked = (draft.video.pk, draft.video.duration_ms, course.pk)
    if row is not None and (row.video_id, row.duration_ms, row.course_id) == asked:
        del standing.lessons[draft.block_id]
    else:
        row = Lesson(
            class_page=page,
            block_id=draft.block_id,
            added_in=number,
            course=course,
            video_id=draft.video.pk,
            duration_ms=draft.video.duration_ms,
        )
        standing.added += 1
    _write(row, title=draft.title, is_preview=draft.is_preview, position=position)
    for quiz in draft.quizzes:
        _write_quiz(standing, page, row, quiz, number)


def _write_quiz(standing: _Standing, page: Any, lesson: Lesson, draft: DraftQuiz, number: int) -> None:
    at_ms = cast(int, draft.at_ms)  # one without a moment was refused
    questions = standing.questions(draft.question_set)
    row = standing.quizzes.get(draft.block_id)
    if row is not None and (row.lesson_id, row.at_ms, row.questions) == (lesson.pk, at_ms, questions):
        del standing.quizzes[draft.block_id]
        return
    standing.added += 1
    QuizPoint.objects.create(
        class_page=page,
        block_id=draft.block_id,
        added_in=number,
        lesson=lesson,
        at_ms=at_ms,
        questions=questions,
    )


def _write_exam(standing: _Standing, page: Any, course: Course, draft: DraftExam, number: int) -> None:
    row = standing.exams.get(draft.block_id)
    asked = {
        "course_id": course.pk,
        "minutes": draft.minutes,
        "pass_points": draft.pass_points,
        "shuffle": draft.shuffle,
        "answers_shown": draft.answers_shown,
        "rules": list(draft.rules),
    }
    if row is not None and all(getattr(row, name) == value for name, value in asked.items()):
        del standing.exams[draft.block_id]
        return
    standing.added += 1
    Blueprint.objects.create(class_page=page, block_id=draft.block_id, added_in=number, **asked)


def _write(row: Any, **values: Any) -> None:
    """Set what may change in place; a row that is as it should be costs no statement."""
    if row.pk and all(getattr(row, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
