"""Classes for the tests of learning, published the way an editor's are."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wagtail.models import Page, Site

from cms.models import ClassIndexPage, ClassPage, Course, Lesson, Question, QuestionSet
from core import clock
from media_pipeline.models import VideoAsset
from media_pipeline.queries import forget

LessonPlan = int | tuple[int, list[int]]
"""Seconds of a lesson, or (seconds, seconds of its quizzes); a quiz at the duration stands at the end."""

_SPACE = uuid.UUID("00000000-0000-0000-0000-00000000c1a5")


def _index() -> ClassIndexPage:
    found = ClassIndexPage.objects.first()
    if found:
        return found
    root = Page.get_first_root_node()
    home = Site.objects.get(is_default_site=True).root_page
    return (home or root).add_child(instance=ClassIndexPage(title="班级", slug="classes"))


def _video(seconds: int) -> VideoAsset:
    """A ready video without files: the tests of learning ask for its keys and playlists, never for a segment."""
    segments = [6000] * (seconds // 6) + ([seconds % 6 * 1000] if seconds % 6 else [])
    rendition = {
        "name": "360p",
        "width": 640,
        "height": 360,
        "bandwidth": 800_000,
        "codecs": "avc1.64001e,mp4a.40.2",
        "segments": segments,
    }
    video = VideoAsset.objects.create(
        title=f"视频 {seconds}",
        state=VideoAsset.State.READY,
        source="uploads/none.mp4",
        uploaded_at=clock.now(),
        build="b1",
        duration_ms=seconds * 1000,
        renditions=[rendition],
    )
    forget(video.pk)  # a row of an earlier test had the same id
    return video


def _question_set() -> QuestionSet:
    """One single-choice question whose right option begins with 对的."""
    texts = [("对的：这样做", True), ("错的甲", False), ("错的乙", False), ("错的丙", False)]
    options = [{"type": "option", "value": {"text": text, "is_right": is_right}} for text, is_right in texts]
    found = QuestionSet.objects.create(title="一道题")
    Question.objects.create(
        question_set=found, kind="single", stem="哪一个是对的？", options=options, explanation="因为这样做才安全。"
    )
    return found


def _lesson_block(plan: LessonPlan, place: str) -> dict[str, Any]:
    seconds, quizzes = plan if isinstance(plan, tuple) else (plan, [])
    points = [
        {
            "type": "item",
            "id": str(uuid.uuid5(_SPACE, f"{place}/{number}")),
            "value": {
                "at": "" if at == seconds else f"{at // 60}:{at % 60:02}",
                "at_end": at == seconds,
                "question_set": _question_set().pk,
            },
        }
        for number, at in enumerate(quizzes)
    ]
    value = {"title": f"视频 {place}", "video": _video(seconds).pk, "is_preview": False, "quiz_points": points}
    return {"type": "lesson", "id": str(uuid.uuid5(_SPACE, place)), "value": value}


def syllabus(courses: Sequence[Sequence[LessonPlan]], hours: Sequence[Decimal]) -> list[dict[str, Any]]:
    """The stream of a syllabus; a block keeps its id by its place."""
    return [
        {
            "type": "course",
            "id": str(uuid.uuid5(_SPACE, str(number))),
            "value": {
                "title": f"课程 {number + 1}",
                "hours": str(hours[number]),
                "lessons": [_lesson_block(plan, f"{number}.{at}") for at, plan in enumerate(plans)],
            },
        }
        for number, plans in enumerate(courses)
    ]


def publish_class(*courses: Sequence[LessonPlan], slug: str = "", **terms: Any) -> tuple[ClassPage, list[Lesson]]:
    """A class on offer and its lessons in order. `terms` are ClassPage's fields; `course_hours` one figure a course."""
    hours = terms.pop("course_hours", [Decimal(1)] * len(courses))
    regions = terms.pop("regions", [])
    fields = {"subject": "public", "hours": sum(hours, Decimal(0)), **terms}
    if fields["subject"] == "professional":
        fields["specialty"] = _specialty()
    number = ClassPage.objects.count() + 1
    page = ClassPage(title=f"班级 {number}", slug=slug or f"class-{number}", **fields)
    page.syllabus = page.syllabus.stream_block.to_python(syllabus(courses, hours))
    page.regions = regions
    _index().add_child(instance=page)  # saving it live publishes it, as every way of publishing ends in that
    return page, lessons_of(page)


def republish(page: ClassPage, *courses: Sequence[LessonPlan]) -> None:
    """The editor changes the syllabus and publishes again."""
    page.syllabus = page.syllabus.stream_block.to_python(syllabus(courses, [Decimal(1)] * len(courses)))
    page.save_revision().publish()
    page.refresh_from_db()


def lessons_of(page: ClassPage) -> list[Lesson]:
    """The lessons of the current version in order."""
    rows = Lesson.objects.filter(class_page=page, retired_in__isnull=True).select_related("course")
    return sorted(rows, key=lambda lesson: (lesson.course.position, lesson.position))


def _specialty() -> Any:
    from cms.models import CatalogueIndexPage, SpecialtyPage

    found = SpecialtyPage.objects.first()
    if found:
        return found
    home = Site.objects.get(is_default_site=True).root_page
    catalogue = home.add_child(instance=CatalogueIndexPage(title="专业科目", slug="catalogue"))
    return catalogue.add_child(instance=SpecialtyPage(title="卫生", slug="health"))


__all__ = ["Course", "lessons_of", "publish_class", "republish"]
