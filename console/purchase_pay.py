"""Paying what a unit ordered, giving it up, its unused seats back, its invoice (F1, F3, F4)."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console import refusals
from console.access import administrator
from console.purchase_forms import PurchaseInvoiceForm, SeatRefundForm
from console.purchase_words import GONE_STATES, PROVIDERS, UNPAID_STATES, provider_name, state_words
from console.purchases import MODULE
from core import clock
from core.attachments import as_attachment
from core.errors import Refusal
from identity import queries as identity
from payments.errors import OrderPaid
from payments.queries import OrderView, my_order, on_offer, qr_of, seats_of, transfer_words
from payments.services import (
    ask_invoice,
    ask_seats_back,
    begin_payment,
    cancel_order,
    change_provider,
    invoice_amount,
    invoice_of,
    pay_by_transfer,
    refresh_order,
    take_wish_back,
    why_no_invoice,
)

BANK = "bank"


def of_unit(request: HttpRequest, no: str) -> OrderView:
    """One of the unit's orders. Raises Http404 for anybody else's."""
    return refusals.found(lambda: my_order(request.role, no))


# --- Paying -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Waiting:
    """The time of an order as the pay page's script counts it: ms of the server's clock; `percent` of it is left."""

    now_ms: int
    expires_ms: int
    created_ms: int
    percent: int


def _waiting(view: OrderView, now: datetime) -> Waiting:
    instants = (now, view.order.expires_at, view.order.created_at)
    now_ms, expires_ms, created_ms = (clock.to_ms(instant) for instant in instants)
    return Waiting(now_ms, expires_ms, created_ms, max(0, expires_ms - now_ms) * 100 // (expires_ms - created_ms))


@require_GET
@administrator(MODULE)
def pay(request: HttpRequest, no: str) -> HttpResponse:
    """The QR code with the time left, or what to write on the transfer; paid, it leads to the seats."""
    view = of_unit(request, no)
    now, order = clock.now(), view.order
    if order.state not in UNPAID_STATES:
        return redirect("console:purchase", no=no)
    context = {
        "view": view,
        "order": order,
        "item": view.items[0],
        "state": state_words(view, now),
        "is_over": order.state in GONE_STATES or now >= order.expires_at,
        "is_transfer": order.provider == BANK,
        "transfer": transfer_words(no),
        "qr": qr_of(view.code_url) if view.code_url else "",
        "sandbox": view.code_url if settings.DEMO else "",
        "name": provider_name(order.provider),
        "providers": [(name, PROVIDERS[name]) for name in (*on_offer(), BANK)],
        "waiting": _waiting(view, now),
    }
    return render(request, "console/purchase_pay.html", context)


@require_POST
@administrator(MODULE)
def code(request: HttpRequest, no: str) -> HttpResponse:
    """Another way to pay, or a QR code where there is none yet."""
    view = of_unit(request, no)
    chosen, now = request.POST.get("provider") or view.order.provider, clock.now()
    try:
        if chosen == BANK:
            pay_by_transfer(actor=request.role, order_no=no, now=now)
        else:
            if chosen != view.order.provider:
                change_provider(actor=request.role, order_no=no, provider_name=chosen, now=now)
            begin_payment(order_id=view.order.pk, now=now)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("console:pay-purchase", no=no)


@require_POST
@administrator(MODULE)
def check(request: HttpRequest, no: str) -> HttpResponse:
    """Ask the provider at once, and say what it says."""
    order = refresh_order(order_id=of_unit(request, no).order.pk, now=clock.now())
    if order.state not in UNPAID_STATES:
        return redirect("console:purchase", no=no)
    messages.info(request, _("还没有收到这笔付款。刚付过的话，等几秒再查一次"))
    return redirect("console:pay-purchase", no=no)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator(MODULE)
def cancel(request: HttpRequest, no: str) -> HttpResponse:
    """Asked first, then given up. Money that had come all the same holds."""
    view = of_unit(request, no)
    if request.method != "POST":
        if view.order.state != "open":
            return redirect("console:purchase", no=no)
        return render(request, "console/purchase_cancel.html", {"order": view.order, "item": view.items[0]})
    try:
        cancel_order(actor=request.role, order_no=no, clock=clock.now)
    except OrderPaid as refusal:
        messages.info(request, str(refusal))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("订单已取消"))
    return redirect("console:purchase", no=no)


# --- After it ---------------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@administrator(MODULE)
def refund(request: HttpRequest, no: str) -> HttpResponse:
    """Ask for unused seats' money back; finance decides."""
    view = of_unit(request, no)
    form = SeatRefundForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            refusals.found(
                lambda: ask_seats_back(actor=request.role, order_no=no, now=clock.now(), **form.cleaned_data)
            )
        except Refusal as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(request, _("退款申请已提交，财务复核后原路退回"))
            return redirect("console:purchase", no=no)
    free = seats_of([view.order.pk])[view.order.pk].free
    if not free and not form.is_bound:
        messages.info(request, _("没有未使用的名额可退"))
        return redirect("console:purchase", no=no)
    context = {"order": view.order, "item": view.items[0], "form": form, "free": free}
    return render(request, "console/purchase_refund.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator(MODULE)
def withdraw(request: HttpRequest, no: str) -> HttpResponse:
    """Take back what one has asked for while it waits; said once more before. The seats are free again."""
    view = of_unit(request, no)
    wish = view.wish_of(request.role.user_id)
    if wish is None:
        messages.info(request, _("没有你提交的、等待复核的退款申请"))
        return redirect("console:purchase", no=no)
    if request.method != "POST":
        context = {"order": view.order, "item": view.items[0], "refund": wish}
        return render(request, "console/purchase_withdraw.html", context)
    try:
        take_wish_back(actor=request.role, order_no=no, now=clock.now())
    except (Refusal, ObjectDoesNotExist):
        messages.info(request, _("这笔退款已经处理过了"))
    else:
        messages.success(request, _("退款申请已撤回，名额可以继续用"))
    return redirect("console:purchase", no=no)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator(MODULE)
def invoice(request: HttpRequest, no: str) -> HttpResponse:
    """Ask for the order's one invoice; the unit's own heading is filled in."""
    view = of_unit(request, no)
    unit = identity.organisation_or_none(request.role.organisation_id)
    initial = {"heading": request.role.organisation_name, "tax_number": getattr(unit, "credit_code", "")}
    form = PurchaseInvoiceForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            ask_invoice(actor=request.role, order_no=no, now=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(request, _("发票申请已提交，开好以后在这里下载"))
            return redirect("console:purchase", no=no)
    why_not = why_no_invoice(view.order)
    if why_not and not form.is_bound:
        messages.info(request, why_not)
        return redirect("console:purchase", no=no)
    context = {"order": view.order, "form": form, "amount_fen": invoice_amount(view.order)}
    return render(request, "console/purchase_invoice.html", context)


@require_GET
@administrator(MODULE)
def invoice_file(request: HttpRequest, no: str) -> FileResponse:
    """The issued invoice, to the unit alone, as a download."""
    try:
        issued = invoice_of(request.role, no)
        return as_attachment(stored=issued.file, kind="pdf", name=f"{_('发票')}-{issued.number}.pdf")
    except (ObjectDoesNotExist, FileNotFoundError):
        raise Http404 from None
