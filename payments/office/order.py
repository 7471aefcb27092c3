"""One order at the desk: what happened to it, and what finance may do."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from payments.models import Order
from payments.office.base import DeskPage


class OrderView(DeskPage):
    """Every event of an order with what providers said."""

    template_name = "payments/office/order.html"
    page_title = _("订单")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        order = get_object_or_404(Order.objects.select_related("user", "organisation"), no=self.kwargs["no"])
        return super().get_context_data(**kwargs) | {"order": order, "events": order.events.order_by("at", "pk")}
