"""我的申请: what one asked for, who reviews it since when; remind, withdraw, object (S2, S3, X10)."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.errors import Refusal
from registry.approvals import queries, services
from registry.approvals.queries import CaseView
from web.office_access import logged_in
from web.office_forms import ObjectionForm
from web.picker_fields import number_of

_AGAIN = {"title_change": "web:profile-title", "transfer": "web:transfer"}
"""Where something that was turned back is corrected and sent again."""


@require_GET
@logged_in
def cases(request: HttpRequest) -> HttpResponse:
    """The list, the newest first."""
    page = queries.own_cases(request.role.user_id, page=number_of(request.GET.get("page")) or 1)
    return render(request, "web/office/cases.html", {"page": page})


def _found(request: HttpRequest, case_id: int) -> CaseView:
    found = queries.case_for_applicant(request.role.user_id, case_id)
    if found is None:
        raise Http404
    return found


@require_GET
@logged_in
def case(request: HttpRequest, case: int) -> HttpResponse:
    """One of one's own cases."""
    return _case_page(request, _found(request, case), ObjectionForm())


def _case_page(request: HttpRequest, case: CaseView, form: ObjectionForm) -> HttpResponse:
    is_again = case.state in {"rejected", "withdrawn"} and case.kind in _AGAIN
    context = {
        "case": case,
        "form": form,
        "can_object": queries.can_object(request.role.user_id, case.id),
        "again": reverse(_AGAIN[case.kind]) if is_again and not request.role.is_administrator else "",
    }
    return render(request, "web/office/case.html", context)


@require_POST
@logged_in
def remind(request: HttpRequest, case: int) -> HttpResponse:
    """催办, once a day."""
    return _done(
        request,
        case,
        lambda: services.remind_reviewer(user_id=request.role.user_id, case_id=case, now=clock.now()),
        _("已提醒，明天可以再提醒一次"),
    )


@require_POST
@logged_in
def withdraw(request: HttpRequest, case: int) -> HttpResponse:
    """Take it back before it is decided."""
    return _done(
        request,
        case,
        lambda: services.withdraw_case(actor=request.role, case_id=case, now=clock.now()),
        _("已撤回，改好可以再提交"),
    )


def _done(request: HttpRequest, case: int, act: Callable[[], None], words: str) -> HttpResponse:
    """Do it, say so, go back to where one came from on this site: the case, or the page that shows it."""
    try:
        act()
    except ObjectDoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    back = {"profile": f"{reverse('web:profile')}?tab=title", "transfer": reverse("web:transfer")}
    return redirect(back.get(request.POST.get("from", ""), reverse("web:case", args=[case])))


@require_POST
@logged_in
def object_to(request: HttpRequest, case: int) -> HttpResponse:
    """提出异议: to the reviewer's superior, once."""
    found = _found(request, case)
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return _case_page(request, found, form)
    try:
        made = services.object_to(actor=request.role, case_id=case, reason=form.cleaned_data["reason"], now=clock.now())
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _case_page(request, found, form)
    messages.success(request, _("异议已提交给上级，30 天内答复"))
    return redirect("web:case", made)
