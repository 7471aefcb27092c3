"""What is always so of orders, money and places, told from the rows and the providers alone: no service is asked."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from learning.models import Enrolment
from payments.models import Order, OrderEvent, OrderItem, Payment, Refund, RefundLine
from payments.providers.base import PaymentState, RefundState
from payments.states import recount

STANDING = {"approved", "sent", "done"}
GOING = STANDING | {"asked"}


def check(user_id: int, fakes: Mapping[str, Any]) -> None:
    """All that must hold after every step for one learner; `fakes`: what his providers know."""
    orders = list(Order.objects.filter(user_id=user_id).order_by("pk"))
    for order in orders:
        check_order(order, fakes)
    check_places(user_id, orders)


def check_order(order: Order, fakes: Mapping[str, Any]) -> None:
    events = list(OrderEvent.objects.filter(order=order).select_related("payment", "refund").order_by("pk"))
    told = recount(events)
    assert (told.state, told.received_fen, told.returned_fen) == (order.state, order.received_fen, order.returned_fen)
    kinds = [event.kind for event in events]
    payments = list(Payment.objects.filter(order=order).order_by("pk"))
    paid = [payment for payment in payments if payment.state == "paid"]
    assert order.received_fen == sum(payment.amount_fen for payment in paid)
    assert kinds.count("paid") == len(paid), "a transaction counts once"
    if "closed" in kinds and "paid" in kinds and kinds.index("closed") < kinds.index("paid"):
        assert kinds.count("late") == 1, "closed and paid is late"
    else:
        assert "late" not in kinds
    assert (order.honoured_id is None) == (not paid)
    check_refunds(order, events)
    for payment in paid:
        check_money(order, payment, fakes)
    check_items(order)


def check_money(order: Order, payment: Payment, fakes: Mapping[str, Any]) -> None:
    """What the book says of a payment is what its provider knows, and no more goes back than came."""
    refunds = list(Refund.objects.filter(payment=payment))
    standing = sum(refund.amount_fen for refund in refunds if refund.state in STANDING)
    assert standing <= payment.amount_fen
    if payment.pk != order.honoured_id:
        automatic = [refund for refund in refunds if refund.is_automatic]
        assert [refund.amount_fen for refund in automatic] == [payment.amount_fen], "surplus money goes back"
    trade = fakes[payment.provider].trades[payment.number] if payment.provider in fakes else None
    if trade is None:
        return
    assert trade.state == PaymentState.PAID
    assert (trade.transaction_id, trade.amount_fen) == (payment.transaction_id, payment.amount_fen)
    assert trade.returned_fen() <= payment.amount_fen
    for refund in refunds:
        known = trade.refunds.get(refund.number)
        if refund.state == "done":
            assert known.state == RefundState.DONE
            assert known.amount_fen == refund.amount_fen


def check_refunds(order: Order, events: list[OrderEvent]) -> None:
    """Each refund is where its last event left it; a failed one is repeated once."""
    led_to = {
        "refund_asked": "asked",
        "refund_rejected": "rejected",
        "refund_withdrawn": "withdrawn",
        "refund_approved": "approved",
        "refund_sent": "sent",
        "refund_failed": "failed",
        "refunded": "done",
    }
    told = {event.refund_id: led_to[event.kind] for event in events if event.refund_id and event.kind in led_to}
    refunds = list(Refund.objects.filter(order=order))
    assert told == {refund.pk: refund.state for refund in refunds}
    repeating = [refund.repeats_id for refund in refunds if refund.repeats_id and refund.state in GOING]
    assert len(repeating) == len(set(repeating))


def check_items(order: Order) -> None:
    """Of no item more goes back than it cost, and what was paid for nothing goes back whole."""
    refunds = {refund.pk: refund for refund in Refund.objects.filter(order=order)}
    lines: dict[int, list[RefundLine]] = defaultdict(list)
    for line in RefundLine.objects.filter(refund__in=refunds):
        lines[line.item_id].append(line)
    for item in OrderItem.objects.filter(order=order):
        going = sum(line.amount_fen for line in lines[item.pk] if refunds[line.refund_id].state in GOING)
        assert going == item.reserved_fen <= item.total_fen
        assert item.is_open <= (order.state == "open")
        if order.honoured_id and item.enrolment_id is None:
            automatic = [line.amount_fen for line in lines[item.pk] if refunds[line.refund_id].is_automatic]
            assert automatic == [item.total_fen], "nothing was given for it"
        for line in lines[item.pk]:
            refund = refunds[line.refund_id]
            if refund.state in STANDING and item.enrolment_id and not line.ends_enrolment:
                kept = OrderEvent.objects.filter(refund=refund, kind="enrolment_kept", detail__startswith=item.title)
                assert kept.exists(), "a place that is kept stands in the book"


def check_places(user_id: int, orders: list[Order]) -> None:
    """Enrolled ⇔ paid and not refunded: a place stands while one of the items that gave it does."""
    taken = RefundLine.objects.filter(refund__order__in=orders, ends_enrolment=True, refund__state__in=STANDING)
    back = set(taken.values_list("item_id", flat=True))
    held: dict[int, bool] = defaultdict(bool)
    for item in OrderItem.objects.filter(order__in=orders, enrolment__isnull=False):
        held[item.enrolment_id] |= item.pk not in back
    for enrolment in Enrolment.objects.filter(user_id=user_id):
        assert (enrolment.state == "active") == held[enrolment.pk], enrolment


def check_quiet(user_id: int, fakes: Mapping[str, Any]) -> None:
    """After the sweeps: nothing hangs, and what any provider took stands in the book."""
    check(user_id, fakes)
    orders = Order.objects.filter(user_id=user_id)
    assert not orders.filter(state__in=["open", "closing", "paid_late"]).exists()
    assert not Payment.objects.filter(order__in=orders, state__in=["new", "open"]).exists()
    assert not Refund.objects.filter(order__in=orders, state__in=["approved", "sent"]).exists()
    numbers = {payment.number: payment for payment in Payment.objects.filter(order__in=orders)}
    for fake in fakes.values():
        for number, trade in fake.trades.items():
            if number not in numbers:
                continue
            assert (trade.state == PaymentState.PAID) == (numbers[number].state == "paid"), "no money is lost"
            for refund_number, refund in trade.refunds.items():
                booked = Refund.objects.get(number=refund_number)
                assert (refund.state == RefundState.DONE) == (booked.state == "done")
