"""The published syllabus as learning and pages read it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from cms.models import Blueprint, ClassPage, Course, Lesson, QuizPoint
from cms.publishing import draft_of
from cms.queries.memory import Memory
from cms.queries.terms import stamps_of

_kept = Memory(most=2_000, seconds=600)


@dataclass(frozen=True)
class QuizOutline:
    """A quiz point; `at_ms` = the lesson's duration stands for the end."""

    id: int
    at_ms: int


@dataclass(frozen=True)
class LessonOutline:
    """A lesson with its quiz points in the order of their moments."""

    id: int
    block_id: UUID
    title: str
    duration_ms: int
    is_preview: bool
    video_id: int
    quiz_points: tuple[QuizOutline, ...] = ()


@dataclass(frozen=True)
class CourseOutline:
    """A course with its lessons in order. `blueprint_id` names its exam's blueprint, None where it has no exam."""

    id: int
    block_id: UUID
    title: str
    hours: Decimal
    lessons: tuple[LessonOutline, ...] = ()
    blueprint_id: int | None = None

    @property
    def has_exam(self) -> bool:
        return self.blueprint_id is not None


@dataclass(frozen=True)
class Syllabus:
    """The courses of one version, in order."""

    courses: tuple[CourseOutline, ...] = ()


@dataclass(frozen=True)
class LessonPlace:
    """Where a lesson stands."""

    lesson_id: int
    course_id: int
    class_id: int
    class_slug: str


def syllabus_of(class_id: int, version: int) -> Syllabus:
    """The syllabus of one version of a class; one query where it is known, five otherwise."""
    return syllabi_of([(class_id, version)])[(class_id, version)]


def syllabi_of(wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Syllabus]:
    """Many syllabi by (class, version), in the same number of queries."""
    wanted = set(wanted)
    stamps = stamps_of(class_id for class_id, _version in wanted)
    found: dict[tuple[int, int], Syllabus] = {}
    missing: set[tuple[int, int]] = set()
    for class_id, version in wanted:
        syllabus = _kept.get((class_id, version, stamps.get(class_id)))
        if syllabus is None:
            missing.add((class_id, version))
        else:
            found[(class_id, version)] = syllabus
    for key, syllabus in _read(missing).items():
        _kept.put((*key, stamps.get(key[0])), syllabus)
        found[key] = syllabus
    return found


def _read(wanted: set[tuple[int, int]]) -> dict[tuple[int, int], Syllabus]:
    if not wanted:
        return {}
    class_ids = {class_id for class_id, _version in wanted}
    courses = list(Course.objects.filter(class_page_id__in=class_ids).order_by("position", "pk"))
    lessons = list(Lesson.objects.filter(class_page_id__in=class_ids).order_by("position", "pk"))
    points = list(QuizPoint.objects.filter(class_page_id__in=class_ids).defer("questions").order_by("at_ms", "pk"))
    exams = list(Blueprint.objects.filter(class_page_id__in=class_ids).defer("rules"))
    return {key: _assemble(*key, courses, lessons, points, exams) for key in wanted}


def _assemble(
    class_id: int,
    version: int,
    courses: list[Course],
    lessons: list[Lesson],
    points: list[QuizPoint],
    exams: list[Blueprint],
) -> Syllabus:
    def is_in(row: Any) -> bool:
        retired: int | None = row.retired_in
        return row.class_page_id == class_id and row.added_in <= version and (retired is None or retired > version)

    quizzes: dict[int, list[QuizOutline]] = defaultdict(list)
    for point in filter(is_in, points):
        quizzes[point.lesson_id].append(QuizOutline(point.pk, point.at_ms))
    in_course: dict[int, list[LessonOutline]] = defaultdict(list)
    for lesson in filter(is_in, lessons):
        in_course[lesson.course_id].append(_outline(lesson, tuple(quizzes[lesson.pk])))
    blueprints = {exam.course_id: exam.pk for exam in filter(is_in, exams)}
    return Syllabus(
        tuple(
            CourseOutline(
                course.pk,
                course.block_id,
                course.title,
                course.hours,
                tuple(in_course[course.pk]),
                blueprints.get(course.pk),
            )
            for course in filter(is_in, courses)
        )
    )


def _outline(lesson: Lesson, quizzes: tuple[QuizOutline, ...]) -> LessonOutline:
    return LessonOutline(
        id=lesson.pk,
        block_id=lesson.block_id,
        title=lesson.title,
        duration_ms=lesson.duration_ms,
        is_preview=lesson.is_preview,
        video_id=lesson.video_id,
        quiz_points=quizzes,
    )


def drafted_syllabus(page: ClassPage) -> Syllabus:
    """The syllabus as a draft would publish it, for the editor's preview; its ids are those of nothing."""
    ids = count(-1, -1)
    courses = []
    for course in draft_of(page):
        lessons = tuple(
            LessonOutline(
                id=next(ids),
                block_id=lesson.block_id,
                title=lesson.title,
                duration_ms=lesson.video.duration_ms if lesson.video else 0,
                is_preview=False,
                video_id=lesson.video.pk if lesson.video else 0,
                quiz_points=tuple(QuizOutline(next(ids), quiz.at_ms or 0) for quiz in lesson.quizzes),
            )
            for lesson in course.lessons
        )
        hours = course.hours or Decimal(0)
        exam = next(ids) if course.exam else None
        courses.append(CourseOutline(next(ids), course.block_id, course.title, hours, lessons, exam))
    return Syllabus(tuple(courses))


def lesson_place(lesson_id: int) -> LessonPlace:
    """Where a published lesson stands, retired or not. Raises Lesson.DoesNotExist. One query."""
    lesson = Lesson.objects.filter(pk=lesson_id).values_list("course_id", "class_page_id", "class_page__slug").first()
    if lesson is None:
        raise Lesson.DoesNotExist
    return LessonPlace(lesson_id, *lesson)


def class_of_course(course_id: int) -> int:
    """The id of the class a published course belongs to. Raises Course.DoesNotExist. One query."""
    return Course.objects.values_list("class_page_id", flat=True).get(pk=course_id)


def course_lessons(course_id: int) -> list[int]:
    """The ids of every lesson a course ever had, retired ones too. One query."""
    return list(Lesson.objects.filter(course_id=course_id).values_list("pk", flat=True))


def video_of_lesson(lesson_id: int) -> int:
    """The id of a published lesson's video. Raises Lesson.DoesNotExist. One query."""
    return Lesson.objects.values_list("video_id", flat=True).get(pk=lesson_id)


def preview_lesson(lesson_id: int) -> LessonOutline:
    """A lesson that anybody may try now (L5): a preview of the current version of a class on offer.

    Raises Lesson.DoesNotExist for every other.
    """
    lesson = Lesson.objects.get(pk=lesson_id, is_preview=True, retired_in__isnull=True, class_page__live=True)
    points = QuizPoint.objects.filter(lesson=lesson, retired_in__isnull=True).order_by("at_ms", "pk")
    return replace(
        _outline(lesson, ()),
        quiz_points=tuple(QuizOutline(*row) for row in points.values_list("pk", "at_ms")),
    )


def quiz_questions(quiz_point_id: int) -> list[dict[str, Any]]:
    """The frozen questions of a quiz point, right answers and explanations in them: never for a browser as they are.

    Raises QuizPoint.DoesNotExist.
    """
    return QuizPoint.objects.only("questions").get(pk=quiz_point_id).questions
