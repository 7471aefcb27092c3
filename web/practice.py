"""Practice and the mistakes book (L9): what there is to practise, one question at a time, one's own mistakes."""

from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from exams.errors import AnswersInvalid
from exams.queries import (
    LEAVES_AFTER,
    PracticeCard,
    mistakes_page,
    practice_batch,
    practice_overview,
    practice_questions,
    told_answer,
    told_answers,
)
from exams.services import answer_practice
from learning.queries import ClassProgress, CoursePlace, course_place
from web.classes import course_heading
from web.exam_paper import QuestionRow, answer_rows, question_rows
from web.learners import learners_only
from web.picker_fields import number_of
from web.practice_sitting import Sitting, keep_sitting, kept_sitting

MISTAKES_A_PAGE = 20
MOST_WORDS = 50


def heading_of(place: CoursePlace) -> str:
    """小节一 title: as the class calls its course."""
    number = 1 + [course.id for course in place.progress.courses].index(place.course.id)
    return course_heading(place.progress.subject, number, place.course.title)


def practise_address(course_id: int, *, mistakes: bool = False) -> str:
    """Where a course is practised, or one's mistakes in it."""
    return reverse("web:practise", args=(course_id,)) + ("?mistakes=1" if mistakes else "")


# --- The list ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class PracticeRow:
    """A course in the list."""

    card: PracticeCard

    @property
    def heading(self) -> str:
        return heading_of(self.card.place)

    @property
    def progress(self) -> ClassProgress:
        return self.card.place.progress

    @property
    def address(self) -> str:
        return practise_address(self.card.place.course.id)

    @property
    def mistakes_address(self) -> str:
        return practise_address(self.card.place.course.id, mistakes=True)


@require_safe
@learners_only
def practice(request: HttpRequest) -> HttpResponse:
    """The courses that can be practised: how many questions, how many practised, how many mistakes."""
    overview = practice_overview(request.role)
    return render(
        request,
        "web/practice.html",
        {"rows": [PracticeRow(card) for card in overview.cards], "locked": overview.locked},
    )


# --- One question at a time -------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@learners_only
def practise(request: HttpRequest, course: int) -> HttpResponse:
    """The question in hand, or what came of it; posted to, it is answered, or the next one comes.

    A form leads back here; htmx is answered with the page itself, of which it takes the part that changes.
    """
    try:
        place = course_place(request.role, course)
    except ObjectDoesNotExist:
        raise Http404 from None
    by_mistakes = request.GET.get("mistakes") == "1"
    error = ""
    if request.method == "POST":
        error = _act(request, course, by_mistakes)
        if not error and not request.htmx:
            return HttpResponseRedirect(practise_address(course, mistakes=by_mistakes))
    return _show(request, place, by_mistakes, error)


def _new_batch(request: HttpRequest, course_id: int, by_mistakes: bool) -> list[int]:
    batch = practice_batch(request.role, course_id, mistakes=by_mistakes)
    return [int(question["id"]) for question in batch]


def _act(request: HttpRequest, course_id: int, by_mistakes: bool) -> str:
    """Do what was asked for; gives what is wrong with an answer, in words."""
    now = clock.now()
    sitting = kept_sitting(request, course_id, by_mistakes, now) or Sitting(course_id, by_mistakes, [])
    act = request.POST.get("act")
    if act == "again":
        sitting = sitting.with_batch(_new_batch(request, course_id, by_mistakes))
    elif number_of(request.POST.get("question")) != sitting.question:
        return ""  # done before, or in another tab: the page shows how it stands
    elif act == "next" or "skip" in request.POST:
        sitting = sitting.at_next()
    elif sitting.told is None:
        try:
            sitting = _answer(request, sitting)
        except AnswersInvalid:
            return _("先选好答案，再看对不对")
    keep_sitting(request, sitting, now)
    return ""


def _answer(request: HttpRequest, sitting: Sitting) -> Sitting:
    """Raises AnswersInvalid. A question that can't be asked any more gives way to the next."""
    name, chosen = str(sitting.question), request.POST.getlist("option")
    times = number_of(request.POST.get("times")) or 0
    try:
        (result,) = answer_practice(
            actor=request.role,
            course_id=sitting.course_id,
            answers={name: chosen},
            times={name: times},
            now=clock.now(),
        )
    except ObjectDoesNotExist:
        return sitting.without_question()
    return sitting.with_answer(result, chosen, times)


