"""The queues (U5–U8, H2, M3): what waits and what is done, kind by kind; deciding many at once."""

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
from identity.lockout import address_of
from registry.approvals import services
from registry.approvals.queries import CaseView, Filters, Queue, case_for_reviewer, queue
from registry.approvals.services import CaseKind, Outcome

TABLE_KINDS = {"technician_registration"}
"""Kinds whose queue is a table of facts; the others' is a list beside the case."""
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


def _first(request: HttpRequest, found: Queue) -> CaseView | None:
    """The case that stands open beside the list."""
    if not found.rows:
        return None
    return case_for_reviewer(request.role, found.rows[0].case_id, now=clock.now(), modules=reviewing(request))


def pages_of(found: Queue) -> object:
    """The queue's page as the pagination shows it."""
    paginator = Paginator(range(found.pages), 1)
    return paginator.page(found.page)


@require_GET
@administrator()
def reviews(request: HttpRequest, kind: str) -> HttpResponse:
    """The queue of a kind: a table with the odd ones first, or a list beside the first case."""
    wanted = kind_for(request, kind)
    found = page_of(request, kind)
    done = request.GET.get("state") == "done"
    context = {
        "kind": wanted,
        "queue": found,
        "pages": pages_of(found),
        "done": done,
        "filters": filters_of(request),
        "is_filtered": any(request.GET.get(name) for name in ("q", "department", "only", "decision")),
        "reasons": wanted.reasons,
        "departments": identity.department_choices(request.role.organisation_id or 0),
    }
    if kind in TABLE_KINDS:
        return render(request, "console/reviews.html", context)
    context["case"] = _first(request, found)
    return render(request, "console/queue.html", context)


@require_POST
@administrator()
def decide_many(request: HttpRequest, kind: str) -> HttpResponse:
    """Pass or reject the chosen ones, each by itself; a program gets the results, a browser the list with words."""
    kind_for(request, kind)
    ids = _ids(request.POST.getlist("case"))
    decision = request.POST.get("decision", "")
    if decision not in DECISIONS:
        raise Http404
    try:
        outcomes = services.decide_cases(
            actor=request.role,
            case_ids=ids,
            decision=decision,
            opinion=request.POST.get("opinion", ""),
            now=clock.now(),
            address=address_of(request),
        )
    except Refusal as refusal:
        return answer_refusal(request, refusal, reverse("console:reviews", args=[kind]))
    if request.accepts("text/html"):
        _tell(request, outcomes, decision)
        return redirect("console:reviews", kind)
    return JsonResponse({"results": [_result(one) for one in outcomes]})


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
