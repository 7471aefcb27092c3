"""我的订单 and the page before an order: what is bought, for how much, how to pay (L4, F1, X11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cms.queries import ClassTerms, class_by_slug
from core import clock
from core.errors import Refusal
from identity import queries as identity
from payments.errors import ProviderUnavailable
from payments.queries import OrderView, my_open_order, my_order_counts, my_orders, on_offer
from payments.services import begin_payment, check_may_buy, place_order
from web.learners import learners_only
from web.order_words import FILTERS, PROVIDERS, StateWords, policy_words, state_words
from web.picker_fields import number_of

PAID_CLASSES = "/catalogue/?free=0"
A_PAGE = 20
MOST_CHOSEN = 50


def new_order_address(slugs: Sequence[str]) -> str:
    """The page that asks what is bought, before these classes are ordered."""
    return f"{reverse('web:order-new')}?{urlencode([('class', slug) for slug in slugs])}"


def more_classes_address(slugs: Sequence[str]) -> str:
    """The paid classes to choose more from, with these chosen already."""
    return f"{PAID_CLASSES}&{urlencode([('class', slug) for slug in slugs])}"


# --- The list ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class OrderRow:
    """An order in the list, with what can be done next."""

    view: OrderView
    state: StateWords

    @property
    def is_gone(self) -> bool:
        return self.state.kind == "idle" and self.view.order.honoured_id is None

    @property
    def again(self) -> str:
        return new_order_address([item.class_page.slug for item in self.view.items])

    @property
    def enrolment_id(self) -> int | None:
        """Of the first class that was opened and can be studied."""
        if self.view.order.state not in ("paid", "partly_refunded"):
            return None
        return next((item.enrolment_id for item in self.view.items if item.enrolment_id), None)


@require_safe
@learners_only
def orders(request: HttpRequest) -> HttpResponse:
    """My orders, the latest first, by state; the next page begins behind the last row of this one."""
    shown = request.GET.get("state", "")
    shown = shown if shown in FILTERS else ""
    before = number_of(request.GET.get("before"))
    found = my_orders(request.role, states=FILTERS[shown][1], before=before, most=A_PAGE + 1)
    now, counts = clock.now(), my_order_counts(request.role)
    tabs = [
        (name, label, sum(counts.get(state, 0) for state in states) if states else sum(counts.values()))
        for name, (label, states) in FILTERS.items()
    ]
    context = {
        "rows": [OrderRow(view, state_words(view, now)) for view in found[:A_PAGE]],
        "next_before": found[A_PAGE - 1].order.pk if len(found) > A_PAGE else None,
        "is_first": before is None,
        "shown": shown,
        "tabs": tabs,
    }
    return render(request, "web/orders.html", context)


# --- Before ordering --------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@learners_only
def confirm(request: HttpRequest) -> HttpResponse:
    """What would be bought; posted to, it is ordered and leads to its QR code. Prices are the server's alone."""
    asked = request.POST if request.method == "POST" else request.GET
    slugs = list(dict.fromkeys(slug for slug in asked.getlist("class") if slug))[: MOST_CHOSEN + 1]
    if not slugs:
        messages.info(request, _("先选要报名的班"))
        return redirect(PAID_CLASSES)
    try:
        terms = [class_by_slug(slug) for slug in slugs]
    except ObjectDoesNotExist:
        raise Http404 from None
    if request.method == "POST":
        return _place(request, terms)
    waiting = my_open_order(request.role, [of_class.id for of_class in terms], clock.now())
    if waiting:
        return _lead_to(request, waiting, terms)
    return _show(request, terms, _why_not(request, terms))


def _lead_to(request: HttpRequest, waiting: OrderView, terms: Sequence[ClassTerms]) -> HttpResponse:
    """An open order for the same class is the one to pay: it is said where it isn't just what was asked for."""
    if {item.class_page_id for item in waiting.items} != {of_class.id for of_class in terms}:
        messages.info(request, _("其中有班级已经在这张待付款的订单里，先付款或取消它，再一起选别的班"))
    return redirect("web:order-pay", no=waiting.order.no)


def _why_not(request: HttpRequest, terms: Sequence[ClassTerms]) -> str:
    if not on_offer():
        return _("本站的在线付费还没有开通。")
    try:
        check_may_buy(request.role, [of_class.id for of_class in terms], clock.now())
    except Refusal as refusal:
        return str(refusal)
    return ""


def _place(request: HttpRequest, terms: Sequence[ClassTerms]) -> HttpResponse:
    now = clock.now()
    try:
        order, _is_new = place_order(
            actor=request.role,
            class_ids=[of_class.id for of_class in terms],
            provider_name=request.POST.get("provider", ""),
            now=now,
        )
    except ObjectDoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        return _show(request, terms, str(refusal))
    try:
        begin_payment(order_id=order.pk, now=now)
    except ProviderUnavailable:
        pass  # its page says so, and offers to try again or to pay by the other
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("web:order-pay", no=order.no)


def _without(terms: Sequence[ClassTerms], dropped: ClassTerms) -> str:
    """The same page without one of several classes; empty where it is the only one."""
    rest = [of_class.slug for of_class in terms if of_class.id != dropped.id]
    return new_order_address(rest) if rest else ""


def _show(request: HttpRequest, terms: Sequence[ClassTerms], why_not: str) -> HttpResponse:
    offered = on_offer()
    chosen = request.POST.get("provider", "")
    context = {
        "rows": [(of_class, _without(terms, of_class)) for of_class in terms],
        "classes": terms,
        "more": more_classes_address([of_class.slug for of_class in terms]),
        "total_fen": sum(of_class.price_fen for of_class in terms),
        "hours": sum(of_class.hours for of_class in terms),
        "providers": [(name, PROVIDERS[name]) for name in offered],
        "chosen": chosen if chosen in offered else next(iter(offered), ""),
        "who": identity.own_data(request.role.user_id),
        "policy": policy_words(),
        "why_not": why_not,
    }
    return render(request, "web/order_new.html", context)
