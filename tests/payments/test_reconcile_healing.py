"""What the bill knows and we don't: the provider is asked, a lost callback ends here at the latest; bounded (F3)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from learning.models import Enrolment
from payments.models import BillDifference, Order, Payment, Refund
from payments.providers import ProviderDown
from payments.providers.base import RefundState
from payments.services import asking, look_after, reconcile
from tests.identity import factories as people
from tests.payments import bills, invariants, shop
from tests.payments.bills import DAY

pytestmark = pytest.mark.django_db(transaction=True)

BOTH = pytest.mark.parametrize("provider", ["wechat", "alipay"])


@pytest.fixture
def wechat(fakes, jobs, clock):
    return fakes["wechat"]


def questions(fake) -> list[str]:
    """Numbers that were asked about since the bill was fetched."""
    fetched = [at for at, (call, _number) in enumerate(fake.calls) if call == "bill"][-1]
    return [number for call, number in fake.calls[fetched:] if call in ("query", "query_refund")]


# --- Payments ---------------------------------------------------------------------------------------------------------
@BOTH
def test_a_payment_whose_callback_was_lost_is_taken_in_and_its_class_is_open(fakes, jobs, clock, provider):
    payment = bills.unheard(fakes, provider=provider)
    fakes[provider].bills[DAY] = [bills.row(payment, fakes)]
    bills.bill_is_ready(clock)

    bill = bills.run(clock, provider)

    payment.refresh_from_db()
    assert (payment.state, payment.bill_id, bill.state) == ("paid", bill.pk, "matched")
    assert bills.sums(bill) == (240, 0, 240, 0)
    assert Enrolment.objects.get().state == "active"
    assert payment.order.events.get(kind="paid").detail == "bill"
    invariants.check(payment.order.user_id, fakes)


def test_money_that_came_on_a_closed_order_is_taken_in_as_late(wechat, fakes, clock):
    order = shop.ordered(people.learner(), shop.paid_class())
    payment = shop.payment_of(order)
    clock.set(order.expires_at)
    look_after(order_id=order.pk, clock=clock.now)
    order.refresh_from_db()
    assert order.state == "closed"
    assert wechat.pay(payment.number, late=True)
    wechat.bills[DAY] = [bills.row(payment, fakes)]
    bills.bill_is_ready(clock)

    bill = bills.run(clock)

    order.refresh_from_db()
    assert (order.state, bill.state) == ("paid", "matched")
    assert order.events.filter(kind="late").count() == 1
    invariants.check(order.user_id, fakes)


def test_a_payment_of_another_amount_is_not_taken_in(wechat, fakes, clock):
    payment = bills.unheard(fakes)
    wechat.trades[payment.number].amount_fen = 1
    wechat.bills[DAY] = [bills.row(payment, fakes)]
    bills.bill_is_ready(clock)
    bill = bills.run(clock)
    assert bills.differences(bill) == [("state", payment.number, None, 1)]
    assert (Payment.objects.get().state, Order.objects.get().state) == ("open", "open")


def test_what_agrees_is_not_asked_about(wechat, fakes, clock):
    payment = bills.bought(fakes)
    wechat.bills[DAY] = [bills.row(payment, fakes), replace(bills.row(payment, fakes), number="FOREIGN001")]
    bills.bill_is_ready(clock)
    bills.run(clock)
    assert questions(wechat) == []


# --- Refunds ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("state", "booked"), [(RefundState.DONE, "done"), (RefundState.PROCESSING, "sent")])
def test_a_refund_whose_answer_was_lost_is_taken_in(wechat, fakes, clock, state, booked):
    payment = bills.bought(fakes)
    wechat.fails(lost_answers=1, outcome="processing")
    refund = shop.given_back(payment.order)
    assert Refund.objects.get().state == "approved"
    wechat.settle(payment.number, refund.number, state)
    wechat.bills[DAY] = [bills.row(payment, fakes), bills.refund_row(refund)]
    bills.bill_is_ready(clock)

    bill = bills.run(clock)

    assert (Refund.objects.get().state, bill.state) == (booked, "matched")
    assert bills.sums(bill) == (240, 240, 240, 240)
    invariants.check(payment.order.user_id, fakes)


def test_a_refund_that_the_provider_calls_failed_is_told(wechat, fakes, clock):
    payment = bills.bought(fakes)
    wechat.fails(lost_answers=1, outcome="processing")
    refund = shop.given_back(payment.order)
    wechat.settle(payment.number, refund.number, RefundState.FAILED)
    wechat.bills[DAY] = [bills.row(payment, fakes), bills.refund_row(refund)]
    bills.bill_is_ready(clock)
    bill = bills.run(clock)
    assert bills.differences(bill) == [("state", payment.number, None, 240)]
    assert Refund.objects.get().state == "failed"


# --- Bounds -----------------------------------------------------------------------------------------------------------
def test_only_so_many_are_asked_about_in_a_run_and_the_next_goes_on(wechat, fakes, clock, monkeypatch):
    monkeypatch.setattr(asking, "MOST_QUESTIONS", 2)
    payments = [bills.unheard(fakes) for _ in range(5)]
    wechat.bills[DAY] = [bills.row(payment, fakes) for payment in payments]
    bills.bill_is_ready(clock)

    bill = bills.run(clock)
    assert (bill.state, len(bills.differences(bill)), len(questions(wechat))) == ("different", 3, 2)
    for left in (1, 0):
        clock.set(bill.next_try_at)
        bill = reconcile(bill_id=bill.pk, clock=clock.now)
        assert len(bills.differences(bill)) == left

    assert (bill.state, bill.next_try_at) == ("matched", None)
    assert bills.sums(bill) == (1_200, 0, 1_200, 0)


def test_a_row_that_nobody_can_be_asked_about_stops_no_other(wechat, fakes, clock, monkeypatch):
    bad, good = bills.unheard(fakes), bills.unheard(fakes)
    wechat.bills[DAY] = [bills.row(bad, fakes), bills.row(good, fakes)]
    ask = wechat.query

    def query(*, number):
        if number == bad.number:
            raise ProviderDown("an answer that can't be read")
        return ask(number=number)

    monkeypatch.setattr(wechat, "query", query)
    bills.bill_is_ready(clock)

    bill = bills.run(clock)

    assert bills.differences(bill) == [("state", bad.number, None, 240)]
    assert bills.marks(bill) == {good.number}
    assert bill.next_try_at is not None, "it is asked about once more by itself"


def test_a_provider_that_is_silent_is_not_asked_on_and_on(wechat, fakes, clock, monkeypatch):
    payments = [bills.unheard(fakes) for _ in range(6)]
    known = bills.bought(fakes)
    wechat.bills[DAY] = [bills.row(payment, fakes) for payment in (*payments, known)]
    asked = []

    def query(*, number):
        asked.append(number)
        raise ProviderDown("no answer in 15 s")

    monkeypatch.setattr(wechat, "query", query)
    bills.bill_is_ready(clock)

    bill = bills.run(clock)

    assert len(asked) == 3
    assert (len(bills.differences(bill)), bills.marks(bill)) == (6, {known.number})


def test_the_day_is_not_looked_at_again_for_ever(wechat, fakes, clock):
    """The bill says paid, the provider says nothing, ever."""
    payment = bills.unheard(fakes)
    wechat.bills[DAY] = [bills.row(payment, fakes)]
    bills.bill_is_ready(clock)

    def silent(**_named):
        raise ProviderDown("no answer")

    wechat.query = silent
    bill, runs = bills.run(clock), 1
    while bill.next_try_at:
        clock.set(bill.next_try_at + timedelta(seconds=1))
        bill = reconcile(bill_id=bill.pk, clock=clock.now)
        runs += 1
        assert runs < 20
    assert runs > 3
    assert (bill.state, BillDifference.objects.get().kind) == ("different", "state")


def test_an_empty_bill_of_a_day_with_trade_is_told_at_once_and_fetched_again(wechat, fakes, clock):
    """Alipay says the same of a bill that isn't written yet."""
    payment = bills.bought(fakes)
    bills.bill_is_ready(clock)
    bill = bills.run(clock)
    assert bills.differences(bill) == [("ours_only", payment.number, 240, None)]

    wechat.bills[DAY] = [bills.row(payment, fakes)]
    clock.set(bill.next_try_at)
    bill = reconcile(bill_id=bill.pk, clock=clock.now)
    assert (bill.state, bill.next_try_at, bills.marks(bill)) == ("matched", None, {payment.number})
