"""A crash between any two statements of a service (security.md): all of it or nothing, and the next try ends it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from core.errors import Refusal
from learning.models import Enrolment
from payments.models import Order, Payment, Refund
from payments.providers.base import RefundState
from payments.services import (
    begin_payment,
    cancel_order,
    change_provider,
    place_order,
    refresh_order,
    send_refund,
    sweep_orders,
)
from tests.identity import factories as people
from tests.payments import invariants, shop
from tests.payments.fakes import PowerCut
from tests.payments.world import CutAfter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def learner(fakes, jobs, clock):
    return people.learner()


def cut_everywhere(act: Callable[[], Any], learner: Any, fakes: Any, before: Callable[[], Any] = lambda: None) -> int:
    """Do it cut off after 0, 1, 2 … statements until it ends; what must hold holds after each. Gives how many.

    `before`: done before each try.
    """
    for statements in range(200):
        before()
        try:
            with connection.execute_wrapper(CutAfter(statements)):
                act()
        except PowerCut:
            invariants.check(learner.pk, fakes)
            continue
        except Refusal:
            pass  # an earlier try had done it already
        invariants.check(learner.pk, fakes)
        return statements
    raise AssertionError("it never ends")


def paid(learner: Any, fakes: Any, clock: Any) -> Order:
    order = shop.ordered(learner, shop.paid_class())
    fakes["wechat"].pay(shop.payment_of(order).number)
    clock.tick(5)
    return refresh_order(order_id=order.pk, now=clock.now())


def test_placing_and_beginning_may_be_cut_anywhere(learner, fakes, clock):
    page, role = shop.paid_class(), shop.role_of(learner)

    def act() -> None:
        order, _new = place_order(actor=role, class_ids=[page.pk], provider_name="wechat", now=clock.now())
        begin_payment(order_id=order.pk, now=clock.now())

    assert cut_everywhere(act, learner, fakes) > 5
    payment = Payment.objects.get()
    assert (Order.objects.count(), payment.state) == (1, "open")
    assert list(fakes["wechat"].trades) == [payment.number], "whatever died, the number is used again"


def test_hearing_of_a_payment_may_be_cut_anywhere(learner, fakes, clock):
    order = shop.ordered(learner, shop.paid_class())
    fakes["wechat"].pay(shop.payment_of(order).number)

    def act() -> None:
        refresh_order(order_id=order.pk, now=clock.now())

    assert cut_everywhere(act, learner, fakes, lambda: clock.tick(5)) > 10
    order.refresh_from_db()
    assert (order.state, order.received_fen) == ("paid", shop.PRICE_FEN)
    assert Enrolment.objects.get().state == "active"


def test_a_surplus_may_be_cut_anywhere(learner, fakes, jobs, clock):
    """The second code's money, and its way back."""
    order = shop.ordered(learner, shop.paid_class())
    first = shop.payment_of(order)
    change_provider(actor=shop.role_of(learner), order_no=order.no, provider_name="alipay", now=clock.now())
    second = begin_payment(order_id=order.pk, now=clock.now())
    for payment in (first, second):
        fakes[payment.provider].pay(payment.number)
    clock.tick(5)
    refresh_order(order_id=order.pk, now=clock.now())
    from payments.services import look_after_attempt

    cut_everywhere(lambda: look_after_attempt(payment_id=first.pk, clock=clock.now), learner, fakes)
    refund = Refund.objects.get()
    cut_everywhere(
        lambda: send_refund(refund_id=refund.pk, clock=clock.now), learner, fakes, before=lambda: clock.tick(4000)
    )
    order.refresh_from_db()
    assert (order.state, order.received_fen, order.returned_fen) == ("paid", 2 * shop.PRICE_FEN, shop.PRICE_FEN)
    assert fakes["wechat"].trades[first.number].returned_fen() == shop.PRICE_FEN


def test_cancelling_may_be_cut_anywhere_and_the_sweep_ends_it(learner, fakes, jobs, clock):
    order = shop.ordered(learner, shop.paid_class())
    assert cut_everywhere(
        lambda: cancel_order(actor=shop.role_of(learner), order_no=order.no, clock=clock.now), learner, fakes
    )
    clock.tick(61)
    sweep_orders(now=clock.now())
    jobs.work()
    order.refresh_from_db()
    assert order.state == "closed"
    assert fakes["wechat"].trades[shop.payment_of(order).number].state == "closed"


def test_deciding_and_sending_may_be_cut_anywhere(learner, fakes, clock):
    order = paid(learner, fakes, clock)
    refund = shop.asked_back(order)
    assert cut_everywhere(lambda: shop.decided(refund), learner, fakes) > 10
    assert cut_everywhere(
        lambda: send_refund(refund_id=refund.pk, clock=clock.now), learner, fakes, before=lambda: clock.tick(4000)
    )
    refund.refresh_from_db()
    order.refresh_from_db()
    assert (refund.state, order.state, order.returned_fen) == ("done", "refunded", shop.PRICE_FEN)
    assert len(fakes["wechat"].trades[shop.payment_of(order).number].refunds) == 1


@pytest.mark.parametrize("end", [RefundState.FAILED, RefundState.DONE])
def test_a_refunds_end_may_be_cut_anywhere(learner, fakes, clock, end):
    order = paid(learner, fakes, clock)
    fakes["wechat"].fails(outcome="processing")
    refund = shop.given_back(order)
    fakes["wechat"].settle(shop.payment_of(order).number, refund.number, end)
    assert cut_everywhere(
        lambda: send_refund(refund_id=refund.pk, clock=clock.now), learner, fakes, before=lambda: clock.tick(4000)
    )
    order.refresh_from_db()
    assert order.state == ("paid" if end == RefundState.FAILED else "refunded")
    assert Enrolment.objects.get().state == ("active" if end == RefundState.FAILED else "ended")


@pytest.mark.parametrize("cut", ["before", "after"])
@pytest.mark.parametrize("call", ["create", "close", "refund"])
def test_a_process_killed_at_a_call_leaves_what_the_next_one_ends(learner, fakes, jobs, clock, call, cut):
    """Killed before the provider heard of it, and behind that: the same number does the same thing."""
    page, role = shop.paid_class(), shop.role_of(learner)
    order, _new = place_order(actor=role, class_ids=[page.pk], provider_name="wechat", now=clock.now())

    def till_it_ends(act: Callable[[], Any]) -> None:
        fakes["wechat"].fails(cut=cut)
        with pytest.raises(PowerCut):
            act()
        invariants.check(learner.pk, fakes)
        clock.tick(61)
        act()

    if call == "create":
        till_it_ends(lambda: begin_payment(order_id=order.pk, now=clock.now()))
        assert shop.payment_of(order).state == "open"
        return
    begin_payment(order_id=order.pk, now=clock.now())
    if call == "close":
        till_it_ends(lambda: cancel_order(actor=role, order_no=order.no, clock=clock.now))
        order.refresh_from_db()
        assert order.state == "closed"
        return
    fakes["wechat"].pay(shop.payment_of(order).number)
    refresh_order(order_id=order.pk, now=clock.now())
    refund = shop.decided(shop.asked_back(order))
    till_it_ends(lambda: send_refund(refund_id=refund.pk, clock=clock.now))
    refund.refresh_from_db()
    assert refund.state == "done"
    assert len(fakes["wechat"].trades[shop.payment_of(order).number].refunds) == 1
