"""The queues (U5–U8, H2, M3): what waits and what is done, kind by kind; deciding many at once."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from console.access import administrator, reviewing
from core import clock
from core.errors import Refusal
from identity import queries as identity
from identity import services as accounts
from identity.lockout import address_of
from registry.approvals import services
from registry.approvals.queries import CaseView, Filters, Queue, queue
from registry.approvals.services import CaseKind, Outcome

TABLE_KINDS = {"technician_registration"}
"""Kinds whose queue is a table of facts; the others' is a list beside the case."""
PEOPLE_KINDS = {"technician_registration", "title_change", "transfer"}
"""Kinds whose queue is searched as people are, and by their department."""
DECISIONS = (services.PASS, services.REJECT)


def kind_for(request: HttpRequest, code: str) -> CaseKind:
    """The kind of this code if the role reviews it. Raises Http404."""
    try:
        kind = services.kind_of(code)
    except KeyError:
        raise Http404 from None
    if kind.module and kind.module not in reviewing(request):
        raise Http404
    return kind


def _ids(texts: list[str]) -> list[int]:
    """Row ids as they were sent; what is none is left out."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]


def filters_of(request: HttpRequest) -> Filters:
    """What the address asks for; nonsense is nothing."""
    department = _ids([request.GET.get("department", "")])
    return Filters(
        q=request.GET.get("q", "")[:60],
        work_department=department[0] if department else None,
        only=request.GET.get("only", ""),
        decision=request.GET.get("decision", ""),
    )


def page_of(request: HttpRequest, kind: str) -> Queue:
    """The page of the queue that the address asks for."""
    number = request.GET.get("page", "1")
    return queue(
        request.role,
        kind,
        now=clock.now(),
        done=request.GET.get("state") == "done",
        filters=filters_of(request),
        page=int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
        modules=reviewing(request),
    )


def list_context(request: HttpRequest, kind: CaseKind, found: Queue) -> dict[str, Any]:
    """What the list of a queue shows, alone or beside a case."""
    about_people = kind.code in PEOPLE_KINDS
    return {
        "kind": kind,
        "queue": found,
        "done": request.GET.get("state") == "done",
        "filters": filters_of(request),
        "about_people": about_people,
        "departments": identity.department_choices(request.role.organisation_id or 0) if about_people else [],
    }


def case_context(request: HttpRequest, case: CaseView) -> dict[str, Any]:
    """What a case shows. Reading a person's case is a look-up of that person, and he can see it (X7)."""
    is_of_person = case.subject[0] == "user"
    if is_of_person:
        accounts.note_look_up(actor=request.role, user_id=case.subject[1], reason=str(case.kind_label), now=clock.now())
    return {"case": case, "may_reveal": is_of_person and request.role.may("people")}


def pages_of(found: Queue) -> object:
    """The queue's page as the pagination shows it."""
    paginator = Paginator(range(found.pages), 1)
    return paginator.page(found.page)


@require_GET
@administrator()
def reviews(request: HttpRequest, kind: str) -> HttpResponse:
    """The queue of a kind: a table with the odd ones first, or a list. The case beside the list is read by its script:
    on a phone nobody sees it, and nobody was looked up.
    """
    wanted = kind_for(request, kind)
    found = page_of(request, kind)
    context = list_context(request, wanted, found) | {
        "pages": pages_of(found),
        "is_filtered": any(request.GET.get(name) for name in ("q", "department", "only", "decision")),
        "reasons": wanted.reasons,
    }
    return render(request, "console/reviews.html" if kind in TABLE_KINDS else "console/queue.html", context)


@require_POST
@administrator()
def decide_many(request: HttpRequest, kind: str) -> HttpResponse:
    """Pass or reject the chosen ones, each by itself; a program gets the results, a browser the list with words."""
    wanted = kind_for(request, kind)
    ids = _ids(request.POST.getlist("case"))
    decision, opinion = request.POST.get("decision", ""), request.POST.get("opinion", "")
    if decision not in DECISIONS:
        raise Http404
    try:
        outcomes = services.decide_cases(
            actor=request.role,
            case_ids=ids,
            decision=decision,
            opinion=opinion,
            now=clock.now(),
            address=address_of(request),
        )
    except Refusal as refusal:
        if ids and request.accepts("text/html"):
            return _ask_why(request, wanted, ids)
        return answer_refusal(request, refusal, reverse("console:reviews", args=[kind]))
    if not request.accepts("text/html"):
        return JsonResponse({"results": [_result(one) for one in outcomes]})
    _tell(request, outcomes, decision)
    # Sent while the page goes: its answer is read by nobody, the words stand on the page that comes.
    return HttpResponse(status=204) if "leaving" in request.POST else redirect("console:reviews", kind)


def _ask_why(request: HttpRequest, kind: CaseKind, ids: list[int]) -> HttpResponse:
    """The list's form has no field for the reason: without scripts a page asks for it, the chosen ones stay chosen."""
    context = {"kind": kind, "ids": ids, "is_missing": "opinion" in request.POST}
    return render(request, "console/reject.html", context, status=409)


def answer_refusal(request: HttpRequest, refusal: Refusal, back: str) -> HttpResponse:
    """A refusal as words on the page one came from, or for a program."""
    if request.accepts("text/html"):
        messages.error(request, str(refusal))
        return redirect(back)
    return JsonResponse({"code": refusal.code, "detail": str(refusal)}, status=409)


def _result(outcome: Outcome) -> dict[str, object]:
    refusal = outcome.refusal
    return {
        "id": outcome.case_id,
        "decided": refusal is None,
        "detail": str(refusal) if refusal else "",
    }


def _tell(request: HttpRequest, outcomes: list[Outcome], decision: str) -> None:
    done = sum(one.refusal is None for one in outcomes)
    if not outcomes:
        messages.warning(request, _("先选中要审的事项"))
        return
    if done:
        words = (
            ngettext("已通过 %(n)s 条", "已通过 %(n)s 条", done)
            if decision == services.PASS
            else ngettext("已退回 %(n)s 条", "已退回 %(n)s 条", done)
        )
        messages.success(request, words % {"n": done})
    for one in outcomes:
        if one.refusal is not None:
            messages.error(request, f"{one.title}：{one.refusal}")


@require_POST
@administrator()
def hide(request: HttpRequest, kind: str) -> HttpResponse:
    """Take done rows off the list; the record stays (U5)."""
    kind_for(request, kind)
    ids = _ids(request.POST.getlist("case"))
    count = services.hide_done(actor=request.role, case_ids=ids, now=clock.now())
    if count:
        messages.success(request, _("已从列表移除 %(n)s 条，审核记录仍然保留") % {"n": count})
    else:
        messages.warning(request, _("先选中要移除的事项"))
    return redirect(f"{reverse('console:reviews', args=[kind])}?state=done")
