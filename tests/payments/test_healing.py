"""What goes wrong between us and a provider heals by itself, in time, and holds nobody meanwhile (X2, F1)."""

import time

import pytest

from learning.models import Enrolment
from payments.errors import ProviderUnavailable
from payments.models import Order, Payment, Refund, RefusedNotice
from payments.services import (
    begin_payment,
    cancel_order,
    change_provider,
    place_order,
    refresh_order,
    returning,
    send_refund,
    sweep_attempts,
    sweep_orders,
    sweep_refunds,
)
from tests.identity import factories as people
from tests.payments import shop
from tests.payments.fakes import PowerCut

pytestmark = pytest.mark.django_db(transaction=True)

BOTH = pytest.mark.parametrize("provider", ["wechat", "alipay"])
PAGE_ASKS = 2
"""Seconds from one question of an open page to its next."""


def the_beat(jobs, clock) -> None:
    """What the machine does every 20 seconds."""
    sweep_orders(now=clock.now())
    sweep_attempts(now=clock.now())
    sweep_refunds(now=clock.now())
    jobs.work()


def seconds_until(so, clock, each, every: int, most: int) -> int:
    """How long it takes, by the clock; `each` is done every so many seconds."""
    for gone in range(every, most + every, every):
        clock.tick(every)
        each()
        if so():
            return gone
    raise AssertionError(f"not in {most} s")


# --- Lost callbacks ---------------------------------------------------------------------------------------------------
@BOTH
def test_with_the_page_open_a_lost_callback_heals_in_ten_seconds(sandbox, clock, provider):
    order = shop.ordered(people.learner(), shop.paid_class(), provider=provider)
    refresh_order(order_id=order.pk, now=clock.now())
    sandbox.control.pay(shop.payment_of(order).number, act="pay_without_callback")

    def page_asks() -> None:
        refresh_order(order_id=order.pk, now=clock.now())

    def is_paid() -> bool:
        return Order.objects.get(pk=order.pk).state == "paid"

    assert seconds_until(is_paid, clock, page_asks, PAGE_ASKS, 60) <= 10
    assert Enrolment.objects.get().state == "active"


@BOTH
def test_with_no_page_open_the_beat_finds_it_in_five_minutes(sandbox, jobs, clock, provider):
    order = shop.ordered(people.learner(), shop.paid_class(), provider=provider)
    clock.tick(59)
    the_beat(jobs, clock)
    sandbox.control.pay(shop.payment_of(order).number, act="pay_without_callback")

    def is_paid() -> bool:
        return Order.objects.get(pk=order.pk).state == "paid"

    assert seconds_until(is_paid, clock, lambda: the_beat(jobs, clock), 20, 600) <= 300


def test_an_open_page_asks_the_provider_every_few_seconds_at_most(sandbox, clock):
    order = shop.ordered(people.learner(), shop.paid_class())
    for _ in range(20):
        clock.tick(0.5)
        refresh_order(order_id=order.pk, now=clock.now())
    asked = [call for call in sandbox.control.calls(shop.payment_of(order).number) if call["call"] == "query"]
    assert 2 <= len(asked) <= 3


@BOTH
def test_a_second_code_that_is_paid_without_a_callback_is_found_and_goes_back(sandbox, jobs, clock, provider):
    """The order is paid by the other code, and nobody looks at the page any more."""
    learner, other = people.learner(), {"wechat": "alipay", "alipay": "wechat"}[provider]
    order = shop.ordered(learner, shop.paid_class(), provider=provider)
    first = shop.payment_of(order)
    change_provider(actor=shop.role_of(learner), order_no=order.no, provider_name=other, now=clock.now())
    second = begin_payment(order_id=order.pk, now=clock.now())
    for payment in (second, first):
        sandbox.control.pay(payment.number, act="pay_without_callback")
    clock.tick(5)
    order = refresh_order(order_id=order.pk, now=clock.now())
    assert order.honoured_id == second.pk

    def has_come() -> bool:
        return Payment.objects.get(pk=first.pk).state == "paid"

    assert seconds_until(has_come, clock, lambda: the_beat(jobs, clock), 20, 600) <= 300
    refund = order.refunds.get()
    assert (refund.payment_id, refund.is_automatic, refund.amount_fen) == (first.pk, True, shop.PRICE_FEN)


@BOTH
def test_a_code_left_over_from_a_paid_order_is_closed(sandbox, jobs, clock, provider):
    learner, other = people.learner(), {"wechat": "alipay", "alipay": "wechat"}[provider]
    order = shop.ordered(learner, shop.paid_class(), provider=provider)
    first = shop.payment_of(order)
    sandbox.control.scan(first.number)
    change_provider(actor=shop.role_of(learner), order_no=order.no, provider_name=other, now=clock.now())
    second = begin_payment(order_id=order.pk, now=clock.now())
    sandbox.control.pay(second.number, act="pay_without_callback")
    clock.tick(5)
    refresh_order(order_id=order.pk, now=clock.now())
    for _ in range(4):
        clock.tick(20)
        the_beat(jobs, clock)
    first.refresh_from_db()
    assert first.state == "closed"
    assert not sandbox.control.pay(first.number), "nobody can pay it any more"


