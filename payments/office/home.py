"""What waits for finance, on the admin's first page."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component

from core import clock
from payments.models import Bill, Invoice, Refund, RefusedNotice
from payments.office.base import DeskPolicy
from payments.queries.waiting import DIFFERENCES, INVOICES, MOST_COUNTED, RED_LETTERS, REFUNDS, REFUSED, waiting

_WAITS = (
    (REFUNDS, Refund, _("退款等复核"), "finance_refunds:index", ""),
    (DIFFERENCES, Bill, _("对账差异没有处理"), "finance_bills:index", ""),
    (INVOICES, Invoice, _("发票等开"), "finance_invoices:index", ""),
    (RED_LETTERS, Invoice, _("要开红字发票"), "finance_invoices:index", "?tab=red"),
    (REFUSED, RefusedNotice, _("今天拒收的支付通知"), "finance_refused:index", ""),
)


class FinanceWaits(Component):
    """Of each kind that one may see how much waits, with the way there. A query each."""

    name = "finance_waits"
    template_name = "payments/office/home.html"
    order = 5

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user, now = parent_context["request"].user, clock.now()
        waits = []
        for what, model, words, name, query in _WAITS:
            if not DeskPolicy(model).user_has_permission(user, "view"):
                continue
            count = waiting(what, now)
            shown = f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
            waits.append({"count": count, "shown": shown, "words": words, "url": reverse(name) + query})
        return {"waits": waits}


def first_page(request: HttpRequest, panels: list[Any]) -> None:
    """For whoever may see any of it."""
    if any(DeskPolicy(model).user_has_permission(request.user, "view") for model in {wait[1] for wait in _WAITS}):
        panels.insert(0, FinanceWaits())
