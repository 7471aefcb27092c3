"""A class as its page shows it, and enrolling from there (L1, L3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cms.queries import ClassTerms, CourseOutline, LessonOutline, Syllabus, class_by_slug
from core import clock
from core.errors import Refusal
from identity.acting import ActingRole
from learning.errors import NotALearner, PaymentRequired
from learning.queries import (
    ClassProgress,
    CourseState,
    LessonState,
    class_progress,
    hours_earned,
    why_closed,
    why_not,
)
from learning.services import enrol
from payments.queries import on_offer
from registry.hours import queries as hours

SUBJECTS = ("public", "professional")
_DIGITS = "零一二三四五六七八九"


def class_address(slug: str) -> str:
    """The page of a class (contract.md)."""
    return f"/classes/{slug}/"


def player_address(enrolment_id: int, lesson_id: int) -> str:
    """Where an enrolled learner watches a lesson."""
    return f"/learn/{enrolment_id}/lessons/{lesson_id}/"


def exam_address(course_id: int) -> str:
    """What a course's exam is about, where it begins, and its history (L2)."""
    return f"/learn/exams/{course_id}/"


def preview_address(slug: str, lesson_id: int) -> str:
    """Where anybody may try a preview lesson (L5)."""
    return f"/classes/{slug}/preview/{lesson_id}/"


# --- The syllabus, ready to be drawn ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class LessonRow:
    """A line of the syllabus; `address` leads to the player, `preview` to the trial; empty where there is none."""

    number: str
    title: str
    duration_ms: int
    quiz_count: int
    state: str
    percent: int
    address: str = ""
    preview: str = ""


@dataclass(frozen=True)
class ExamLine:
    """The exam at the end of one's own course; `state`: passed, open, relearn or locked."""

    state: str
    address: str


@dataclass(frozen=True)
class CourseRow:
    """A course (课程; 小节 in public-subject classes) with its heading; `hours` None where the class counts whole."""

    heading: str
    hours: Decimal | None
    has_exam: bool
    state: str
    lessons: tuple[LessonRow, ...]
    exam: ExamLine | None = None


def chinese_number(number: int) -> str:
    """1 → 一, 12 → 十二, 30 → 三十; from 100 on as digits."""
    tens, ones = divmod(number, 10)
    if tens >= 10:
        return str(number)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def course_heading(subject: str, number: int, title: str) -> str:
    """小节一 title, 课程二 title: what a course is called depends on the subject (L1)."""
    words = _("小节%(number)s %(title)s") if subject == "public" else _("课程%(number)s %(title)s")
    return words % {"number": chinese_number(number), "title": title}


def exam_line(course: CourseState) -> ExamLine | None:
    """The exam of one's own course as its class lists it; None where it has none."""
    if not course.has_exam:
        return None
    if course.exam_passed or course.state == "done":
        state = "passed"
    elif course.exam_is_open:
        state = "open"
    else:
        state = "relearn" if course.round > 1 else "locked"
    return ExamLine(state, exam_address(course.id))


def _course_row(
    subject: str,
    number: int,
    course: CourseState | CourseOutline,
    state: str,
    lessons: Iterable[LessonRow],
    exam: ExamLine | None = None,
) -> CourseRow:
    return CourseRow(
        heading=course_heading(subject, number, course.title),
        hours=None if subject == "public" else course.hours,
        has_exam=course.has_exam,
        state=state,
        lessons=tuple(lessons),
        exam=exam,
    )


def study_rows(progress: ClassProgress) -> list[CourseRow]:
    """The syllabus of one's own class: what isn't locked leads to the player."""

    def row(number: str, lesson: LessonState) -> LessonRow:
        address = "" if lesson.state == "locked" else player_address(progress.enrolment_id, lesson.id)
        return LessonRow(
            number, lesson.title, lesson.duration_ms, lesson.quiz_count, lesson.state, lesson.percent, address
        )

    return [
        _course_row(
            progress.subject,
            at,
            course,
            course.state,
            (row(f"{at}.{place}", lesson) for place, lesson in enumerate(course.lessons, 1)),
            exam_line(course),
        )
        for at, course in enumerate(progress.courses, 1)
    ]


def offered_rows(terms: ClassTerms, syllabus: Syllabus) -> list[CourseRow]:
    """The syllabus for who isn't in the class: preview lessons lead to the trial."""

    def row(number: str, lesson: LessonOutline) -> LessonRow:
        preview = preview_address(terms.slug, lesson.id) if lesson.is_preview else ""
        return LessonRow(
            number, lesson.title, lesson.duration_ms, len(lesson.quiz_points), "locked", 0, preview=preview
        )

    return [
        _course_row(
            terms.subject,
            at,
            course,
            "locked",
            (row(f"{at}.{place}", lesson) for place, lesson in enumerate(course.lessons, 1)),
        )
        for at, course in enumerate(syllabus.courses, 1)
    ]


