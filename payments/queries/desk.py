"""The finance desk's list of orders (F3): by number, person, class, money, dates; of any length in a bounded time."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from identity import queries as identity
from payments.models import Order, OrderEvent, OrderItem, Payment, Refund
from payments.money import yuan
from payments.queries import keyset

A_PAGE = 25
MOST_COUNTED = 1000
UNEXPECTED = (OrderEvent.Kind.LATE.value, OrderEvent.Kind.SURPLUS.value)
"""Events of money that nobody expected; each kind has a list of its own (关闭后到账, 重复到账)."""
_PAID_BEFORE_ORDERED = timedelta(days=2)
"""How much earlier than its order a payment may be dated: clocks differ, and a transfer counts from its day's start."""
_PROVIDERS = ("wechat", "alipay", "bank")


@dataclass(frozen=True)
class OrderFilters:
    """What the list is narrowed to; nothing by default. Days are inclusive, amounts fen, `number` any of its numbers.

    `event`: one of UNEXPECTED: a row a payment of that kind, not an order.
    """

    number: str = ""
    user_ids: tuple[int, ...] | None = None
    class_id: int | None = None
    specialty: str = ""
    provider: str = ""
    state: str = ""
    organisation_id: int | None = None
    created_from: date | None = None
    created_to: date | None = None
    paid_from: date | None = None
    paid_to: date | None = None
    least_fen: int | None = None
    most_fen: int | None = None
    event: str = ""


@dataclass(frozen=True)
class OrderRow:
    """An order as the list tells it: who pays, his unit, the first class and how many `more`.

    `event_at` and `event_fen`: of the payment that nobody expected, in those lists.
    """

    order: Order
    name: str
    unit: str
    title: str
    more: int
    event_at: datetime | None = None
    event_fen: int = 0

    @property
    def amount(self) -> str:
        """What it costs, in yuan."""
        return yuan(self.order.amount_fen)

    @property
    def kept(self) -> str:
        """Received less returned, in yuan."""
        return yuan(self.order.received_fen - self.order.returned_fen)

    @property
    def returned(self) -> str:
        """Given back, in yuan."""
        return yuan(self.order.returned_fen)

    @property
    def event_amount(self) -> str:
        """The unexpected payment, in yuan."""
        return yuan(self.event_fen)


@dataclass(frozen=True)
class OrderList:
    """A page of the list with the cursors of its neighbours; `count` is counted up to MOST_COUNTED + 1."""

    rows: list[OrderRow]
    newer: str
    older: str
    count: int


def orders_page(filters: OrderFilters, *, cursor: str = "", most: int = A_PAGE) -> OrderList:
    """A page of the orders that fit, the newest first. A constant number of queries (at most nine)."""
    if filters.event:
        events = events_found(filters)
        of_events = keyset.read(events, ("at", "pk"), lambda row: (row.at, row.pk), cursor=cursor, most=most)
        told = _rows([event.order for event in of_events.rows])
        rows = [
            replace(row, event_at=event.at, event_fen=event.payment.amount_fen if event.payment else 0)
            for row, event in zip(told, of_events.rows, strict=True)
        ]
        return OrderList(rows, of_events.newer, of_events.older, _counted(events))
    if filters.class_id or filters.specialty:
        ids = ids_by_items(filters)
        of_items = keyset.read(ids, ("order_id",), lambda pk: (pk,), cursor=cursor, most=most)
        found = Order.objects.select_related("organisation").in_bulk(of_items.rows)
        rows = _rows([found[pk] for pk in of_items.rows])
        return OrderList(rows, of_items.newer, of_items.older, _counted(ids))
    orders = orders_found(filters).select_related("organisation")
    page = keyset.read(orders, ("created_at", "pk"), lambda row: (row.created_at, row.pk), cursor=cursor, most=most)
    return OrderList(_rows(page.rows), page.newer, page.older, _counted(orders))


def orders_by_id(ids: Iterable[int]) -> list[OrderRow]:
    """These orders as the list tells them, the newest first."""
    return _rows(list(Order.objects.select_related("organisation").filter(pk__in=ids).order_by("-pk")))


# --- Finding ----------------------------------------------------------------------------------------------------------
def orders_found(filters: OrderFilters) -> QuerySet[Order]:
    """Orders that fit, unsorted; classes and specialties aside, which `ids_by_items` looks after."""
    return Order.objects.filter(_conditions(filters))


