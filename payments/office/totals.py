"""报表: daily and monthly totals by provider and by specialty, with charts, their tables, and a workbook of both."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import audit, clock
from payments.models import Order
from payments.money import yuan
from payments.office.base import Desk, DeskPage
from payments.office.totals_book import as_workbook
from payments.office.totals_form import Asked, TotalsForm, shortcuts, specialty_words
from payments.office.words import PROVIDERS, provider_words
from payments.queries.totals import DAY, MONTH, REST, Sums, Totals, periods, summed, whole

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_BARS = 15


@dataclass(frozen=True)
class Row:
    """A row of a table: amounts in yuan as they are shown."""

    label: str
    paid: str
    refunded: str
    net: str
    payments: int
    refunds: int


def row(label: str, sums: Sums) -> Row:
    return Row(label, yuan(sums.paid_fen), yuan(sums.refunded_fen), yuan(sums.net_fen), sums.payments, sums.refunds)


class TotalsView(DeskPage):
    """This month by day unless another range is chosen; `by=month` alone is this year."""

    template_name = "payments/office/totals.html"
    page_title = _("报表")
    listing = ("finance_totals:index", _("报表"))
    header_icon = "table"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.page_title)}]

    def form(self) -> TotalsForm:
        today = timezone.localdate(clock.now())
        by = self.request.GET.get("by", DAY)
        first = today.replace(month=1, day=1) if by == MONTH else today.replace(day=1)
        return TotalsForm({"by": by, "start": first, "end": today} | self.request.GET.dict())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form()
        if request.GET.get("format") != "xlsx":
            return self.render_to_response(self.get_context_data(form=form))
        if not form.is_valid():
            return HttpResponseBadRequest(gettext("先改好日期再导出"))
        return self.workbook(form.asked())

    def workbook(self, asked: Asked) -> HttpResponse:
        """What leaves the house as a file is written down."""
        audit.record(
            act="totals.exported", now=clock.now(), **self.who(), after={"query": self.request.GET.urlencode()}
        )
        found, cells = asked.read(each_period=True)
        response = HttpResponse(as_workbook(asked, found, cells), content_type=XLSX)
        name = f"totals-{asked.start}-{asked.end}.xlsx"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs["form"]
        context = super().get_context_data(**kwargs)
        context |= {"form": form, "shortcuts": shortcuts(timezone.localdate(clock.now()), form.data)}
        if not form.is_valid():
            return context
        asked = form.asked()
        found, cells = asked.read(each_period=False)
        shares = _shares(found, asked)
        query = self.request.GET.copy()
        query["format"] = "xlsx"
        return context | {
            "asked": asked,
            "is_by_month": asked.by == MONTH,
            "sums": row(gettext("合计"), whole(cells)),
            "is_empty": not cells,
            "by_period": [row(asked.label(at), sums) for at, sums in sorted(summed(cells, 0).items())],
            "by_provider": [row(provider_words(name), sums) for name, sums in _sorted(summed(cells, 1))],
            "by_specialty": [row(specialty_words(name), sums) for name, sums in shares],
            "specialty_sums": row(gettext("合计"), sum((sums for _name, sums in shares), Sums())),
            "chart": _chart(asked, cells, shares),
            "bars": "few" if len(shares) <= 3 else "some" if len(shares) <= 8 else "many",
            "download": query.urlencode(),
        }


def _shares(found: Totals, asked: Asked) -> list[tuple[str | None, Sums]]:
    """By specialty, the largest first, what belongs to none last."""
    shares = summed(found.shares, 2)
    if asked.specialty:
        shares = {name: sums for name, sums in shares.items() if name == asked.share}
    return sorted(shares.items(), key=lambda one: (one[0] is REST, -one[1].net_fen, one[0] or ""))


def _sorted(parts: dict[str, Sums]) -> Iterable[tuple[str, Sums]]:
    known = list(PROVIDERS)
    return sorted(parts.items(), key=lambda one: (known.index(one[0]) if one[0] in known else len(known), one[0]))


def _chart(asked: Asked, cells: dict[tuple[date, str], Sums], shares: list[tuple[str | None, Sums]]) -> dict[str, Any]:
    """What the charts draw, in whole fen: every period of the range, also those without money."""
    axis = periods(asked.by, asked.start, asked.end)
    net = summed(cells, 0)
    names = [name for name, _sums in _sorted(summed(cells, 1))]
    of = [
        {
            "name": provider_words(name),
            "paid": [cells.get((at, name), Sums()).paid_fen for at in axis],
            "refunded": [-cells.get((at, name), Sums()).refunded_fen for at in axis],
        }
        for name in names
    ]
    bars, others = shares[:_MOST_BARS], sum((sums for _name, sums in shares[_MOST_BARS:]), Sums())
    specialties = [{"name": specialty_words(name), "net": sums.net_fen} for name, sums in bars]
    if others:
        specialties.append({"name": gettext("其他"), "net": others.net_fen})
    return {
        "periods": [asked.label(at) for at in axis],
        "net": [net.get(at, Sums()).net_fen for at in axis],
        "providers": of,
        "specialties": specialties,
        "words": {"paid": gettext("收款"), "refunded": gettext("退款"), "net": gettext("净额")},
    }


class TotalsDesk(Desk):
    model = Order
    name = "finance_totals"
    url_prefix = "finance/totals"
    icon = "table"
    menu_label = _("报表")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", TotalsView.as_view(), name="index")]
