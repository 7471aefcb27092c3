"""One order at the desk: what happened to it, and what finance may do with it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from identity.services import note_look_up
from payments.models import Order, Payment, Refund
from payments.office.base import DeskPage
from payments.office.order_words import asker, order_pill, refund_pill, timeline
from payments.office.refund_forms import DecisionForm
from payments.office.words import provider_words, refusal_words
from payments.queries.order_file import OrderFile, RefundFile, order_file
from payments.services import AskedNow, ask_now

DECIDE, START, CHANGE = "payments.change_refund", "payments.add_refund", "payments.change_order"
"""Rights: deciding refunds and sending them at a bank; asking for them; asking providers and booking transfers."""
_GOING = (Refund.State.APPROVED, Refund.State.SENT)


class OrderPage(DeskPage):
    """A page about one order. Opening it is written down for its buyer to read."""

    right = ""
    """What one must be allowed besides reading."""
    heading: Any = ""
    """What an act is called; the order's own page is called by its number."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.right and not request.user.has_perm(self.right):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def order(self) -> Order:
        found = get_object_or_404(Order.objects.select_related("user", "organisation"), no=self.kwargs["no"])
        note_look_up(actor=self.actor(), user_id=found.user_id, reason=_("查看订单"), now=clock.now())
        return found

    @cached_property
    def file(self) -> OrderFile:
        return order_file(self.order)

    def address(self, refund: Refund | None = None) -> str:
        """Of the order's page; at a refund."""
        found = reverse("finance_orders:one", args=[self.order.no])
        return f"{found}#refund-{refund.pk}" if refund else found

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        name, label = self.listing
        crumbs = [*self.breadcrumbs_items, {"url": reverse(name), "label": str(label)}]
        if self.heading:
            crumbs.append({"url": self.address(), "label": self.order.no})
        return [*crumbs, {"url": "", "label": self.get_page_title()}]

    def get_page_title(self) -> str:
        return str(self.heading) or self.order.no

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "order": self.order,
            "file": self.file,
            "pill": order_pill(self.file),
        }


class OrderView(OrderPage):
    """Every event of an order with what providers said, its sums, and what may be done."""

    template_name = "payments/office/order.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bound: tuple[int, DecisionForm] | None = kwargs.pop("bound", None)
        file = self.file
        context = {
            "lines": timeline(file),
            "attempts": [(payment, provider_words(payment.provider)) for payment in file.payments],
            "channel": self.channel(),
            "refunds": [self.refund(row) for row in file.refunds],
            "to_decide": [self.decision(row, bound) for row in file.refunds if row.refund.state == Refund.State.ASKED],
            "notices": [(notice, refusal_words(notice.reason)) for notice in file.notices],
            "acts": self.acts(),
        }
        return super().get_context_data(**kwargs) | context

    def channel(self) -> dict[str, Any] | None:
        """The payment that the order was fulfilled by, else its latest attempt."""
        honoured = next((row for row in self.file.payments if row.pk == self.order.honoured_id), None)
        payment = honoured or next(reversed(self.file.payments), None)
        return {"payment": payment, "provider": provider_words(payment.provider)} if payment else None

    def refund(self, row: RefundFile) -> dict[str, Any]:
        """A refund with what the reader may do about it."""
        refund, user = row.refund, self.request.user
        is_mine = refund.asked_by_id == self.actor().user_id
        is_failed = refund.state == Refund.State.FAILED
        by_hand = refund.payment.provider == "bank"
        return {
            "row": row,
            "pill": refund_pill(refund),
            "asker": asker(row),
            "may_withdraw": refund.state == Refund.State.ASKED and is_mine,
            "may_retry": is_failed and not row.is_repeated and user.has_perm(START),
            "may_confirm": refund.state in _GOING and by_hand and user.has_perm(DECIDE),
        }

    def decision(self, row: RefundFile, bound: tuple[int, DecisionForm] | None) -> dict[str, Any]:
        """A refund that waits: the form, or why this reader can't decide it."""
        refund = row.refund
        form = bound[1] if bound and bound[0] == refund.pk else DecisionForm(auto_id=f"id_{refund.pk}_%s")
        earned = {
            file.item.pk: file.standing.hours for file in self.file.items if file.standing and file.standing.hours
        }
        return {
            "row": row,
            "form": form,
            "asker": asker(row),
            "is_mine": refund.asked_by_id == self.actor().user_id,
            "may_decide": self.request.user.has_perm(DECIDE),
            "provider": provider_words(refund.payment.provider),
            "by_hand": refund.payment.provider == "bank",
            "earned": [(line.item.title, earned[line.item_id]) for line in row.lines if line.item_id in earned],
        }

    def acts(self) -> dict[str, bool]:
        """What may be begun from this page."""
        user, file = self.request.user, self.file
        is_paid = file.order.honoured_id is not None
        unpaid = [payment for payment in file.payments if payment.state != Payment.State.PAID]
        going = [row for row in file.refunds if row.refund.state in _GOING and row.refund.payment.provider != "bank"]
        to_ask = [payment for payment in unpaid if payment.provider != "bank"]
        return {
            "ask": bool(to_ask or going) and user.has_perm(CHANGE),
            "transfer": any(payment.provider == "bank" for payment in unpaid) and user.has_perm(CHANGE),
            "start": is_paid and any(row.left_fen for row in file.items) and user.has_perm(START),
        }


class AskView(OrderPage):
    """Ask the provider now; bounded, so that it may be pressed again and again."""

    right = CHANGE
    http_method_names = ["post"]
    heading = gettext_lazy("问一下支付平台")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        was_paid = self.order.honoured_id is not None
        asked = ask_now(order_id=self.order.pk, now=clock.now())
        self.order.refresh_from_db()
        say, words = _told(asked, is_paid_now=not was_paid and self.order.honoured_id is not None)
        say(request, words)
        return redirect(self.address())


def _told(asked: AskedNow, *, is_paid_now: bool) -> tuple[Any, str]:
    if is_paid_now:
        return messages.success, _("支付平台说已经付款，订单已更新")
    if asked.answered < asked.attempts:
        return messages.warning, _("支付平台没有回答，过几分钟再问。订单没有变化")
    if asked.refunds:
        return messages.info, _("已经去问退款结果，几秒后刷新这一页")
    if asked.attempts:
        return messages.info, _("支付平台说还没有付款，订单没有变化")
    return messages.info, _("几秒前刚问过，稍等再问")
