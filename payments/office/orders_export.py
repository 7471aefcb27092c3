"""导出: the filtered list of orders as a workbook, for a reason that is kept."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Refusal
from core.forms import put
from core.workbook import Sheet, sent
from identity.office import ReasonForm
from payments.office.base import DeskPage
from payments.office.filters import EVENTS, OrderFilterForm
from payments.office.words import PROVIDERS
from payments.queries.desk_export import COLUMNS, MOST_ROWS, count_to_export, rows_to_export, sheet_name
from payments.services.exporting import begin_export


class OrderExportView(DeskPage):
    """Say which orders, ask why, then send them as they are read."""

    template_name = "payments/office/orders_export.html"
    page_title = _("导出订单")
    header_icon = "download"

    @cached_property
    def filters(self) -> OrderFilterForm:
        return OrderFilterForm(self.request.GET)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.filters.is_valid():
            return redirect(f"{reverse('finance_orders:index')}?{request.GET.urlencode()}")
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.filters.is_valid():
            return redirect(f"{reverse('finance_orders:index')}?{request.GET.urlencode()}")
        form, now = ReasonForm(request.POST), clock.now()
        if form.is_valid():
            asked = self.filters.filters()
            try:
                begin_export(
                    filters=asked,
                    selection=self.filters.address(),
                    reason=form.cleaned_data["reason"],
                    now=now,
                    **self.who(),
                )
            except Refusal as refusal:
                put(form, refusal)
            else:
                sheet = Sheet(sheet_name(), [(str(head), width) for head, width in COLUMNS])
                words = {name: str(label) for name, label in PROVIDERS.items()}
                name = gettext("订单 %s.xlsx") % f"{localtime(now):%Y-%m-%d %H%M}"
                return sent(name, sheet, rows_to_export(asked, words))
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        count = count_to_export(self.filters.filters())
        return super().get_context_data(**kwargs) | {
            "form": kwargs.get("form") or ReasonForm(),
            "chips": self.filters.chips(),
            "event_words": EVENTS.get(self.filters.cleaned_data["event"], ""),
            "address": self.filters.address(),
            "count": count,
            "most": MOST_ROWS,
            "is_too_many": count > MOST_ROWS,
        }
