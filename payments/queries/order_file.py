"""One order as finance reads it (F3): every event with who did it, their sums, what was bought and given back."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from identity.queries import names_of_people, staff_ids, unit_of_person
from learning.queries import Standing, begun, finished, standings_of
from payments.models import Invoice, Order, OrderEvent, OrderItem, Payment, Refund, RefundLine, RefusedNotice, Seat
from payments.queries.units import Seats, seats_of

MOST_NOTICES = 20
_Kind = OrderEvent.Kind
_ASKED = {_Kind.REFUND_ASKED}
_GOING = {_Kind.REFUND_APPROVED, _Kind.REFUND_SENT}
_TELLING = _ASKED | _GOING | {_Kind.REFUND_REJECTED, _Kind.REFUND_WITHDRAWN, _Kind.REFUND_FAILED, _Kind.REFUNDED}
"""Events that say where a refund stands; the last one holds."""


@dataclass(frozen=True)
class Sums:
    """What an order's events come to, in fen. `waiting` for the second person, `going` back; `returned` has gone."""

    due: int
    received: int
    waiting: int
    going: int
    returned: int

    @property
    def left(self) -> int:
        """What stays when all that was asked for has gone back."""
        return self.received - self.waiting - self.going - self.returned


@dataclass(frozen=True)
class ItemFile:
    """What was bought, and how its learner stands; of a unit's item its seats, how many of them `begun` and
    `finished`."""

    item: OrderItem
    standing: Standing | None
    seats: Seats | None
    begun: int
    finished: int

    @property
    def left_fen(self) -> int:
        """What of its price can still be asked back: of seats only that of the unused ones."""
        if self.seats is not None:
            return self.seats.free * self.item.price_fen
        return self.item.total_fen - self.item.reserved_fen


@dataclass(frozen=True)
class RefundFile:
    """A refund with what it takes back, who asked and decided by name, and in which capacity: machine, buyer, desk."""

    refund: Refund
    lines: tuple[RefundLine, ...]
    asked_by: str
    asked_as: str
    decided_by: str
    is_repeated: bool


@dataclass(frozen=True)
class OrderFile:
    """All that is known of one order."""

    order: Order
    name: str
    unit: str
    sums: Sums
    events: tuple[OrderEvent, ...]
    payments: tuple[Payment, ...]
    items: tuple[ItemFile, ...]
    refunds: tuple[RefundFile, ...]
    invoices: tuple[Invoice, ...]
    notices: tuple[RefusedNotice, ...]
    names: dict[int, str]

    @property
    def title(self) -> str:
        """What was bought, in a line: the first class; `more` says how many others."""
        return self.items[0].item.title if self.items else ""

    @property
    def more(self) -> int:
        return max(0, len(self.items) - 1)


def order_file(order: Order) -> OrderFile:
    """Of an order with its user and organisation loaded. A constant number of queries."""
    events = list(order.events.select_related("payment", "refund").order_by("pk"))
    payments = list(order.payments.select_related("bill").order_by("pk"))
    refunds = list(order.refunds.select_related("payment").order_by("pk"))
    asked = {event.actor_id for event in events} | {refund.asked_by_id for refund in refunds}
    asked |= {refund.decided_by_id for refund in refunds} | {order.user_id}
    names = names_of_people(pk for pk in asked if pk is not None)
    place = unit_of_person(order.user_id) if order.organisation is None else None
    numbers = [*(payment.number for payment in payments), *(refund.number for refund in refunds)]
    return OrderFile(
        order=order,
        name=names.get(order.user_id, ""),
        unit=order.organisation.name if order.organisation else place.organisation_name if place else "",
        sums=sums_of(order, events),
        events=tuple(events),
        payments=tuple(payments),
        items=tuple(_items(order)),
        refunds=tuple(_refunds(order, refunds, names)),
        invoices=tuple(order.invoices.order_by("pk")),
        notices=tuple(RefusedNotice.objects.filter(number__in=numbers).order_by("-pk")[:MOST_NOTICES]),
        names=names,
    )


def sums_of(order: Order, events: Iterable[OrderEvent]) -> Sums:
    """Fold an order's events, in their order; each one's refund is loaded."""
    received = returned = 0
    stands: dict[int, tuple[str, int]] = {}
    for event in events:
        received += max(event.amount_fen, 0)
        returned += max(-event.amount_fen, 0)
        if event.refund is not None and event.kind in _TELLING:
            stands[event.refund.pk] = event.kind, event.refund.amount_fen
    return Sums(
        due=order.amount_fen,
        received=received,
        waiting=sum(fen for kind, fen in stands.values() if kind in _ASKED),
        going=sum(fen for kind, fen in stands.values() if kind in _GOING),
        returned=returned,
    )


def _items(order: Order) -> Iterable[ItemFile]:
    items = list(order.items.order_by("pk"))
    if order.organisation_id is None:
        standings = standings_of([item.enrolment_id for item in items if item.enrolment_id])
        return [ItemFile(item, standings.get(item.enrolment_id or 0), None, 0, 0) for item in items]
    seats = seats_of([order.pk])[order.pk]
    used = Seat.objects.filter(item__in=items, enrolment__isnull=False).values_list("enrolment_id", flat=True)
    ids: Collection[int] = [pk for pk in used if pk is not None]
    return [ItemFile(item, None, seats, len(begun(ids)), len(finished(ids))) for item in items]


def _refunds(order: Order, refunds: list[Refund], names: dict[int, str]) -> Iterable[RefundFile]:
    lines = list(RefundLine.objects.filter(refund__in=refunds).select_related("item").order_by("pk"))
    turned_down = {Refund.State.REJECTED, Refund.State.WITHDRAWN}
    repeated = {refund.repeats_id for refund in refunds if refund.state not in turned_down}
    staff = staff_ids() if refunds else frozenset()
    for refund in refunds:
        yield RefundFile(
            refund=refund,
            lines=tuple(line for line in lines if line.refund_id == refund.pk),
            asked_by=names.get(refund.asked_by_id or 0, ""),
            asked_as=asked_as(refund, staff),
            decided_by=names.get(refund.decided_by_id or 0, ""),
            is_repeated=refund.pk in repeated,
        )


def asked_as(refund: Refund, staff: Collection[int]) -> str:
    """machine, desk (finance) or buyer (its learner, or somebody of its unit)."""
    if refund.is_automatic:
        return "machine"
    return "desk" if refund.asked_by_id in staff else "buyer"