# --- The class page ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Gap:
    """How much of a subject's year is missing, and what is left of it after this class (hours)."""

    year: int
    subject: str
    missing: Decimal
    brings: Decimal

    @property
    def left(self) -> Decimal:
        return max(self.missing - self.brings, Decimal(0))


class Offer:
    """What a class page says to one role on one day. A visitor's holds nothing of a person, so it can be kept whole."""

    def __init__(self, *, terms: ClassTerms, syllabus: Syllabus, role: ActingRole, today: date) -> None:
        self.terms = terms
        self.role = role
        self._syllabus = syllabus
        self._today = today

    @cached_property
    def progress(self) -> ClassProgress | None:
        """How far this learner is in the class; None for everybody who isn't in it."""
        return class_progress(self.role, self.terms.id) if self.role.is_learner else None

    @cached_property
    def courses(self) -> list[CourseRow]:
        if self.progress:
            return study_rows(self.progress)
        return offered_rows(self.terms, self._syllabus)

    @property
    def lesson_count(self) -> int:
        return sum(len(course.lessons) for course in self.courses)

    @property
    def quiz_count(self) -> int:
        return sum(lesson.quiz_count for course in self.courses for lesson in course.lessons)

    @property
    def exam_count(self) -> int:
        return sum(course.has_exam for course in self.courses)

    @property
    def duration_ms(self) -> int:
        return sum(lesson.duration_ms for course in self.courses for lesson in course.lessons)

    @cached_property
    def preview(self) -> str:
        """The address of the first lesson on trial, or nothing."""
        return next((lesson.preview for course in self.courses for lesson in course.lessons if lesson.preview), "")

    @cached_property
    def refusal(self) -> Refusal | None:
        """Why enrolling would be refused; for a visitor only what holds for everybody: the dates."""
        if self.role.is_visitor:
            return why_closed(self.terms, self._today)
        return why_not(self.role, self.terms, self._today)

    @property
    def needs_payment(self) -> bool:
        """The price is all that stands in the way."""
        return isinstance(self.refusal, PaymentRequired) or (self.role.is_visitor and self.terms.price_fen > 0)

    @cached_property
    def is_on_sale(self) -> bool:
        """It has a price, and there is a way to pay it."""
        return self.needs_payment and bool(on_offer())

    @property
    def needs_role(self) -> bool:
        """Somebody logged in who would have to switch to his technician's role."""
        return isinstance(self.refusal, NotALearner)

    @cached_property
    def closed(self) -> Refusal | None:
        """Why an enrolled learner can't study today."""
        return why_closed(self.terms, self._today)

    @property
    def _is_out_of_reach(self) -> bool:
        if self.progress:
            return self.progress.completed
        return self.refusal is not None and not self.needs_payment

    @property
    def is_blocked(self) -> bool:
        """The one act of the page can't be done, and the sentence beside it says why."""
        if self.progress:
            return self.closed is not None and not self.progress.completed
        return (self.refusal is not None or self.needs_payment) and not self.needs_role and not self.is_on_sale

    @cached_property
    def gap(self) -> Gap | None:
        """What this class would do for the learner's year; None where it can do nothing."""
        if not self.role.is_learner or self._is_out_of_reach:
            return None
        totals = hours.totals(self.role.user_id, self.terms.year or self._today.year)
        is_public = self.terms.subject == "public"
        brings = self.terms.hours
        if self.progress:
            brings -= hours_earned(self.role, self.progress)
        return Gap(
            year=totals.year,
            subject=self.terms.subject,
            missing=totals.public_missing if is_public else totals.professional_missing,
            brings=brings,
        )


@require_POST
def enrol_in(request: HttpRequest, slug: str) -> HttpResponse:
    """One click enrols (L1); a refusal is said on the class page. A visitor logs in and comes back to it."""
    if request.role.is_visitor:
        return redirect_to_login(class_address(slug))
    try:
        terms = class_by_slug(slug)
    except ObjectDoesNotExist:
        raise Http404 from None
    try:
        _enrolment, is_new = enrol(actor=request.role, class_id=terms.id, now=clock.now())
    except PaymentRequired as refusal:
        if on_offer():
            return redirect(f"{reverse('web:order-new')}?{urlencode({'class': slug})}")
        messages.error(request, str(refusal))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("报名成功，现在就可以开始学") if is_new else _("你已经在这个班里了，接着学就好"))
    return redirect(class_address(slug))
