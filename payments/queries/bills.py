"""What the desk shows of reconciliation: days by provider, a month at a glance, a day's differences. All bounded."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from payments.models import Bill, BillDifference
from payments.queries.keyset import Slice, read

DAYS_A_PAGE = 40
DIFFERENCES_A_PAGE = 20
MOST_COUNTED = 99
_OLDER, _NEWER = "o", "n"


@dataclass(frozen=True)
class BillFilters:
    """What the list can be narrowed to; days are included."""

    provider: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None


def _with_left(bills: QuerySet[Bill]) -> QuerySet[Bill]:
    """Each with `left`: how many of its differences nobody has resolved."""
    mine = BillDifference.objects.filter(bill=OuterRef("pk"), resolved_at__isnull=True).order_by()
    count = mine.values("bill").annotate(count=Count("pk")).values("count")
    return bills.annotate(left=Coalesce(Subquery(count), 0))


def bills_page(filters: BillFilters, *, cursor: str) -> Slice[Bill]:
    """Days of providers, the latest first, a page of whole days. One query."""
    bills = _with_left(Bill.objects.all())
    asked = {"provider": filters.provider, "state": filters.state, "day__gte": filters.since, "day__lte": filters.until}
    bills = bills.filter(**{name: value for name, value in asked.items() if value})
    day = _day_in(cursor)
    is_newer = day is not None and cursor.startswith(_NEWER)
    if day is not None:
        bills = bills.filter(**{"day__gt" if is_newer else "day__lt": day})
    order = ("day", "-provider") if is_newer else ("-day", "provider")
    rows = list(bills.order_by(*order)[: DAYS_A_PAGE + 1])
    has_more = len(rows) > DAYS_A_PAGE
    if has_more:
        rows = [row for row in rows if row.day != rows[-1].day] or rows[:-1]
    if is_newer:
        rows.reverse()
    has_newer, has_older = (has_more, True) if is_newer else (day is not None, has_more)
    return Slice(
        rows,
        newer=f"{_NEWER}{rows[0].day.isoformat()}" if rows and has_newer else "",
        older=f"{_OLDER}{rows[-1].day.isoformat()}" if rows and has_older else "",
    )


def _day_in(cursor: str) -> date | None:
    try:
        return date.fromisoformat(cursor[1:]) if cursor[:1] in (_OLDER, _NEWER) else None
    except ValueError:
        return None


@dataclass(frozen=True)
class MonthDay:
    """A day of the calendar with its bills by provider; `is_outside`: of the month before or behind."""

    day: date
    is_outside: bool
    bills: list[Bill]


def month_of_bills(first: date) -> list[list[MonthDay]]:
    """The weeks, from Monday on, of the month that begins with this day. One query."""
    last = first.replace(day=monthrange(first.year, first.month)[1])
    begin = first - timedelta(days=first.weekday())
    end = last + timedelta(days=6 - last.weekday())
    found: dict[date, list[Bill]] = {}
    for bill in _with_left(Bill.objects.filter(day__gte=first, day__lte=last)).order_by("day", "-provider"):
        found.setdefault(bill.day, []).append(bill)
    days = [begin + timedelta(days=gone) for gone in range((end - begin).days + 1)]
    shown = [MonthDay(day, day.month != first.month, found.get(day, [])) for day in days]
    return [shown[at : at + 7] for at in range(0, len(shown), 7)]


def differences_page(bill: Bill, *, is_resolved: bool, cursor: str) -> Slice[BillDifference]:
    """A day's differences, each with its order: those that nobody resolved, or the others. One query."""
    found = bill.differences.filter(resolved_at__isnull=not is_resolved).select_related("order")
    return read(found, ["pk"], _place, cursor=cursor, most=DIFFERENCES_A_PAGE)


def _place(one: BillDifference) -> tuple[Any, ...]:
    return (one.pk,)


def count_differences(bill: Bill) -> tuple[int, int]:
    """How many are open and how many resolved. One query."""
    counts = bill.differences.aggregate(all=Count("pk"), resolved=Count("resolved_at"))
    return counts["all"] - counts["resolved"], counts["resolved"]


def open_differences() -> int:
    """How many wait for somebody in all, up to MOST_COUNTED + 1. One query."""
    return BillDifference.objects.filter(resolved_at__isnull=True).order_by()[: MOST_COUNTED + 1].count()
