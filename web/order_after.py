"""An order's own page: what happened to it, its money back, its invoice (L4, F3, X10)."""

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.attachments import as_attachment
from core.errors import Refusal
from identity import queries as identity
from payments.queries import OrderView, my_order_story
from payments.services import (
    ask_invoice,
    ask_own_refund,
    invoice_amount,
    invoice_of,
    take_wish_back,
    why_no_invoice,
    why_no_refund,
)
from web.learners import learners_only
from web.office_forms import put
from web.order_forms import InvoiceForm, RefundForm
from web.order_pay import mine, with_terms
from web.order_words import PAID_STATES, policy_words, provider_name, state_words, story_lines
from web.orders import new_order_address


@require_safe
@learners_only
def order(request: HttpRequest, no: str) -> HttpResponse:
    """An order with its timeline, and what can be asked for; where it can't, why not."""
    view = mine(request.role, no)
    now = clock.now()
    is_paid = view.order.state in PAID_STATES
    context = {
        "view": view,
        "order": view.order,
        "rows": with_terms(view),
        "state": state_words(view, now),
        "is_paid": is_paid,
        "name": provider_name(view.order.provider),
        "story": story_lines(my_order_story(request.role, no), view),
        "why_no_refund": why_no_refund(view.order, now) if is_paid else "",
        "why_no_invoice": why_no_invoice(view.order) if is_paid else "",
        "invoice": next(iter(view.invoices), None),
        "own_wish": view.wish_of(request.role.user_id),
        "again": new_order_address([item.class_page.slug for item in view.items]),
        "missed": is_paid and any(item.enrolment_id is None for item in view.items),
    }
    return render(request, "web/order.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@learners_only
def refund(request: HttpRequest, no: str) -> HttpResponse:
    """Ask for all of one's money back, with a reason; finance decides."""
    view = mine(request.role, no)
    form = RefundForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            ask_own_refund(actor=request.role, order_no=no, now=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            put(form, refusal)
        else:
            messages.success(request, _("退款申请已提交，财务复核后原路退回"))
            return redirect("web:order", no=no)
    why_not = why_no_refund(view.order, clock.now())
    if why_not and not form.is_bound:
        return _tell(request, view, why_not)
    context = {"view": view, "order": view.order, "form": form, "policy": policy_words()}
    return render(request, "web/order_refund.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@learners_only
def withdraw(request: HttpRequest, no: str) -> HttpResponse:
    """Take one's own request back while it waits; said once more before."""
    view = mine(request.role, no)
    wish = view.wish_of(request.role.user_id)
    if wish is None:
        return _tell(request, view, _("没有等待复核的退款申请，不用撤回"))
    if request.method != "POST":
        return render(request, "web/order_withdraw.html", {"view": view, "order": view.order, "refund": wish})
    try:
        take_wish_back(actor=request.role, order_no=no, now=clock.now())
    except (Refusal, ObjectDoesNotExist) as refusal:
        return _tell(request, view, str(refusal) if isinstance(refusal, Refusal) else _("这笔退款已经处理过了"))
    messages.success(request, _("退款申请已撤回，可以继续学习"))
    return redirect("web:order", no=no)


def _tell(request: HttpRequest, view: OrderView, why_not: str) -> HttpResponse:
    messages.info(request, why_not)
    return redirect("web:order", no=view.order.no)


@require_http_methods(["GET", "HEAD", "POST"])
@learners_only
def invoice(request: HttpRequest, no: str) -> HttpResponse:
    """Ask for the invoice of an order that was paid."""
    view = mine(request.role, no)
    own = identity.own_data(request.role.user_id)
    initial = {"heading": own.name, "email": own.email}
    form = InvoiceForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            ask_invoice(actor=request.role, order_no=no, now=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            put(form, refusal)
        else:
            messages.success(request, _("发票申请已提交，开好以后在这里下载"))
            return redirect("web:order", no=no)
    why_not = why_no_invoice(view.order)
    if why_not and not form.is_bound:
        return _tell(request, view, why_not)
    context = {"view": view, "order": view.order, "form": form, "amount_fen": invoice_amount(view.order)}
    return render(request, "web/order_invoice.html", context)


@require_safe
@learners_only
def invoice_file(request: HttpRequest, no: str) -> FileResponse:
    """The issued invoice, to its owner alone, as a download."""
    try:
        issued = invoice_of(request.role, no)
        return as_attachment(stored=issued.file, kind="pdf", name=f"{_('发票')}-{issued.number}.pdf")
    except (ObjectDoesNotExist, FileNotFoundError):
        raise Http404 from None
