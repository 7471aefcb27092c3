"""Classes and what they stand on, made the way editors make them: through the services of the content room."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cms.models import ClassPage
from cms.services import (
    ClassFields,
    CourseDraft,
    LessonDraft,
    QuestionDraft,
    QuizDraft,
    set_up,
    write_class,
    write_question_set,
)
from media_pipeline.models import VideoAsset
from tests.media_pipeline.factories import ready_video

SECONDS = 60


def video(seconds: float = SECONDS, **fields: Any) -> VideoAsset:
    """A ready video of so many seconds, without files."""
    return ready_video(round(seconds * 1000), **{"title": f"视频 {seconds} 秒"} | fields)


def unready_video(state: str = VideoAsset.State.PROCESSING, **fields: Any) -> VideoAsset:
    """A video that isn't there yet, or never will be."""
    return video(0, state=state, **fields)


QUESTION = QuestionDraft(
    "single", "成人胸外按压每分钟多少次？", ["60–80 次", "100–120 次", "越快越好"], [1], "100–120 次。"
)


def question_set(title: str = "按压", questions: Sequence[QuestionDraft] = (QUESTION,)) -> int:
    """The id of a question set with one question."""
    return write_question_set(title=title, questions=questions)


def lesson(title: str = "第一讲", of: VideoAsset | None = None, **fields: Any) -> LessonDraft:
    """A lesson with a ready video of its own."""
    return LessonDraft(title=title, video_id=(of or video()).pk, **fields)


def course(title: str = "第一门", lessons: Sequence[LessonDraft] | None = None, hours: str | None = "2") -> CourseDraft:
    """A course of 2 hours with one lesson."""
    return CourseDraft(title, [lesson()] if lessons is None else lessons, Decimal(hours) if hours else None)


def quiz(at: str = "0:20", of: int | None = None) -> QuizDraft:
    """A quiz at 0:20; at the end where `at` is empty."""
    return QuizDraft(of or question_set(), at)


def set_up_site() -> None:
    """The site as every installation has it, with two specialties."""
    set_up([("health", "卫生", "heart-pulse"), ("law", "律师", "briefcase")])


def class_page(
    slug: str = "ji-jiu",
    courses: Sequence[CourseDraft] | None = None,
    *,
    publish: bool = True,
    user: Any = None,
    **terms: Any,
) -> ClassPage:
    """A professional class of one course and one lesson, published through the services.

    `terms` are `ClassFields`. Its hours are what its courses have.
    """
    if not ClassPage.get_first_root_node().get_descendants().filter(slug="classes").exists():
        set_up_site()
    drafts = [course()] if courses is None else courses
    fields: dict[str, Any] = {"title": "急诊急救规范化处置", "hours": sum((c.hours or 0 for c in drafts), Decimal(0))}
    if terms.get("subject", "professional") == "professional":
        fields["specialty"] = "health"
    return write_class(slug=slug, terms=ClassFields(**fields | terms), courses=drafts, user=user, publish=publish)
