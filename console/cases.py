"""One case for its reviewer: facts or diff, what looks odd, the timeline, the decision."""

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from console.access import administrator, reviewing
from console.reviews import DECISIONS, answer_refusal, page_of
from core import clock
from core.errors import Refusal
from identity import queries as identity
from identity import services as identity_services
from identity.lockout import address_of
from registry.approvals import services
from registry.approvals.queries import CaseView, case_for_reviewer


def _found(request: HttpRequest, case_id: int) -> CaseView:
    """The case if it is this role's. Raises Http404."""
    found = case_for_reviewer(request.role, case_id, now=clock.now(), modules=reviewing(request))
    if found is None:
        raise Http404
    return found


def _look_up(request: HttpRequest, case: CaseView) -> None:
    """Reading a person's case is a look-up of that person, and he can see it (X7)."""
    if case.subject[0] == "user":
        identity_services.note_look_up(
            actor=request.role, user_id=case.subject[1], reason=str(case.kind_label), now=clock.now()
        )


@require_GET
@administrator()
def case(request: HttpRequest, case: int) -> HttpResponse:
    """The page of a case beside its queue; `part=facts` gives only what unfolds below a row of the table."""
    found = _found(request, case)
    _look_up(request, found)
    if request.GET.get("part") == "facts":
        return render(request, "console/case_facts.html", {"case": found})
    context = {
        "case": found,
        "kind": services.kind_of(found.kind),
        "queue": page_of(request, found.kind),
        "may_reveal": request.role.may("people") and found.subject[0] == "user",
    }
    return render(request, "console/case.html", context)


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
        context = {
            "case": _found(request, case),
            "kind": services.kind_of(found.kind),
            "queue": page_of(request, found.kind),
            "refusal": refusal,
            "opinion": request.POST.get("opinion", ""),
        }
        return render(request, "console/case.html", context, status=409)
    if not request.accepts("text/html"):
        return JsonResponse({"results": [{"id": case, "decided": True, "detail": ""}]})
    messages.success(request, _("已通过") if decision == services.PASS else _("已退回"))
    return redirect(reverse("console:reviews", args=[found.kind]))


@require_POST
@administrator("people")
def reveal(request: HttpRequest, case: int) -> HttpResponse:
    """The whole ID number, for who may look people up; it is written down (security.md)."""
    found = _found(request, case)
    if found.subject[0] != "user":
        raise Http404
    try:
        number = identity_services.reveal_id_number(
            actor=request.role, user_id=found.subject[1], reason=str(found.kind_label), now=clock.now()
        )
    except ObjectDoesNotExist:
        raise Http404 from None
    if request.accepts("text/html"):
        messages.info(request, _("完整证件号码：%(number)s。这次查看已记录") % {"number": number})
        return redirect("console:case", case)
    return JsonResponse({"id_number": number, "id_type": identity.id_type_label("resident")})
