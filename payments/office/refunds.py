"""退款: the queue of refunds, by what somebody must do with them."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from payments.models import Refund
from payments.office.base import Desk, DeskPage
from payments.office.filters import day_field
from payments.office.order_words import ASKED_AS, asker, refund_pill
from payments.office.words import PROVIDERS, provider_words
from payments.queries.refund_queue import TABS, RefundFilters, RefundRow, refunds_page, refunds_waiting

_TAB_WORDS = {
    "asked": gettext_lazy("待复核"),
    "going": gettext_lazy("处理中"),
    "failed": gettext_lazy("失败"),
    "done": gettext_lazy("已退款"),
    "rejected": gettext_lazy("已驳回"),
}
_LATE = timedelta(days=3)
"""Banks say one to three days: who asked has waited longer than that for nobody's looking."""
_ANY = ("", gettext_lazy("全部"))


class RefundFilterForm(forms.Form):
    """What the queue can be narrowed to, as it stands in the address."""

    provider = forms.ChoiceField(label=gettext_lazy("支付方式"), required=False, choices=[_ANY, *PROVIDERS.items()])
    by = forms.ChoiceField(label=gettext_lazy("谁申请"), required=False, choices=[_ANY, *ASKED_AS.items()])
    asked_from = day_field(gettext_lazy("申请日期，从"))
    asked_to = day_field(gettext_lazy("到"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        first, last = found.get("asked_from"), found.get("asked_to")
        if first and last and first > last:
            self.add_error("asked_to", _("这一天不能早于前一天"))
        return found

    def filters(self, tab: str) -> RefundFilters:
        """Of a valid form."""
        asked = self.cleaned_data
        return RefundFilters(tab, asked["provider"], asked["by"], asked["asked_from"], asked["asked_to"])

    def address(self, tab: str) -> str:
        """The query of an address that asks for the same on this tab."""
        told = {name: self[name].value() for name in self.fields}
        return urlencode({"tab": tab} | {name: text for name, text in told.items() if text})


class RefundListView(DeskPage):
    """Refunds by what somebody must do with them; each row leads to its place on the order's page."""

    model = Refund
    template_name = "payments/office/refunds.html"
    page_title = gettext_lazy("退款")
    header_icon = "history"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    @cached_property
    def tab(self) -> str:
        asked = self.request.GET.get("tab", "")
        return asked if asked in TABS else "asked"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = RefundFilterForm(self.request.GET)
        is_valid = form.is_valid()
        listed = refunds_page(form.filters(self.tab), cursor=self.request.GET.get("page", "")) if is_valid else None
        waiting = refunds_waiting()
        context = {
            "form": form,
            "tab": self.tab,
            "tabs": [
                {"name": name, "words": words, "address": form.address(name), "waiting": waiting.get(name)}
                for name, words in _TAB_WORDS.items()
            ],
            "oldest": waiting[self.tab].since if self.tab in waiting else None,
            "listed": listed,
            "rows": [self.row(row) for row in listed.rows] if listed else [],
            "address": form.address(self.tab),
            "is_filtered": any(form[name].value() for name in form.fields),
            "is_first": "page" not in self.request.GET,
        }
        return super().get_context_data(**kwargs) | context

    def row(self, row: RefundRow) -> dict[str, Any]:
        refund = row.file.refund
        waited = clock.now() - refund.asked_at if refund.state == Refund.State.ASKED else timedelta()
        return {
            "row": row,
            "pill": refund_pill(refund),
            "provider": provider_words(refund.payment.provider),
            "asker": asker(row.file),
            "is_mine": refund.asked_by_id == self.actor().user_id,
            "late_days": waited.days if waited >= _LATE else 0,
        }


class RefundDesk(Desk):
    model = Refund
    name = "finance_refunds"
    url_prefix = "finance/refunds"
    icon = "history"
    menu_label = gettext_lazy("退款")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", RefundListView.as_view(), name="index")]
