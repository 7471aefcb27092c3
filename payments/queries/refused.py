"""Callbacks that weren't believed, as finance looks through them (F3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from payments.models import Payment, RefusedNotice
from payments.queries import keyset

A_PAGE = 50


@dataclass(frozen=True)
class RefusedRow:
    """A refused callback with the number of the order it names, empty where it names none of ours."""

    notice: RefusedNotice
    order_no: str


@dataclass(frozen=True)
class RefusedList:
    """A page of them with the cursors of its neighbours."""

    rows: list[RefusedRow]
    newer: str
    older: str


def refused_page(
    *,
    provider: str = "",
    reasons: Iterable[str] = (),
    first: date | None = None,
    last: date | None = None,
    cursor: str = "",
    most: int = A_PAGE,
) -> RefusedList:
    """A page of the refused callbacks that fit, the latest first; both days count. Two queries."""
    found = RefusedNotice.objects.all()
    if provider:
        found = found.filter(provider=provider)
    if codes := tuple(reasons):
        found = found.filter(reason__in=codes)
    if first:
        found = found.filter(received_at__gte=_start(first))
    if last:
        found = found.filter(received_at__lt=_start(last + timedelta(days=1)))
    page = keyset.read(found, ("received_at", "pk"), lambda row: (row.received_at, row.pk), cursor=cursor, most=most)
    named = Payment.objects.filter(number__in={row.number for row in page.rows if row.number})
    orders = dict(named.values_list("number", "order__no"))
    rows = [RefusedRow(row, orders.get(row.number, "")) for row in page.rows]
    return RefusedList(rows, page.newer, page.older)


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
