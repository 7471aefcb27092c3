"""拒收通知: callbacks that weren't believed, or don't fit their order; a forger's as well as a fault of ours."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.models import RefusedNotice
from payments.office.base import Desk, DeskPage
from payments.office.filters import day_field
from payments.office.words import PROVIDERS, REFUSALS, provider_words, refusal_words
from payments.queries.refused import refused_page
from payments.services.notices import KEPT_DAYS

_ANY = ("", gettext_lazy("全部"))


class RefusedFilterForm(forms.Form):
    """Which of them."""

    provider = forms.ChoiceField(
        label=gettext_lazy("支付平台"),
        required=False,
        choices=[_ANY, *((name, label) for name, label in PROVIDERS.items() if name != "bank")],
    )
    reason = forms.ChoiceField(label=gettext_lazy("原因"), required=False, choices=[_ANY, *REFUSALS.items()])
    first = day_field(gettext_lazy("日期，从"))
    last = day_field(gettext_lazy("到"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        first, last = found.get("first"), found.get("last")
        if first and last and first > last:
            self.add_error("last", _("这一天不能早于前一天"))
        return found

    def address(self) -> str:
        """The query of an address that asks for the same. Of a valid form."""
        asked = QueryDict(mutable=True)
        asked.update({name: str(value) for name, value in self.cleaned_data.items() if value})
        return asked.urlencode()


class RefusedListView(DeskPage):
    """The latest first, with what is known of each: never its content, which nobody vouches for."""

    model = RefusedNotice
    template_name = "payments/office/refused.html"
    page_title = gettext_lazy("拒收通知")
    header_icon = "warning"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    @cached_property
    def form(self) -> RefusedFilterForm:
        return RefusedFilterForm(self.request.GET)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = {"form": self.form, "listed": None, "kept_days": KEPT_DAYS}
        if self.form.is_valid():
            asked = self.form.cleaned_data
            reason = asked["reason"]
            listed = refused_page(
                provider=asked["provider"],
                reasons=[reason] if reason else [],
                first=asked["first"],
                last=asked["last"],
                cursor=self.request.GET.get("page", ""),
            )
            context |= {
                "listed": listed,
                "address": self.form.address(),
                "is_first": "page" not in self.request.GET,
                "rows": [
                    (row, provider_words(row.notice.provider), refusal_words(row.notice.reason)) for row in listed.rows
                ],
            }
        return super().get_context_data(**kwargs) | context


class RefusedDesk(Desk):
    model = RefusedNotice
    name = "finance_refused"
    url_prefix = "finance/refused"
    icon = "warning"
    menu_label = gettext_lazy("拒收通知")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", RefusedListView.as_view(), name="index")]
