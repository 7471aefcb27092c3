"""One case for its reviewer: facts or diff, what looks odd, the timeline, the decision."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from console.access import administrator, reviewing
from console.reviews import DECISIONS, answer_refusal, case_context, list_context, page_of
from core import clock
from core.errors import Refusal
from identity import services as accounts
from identity.lockout import address_of
from registry.approvals import services
from registry.approvals.queries import CaseView, case_for_reviewer

_PARTS = {"facts": "console/case_facts.html", "case": "console/case_body.html"}


def _found(request: HttpRequest, case_id: int) -> CaseView:
    """The case if it is this role's. Raises Http404."""
    found = case_for_reviewer(request.role, case_id, now=clock.now(), modules=reviewing(request))
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, found: CaseView, *, status: int = 200, **more: Any) -> HttpResponse:
    """The case beside its queue."""
    kind = services.kind_of(found.kind)
    context = list_context(request, kind, page_of(request, found.kind)) | case_context(request, found) | more
    return render(request, "console/case.html", context, status=status)


@require_GET
@administrator()
def case(request: HttpRequest, case: int) -> HttpResponse:
    """The page of a case beside its queue; `part` gives only what unfolds below a row, or stands beside a list."""
    found = _found(request, case)
    part = _PARTS.get(request.GET.get("part", ""))
    return render(request, part, case_context(request, found)) if part else _page(request, found)


@require_POST
@administrator()
def decide(request: HttpRequest, case: int) -> HttpResponse:
    """Pass or reject; what was typed stays where it is refused."""
    decision = request.POST.get("decision", "")
    if decision not in DECISIONS:
        raise Http404
    found = _found(request, case)
    try:
        services.decide_case(
            actor=request.role,
            case_id=case,
            decision=decision,
            opinion=request.POST.get("opinion", ""),
            now=clock.now(),
            address=address_of(request),
        )
    except Refusal as refusal:
        if not request.accepts("text/html"):
            return answer_refusal(request, refusal, "")
        opinion = request.POST.get("opinion", "")
        return _page(request, _found(request, case), status=409, refusal=refusal, opinion=opinion)
    if not request.accepts("text/html"):
        return JsonResponse({"results": [{"id": case, "decided": True, "detail": ""}]})
    messages.success(request, _("已通过") if decision == services.PASS else _("已退回"))
    return redirect(reverse("console:reviews", args=[found.kind]))


@require_POST
@administrator("people")
def reveal(request: HttpRequest, case: int) -> HttpResponse:
    """The whole ID number, for who may look people up; it is written down (security.md). Shown on this one answer: a
    message for the next page would keep it in a cookie.
    """
    found = _found(request, case)
    if found.subject[0] != "user":
        raise Http404
    try:
        number = accounts.reveal_id_number(
            actor=request.role, user_id=found.subject[1], reason=str(found.kind_label), now=clock.now()
        )
    except ObjectDoesNotExist:
        raise Http404 from None
    return _page(request, found, revealed=number)
