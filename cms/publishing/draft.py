"""The syllabus as an editor left it, read out of the stream."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError

from cms.fields import parse_moment


@dataclass(frozen=True)
class DraftQuiz:
    """A quiz point. `at_ms` is None where no readable moment is given, or both a moment and the end."""

    block_id: UUID
    at_ms: int | None
    question_set: Any
    at_end: bool = False


@dataclass(frozen=True)
class DraftLesson:
    """A lesson; `video` is the asset's row or None."""

    block_id: UUID
    title: str
    video: Any
    is_preview: bool
    quizzes: tuple[DraftQuiz, ...]


@dataclass(frozen=True)
class DraftExam:
    """A course's exam as `Blueprint` keeps it; figures that weren't given are 0."""

    block_id: UUID
    minutes: int
    pass_points: int
    shuffle: bool
    answers_shown: str
    rules: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class DraftCourse:
    """A course; `hours` is None where none are given, `exam` where it has none."""

    block_id: UUID
    title: str
    hours: Decimal | None
    lessons: tuple[DraftLesson, ...]
    exam: DraftExam | None = None


def _id(text: str | None) -> UUID:
    """A block's id; a block that was never stored has none yet and gets one that is used nowhere else."""
    try:
        return UUID(str(text))
    except ValueError:
        return uuid4()


def draft_of(page: Any) -> tuple[DraftCourse, ...]:
    """The courses of a class page's stream, in order. Videos and sets are read in a query each."""
    return tuple(
        DraftCourse(
            block_id=_id(child.id),
            title=(child.value["title"] or "").strip(),
            hours=child.value["hours"],
            lessons=tuple(_lesson(lesson) for lesson in child.value["lessons"] or ()),
            exam=next((_exam(exam) for exam in child.value["exam"].bound_blocks), None),
        )
        for child in page.syllabus
    )


def _lesson(child: Any) -> DraftLesson:
    value = child.value
    video = value["video"]
    duration_ms = video.duration_ms if video else 0
    return DraftLesson(
        block_id=_id(child.id),
        title=(value["title"] or "").strip(),
        video=video,
        is_preview=bool(value["is_preview"]),
        quizzes=tuple(_quiz(point, duration_ms) for point in value["quiz_points"].bound_blocks),
    )


def _exam(child: Any) -> DraftExam:
    value = child.value
    return DraftExam(
        block_id=_id(child.id),
        minutes=value["minutes"] or 0,
        pass_points=value["pass_points"] or 0,
        shuffle=bool(value["shuffle"]),
        answers_shown=value["answers_shown"] or "passed",
        rules=tuple(_rule(rule) for rule in value["rules"]),
    )


def _rule(value: Any) -> dict[str, Any]:
    tags = re.split(r"[,，、;；]", value["tags"] or "")
    return {
        "bank": value["bank"].pk if value["bank"] else None,
        "tags": sorted({tag.strip() for tag in tags if tag.strip()}),
        "kind": value["kind"],
        "difficulty": int(value["difficulty"] or 0),
        "count": value["count"] or 0,
        "points": value["points"] or 0,
    }


def _quiz(child: Any, duration_ms: int) -> DraftQuiz:
    typed, at_end = (child.value["at"] or "").strip(), bool(child.value["at_end"])
    at_ms: int | None = None
    if at_end and not typed:
        at_ms = duration_ms
    elif typed and not at_end:
        try:
            at_ms = parse_moment(typed)
        except ValidationError:
            at_ms = None
    return DraftQuiz(_id(child.id), at_ms, child.value["question_set"], at_end)