def test_a_code_of_alipays_scanned_after_the_cancelling_is_found_though_its_callback_is_lost(sandbox, jobs, clock):
    """Before the scan Alipay has nothing to close; the code lives on until its time is over."""
    learner = people.learner()
    order = shop.ordered(learner, shop.paid_class(), provider="alipay")
    payment = shop.payment_of(order)
    cancel_order(actor=shop.role_of(learner), order_no=order.no, clock=clock.now)
    order.refresh_from_db()
    assert order.state == "closed"
    clock.tick(120)
    the_beat(jobs, clock)
    assert sandbox.control.pay(payment.number, act="pay_without_callback")

    def has_come() -> bool:
        return Order.objects.get(pk=order.pk).state == "paid"

    assert seconds_until(has_come, clock, lambda: the_beat(jobs, clock), 20, 600) <= 300
    assert order.events.filter(kind="late").count() == 1


# --- The provider is down ---------------------------------------------------------------------------------------------
@BOTH
@pytest.mark.parametrize(("switch", "value"), [("call_slow", 8), ("call_error", 502), ("call_dropped", None)])
def test_with_the_provider_down_nothing_is_begun_and_nobody_waits_longer_than_three_seconds(
    sandbox, clock, provider, switch, value
):
    page, learner = shop.paid_class(), people.learner()
    order, _new = place_order(actor=shop.role_of(learner), class_ids=[page.pk], provider_name=provider, now=clock.now())
    sandbox.control.switch(switch, provider=provider, value=value)
    began = time.monotonic()
    with pytest.raises(ProviderUnavailable):
        begin_payment(order_id=order.pk, now=clock.now())
    assert time.monotonic() - began < 3

    assert (shop.payment_of(order).state, shop.payment_of(order).code_url) == ("new", "")
    sandbox.control.reset()
    assert begin_payment(order_id=order.pk, now=clock.now()).state == "open"
    assert order.payments.count() == 1, "the number is used again"


@BOTH
def test_with_the_provider_down_open_pages_wait(sandbox, clock, provider):
    order = shop.ordered(people.learner(), shop.paid_class(), provider=provider)
    sandbox.control.switch("call_slow", provider=provider, value=8)
    clock.tick(5)
    began = time.monotonic()
    found = refresh_order(order_id=order.pk, now=clock.now())

    assert time.monotonic() - began < 3
    assert found.state == "open"
    assert shop.payment_of(order).code_url


@BOTH
def test_with_the_provider_down_cancelling_holds_nobody_and_is_done_when_it_is_back(sandbox, jobs, clock, provider):
    learner, other = people.learner(), {"wechat": "alipay", "alipay": "wechat"}[provider]
    order = shop.ordered(learner, shop.paid_class(), provider=other)
    change_provider(actor=shop.role_of(learner), order_no=order.no, provider_name=provider, now=clock.now())
    begin_payment(order_id=order.pk, now=clock.now())
    sandbox.control.switch("call_slow", value=0.6)
    began = time.monotonic()
    cancel_order(actor=shop.role_of(learner), order_no=order.no, clock=clock.now)
    assert time.monotonic() - began < 3

    order.refresh_from_db()
    assert order.state == "closing"
    assert not order.items.filter(is_open=True).exists(), "a new order may take its place"
    sandbox.control.reset()
    for _ in range(4):
        clock.tick(20)
        the_beat(jobs, clock)
    order.refresh_from_db()
    assert order.state == "closed"


@BOTH
def test_an_order_that_was_begun_though_nobody_answered_keeps_its_number(sandbox, clock, provider):
    sandbox.control.switch("call_answer_lost", call="create", times=1, value=0.1)
    learner, page = people.learner(), shop.paid_class()
    with pytest.raises(ProviderUnavailable):
        shop.ordered(learner, page, provider=provider)
    order = Order.objects.get()
    (begun,) = sandbox.trades()

    again = shop.ordered(learner, page, provider=provider)
    assert again == order
    payment = order.payments.get()
    assert (payment.state, payment.number, payment.code_url) == ("open", begun["number"], begun["code_url"])
    assert len(sandbox.trades()) == 1


def test_money_that_does_not_fit_is_told_once_and_nothing_is_closed_over_it(sandbox, jobs, clock):
    """A provider that answers another amount: no page breaks, no order closes, and a person is told."""
    order = shop.ordered(people.learner(), shop.paid_class())
    payment = shop.payment_of(order)
    sandbox.control.switch("answer_wrong_amount", number=payment.number)
    sandbox.control.pay(payment.number, act="pay_without_callback")
    clock.tick(5)
    assert refresh_order(order_id=order.pk, now=clock.now()).state == "open"
    clock.set(order.expires_at)
    for _ in range(5):
        clock.tick(61)
        the_beat(jobs, clock)
    order.refresh_from_db()
    assert (order.state, order.received_fen) == ("closing", 0)
    assert [(row.reason, row.number) for row in RefusedNotice.objects.all()] == [("payment_mismatch", payment.number)]

    sandbox.control.reset()
    clock.tick(61)
    the_beat(jobs, clock)
    order.refresh_from_db()
    assert (order.state, order.received_fen) == ("paid", shop.PRICE_FEN)


