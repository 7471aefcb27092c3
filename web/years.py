"""年度完成情况: what each year asked, what was earned, and every entry behind it (T3)."""

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core import clock
from registry.hours import queries as hours
from web.learners import learners_only

FIRST_YEAR = 2000
"""Nobody has hours before."""
YEARS_OFFERED = 5
"""The filter offers at least so many years back."""
SOURCES = {"class": _("在线学习"), "course": _("在线学习"), "migrated": _("历史记录")}


@dataclass(frozen=True)
class Pace:
    """How much a week is left to do, so that the year is met on its last day (figures in hours)."""

    days_left: int
    missing: Decimal

    @property
    def hours_a_week(self) -> int:
        """Whole hours, rounded up: the last week counts as one also when it is shorter."""
        weeks = max(math.ceil(self.days_left / 7), 1)
        return math.ceil(self.missing / weeks)


def pace_of(totals: hours.YearTotals, today: date) -> Pace | None:
    """The pace for the running year; None for a year that is over."""
    if totals.year != today.year:
        return None
    days_left = (date(today.year, 12, 31) - today).days
    return Pace(days_left=days_left, missing=totals.public_missing + totals.professional_missing)


@dataclass(frozen=True)
class Span:
    """A range of years, both ends in it."""

    first: int
    last: int


def chosen_span(query: dict[str, str], today: date, earliest: int | None) -> Span:
    """The years somebody asked for: what can't be read is as usual, swapped ends are put right."""
    first = _year(query.get("from"), min(earliest or today.year, today.year), today)
    last = _year(query.get("to"), today.year, today)
    return Span(min(first, last), max(first, last))


def _year(text: str | None, usual: int, today: date) -> int:
    if not text or not text.isascii() or not text.isdigit() or len(text) > 4:
        return usual
    return min(max(int(text), FIRST_YEAR), today.year)


@require_safe
@learners_only
def years(request: HttpRequest) -> HttpResponse:
    """A row a year, the newest first, and this year on top of them."""
    today = timezone.localdate(clock.now())
    earliest = hours.first_year(request.role.user_id)
    span = chosen_span(request.GET, today, earliest)
    rows = hours.years(request.role.user_id, min(span.first, today.year), today.year)
    return render(
        request,
        "web/years.html",
        {
            "this_year": rows[0],
            "pace": pace_of(rows[0], today),
            "rows": [row for row in rows if span.first <= row.year <= span.last],
            "span": span,
            "choices": range(today.year, min(earliest or today.year, span.first, today.year - YEARS_OFFERED) - 1, -1),
            "has_records": earliest is not None,
        },
    )


@require_safe
@learners_only
def year(request: HttpRequest, year: int) -> HttpResponse:
    """One year with every entry that made it."""
    today = timezone.localdate(clock.now())
    if not FIRST_YEAR <= year <= today.year + 1:
        raise Http404
    totals = hours.totals(request.role.user_id, year)
    entries = [
        {"entry": entry, "source": SOURCES.get(entry.source_kind, entry.source_kind)}
        for entry in hours.entries(request.role.user_id, year)
    ]
    context = {"totals": totals, "pace": pace_of(totals, today), "entries": entries, "is_over": year < today.year}
    return render(request, "web/years_one.html", context)
