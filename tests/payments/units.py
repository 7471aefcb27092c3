"""A hospital whose administrator buys seats for its people: the stage of the tests of units that pay (F4)."""

from typing import Any

from core import clock as server_clock
from identity.acting import ActingRole
from payments.models import Order, Payment, Seat
from payments.services import confirm_bank_transfer, place_unit_order
from tests.identity import factories as people
from tests.payments import shop

TELLER = 900_003


def office(user: Any) -> ActingRole:
    """The role of who administers the hospital."""
    return people.role(user, "employer")


def placed(user: Any, page: Any, *, seats: int = 3, provider: str = "bank", chosen: Any = ()) -> Order:
    """An order that waits for its money."""
    return place_unit_order(
        actor=office(user),
        class_id=page.pk,
        seats=seats,
        provider_name=provider,
        people=[one.pk for one in chosen],
        now=server_clock.now(),
    )


def arrives(order: Order, *, amount_fen: int | None = None, reference: str = "") -> bool:
    """Finance sees the transfer on the account."""
    return confirm_bank_transfer(
        order_id=order.pk,
        reference=reference or f"T-{order.no}",
        amount_fen=order.amount_fen if amount_fen is None else amount_fen,
        received_on=server_clock.now().date(),
        actor_id=TELLER,
        acting_as="staff",
        now=server_clock.now(),
    )


def bought(user: Any, page: Any = None, **fields: Any) -> Order:
    """Seats that are paid for."""
    order = placed(user, page or shop.paid_class(), **fields)
    assert arrives(order)
    order.refresh_from_db()
    return order


def code(order: Order, at: int = 0) -> str:
    """The code of one of the free seats of an order."""
    return list(Seat.objects.filter(item__order=order, state="free").order_by("pk"))[at].code


def check(order: Order) -> None:
    """Seats and money always agree: free, used and refunded seats are those bought, and the book's money is theirs."""
    order.refresh_from_db()
    item = order.items.get()
    states = list(Seat.objects.filter(item=item).values_list("state", flat=True))
    assert len(states) == (item.seats if order.honoured_id else 0)
    assert item.reserved_fen == states.count("refunded") * item.price_fen
    told = list(order.events.values_list("amount_fen", flat=True))
    assert order.received_fen == sum(fen for fen in told if fen > 0)
    assert order.returned_fen == -sum(fen for fen in told if fen < 0)
    paid = Payment.objects.filter(order=order, state="paid")
    assert order.received_fen == sum(paid.values_list("amount_fen", flat=True))
    for seat in Seat.objects.filter(item=item, state="used"):
        assert (seat.enrolment.user_id, seat.enrolment.state) == (seat.user_id, "active")
    back = order.refunds.filter(state="done", payment=order.honoured_id)
    mine = sum(back.values_list("amount_fen", flat=True))
    assert mine == sum(item.price_fen * line.seats for refund in back for line in refund.lines.all()), (
        "money goes back with its seats only"
    )
