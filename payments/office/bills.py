"""对账: the days of each provider, and having a day reconciled; addresses under /admin/finance/bills/."""

from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem

from core import clock
from core.errors import Refusal
from core.forms import put
from payments import services
from payments.models import Bill
from payments.office.base import Desk, DeskPage
from payments.office.bill import BillStateView, BillView, ResolveView
from payments.office.bill_words import SHORT, bill_pill, words_of
from payments.office.filters import FIRST_DAY, LAST_DAY, day_field
from payments.office.words import PROVIDERS, provider_words
from payments.providers.registry import on_offer
from payments.queries.bills import MOST_COUNTED, BillFilters, bills_page, month_of_bills, open_differences

_ANY = ("", gettext_lazy("全部"))
_KNOWN = [(name, PROVIDERS[name]) for name in ("wechat", "alipay")]
_DAY = {"type": "date"}


class BillFilterForm(forms.Form):
    """What the list can be narrowed to, as it stands in the address."""

    provider = forms.ChoiceField(label=gettext_lazy("支付方式"), required=False, choices=[_ANY, *_KNOWN])
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False, choices=[_ANY, *Bill.State.choices])
    since = day_field(gettext_lazy("日期，从"))
    until = day_field(gettext_lazy("到"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        first, last = found.get("since"), found.get("until")
        if first and last and first > last:
            self.add_error("until", _("这一天不能早于前一天"))
        return found

    def filters(self) -> BillFilters:
        """Of a valid form."""
        return BillFilters(**self.cleaned_data)


class OrderBillForm(forms.Form):
    """Which day of which provider is to be reconciled."""

    provider = forms.ChoiceField(label=gettext_lazy("支付方式"))
    day = forms.DateField(
        label=gettext_lazy("日期"),
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("选一天"), "invalid": gettext_lazy("写成日期，比如 2026-03-01")},
    )

    prefix = "order"

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        offered = cast(forms.ChoiceField, self.fields["provider"])
        offered.choices = [(name, provider_words(name)) for name in on_offer()]


class BillListView(DeskPage):
    """A month at a glance, all days as a list, and the form that has one reconciled."""

    model = Bill
    template_name = "payments/office/bills.html"
    page_title = gettext_lazy("对账")
    header_icon = "resubmit"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("payments.change_bill"):
            raise Http404
        form = OrderBillForm(request.POST)
        if form.is_valid():
            asked = form.cleaned_data
            try:
                bill = services.order_bill(
                    provider_name=asked["provider"], day=asked["day"], now=clock.now(), **self.who()
                )
            except Refusal as refusal:
                put(form, refusal)
            else:
                messages.success(request, _("已开始对账，结果出来后这一页会自己更新"))
                return redirect("finance_bills:one", bill.pk)
        return self.render_to_response(self.get_context_data(order_form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = BillFilterForm(self.request.GET)
        is_valid = form.is_valid()
        listed = bills_page(form.filters(), cursor=self.request.GET.get("page", "")) if is_valid else None
        context: dict[str, Any] = {
            "form": form,
            "listed": listed,
            "rows": [(bill, bill_pill(bill), provider_words(bill.provider)) for bill in listed.rows] if listed else [],
            "address": self._address("since", "until", "provider", "state", "month"),
            "is_narrowed": any(form[name].value() for name in form.fields),
            "order_form": OrderBillForm(),
            "may_change": self.request.user.has_perm("payments.change_bill"),
            "left": counted(left) if (left := open_differences()) else "",
            "today": timezone.localdate(clock.now()),
        }
        return super().get_context_data(**kwargs) | context | self._month() | kwargs

    def _month(self) -> dict[str, Any]:
        first = _month_in(self.request.GET.get("month", "")) or timezone.localdate(clock.now()).replace(day=1)
        weeks = [
            [(day, [(bill, bill_pill(bill), SHORT[bill.provider]) for bill in day.bills]) for day in week]
            for week in month_of_bills(first)
        ]
        kept = self._address("since", "until", "provider", "state")
        beside = [_beside(first, -1), _beside(first, 1)]
        before, behind = (
            f"?{kept}{'&' if kept else ''}month={one:%Y-%m}" if FIRST_DAY <= one <= LAST_DAY else "" for one in beside
        )
        legend = [words_of(state) for state in ("matched", "different", "running", "failed")]
        return {"month": first, "weeks": weeks, "before": before, "behind": behind, "legend": legend}

    def _address(self, *names: str) -> str:
        """The query of an address that keeps these parts of this one."""
        kept = self.request.GET.copy()
        for name in list(kept):
            if name not in names or not kept[name]:
                del kept[name]
        return kept.urlencode()


def counted(count: int) -> str:
    """A count that goes no further than MOST_COUNTED."""
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)


def _month_in(text: str) -> date | None:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return found if FIRST_DAY <= found <= LAST_DAY else None


def _beside(first: date, months: int) -> date:
    at = first.year * 12 + first.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


class BillDesk(Desk):
    name = "finance_bills"
    url_prefix = "finance/bills"
    icon = "resubmit"
    menu_label = gettext_lazy("对账")
    model = Bill

    @cached_property
    def menu_item_class(self) -> type[MenuItem]:
        """It tells how many differences wait."""

        class BillMenuItem(super().menu_item_class):  # type: ignore[misc]
            def render_component(self, request: HttpRequest) -> Any:
                component = super().render_component(request)
                count = open_differences()
                if count:
                    component.label = f"{self.label} ({counted(count)})"
                return component

        return BillMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", BillListView.as_view(), name="index"),
            path("<int:pk>/", BillView.as_view(), name="one"),
            path("<int:pk>/state/", BillStateView.as_view(), name="state"),
            path("<int:pk>/differences/<int:difference>/", ResolveView.as_view(), name="resolve"),
        ]
