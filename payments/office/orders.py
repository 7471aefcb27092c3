"""订单: the list of orders, and the addresses under /admin/finance/orders/."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from payments.models import Order
from payments.office.base import Desk, DeskPage
from payments.office.filters import EVENTS, OrderFilterForm, suggested
from payments.office.order_addresses import ORDER_ADDRESSES
from payments.office.orders_export import OrderExportView
from payments.office.words import pill, provider_words
from payments.queries.desk import MOST_COUNTED, orders_page

_TABS = (
    (_("全部"), {}),
    (_("待付款"), {"state": "open"}),
    (_("已付款"), {"state": "paid"}),
    (_("退款中"), {"state": "refunding"}),
    *((words, {"event": event}) for event, words in EVENTS.items()),
)


class OrderListView(DeskPage):
    """Orders by whatever finance knows of them. What is typed is posted and answered with an address of keys, in which
    no ID number stands."""

    template_name = "payments/office/orders.html"
    page_title = _("订单")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    @cached_property
    def form(self) -> OrderFilterForm:
        return OrderFilterForm(self.request.POST if self.request.method == "POST" else self.request.GET)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.form.is_valid():
            return redirect(f"{reverse('finance_orders:index')}?{self.form.address()}".rstrip("?"))
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"form": self.form, "event": "", "tabs": [], "chips": [], "listed": None}
        if self.form.is_valid():
            context |= self._listed()
        return super().get_context_data(**kwargs) | context

    def _listed(self) -> dict[str, Any]:
        filters = self.form.filters()
        listed = orders_page(filters, cursor=self.request.GET.get("page", ""))
        return {
            "listed": listed,
            "rows": [(row, pill(row.order), provider_words(row.order.provider)) for row in listed.rows],
            "event": filters.event,
            "event_words": EVENTS.get(filters.event, ""),
            "chips": self.form.chips(),
            "tabs": [self._tab(words, sets) for words, sets in _TABS],
            "count": f"{MOST_COUNTED}+" if listed.count > MOST_COUNTED else str(listed.count),
            "address": self.form.address(),
            "is_first": "page" not in self.request.GET,
        }

    def _tab(self, words: Any, sets: dict[str, str]) -> dict[str, Any]:
        """The same filters but for state and list."""
        asked = {name: self.form.cleaned_data[name] for name in ("state", "event")}
        is_open = asked == {"state": "", "event": ""} | sets
        return {"words": words, "address": self.form.address(**{"state": "", "event": ""} | sets), "is_open": is_open}


class SuggestView(PermissionCheckedMixin, View):
    """What fits the words typed into a filter, as JSON."""

    model: Any = Order
    permission_required = "view"
    http_method_names = ["get"]

    def get(self, request: HttpRequest, what: str) -> JsonResponse:
        return JsonResponse({"results": suggested(what, request.GET.get("q", "").replace("\0", "")[:60])})


class OrderDesk(Desk):
    name = "finance_orders"
    url_prefix = "finance/orders"
    icon = "list-ul"
    menu_label = _("订单")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", OrderListView.as_view(), name="index"),
            path("export/", OrderExportView.as_view(), name="export"),
            path("choices/classes/", SuggestView.as_view(), {"what": "classes"}, name="classes"),
            path("choices/units/", SuggestView.as_view(), {"what": "units"}, name="units"),
            *ORDER_ADDRESSES,
        ]
