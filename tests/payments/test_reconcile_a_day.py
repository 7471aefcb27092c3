"""A day's bill beside our book: what agrees is marked, what doesn't is told, of every kind and at the edges (F3)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from payments.models import Bill, BillDifference, Payment
from payments.providers.base import PaymentState, RefundState
from payments.services import finish_refund, resolve_difference, settle_refund
from tests.identity import factories as people
from tests.payments import bills, shop, units
from tests.payments.bills import DAY
from tests.support.clock import SHANGHAI

pytestmark = pytest.mark.django_db(transaction=True)

BOTH = pytest.mark.parametrize("provider", ["wechat", "alipay"])
LAST_SECOND = datetime(DAY.year, DAY.month, DAY.day, 23, 59, 59, tzinfo=SHANGHAI)
NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture
def wechat(fakes, jobs, clock):
    return fakes["wechat"]


def given_back(payment: Payment, fen: int):
    """A part of what was paid, sent and done."""
    item = payment.order.items.get()
    return shop.given_back(payment.order, shop.AskedLine(item.pk, fen, ends_enrolment=False))


# --- It agrees --------------------------------------------------------------------------------------------------------
@BOTH
def test_a_day_that_agrees_is_matched_row_by_row(fakes, jobs, clock, provider):
    one, other = (bills.bought(fakes, price_fen=fen, provider=provider) for fen in (240, 1_000))
    refund = given_back(other, 300)
    fakes[provider].bills[DAY] = [bills.row(one, fakes), bills.row(other, fakes), bills.refund_row(refund)]
    bills.bill_is_ready(clock)

    bill = bills.run(clock, provider)

    assert (bill.state, bill.rows, bill.fetched_at, bill.fault) == ("matched", 3, clock.now(), "")
    assert bills.sums(bill) == (1_240, 300, 1_240, 300)
    assert bills.marks(bill) == {one.number, other.number, refund.number}
    assert not BillDifference.objects.exists()


@BOTH
def test_a_day_without_trade_is_matched_with_no_row(fakes, jobs, clock, provider):
    bills.bill_is_ready(clock)
    bill = bills.run(clock, provider)
    assert (bill.state, bill.rows, bill.next_try_at) == ("matched", 0, None)
    assert bills.sums(bill) == (0, 0, 0, 0)


def test_reconciled_again_it_finds_the_same(wechat, fakes, clock):
    good, other = bills.bought(fakes), bills.bought(fakes)
    wechat.bills[DAY] = [bills.row(good, fakes), bills.row(other, fakes, amount_fen=241)]
    bills.bill_is_ready(clock)
    bills.run(clock)
    before = bills.all_of_it()

    bills.run(clock)

    after = bills.all_of_it()
    for told in (before, after):
        for row in (*told["bills"], *told["differences"]):
            row.pop("runs", None), row.pop("seen_in", None)
    assert after == before


def test_one_providers_bill_says_nothing_of_the_others_trade(wechat, fakes, clock):
    mine, others = bills.bought(fakes), bills.bought(fakes, provider="alipay")
    wechat.bills[DAY] = [bills.row(mine, fakes)]
    bills.bill_is_ready(clock)
    bill = bills.run(clock)
    assert (bill.state, bills.marks(bill)) == ("matched", {mine.number})
    others.refresh_from_db()
    assert others.bill_id is None


def test_a_transfer_at_the_bank_is_looked_for_in_no_bill(wechat, clock):
    units.bought(people.administrator("employer"))
    bills.bill_is_ready(clock)
    assert [bills.run(clock, name).state for name in ("wechat", "alipay")] == ["matched", "matched"]


def test_a_thousand_rows_take_no_more_queries_than_ten(wechat, fakes, clock, django_assert_max_num_queries):
    payment = bills.bought(fakes)
    sample = bills.row(payment, fakes)
    wechat.bills[DAY] = [sample, *(replace(sample, number=f"UNKNOWN{at:06}") for at in range(999))]
    bills.bill_is_ready(clock)
    with django_assert_max_num_queries(60):
        bill = bills.run(clock)
    assert (bill.rows, len(bills.differences(bill))) == (1_000, 999)


# --- It differs -------------------------------------------------------------------------------------------------------
def test_what_only_we_know_is_told(wechat, fakes, clock):
    listed, missing = bills.bought(fakes), bills.bought(fakes)
    refund = given_back(listed, 100)
    wechat.bills[DAY] = [bills.row(listed, fakes)]
    bills.bill_is_ready(clock)

    bill = bills.run(clock)

    assert bill.state == "different"
    assert bills.differences(bill, refund_number="") == [("ours_only", missing.number, 240, None)]
    assert bills.differences(bill, refund_number=refund.number) == [("ours_only", listed.number, 100, None)]
    assert bills.sums(bill) == (240, 0, 480, 100)
    assert set(BillDifference.objects.values_list("order_id", flat=True)) == {listed.order_id, missing.order_id}


def test_what_only_the_bill_knows_is_told(wechat, fakes, clock):
    payment = bills.bought(fakes)
    known = bills.row(payment, fakes)
    at_the_desk = replace(known, state=PaymentState.REFUNDED, amount_fen=50)
    wechat.bills[DAY] = [known, replace(known, number="FOREIGN001", transaction_id="t-1", amount_fen=100), at_the_desk]
    bills.bill_is_ready(clock)

    bill = bills.run(clock)

    assert bills.differences(bill) == [
        ("theirs_only", payment.number, None, 50),
        ("theirs_only", "FOREIGN001", None, 100),
    ]
    refund = BillDifference.objects.get(number=payment.number)
    assert (refund.refund_number, refund.order_id) == ("—", payment.order_id), "made at the provider's own desk"
    assert bills.sums(bill) == (340, 50, 240, 0)


def test_another_amount_is_told_for_payments_and_refunds(wechat, fakes, clock):
    payment = bills.bought(fakes)
    refund = given_back(payment, 100)
    wechat.bills[DAY] = [bills.row(payment, fakes, amount_fen=241), bills.refund_row(refund, amount_fen=99)]
    bills.bill_is_ready(clock)

    bill = bills.run(clock)

    assert bills.differences(bill, refund_number="") == [("amount", payment.number, 240, 241)]
    assert bills.differences(bill, refund_number=refund.number) == [("amount", payment.number, 100, 99)]
    assert bills.marks(bill) == set()


def test_another_state_is_told(wechat, fakes, clock):
    """The bill says paid, the provider itself says unpaid when it is asked."""
    payment = shop.payment_of(shop.ordered(people.learner(), shop.paid_class()))
    wechat.bills[DAY] = [bills.row(payment, fakes, transaction_id="t-1", at=clock.now())]
    bills.bill_is_ready(clock)

    bill = bills.run(clock)

    assert bills.differences(bill) == [("state", payment.number, None, 240)]
    assert "待付款" in BillDifference.objects.get().detail
    assert Payment.objects.get().state == "open"


def test_another_transaction_under_our_number_is_told(wechat, fakes, clock):
    payment = bills.bought(fakes)
    wechat.bills[DAY] = [bills.row(payment, fakes, transaction_id="another")]
    bills.bill_is_ready(clock)
    bill = bills.run(clock)
    assert bills.differences(bill) == [("state", payment.number, 240, 240)]
    assert payment.transaction_id in BillDifference.objects.get().detail


def test_a_row_that_stands_twice_counts_once(wechat, fakes, clock):
    payment = bills.bought(fakes)
    refund = given_back(payment, 100)
    wechat.bills[DAY] = [bills.row(payment, fakes), bills.refund_row(refund)] * 2
    bills.bill_is_ready(clock)

    bill = bills.run(clock)

    assert [(kind, theirs) for kind, _number, _ours, theirs in bills.differences(bill)] == [
        ("theirs_only", 240),
        ("theirs_only", 100),
    ]
    assert bills.sums(bill) == (480, 200, 240, 100)


def test_a_payment_that_a_bill_calls_revoked_is_told(wechat, fakes, clock):
    payment = bills.bought(fakes)
    wechat.bills[DAY] = [bills.row(payment, fakes, state=PaymentState.CLOSED)]
    bills.bill_is_ready(clock)
    bill = bills.run(clock)
    assert bills.differences(bill) == [("state", payment.number, 240, 240)]
    assert bill.paid_fen == 0


# --- Again ------------------------------------------------------------------------------------------------------------
def test_a_difference_that_holds_no_more_is_gone_and_the_day_is_matched(wechat, fakes, clock):
    payment = bills.bought(fakes)
    wechat.bills[DAY] = [bills.row(payment, fakes, amount_fen=241)]
    bills.bill_is_ready(clock)
    assert bills.run(clock).state == "different"

    wechat.bills[DAY] = [bills.row(payment, fakes)]
    bill = bills.run(clock)

    assert (bill.state, bills.marks(bill), BillDifference.objects.count()) == ("matched", {payment.number}, 0)


def test_what_was_resolved_stays_so_and_is_listed_once(wechat, fakes, clock):
    payment = bills.bought(fakes)
    wechat.bills[DAY] = [bills.row(payment, fakes, amount_fen=241)]
    bills.bill_is_ready(clock)
    bills.run(clock)
    one = BillDifference.objects.get()
    who = {"actor_id": bills.BOOKKEEPER, "acting_as": "staff", "now": clock.now()}
    resolve_difference(difference_id=one.pk, note="平台已更正", **who)

    bill = bills.run(clock)

    again = BillDifference.objects.get()
    assert (again.pk, again.note, again.resolved_by_id) == (one.pk, "平台已更正", bills.BOOKKEEPER)
    assert bill.state == "matched"


def test_what_was_resolved_is_open_again_when_its_figures_are_others(wechat, fakes, clock):
    payment = bills.bought(fakes)
    wechat.bills[DAY] = [bills.row(payment, fakes, amount_fen=241)]
    bills.bill_is_ready(clock)
    bills.run(clock)
    one = BillDifference.objects.get()
    who = {"actor_id": bills.BOOKKEEPER, "acting_as": "staff", "now": clock.now()}
    resolve_difference(difference_id=one.pk, note="差一分，平台已更正", **who)

    wechat.bills[DAY] = [bills.row(payment, fakes, amount_fen=24_000)]
    bill = bills.run(clock)

    again = BillDifference.objects.get()
    assert (again.pk, again.theirs_fen, again.resolved_at, again.note) == (one.pk, 24_000, None, "")
    assert bill.state == "different"


def test_an_open_difference_keeps_its_row_in_a_new_run(wechat, fakes, clock):
    """Somebody may be writing his note at this moment."""
    payment = bills.bought(fakes)
    wechat.bills[DAY] = [bills.row(payment, fakes, amount_fen=241)]
    bills.bill_is_ready(clock)
    bills.run(clock)
    one = BillDifference.objects.get()
    clock.tick(3600)
    bills.run(clock)
    again = BillDifference.objects.get()
    assert (again.pk, again.found_at) == (one.pk, one.found_at)


# --- The day's edges --------------------------------------------------------------------------------------------------
def test_the_last_second_belongs_to_its_day(wechat, fakes, clock):
    clock.set(LAST_SECOND)
    last = bills.bought(fakes)
    clock.tick(1)
    first = bills.bought(fakes)
    wechat.bills = {DAY: [bills.row(last, fakes)], NEXT_DAY: [bills.row(first, fakes)]}
    for day, payment in ((DAY, last), (NEXT_DAY, first)):
        bills.bill_is_ready(clock, day)
        bill = bills.run(clock, day=day)
        assert (bill.state, bills.marks(bill)) == ("matched", {payment.number})


def test_a_trade_that_the_bill_puts_a_day_earlier_than_we_is_found_in_that_bill_alone(wechat, fakes, clock):
    clock.set(LAST_SECOND + timedelta(seconds=1))
    payment = bills.bought(fakes)
    wechat.bills[DAY] = [bills.row(payment, fakes, at=LAST_SECOND)]
    bills.bill_is_ready(clock, NEXT_DAY)

    ours, next_one = bills.run(clock), bills.run(clock, day=NEXT_DAY)

    assert (ours.state, bills.sums(ours)) == ("matched", (240, 0, 240, 0))
    assert (next_one.state, bills.sums(next_one)) == ("matched", (0, 0, 0, 0))


@pytest.mark.parametrize("first", [DAY, NEXT_DAY], ids=["in order", "the later day first"])
def test_a_trade_that_the_bill_puts_a_day_later_settles_the_day_that_lacked_it(wechat, fakes, clock, first):
    clock.set(LAST_SECOND)
    payment = bills.bought(fakes)
    refund = given_back(payment, 100)
    wechat.bills[NEXT_DAY] = [bills.row(payment, fakes), bills.refund_row(refund)]
    bills.bill_is_ready(clock, NEXT_DAY)

    for day in sorted([DAY, NEXT_DAY], reverse=first == NEXT_DAY):
        bills.run(clock, day=day)

    lacking, having = Bill.objects.get(day=DAY), Bill.objects.get(day=NEXT_DAY)
    assert (lacking.state, bills.sums(lacking)) == ("matched", (0, 0, 0, 0))
    assert (having.state, bills.sums(having)) == ("matched", (240, 100, 240, 100))
    assert not BillDifference.objects.exists()


# --- Refunds on their way ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("days", [0, 3])
def test_a_refund_stands_in_the_bill_of_the_day_it_was_asked_for_whenever_it_is_done(wechat, fakes, clock, days):
    wechat.fails(outcome="processing")
    payment = bills.bought(fakes)
    refund = given_back(payment, 100)
    wechat.bills[DAY] = [bills.row(payment, fakes), bills.refund_row(refund)]
    if not days:
        clock.set(LAST_SECOND + timedelta(hours=3))
        finish_refund(refund_id=refund.pk, provider_refund_id="r-1", stated=None, now=clock.now())
    bills.bill_is_ready(clock)
    bill = bills.run(clock)
    assert (bill.state, bills.sums(bill)) == ("matched", (240, 100, 240, 100))

    done_on = NEXT_DAY + timedelta(days=max(days - 1, 0))
    if days:
        clock.tick(days * 86_400 - 43_200)
        finish_refund(refund_id=refund.pk, provider_refund_id="r-1", stated=None, now=clock.now())
    bills.bill_is_ready(clock, done_on)
    assert bills.run(clock, day=done_on).state == "matched", "on the day it was done it is missed by nobody"


def test_a_refund_that_failed_after_its_bill_is_told_when_the_day_is_reconciled_again(wechat, fakes, clock):
    wechat.fails(outcome="processing")
    payment = bills.bought(fakes)
    refund = given_back(payment, 100)
    wechat.bills[DAY] = [bills.row(payment, fakes), bills.refund_row(refund)]
    bills.bill_is_ready(clock)
    assert bills.run(clock).state == "matched"
    wechat.settle(payment.number, refund.number, RefundState.FAILED)
    stated = wechat.states_refund(payment.number, refund.number)
    settle_refund(provider_name="wechat", stated=stated, now=clock.now())

    bill = bills.run(clock)

    assert bills.differences(bill) == [("state", payment.number, None, 100)]
    assert "退款失败" in BillDifference.objects.get().detail
