"""Daily and monthly totals (报表, F3): what came and what went back, by provider and by specialty.

The book says it all: an event's `amount_fen` is the money, its `at` in local time the day, its `provider` whose it was.

A specialty has its share by what was bought and returned. An honoured payment is split over its order's items,
to each what it cost (price × seats: together they are the payment, both are frozen with the order); a refund over its
lines, to each item's specialty. Money that belongs to no item (paid twice, and given back for that) is the rest: what
the book has beyond all items. So specialties and rest add up to the book in every period and with every provider.

Items and lines are counted one by one, so an order for two classes counts twice among specialties, once in the book.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, DateField, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate, TruncMonth
from django.utils import timezone

from payments.models import OrderEvent

DAY, MONTH = "day", "month"
PUBLIC = ""
"""The specialty of public-subject classes: none."""
REST = None
"""The share of no specialty: money that belongs to no item."""

_Kind = OrderEvent.Kind
Key = tuple[date, str, str | None]


@dataclass(frozen=True, slots=True)
class Sums:
    """Fen that came and went back, both positive, and how many times."""

    paid_fen: int = 0
    refunded_fen: int = 0
    payments: int = 0
    refunds: int = 0

    @property
    def net_fen(self) -> int:
        return self.paid_fen - self.refunded_fen

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.paid_fen + other.paid_fen,
            self.refunded_fen + other.refunded_fen,
            self.payments + other.payments,
            self.refunds + other.refunds,
        )

    def __bool__(self) -> bool:
        return bool(self.paid_fen or self.refunded_fen or self.payments or self.refunds)


@dataclass(frozen=True)
class Totals:
    """What one range of days holds. `book`: by (period, provider); `shares`: by (period, provider, specialty or REST).

    A period is its first day.
    """

    book: Mapping[tuple[date, str], Sums]
    shares: Mapping[Key, Sums]

    def of_specialty(self, specialty: str | None) -> dict[tuple[date, str], Sums]:
        """One specialty's share, or the rest, as `book` is."""
        return {(key[0], key[1]): sums for key, sums in self.shares.items() if key[2] == specialty}


def totals(*, by: str, start: date, end: date, provider: str = "", each_period: bool = True) -> Totals:
    """The totals of the local days from `start` to `end`, both included, by DAY or by MONTH. Four queries.

    `each_period`: False tells the shares of the whole range, as of its first day: nothing is sorted for them, which
    takes as long again as reading where a year has a million orders.
    """
    events = _events(start, end, provider).annotate(period=_period(by))
    money = events.exclude(amount_fen=0)
    book = _Grouping(start, each_period=True).book(money)
    grouping = _Grouping(start, each_period)
    surplus = grouping.surplus(events)
    back, unassigned = grouping.of_refunds(money)
    shares = _added(grouping.of_payments(money, events), back)
    given: dict[tuple[date, str], Sums] = {}
    for (period, name, _specialty), sums in shares.items():
        given[period, name] = given.get((period, name), Sums()) + sums
    for key, sums in grouping.of_book(book).items():
        rest = Sums(
            paid_fen=sums.paid_fen - given.get(key, Sums()).paid_fen,
            refunded_fen=sums.refunded_fen - given.get(key, Sums()).refunded_fen,
            payments=surplus.get(key, 0),
            refunds=unassigned.get(key, 0),
        )
        if rest:
            shares[*key, REST] = rest
    return Totals(book, shares)


def summed(cells: Mapping[Any, Sums], part: int | None = None) -> dict[Any, Sums]:
    """The cells added up by one part of their keys: 0 the period, 1 the provider, 2 the specialty."""
    found: dict[Any, Sums] = {}
    for key, sums in cells.items():
        of = key[part] if part is not None else None
        found[of] = found.get(of, Sums()) + sums
    return found


def whole(cells: Mapping[Any, Sums]) -> Sums:
    """All cells added up."""
    return sum(cells.values(), Sums())


