"""订单: the list of orders, and the addresses under /admin/finance/orders/."""

from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from payments.models import Order
from payments.office.base import Desk, DeskPage
from payments.office.order import OrderView


class OrderListView(DeskPage):
    """The newest orders."""

    template_name = "payments/office/orders.html"
    page_title = _("订单")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"orders": Order.objects.order_by("-created_at", "-pk")[:20]}


class OrderDesk(Desk):
    name = "finance_orders"
    url_prefix = "finance/orders"
    icon = "list-ul"
    menu_label = _("订单")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", OrderListView.as_view(), name="index"),
            path("<str:no>/", OrderView.as_view(), name="one"),
        ]
