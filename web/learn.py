"""学习: what I am in the middle of, and one class of mine in detail (L8)."""

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cms.queries import class_terms
from core import clock
from learning.queries import EnrolmentCard, enrolment_progress, hours_earned, my_enrolments, why_closed
from registry.hours import queries as hours
from web.classes import SUBJECTS, study_rows
from web.learners import learners_only
from web.years import pace_of


@require_safe
@learners_only
def learn(request: HttpRequest) -> HttpResponse:
    """The year's ring, the lesson to go on with, and my classes."""
    today = timezone.localdate(clock.now())
    cards = my_enrolments(request.role)
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
            "next_up": _next_up(cards),
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