def _show(request: HttpRequest, place: CoursePlace, by_mistakes: bool, error: str) -> HttpResponse:
    """The page as the sitting stands; a new batch where there is none, or the last one was seen to be done."""
    course_id, now = place.course.id, clock.now()
    sitting = kept_sitting(request, course_id, by_mistakes, now)
    if sitting is None or sitting.seen_done:
        sitting = Sitting(course_id, by_mistakes, _new_batch(request, course_id, by_mistakes))
    sitting, question = _in_hand(request, sitting)
    keep_sitting(request, replace(sitting, seen_done=sitting.is_done), now)
    has_mistakes = sitting.is_done and bool(practice_batch(request.role, course_id, mistakes=True, most=1))
    return render(
        request,
        "web/practice_sitting.html",
        {
            "place": place,
            "heading": heading_of(place),
            "sitting": sitting,
            "times": question["times"] if question else 0,
            "row": _row(question, sitting) if question else None,
            "error": error,
            "leaves_after": LEAVES_AFTER,
            "has_mistakes": has_mistakes,
            "address": practise_address(course_id, mistakes=by_mistakes),
            "all_address": practise_address(course_id),
            "mistakes_address": practise_address(course_id, mistakes=True),
        },
    )


def _in_hand(request: HttpRequest, sitting: Sitting) -> tuple[Sitting, dict[str, Any] | None]:
    """The question in hand as it may be shown now. What may not be shown any more leaves the batch."""
    if sitting.told and sitting.question:
        times = {sitting.question: sitting.told.times}
        found = told_answers(request.role, sitting.course_id, [sitting.question], times)
        if found:
            return sitting, found[0]
        sitting = sitting.without_question()
    found = practice_questions(request.role, sitting.course_id, sitting.ids[sitting.at :])
    return sitting.going_on_with([int(question["id"]) for question in found]), found[0] if found else None


def _row(question: dict[str, Any], sitting: Sitting) -> QuestionRow:
    if sitting.told is None:
        (row,) = question_rows([question], {})
    else:
        answer = {"chosen": sitting.told.chosen, "correct": sitting.told.correct, "excused": False}
        (row,) = answer_rows([question | answer])
    return replace(row, number=sitting.number)


# --- The mistakes book ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class MistakeRow:
    """A mistake: the question with its right options, how often it was wrong, how often right in a row since."""

    question: QuestionRow
    wrong: int
    right_in_a_row: int

    @property
    def to_go(self) -> int:
        return LEAVES_AFTER - self.right_in_a_row


@dataclass(frozen=True)
class MistakeGroup:
    """A course's mistakes on this page; `count` of them in the whole book."""

    heading: str
    class_title: str
    address: str
    count: int
    rows: list[MistakeRow]


@require_safe
@learners_only
def mistakes(request: HttpRequest) -> HttpResponse:
    """One's mistakes by course, with search; each with its answer, which was told when it was made."""
    words = "".join(mark for mark in request.GET.get("q", "") if mark.isprintable()).strip()[:MOST_WORDS]
    course_id = number_of(request.GET.get("course"))
    book = mistakes_page(
        request.role,
        course_id=course_id,
        words=words,
        by_course=True,
        page=number_of(request.GET.get("page")) or 1,
        most=MISTAKES_A_PAGE,
    )
    told = [
        told_answer(request.role.user_id, record.question_id, record.question.content, record.tries)
        | {"chosen": [], "correct": False, "excused": False}
        for record in book.records
    ]
    rows: dict[int, list[MistakeRow]] = {}
    for record, question in zip(book.records, answer_rows(told), strict=True):
        rows.setdefault(record.course_id, []).append(MistakeRow(question, record.wrong, record.right_in_a_row))
    groups = [
        MistakeGroup(
            heading=heading_of(course.place),
            class_title=course.place.progress.title,
            address=practise_address(course.place.course.id, mistakes=True),
            count=course.count,
            rows=rows[course.place.course.id],
        )
        for course in book.courses
        if course.place.course.id in rows
    ]
    choices = [(course.place.course.id, heading_of(course.place), course.count) for course in book.courses]
    return render(
        request,
        "web/mistakes.html",
        {"book": book, "groups": groups, "choices": choices, "course_id": course_id, "words": words},
    )
