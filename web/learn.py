"""学习: what I am in the middle of, and one class of mine in detail (L8)."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cms.queries import class_terms
from core import clock
from exams.queries import exam_of
from identity.acting import ActingRole
from learning.queries import EnrolmentCard, enrolment_progress, hours_earned, my_enrolments, why_closed
from registry.hours import queries as hours
from web.classes import SUBJECTS, study_rows
from web.exam_rows import paper_address
from web.learners import learners_only
from web.years import pace_of


@require_safe
@learners_only
def learn(request: HttpRequest) -> HttpResponse:
    """The year's ring, the lesson to go on with, and my classes."""
    today = timezone.localdate(clock.now())
    cards = my_enrolments(request.role)
    next_up = _next_up(cards)
    subject = request.GET.get("subject", "")
    subject = subject if subject in SUBJECTS else ""
    shown = [card for card in cards if not subject or card.progress.subject == subject]
    totals = hours.totals(request.role.user_id, today.year)
    return render(
        request,
        "web/learn.html",
        {
            "totals": totals,
            "pace": pace_of(totals, today),
            "next_up": next_up,
            "paper": _open_paper(request.role, next_up),
            "studying": [card for card in shown if not card.is_finished],
            "finished": [card for card in shown if card.is_finished],
            "subject": subject,
            "is_new": not cards,
            "exams_open": sum(course.exam_is_open for card in cards for course in card.progress.courses),
        },
    )


def _next_up(cards: list[EnrolmentCard]) -> EnrolmentCard | None:
    """The class studied last that has a lesson or an exam left, else the one enrolled in last: the cards' order."""
    going = [card for card in cards if (card.current or card.progress.exam_to_sit) and not card.is_finished]
    return next((card for card in going if card.is_started), going[0] if going else None)


@dataclass(frozen=True)
class OpenPaper:
    """A paper that is being answered: its time runs."""

    address: str
    deadline_at: datetime


def _open_paper(role: ActingRole, card: EnrolmentCard | None) -> OpenPaper | None:
    """That of the exam which comes next; None where it isn't begun, or its time is over."""
    if card is None or card.progress.exam_to_sit is None:
        return None
    attempt = exam_of(role, card.progress.exam_to_sit.id).open_attempt
    if attempt is None or clock.now() >= attempt.deadline_at:
        return None
    return OpenPaper(paper_address(attempt.public_id), attempt.deadline_at)


@require_safe
@learners_only
def learn_class(request: HttpRequest, enrolment: int) -> HttpResponse:
    """One of my classes: every lesson with its state, and the hours it brought. Somebody else's is unknown (404)."""
    try:
        progress = enrolment_progress(request.role, enrolment)
    except ObjectDoesNotExist:
        raise Http404 from None
    terms = class_terms(progress.class_id)
    return render(
        request,
        "web/learn_class.html",
        {
            "progress": progress,
            "terms": terms,
            "courses": study_rows(progress),
            "closed": why_closed(terms, timezone.localdate(clock.now())),
            "earned": hours_earned(request.role, progress),
        },
    )
