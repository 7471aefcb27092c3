"""My orders (我的订单, L4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, QuerySet, Value, When

from identity.acting import ActingRole
from payments.models import Invoice, Order, OrderEvent, OrderItem, Payment, Refund


@dataclass(frozen=True)
class OrderView:
    """An order with what its page shows: items, the present attempt's QR text (empty where there is none), refunds."""

    order: Order
    items: tuple[OrderItem, ...]
    code_url: str
    refunds: tuple[Refund, ...]
    invoices: tuple[Invoice, ...]

    def wish_of(self, user_id: int) -> Refund | None:
        """The refund that this person has asked for himself and that nobody has decided yet."""
        waiting = (refund for refund in self.refunds if refund.state == Refund.State.ASKED)
        return next((refund for refund in waiting if refund.asked_by_id == user_id), None)


def _standing(role: ActingRole) -> QuerySet[Any]:
    """One's orders with how they stand for oneself: one whose refund waits to be decided is being refunded."""
    asked = Refund.objects.filter(order=OuterRef("pk"), state=Refund.State.ASKED)
    paid = (Order.State.PAID, Order.State.PARTLY_REFUNDED)
    waits = When(Exists(asked), state__in=paid, then=Value(Order.State.REFUNDING))
    return Order.objects.of(role).annotate(stands=Case(waits, default=F("state")))


def my_orders(
    role: ActingRole, *, states: Sequence[str] = (), before: int | None = None, most: int = 20
) -> list[OrderView]:
    """One's orders, the latest first; `before`: older than the order of this id; `states`: only that stand so.

    A constant number of queries.
    """
    found = _standing(role).order_by("-pk")
    if states:
        found = found.filter(stands__in=states)
    if before is not None:
        found = found.filter(pk__lt=before)
    return _views(list(found[:most]))


def my_order_counts(role: ActingRole) -> dict[str, int]:
    """How many of one's orders stand so."""
    rows = _standing(role).order_by().values_list("stands").annotate(count=Count("pk"))
    return dict(rows)


def my_open_order(role: ActingRole, class_ids: Sequence[int], now: datetime) -> OrderView | None:
    """One's latest order that waits for its money and holds one of these classes; None where there is none."""
    items = OrderItem.objects.filter(user_id=role.user_id, class_page_id__in=class_ids, is_open=True)
    found = Order.objects.of(role).filter(pk__in=items.values("order"), state=Order.State.OPEN, expires_at__gt=now)
    return next(iter(_views(list(found.order_by("-pk")[:1]))), None)


@dataclass(frozen=True)
class StoryEvent:
    """Something that happened to an order. `amount_fen`: the money that moved, or that its refund is about."""

    at: datetime
    kind: str
    provider: str
    detail: str
    amount_fen: int


def my_order_story(role: ActingRole, order_no: str) -> list[StoryEvent]:
    """What happened to one of one's orders, the oldest first. One query."""
    events = OrderEvent.objects.filter(order__in=Order.objects.of(role).filter(no=order_no))
    return [
        StoryEvent(
            at=event.at,
            kind=event.kind,
            provider=event.provider,
            detail=event.detail,
            amount_fen=abs(event.amount_fen) or (event.refund.amount_fen if event.refund else 0),
        )
        for event in events.select_related("refund").order_by("pk")
    ]


@dataclass(frozen=True)
class OrderPage:
    """A page of orders, of how many pages and orders in all."""

    views: list[OrderView]
    pages: int
    count: int


def my_orders_page(role: ActingRole, page: int, a_page: int = 20) -> OrderPage:
    """One numbered page of one's orders, the latest first; empty beyond the last."""
    mine = Order.objects.of(role)
    count = mine.count()
    found = list(mine.order_by("-pk")[(page - 1) * a_page : page * a_page])
    return OrderPage(_views(found), max(1, -(-count // a_page)), count)


def my_order(role: ActingRole, order_no: str) -> OrderView:
    """One of one's orders. Raises Order.DoesNotExist for anybody else's."""
    return _views([Order.objects.of(role).get(no=order_no)])[0]


def _views(orders: list[Order]) -> list[OrderView]:
    ids = [order.pk for order in orders]
    items = list(OrderItem.objects.filter(order_id__in=ids).select_related("class_page").order_by("pk"))
    payments = list(Payment.objects.filter(order_id__in=ids, state=Payment.State.OPEN).order_by("pk"))
    refunds = list(Refund.objects.filter(order_id__in=ids).order_by("-pk"))
    invoices = list(Invoice.objects.filter(order_id__in=ids).order_by("-pk"))
    codes = {(payment.order_id, payment.provider): payment.code_url for payment in payments}
    return [
        OrderView(
            order=order,
            items=tuple(item for item in items if item.order_id == order.pk),
            code_url=codes.get((order.pk, order.provider), "") if order.state == Order.State.OPEN else "",
            refunds=tuple(refund for refund in refunds if refund.order_id == order.pk),
            invoices=tuple(invoice for invoice in invoices if invoice.order_id == order.pk),
        )
        for order in orders
    ]