def test_money_that_came_while_the_machine_stood_still_is_found_when_it_is_back(fakes, jobs, clock):
    """It came late on a closed code, nobody told of it, and no sweep ran for a day."""
    learner = people.learner()
    order = shop.ordered(learner, shop.paid_class())
    cancel_order(actor=shop.role_of(learner), order_no=order.no, clock=clock.now)
    payment = shop.payment_of(order)
    assert fakes["wechat"].pay(payment.number, late=True)

    clock.tick(86_400)
    the_beat(jobs, clock)
    order.refresh_from_db()
    assert (order.state, order.received_fen) == ("paid", shop.PRICE_FEN)


def test_a_closed_code_is_asked_about_once_more_when_its_time_is_over_and_then_never_again(fakes, jobs, clock):
    learner = people.learner()
    order = shop.ordered(learner, shop.paid_class())
    cancel_order(actor=shop.role_of(learner), order_no=order.no, clock=clock.now)
    clock.set(order.expires_at)
    for _ in range(10):
        clock.tick(61)
        the_beat(jobs, clock)
    asked = len(fakes["wechat"].calls)
    clock.tick(3600)
    the_beat(jobs, clock)
    assert (len(fakes["wechat"].calls), shop.payment_of(order).is_over) == (asked, True)


# --- A worker is killed -----------------------------------------------------------------------------------------------
@BOTH
def test_a_worker_killed_behind_the_sending_sends_the_same_number_and_the_money_goes_once(
    sandbox, jobs, clock, monkeypatch, provider
):
    order = shop.ordered(people.learner(), shop.paid_class(), provider=provider)
    number = shop.payment_of(order).number
    sandbox.control.pay(number, act="pay_without_callback")
    clock.tick(5)
    refresh_order(order_id=order.pk, now=clock.now())
    refund = shop.decided(shop.asked_back(order))

    def killed(**_: object) -> bool:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(returning, "settle_refund", killed)
        with pytest.raises(PowerCut):
            send_refund(refund_id=refund.pk, clock=clock.now)
    refund.refresh_from_db()
    assert refund.state == "approved"
    assert not send_refund(refund_id=refund.pk, clock=clock.now), "its lease has not ended"

    def beats() -> None:
        the_beat(jobs, clock)
        sandbox.control.wait_quiet()

    def is_done() -> bool:
        return Refund.objects.get(pk=refund.pk).state == "done"

    # The sandbox's money is on its way in real time: how often it is asked after before it arrives is chance.
    assert seconds_until(is_done, clock, beats, 20, 6 * 3600)
    refund.refresh_from_db()
    order.refresh_from_db()
    assert (refund.state, order.state, order.returned_fen) == ("done", "refunded", shop.PRICE_FEN)
    (trade,) = sandbox.trades()
    assert [(one["number"], one["amount_fen"]) for one in trade["refunds"]] == [(refund.number, shop.PRICE_FEN)]


def test_a_refund_that_was_taken_though_nobody_answered_is_asked_after_before_it_is_sent_again(fakes, clock, jobs):
    """A second sending might be refused for a reason that says nothing of the first: the money would go unnoticed."""
    order = shop.ordered(people.learner(), shop.paid_class())
    fakes["wechat"].pay(shop.payment_of(order).number)
    clock.tick(5)
    refresh_order(order_id=order.pk, now=clock.now())
    refund = shop.decided(shop.asked_back(order))
    fakes["wechat"].fails(lost_answers=1)
    assert not send_refund(refund_id=refund.pk, clock=clock.now)

    clock.tick(600)
    assert send_refund(refund_id=refund.pk, clock=clock.now)
    refund.refresh_from_db()
    assert refund.state == "done"
    assert [call for call, _number in fakes["wechat"].calls][-2:] == ["refund", "query_refund"]


def test_a_refund_that_takes_days_is_asked_after_less_and_less_often(fakes, clock, jobs):
    order = shop.ordered(people.learner(), shop.paid_class())
    fakes["wechat"].pay(shop.payment_of(order).number)
    clock.tick(5)
    refresh_order(order_id=order.pk, now=clock.now())
    fakes["wechat"].fails(outcome="processing")
    shop.given_back(order)
    for _ in range(3 * 24 * 60):
        clock.tick(60)
        sweep_refunds(now=clock.now())
        jobs.work()
    asked = [call for call, _number in fakes["wechat"].calls].count("query_refund")
    assert 60 < asked < 100