def periods(by: str, start: date, end: date) -> list[date]:
    """The first days of all periods that the range touches."""
    if by == DAY:
        return [start + timedelta(days=at) for at in range((end - start).days + 1)]
    months = range(start.year * 12 + start.month - 1, end.year * 12 + end.month)
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def _events(start: date, end: date, provider: str) -> QuerySet[OrderEvent]:
    found = OrderEvent.objects.filter(at__gte=_midnight(start), at__lt=_midnight(end + timedelta(days=1)))
    return found.filter(provider=provider) if provider else found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def _period(by: str) -> Any:
    zone = timezone.get_default_timezone()
    return TruncMonth("at", output_field=DateField(), tzinfo=zone) if by == MONTH else TruncDate("at", tzinfo=zone)


@dataclass(frozen=True)
class _Grouping:
    """How money is told apart: each period's by itself, or all as of the first day."""

    first: date
    each_period: bool

    def _rows(self, events: QuerySet[OrderEvent], *more: str, **sums: Any) -> Iterator[tuple[date, list[Any]]]:
        """Period and all else, of each group."""
        names: tuple[str, ...] = ("period", "provider") if self.each_period else ("provider",)
        for row in events.order_by().values_list(*names, *more).annotate(**sums):
            yield (row[0], list(row[1:])) if self.each_period else (self.first, list(row))

    def book(self, money: QuerySet[OrderEvent]) -> dict[tuple[date, str], Sums]:
        """What events say."""
        paid, refunded = Q(kind=_Kind.PAID), Q(kind=_Kind.REFUNDED)
        rows = self._rows(
            money,
            paid=Sum("amount_fen", filter=paid),
            refunded=Sum("amount_fen", filter=refunded),
            payments=Count("kind", filter=paid),
            refunds=Count("kind", filter=refunded),
        )
        return {
            (at, provider): Sums(int(came or 0), -int(went or 0), payments, refunds)
            for at, (provider, came, went, payments, refunds) in rows
        }

    def of_payments(self, money: QuerySet[OrderEvent], events: QuerySet[OrderEvent]) -> dict[Key, Sums]:
        """What items brought, by an order's honoured payment.

        A payment is honoured or has its event of surplus, and those are few: asked so, the database knows how many rows
        to expect. Comparing each with its order's `honoured` it expects one, and goes for items row by row.
        """
        surplus = events.filter(kind=_Kind.SURPLUS).order_by().values("payment")
        honoured = money.filter(kind=_Kind.PAID).exclude(payment__in=surplus)
        cost = Sum(F("order__items__price_fen") * F("order__items__seats"))
        rows = self._rows(honoured, "order__items__specialty", fen=cost, count=Count("order__items"))
        return {(at, provider, of): Sums(paid_fen=int(fen), payments=count) for at, (provider, of, fen, count) in rows}

    def surplus(self, events: QuerySet[OrderEvent]) -> dict[tuple[date, str], int]:
        """How many payments came beyond the honoured ones: each has its event, at the same instant."""
        rows = self._rows(events.filter(kind=_Kind.SURPLUS), count=Count("pk"))
        return {(at, provider): count for at, (provider, count) in rows}

    def of_refunds(self, money: QuerySet[OrderEvent]) -> tuple[dict[Key, Sums], dict[tuple[date, str], int]]:
        """What went back of items; and how many refunds were of none."""
        shares: dict[Key, Sums] = {}
        rest: dict[tuple[date, str], int] = {}
        sums = {"fen": Sum("refund__lines__amount_fen"), "count": Count("pk")}
        refunds = self._rows(money.filter(kind=_Kind.REFUNDED), "refund__lines__item__specialty", **sums)
        for at, (provider, of, fen, count) in refunds:
            if of is None:
                rest[at, provider] = count
            else:
                shares[at, provider, of] = Sums(refunded_fen=int(fen), refunds=count)
        return shares, rest

    def of_book(self, book: Mapping[tuple[date, str], Sums]) -> dict[tuple[date, str], Sums]:
        """The book so grouped."""
        return {**book} if self.each_period else {(self.first, name): sums for name, sums in summed(book, 1).items()}


def _added(*maps: Mapping[Key, Sums]) -> dict[Key, Sums]:
    found: dict[Key, Sums] = {}
    for cells in maps:
        for key, sums in cells.items():
            found[key] = found.get(key, Sums()) + sums
    return found
