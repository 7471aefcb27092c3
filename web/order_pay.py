"""Paying an order: its QR code, the other provider, giving it up, and the page that says it is paid (F1, X2)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.queries import ClassTerms, terms_of
from core import clock
from core.errors import Refusal
from identity.acting import ActingRole
from payments.errors import OrderPaid
from payments.queries import OrderView, my_order, on_offer, qr_of, qr_png
from payments.services import begin_payment, cancel_order, change_provider, refresh_order
from web.learners import learners_only
from web.order_words import GONE_STATES, PAID_STATES, PROVIDERS, provider_name, state_words


def mine(role: ActingRole, no: str) -> OrderView:
    """One of one's orders. Raises Http404 for anybody else's."""
    try:
        return my_order(role, no)
    except ObjectDoesNotExist:
        raise Http404 from None


def with_terms(view: OrderView) -> list[tuple[Any, ClassTerms | None]]:
    """The items of an order with what is published of their classes now."""
    terms = terms_of([item.class_page_id for item in view.items])
    return [(item, terms.get(item.class_page_id)) for item in view.items]


@dataclass(frozen=True)
class Waiting:
    """The time of an order as its page's script counts it: ms of the server's clock; `percent` of it is left."""

    now_ms: int
    expires_ms: int
    created_ms: int
    percent: int


def _waiting(view: OrderView, now: datetime) -> Waiting:
    now_ms, expires_ms, created_ms = (
        int(instant.timestamp() * 1000) for instant in (now, view.order.expires_at, view.order.created_at)
    )
    left = max(0, expires_ms - now_ms)
    return Waiting(now_ms, expires_ms, created_ms, left * 100 // (expires_ms - created_ms))


@require_safe
@learners_only
def pay(request: HttpRequest, no: str) -> HttpResponse:
    """The order's QR code with the time left; paid, it leads on. Without JavaScript a button asks the provider."""
    view = mine(request.role, no)
    now, order = clock.now(), view.order
    if order.state in PAID_STATES:
        return redirect("web:order-paid", no=no)
    if order.state in GONE_STATES and now < order.expires_at:
        return redirect("web:order", no=no)  # given up: its code hasn't expired
    context = {
        "view": view,
        "order": order,
        "rows": with_terms(view),
        "state": state_words(view, now),
        "is_over": order.state in GONE_STATES or now >= order.expires_at,
        "qr": qr_of(view.code_url) if view.code_url else "",
        "sandbox": view.code_url if settings.DEMO else "",
        "name": provider_name(order.provider),
        "providers": [(name, PROVIDERS[name]) for name in on_offer()],
        "waiting": _waiting(view, now),
    }
    return render(request, "web/order_pay.html", context)


@require_POST
@learners_only
def code(request: HttpRequest, no: str) -> HttpResponse:
    """A QR code of the provider that was chosen: the other one's, or of the same where there is none yet."""
    view = mine(request.role, no)
    chosen = request.POST.get("provider") or view.order.provider
    try:
        if chosen != view.order.provider:
            change_provider(actor=request.role, order_no=no, provider_name=chosen, now=clock.now())
        begin_payment(order_id=view.order.pk, now=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("web:order-pay", no=no)


@require_safe
@learners_only
def code_picture(request: HttpRequest, no: str) -> HttpResponse:
    """The QR code as a picture to keep on the phone."""
    view = mine(request.role, no)
    if not view.code_url:
        raise Http404
    response = HttpResponse(qr_png(view.code_url), content_type="image/png")
    response["Content-Disposition"] = f'attachment; filename="{no}-{view.order.provider}.png"'
    return response


@require_POST
@learners_only
def check(request: HttpRequest, no: str) -> HttpResponse:
    """Ask the provider at once (X10: I paid and the class isn't open), and say what it says."""
    before = mine(request.role, no)
    order = refresh_order(order_id=before.order.pk, now=clock.now())
    if order.state in PAID_STATES:
        if before.order.state not in PAID_STATES:
            return redirect("web:order-paid", no=no)
        messages.success(request, _("这张订单已经到账，已开通的班在下面"))
    elif order.state == "open":
        messages.info(request, _("支付平台还没有收到这笔付款。刚付过的话，等几秒再查一次"))
    else:
        messages.info(request, _("支付平台没有这笔付款。确实扣了款的话，到账后会自动开通或原路退回"))
    return redirect("web:order-pay" if order.state == "open" else "web:order", no=no)


@require_http_methods(["GET", "HEAD", "POST"])
@learners_only
def cancel(request: HttpRequest, no: str) -> HttpResponse:
    """Asked first, then given up. Money that had come all the same holds."""
    view = mine(request.role, no)
    if request.method != "POST":
        if view.order.state != "open":
            return redirect("web:order", no=no)
        return render(request, "web/order_cancel.html", {"view": view, "order": view.order})
    try:
        cancel_order(actor=request.role, order_no=no, clock=clock.now)
    except OrderPaid as refusal:
        messages.info(request, str(refusal))
        return redirect("web:order-paid", no=no)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("订单已取消"))
    return redirect("web:order", no=no)


@require_safe
@learners_only
def paid(request: HttpRequest, no: str) -> HttpResponse:
    """The money came: on to learning. Of a class that couldn't be opened it says that its money goes back."""
    view = mine(request.role, no)
    if view.order.state not in PAID_STATES:
        return redirect("web:order-pay", no=no)
    rows = with_terms(view)
    context = {
        "view": view,
        "order": view.order,
        "name": provider_name(view.order.provider),
        "opened": [(item, terms) for item, terms in rows if item.enrolment_id],
        "missed": [item for item, _terms in rows if not item.enrolment_id],
    }
    return render(request, "web/order_paid.html", context)