def ids_by_items(filters: OrderFilters) -> "QuerySet[OrderItem, int]":
    """The ids of orders that fit and have such an item. Sorted by them, an index of items is read from the newest on,
    however many of that class were sold and however long ago."""
    items = OrderItem.objects.filter(_conditions(filters, "order__"))
    if filters.class_id:
        items = items.filter(class_page_id=filters.class_id)
    if filters.specialty:
        items = items.filter(specialty=filters.specialty)
    return items.order_by().values_list("order_id", flat=True).distinct()


def events_found(filters: OrderFilters) -> QuerySet[OrderEvent]:
    """The payments of `filters.event` whose orders fit."""
    events = OrderEvent.objects.filter(_conditions(filters, "order__"), kind=filters.event)
    if filters.class_id or filters.specialty:
        events = events.filter(order_id__in=ids_by_items(filters))
    return events.select_related("order__organisation", "payment")


def _conditions(filters: OrderFilters, of: str = "") -> Q:
    """What must hold of the order; `of` leads there."""
    exact: dict[str, Any] = {
        "provider": filters.provider,
        "state": filters.state,
        "organisation_id": filters.organisation_id,
    }
    found = Q(**{of + name: value for name, value in exact.items() if value})
    if filters.number:
        found &= Q(**{f"{of}pk__in" if of else "pk__in": _ids_by_number(filters.number)})
    if filters.user_ids is not None:
        found &= Q(**{f"{of}user_id__in": filters.user_ids})
    found &= _amounts(filters, of) & _days(f"{of}created_at", filters.created_from, filters.created_to)
    found &= _days(f"{of}paid_at", filters.paid_from, filters.paid_to)
    if filters.paid_to:
        # The list is read from the newest on: nothing ordered later can have been paid by then.
        found &= Q(**{f"{of}created_at__lt": _start(filters.paid_to) + _PAID_BEFORE_ORDERED})
    return found


def _ids_by_number(number: str) -> list[int]:
    """Orders with this number, of theirs, of a payment, of a refund, or the provider's own."""
    orders = Order.objects.filter(no=number).values_list("pk", flat=True)
    payments = Payment.objects.filter(number=number).values_list("order_id", flat=True)
    transactions = Payment.objects.filter(provider__in=_PROVIDERS, transaction_id=number)
    refunds = Refund.objects.filter(number=number).values_list("order_id", flat=True)
    return list(orders.union(payments, transactions.values_list("order_id", flat=True), refunds))


def _amounts(filters: OrderFilters, of: str) -> Q:
    least, most = filters.least_fen, filters.most_fen
    if least is not None and least == most:
        return Q(**{f"{of}amount_fen": least})  # said as equal, the index has them in order of time
    found = Q()
    if least is not None:
        found &= Q(**{f"{of}amount_fen__gte": least})
    if most is not None:
        found &= Q(**{f"{of}amount_fen__lte": most})
    return found


def _days(name: str, first: date | None, last: date | None) -> Q:
    found = Q()
    if first:
        found &= Q(**{f"{name}__gte": _start(first)})
    if last:
        found &= Q(**{f"{name}__lt": _start(last + timedelta(days=1))})
    return found


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _counted(found: QuerySet[Any, Any]) -> int:
    return found.order_by()[: MOST_COUNTED + 1].count()


# --- Telling ----------------------------------------------------------------------------------------------------------
def _rows(orders: list[Order]) -> list[OrderRow]:
    items: dict[int, list[str]] = {order.pk: [] for order in orders}
    for order_id, title in OrderItem.objects.filter(order_id__in=items).order_by("pk").values_list("order_id", "title"):
        items[order_id].append(title)
    people = identity.people_shown({order.user_id for order in orders})
    rows = []
    for order in orders:
        person, titles = people[order.user_id], items[order.pk]
        unit = order.organisation.name if order.organisation else person.unit
        rows.append(OrderRow(order, person.name, unit, titles[0] if titles else "", max(0, len(titles) - 1)))
    return rows


# --- Choosing ---------------------------------------------------------------------------------------------------------
_SPECIALTIES = """
WITH RECURSIVE known(name) AS (
    SELECT min(specialty) FROM payments_orderitem WHERE specialty > ''
    UNION ALL
    SELECT (SELECT min(specialty) FROM payments_orderitem WHERE specialty > known.name) FROM known
    WHERE known.name IS NOT NULL)
SELECT name FROM known WHERE name IS NOT NULL
"""


def specialties_sold() -> list[str]:
    """Every specialty that was ever ordered, as it was called then. One read of the index a specialty."""
    with connection.cursor() as cursor:
        cursor.execute(_SPECIALTIES)
        return [name for (name,) in cursor.fetchall()]
