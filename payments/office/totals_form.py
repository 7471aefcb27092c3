"""What the totals are asked for: a bounded range by day or by month, of a provider, of a specialty."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from payments.office.words import PROVIDERS
from payments.queries.desk import specialties_sold
from payments.queries.totals import DAY, MONTH, PUBLIC, REST, Sums, Totals, periods, totals

MOST_DAYS, MOST_YEARS = 366, 10
FIRST_YEAR, LAST_YEAR = 2000, 2099
_ALL, _PUBLIC, _REST = "", "-public", "-rest"


def specialty_words(specialty: str | None) -> str:
    """内科学, 公需科目 for none, and what belongs to no class."""
    if specialty is REST:
        return gettext("重复到账、未分配")
    return gettext("公需科目") if specialty == PUBLIC else str(specialty)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("选一个日期"), "invalid": _("写成日期，比如 2026-03-01")},
    )


class TotalsForm(forms.Form):
    """The range; bounded, as each day or month is a row and a place in the chart."""

    by = forms.ChoiceField(label=_("统计"), choices=[(DAY, _("按日")), (MONTH, _("按月"))])
    start = _day(_("从"))
    end = _day(_("到"))
    provider = forms.ChoiceField(label=_("支付方式"), required=False, choices=[(_ALL, _("全部")), *PROVIDERS.items()])
    specialty = forms.ChoiceField(label=_("专业"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sold = [(name, name) for name in specialties_sold()]
        others = [(_PUBLIC, specialty_words(PUBLIC)), (_REST, specialty_words(REST))]
        cast(forms.ChoiceField, self.fields["specialty"]).choices = [(_ALL, _("全部")), *sold, *others]

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        start, end = asked.get("start"), asked.get("end")
        for name, day in (("start", start), ("end", end)):
            if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, gettext("日期在 2000 年到 2099 年之间"))
        if start and end and not self.errors:
            self._check_range(asked["by"], start, end)
        return asked

    def _check_range(self, by: str, start: date, end: date) -> None:
        if end < start:
            self.add_error("end", gettext("这一天不能早于开始的一天"))
        elif by == DAY and (end - start).days >= MOST_DAYS:
            self.add_error("end", gettext("按日最多看 366 天，缩短一些，或者改为按月"))
        elif by == MONTH and len(periods(MONTH, start, end)) > MOST_YEARS * 12:
            self.add_error("end", gettext("按月最多看 10 年，缩短一些"))

    def asked(self) -> "Asked":
        """Of a valid form. By month, whole months."""
        found = self.cleaned_data
        start, end = found["start"], found["end"]
        if found["by"] == MONTH:
            start, end = start.replace(day=1), _last_of_month(end)
        return Asked(found["by"], start, end, found["provider"], found["specialty"])


@dataclass(frozen=True)
class Asked:
    """What one looks at; `specialty` as addresses have it."""

    by: str
    start: date
    end: date
    provider: str
    specialty: str

    @property
    def share(self) -> str | None:
        """The specialty as totals know it; of all, it says nothing."""
        return {_PUBLIC: PUBLIC, _REST: REST}.get(self.specialty, self.specialty)

    def read(self, *, each_period: bool) -> tuple[Totals, dict[tuple[date, str], Sums]]:
        """The totals of the range, and the cells of what is asked for by (period, provider).

        `each_period`: the shares of specialties too; one specialty's are always.
        """
        is_each = each_period or bool(self.specialty)
        found = totals(by=self.by, start=self.start, end=self.end, provider=self.provider, each_period=is_each)
        return found, found.of_specialty(self.share) if self.specialty else dict(found.book)

    def label(self, period: date) -> str:
        return f"{period:%Y-%m}" if self.by == MONTH else f"{period:%Y-%m-%d}"


def _last_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def shortcuts(today: date, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The ranges that are asked for most; `data`: the form's, to tell which of them is open."""
    month = today.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    year, earlier = today.replace(month=1, day=1), date(today.year - 1, 1, 1)
    ranges = [
        (gettext("本月"), DAY, month, today),
        (gettext("上月"), DAY, before, _last_of_month(before)),
        (gettext("今年"), MONTH, year, today),
        (gettext("去年"), MONTH, earlier, date(earlier.year, 12, 31)),
    ]
    chosen = tuple(str(data.get(name)) for name in ("by", "start", "end"))
    return [
        {
            "label": label,
            "query": urlencode({"by": by, "start": first, "end": last}),
            "is_open": chosen == (by, str(first), str(last)),
        }
        for label, by, first, last in ranges
    ]
