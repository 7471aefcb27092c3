"""Classes for the tests of learning, in shorthand: `publish_class([60, (90, [30])], [45])`, a list a course."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cms.models import ClassPage, Lesson
from cms.services import CourseDraft, LessonDraft, QuestionDraft, QuizDraft
from tests.cms.factories import class_page, question_set, video

LessonPlan = int | tuple[int, list[int]]
"""Seconds of a lesson, or (seconds, seconds of its quizzes); a quiz at the duration stands at the end."""

QUESTION = QuestionDraft(
    "single", "哪一个是对的？", ["对的：这样做", "错的甲", "错的乙", "错的丙"], [0], "因为这样做才安全。"
)


def publish_class(*courses: Sequence[LessonPlan], slug: str = "", **terms: Any) -> tuple[ClassPage, list[Lesson]]:
    """A class on offer and its lessons in order. `terms` are `ClassFields`; `course_hours` one figure a course."""
    hours = terms.pop("course_hours", [Decimal(1)] * len(courses))
    terms["regions"] = [region.code for region in terms.pop("regions", [])]
    number = ClassPage.objects.count() + 1
    fields = {"title": f"班级 {number}", "subject": "public", "hours": sum(hours, Decimal(0)), **terms}
    page = class_page(slug or f"class-{number}", _drafts(courses, hours), **fields)
    return page, lessons_of(page)


def republish(page: ClassPage, *courses: Sequence[LessonPlan], **terms: Any) -> ClassPage:
    """The editor changes the syllabus, and those `terms`, and publishes again."""
    fields = {"title": page.title, "subject": page.subject, "hours": page.hours, **terms}
    return class_page(page.slug, _drafts(courses, [Decimal(1)] * len(courses)), **fields)


def lessons_of(page: ClassPage) -> list[Lesson]:
    """The lessons of the current version in order."""
    rows = Lesson.objects.filter(class_page=page, retired_in__isnull=True).select_related("course")
    return sorted(rows, key=lambda lesson: (lesson.course.position, lesson.position))


def _drafts(courses: Sequence[Sequence[LessonPlan]], hours: Sequence[Decimal]) -> list[CourseDraft]:
    return [
        CourseDraft(f"课程 {at + 1}", [_lesson(plan, f"{at}.{place}") for place, plan in enumerate(plans)], hours[at])
        for at, plans in enumerate(courses)
    ]


def _lesson(plan: LessonPlan, place: str) -> LessonDraft:
    seconds, quizzes = plan if isinstance(plan, tuple) else (plan, [])
    points = [QuizDraft(_question_set(), "" if at == seconds else f"{at // 60}:{at % 60:02}") for at in quizzes]
    return LessonDraft(f"视频 {place}", video(seconds).pk, points)


def _question_set() -> int:
    """One single-choice question whose right option begins with 对的."""
    return question_set("一道题", [QUESTION])
