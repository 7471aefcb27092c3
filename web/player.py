"""The player's page for who is in a class, and the trial for everybody (L5, L6). What happens on it is the API's."""

from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from cms.queries import class_by_slug, lesson_place, preview_lesson
from learning.queries import ClassProgress, enrolment_progress
from web.classes import ExamLine, class_address, player_address, study_rows
from web.learners import learners_only
from web.player_words import player_words


@dataclass(frozen=True)
class Entry:
    """A lesson in the list beside the video; `address` is where it is watched, also while it is locked."""

    id: int
    number: str
    title: str
    duration_ms: int
    state: str
    percent: int
    address: str


@dataclass(frozen=True)
class Section:
    """A course's heading, its lessons, and its exam where it has one."""

    heading: str
    lessons: tuple[Entry, ...]
    exam: ExamLine | None

    @property
    def exam_ahead(self) -> str:
        """Where the exam is that isn't passed yet; empty where there is none."""
        return self.exam.address if self.exam and self.exam.state != "passed" else ""


def _sections(progress: ClassProgress) -> list[Section]:
    return [
        Section(
            heading=row.heading,
            exam=row.exam,
            lessons=tuple(
                Entry(
                    id=lesson.id,
                    number=line.number,
                    title=lesson.title,
                    duration_ms=lesson.duration_ms,
                    state=lesson.state,
                    percent=lesson.percent,
                    address=player_address(progress.enrolment_id, lesson.id),
                )
                for line, lesson in zip(row.lessons, course.lessons, strict=True)
            ),
        )
        for row, course in zip(study_rows(progress), progress.courses, strict=True)
    ]


@require_safe
@learners_only
@ensure_csrf_cookie
def lesson(request: HttpRequest, enrolment: int, lesson: int) -> HttpResponse:
    """The video of a lesson with the list of its class. Somebody else's enrolment or another class's lesson is 404."""
    try:
        progress = enrolment_progress(request.role, enrolment)
    except ObjectDoesNotExist:
        raise Http404 from None
    sections = _sections(progress)
    here = next((entry for section in sections for entry in section.lessons if entry.id == lesson), None)
    if here is None:
        raise Http404
    return render(
        request,
        "web/player.html",
        {
            "progress": progress,
            "sections": sections,
            "here": here,
            "exams_left": any(course.has_exam and not course.exam_passed for course in progress.courses),
            "words": player_words(),
        },
    )


@require_safe
def preview(request: HttpRequest, slug: str, lesson: int) -> HttpResponse:
    """The first three minutes of a preview lesson, for anybody (L5). 404 where there is nothing to try."""
    try:
        terms = class_by_slug(slug)
        found = preview_lesson(lesson)
        place = lesson_place(lesson)
    except ObjectDoesNotExist:
        raise Http404 from None
    if place.class_id != terms.id:
        raise Http404
    return render(
        request,
        "web/preview.html",
        {
            "terms": terms,
            "lesson": found,
            "class_address": class_address(slug),
            "words": player_words(),
        },
    )
