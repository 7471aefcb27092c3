"""Every call, both providers, against the sandbox that plays them."""

from datetime import timedelta
from urllib.request import urlopen

import pytest

from core import clock as server_clock
from payments.providers.base import Closing, PaymentState, ProviderRefused, RefundState

NUMBER = "XS20260302000001"


# --- Orders -----------------------------------------------------------------------------------------------------------
def test_a_code_is_given_and_the_same_for_the_same_number(stage):
    first, again = stage.begin(), stage.begin()

    assert first == again
    assert len(stage.sandbox.trades()) == 1


def test_a_number_is_used_once(stage):
    stage.begin()

    with pytest.raises(ProviderRefused):
        stage.begin(amount_fen=241)

    assert [trade["amount_fen"] for trade in stage.sandbox.trades()] == [240]


def test_the_amount_is_the_one_that_was_asked_for(stage):
    for number, amount_fen in (("XS00000001", 1), ("XS00000002", 1999), ("XS00000003", 123456789)):
        stage.begin(number, amount_fen=amount_fen)
        stage.control.scan(number)
        assert stage.provider.query(number=number).amount_fen == amount_fen


@pytest.mark.parametrize("subject", ["1+1 & 2=3", "公需 科目{一}", "%2B", '"引号"\\/', "🙂" * 100, "长" * 300])
def test_whatever_a_class_is_called_it_can_be_paid_for(stage, subject):
    stage.paid(subject=subject)

    assert stage.callbacks.refused == []
    assert stage.callbacks.read[0].payment.state is PaymentState.PAID
    assert stage.provider.query(number=NUMBER).state is PaymentState.PAID


def test_nobody_knows_an_order_that_was_not_begun(stage):
    assert stage.provider.query(number=NUMBER) is None
    assert stage.provider.close(number=NUMBER) is Closing.UNKNOWN


def test_alipay_knows_none_before_the_scan(stage_of):
    stage = stage_of("alipay")
    code = stage.begin()

    assert stage.provider.query(number=NUMBER) is None
    assert stage.provider.close(number=NUMBER) is Closing.UNKNOWN

    urlopen(code).close()
    assert stage.provider.query(number=NUMBER).state is PaymentState.UNPAID


def test_what_is_paid_says_when_by_which_and_how_much(stage):
    stage.paid()

    payment = stage.provider.query(number=NUMBER)

    [trade] = stage.sandbox.trades()
    assert (payment.number, payment.state, payment.amount_fen) == (NUMBER, PaymentState.PAID, 240)
    assert (payment.merchant_id, payment.app_id) == (stage.provider.merchant_id, stage.provider.app_id)
    assert (payment.transaction_id, payment.currency) == (trade["transaction_id"], "CNY")
    assert abs(payment.paid_at - server_clock.now()) < timedelta(seconds=30)


def test_what_is_closed_can_be_closed_again(stage):
    stage.begin()
    stage.control.scan(NUMBER)

    assert stage.provider.close(number=NUMBER) is Closing.CLOSED
    assert stage.provider.query(number=NUMBER).state is PaymentState.CLOSED
    assert stage.provider.close(number=NUMBER) is Closing.CLOSED
    assert not stage.control.pay(NUMBER)


def test_closing_what_is_paid_says_so(stage):
    stage.paid()

    assert stage.provider.close(number=NUMBER) is Closing.PAID


def test_paying_while_it_is_closed_says_so(stage):
    stage.begin()
    stage.control.scan(NUMBER)
    stage.control.switch("close_races_payment", number=NUMBER)

    assert stage.provider.close(number=NUMBER) is Closing.PAID
    assert stage.provider.query(number=NUMBER).state is PaymentState.PAID


def test_the_providers_time_is_the_servers(clock, stage):
    """Where a test's clock stands still, callbacks and answers aren't too old for it."""
    stage.paid()

    assert stage.callbacks.refused == []
    assert stage.callbacks.read[0].payment.paid_at == clock.now()
    assert stage.provider.query(number=NUMBER).paid_at == clock.now()


# --- Refunds ----------------------------------------------------------------------------------------------------------
def settled(stage, number, refund_number):
    def known():
        return stage.provider.query_refund(number=number, refund_number=refund_number)

    stage.until(lambda: known().state is not RefundState.PROCESSING)
    assert stage.control.wait_quiet()
    return known()


def test_a_part_is_given_back(stage):
    stage.paid()

    begun = stage.refund(NUMBER)
    refund = settled(stage, NUMBER, "XR1")

    assert begun.state in (RefundState.PROCESSING, RefundState.DONE)
    for one in (begun, refund):
        assert (one.number, one.refund_number, one.amount_fen) == (NUMBER, "XR1", 100)
    assert refund.state is RefundState.DONE


def test_the_same_refund_number_asks_for_the_same_refund(stage):
    stage.paid()
    stage.refund(NUMBER)
    settled(stage, NUMBER, "XR1")

    again = stage.refund(NUMBER)

    assert (again.state, again.amount_fen) == (RefundState.DONE, 100)
    assert [trade["refunded_fen"] for trade in stage.sandbox.trades()] == [100]


def test_each_part_has_its_own_amount(stage):
    stage.paid()

    for refund_number, amount_fen in (("XR1", 100), ("XR2", 140)):
        assert stage.refund(NUMBER, refund_number, amount_fen=amount_fen).amount_fen == amount_fen
        assert settled(stage, NUMBER, refund_number).amount_fen == amount_fen

    assert stage.provider.query(number=NUMBER).state is PaymentState.REFUNDED


def test_no_more_than_was_paid_is_given_back(stage):
    stage.paid()

    with pytest.raises(ProviderRefused):
        stage.refund(NUMBER, amount_fen=241)

    assert stage.provider.query_refund(number=NUMBER, refund_number="XR1") is None


def test_nobody_knows_a_refund_that_was_not_begun(stage):
    stage.paid()

    assert stage.provider.query_refund(number=NUMBER, refund_number="XR1") is None


def test_wechat_tells_a_refund_by_callback(stage_of):
    stage = stage_of("wechat")
    stage.paid()
    stage.refund(NUMBER)
    settled(stage, NUMBER, "XR1")

    refund = stage.callbacks.read[-1].refund
    assert (refund.number, refund.refund_number, refund.amount_fen) == (NUMBER, "XR1", 100)
    assert refund.state is RefundState.DONE


def test_alipay_tells_a_refund_as_its_payments_new_state(stage_of):
    stage = stage_of("alipay")
    stage.paid()
    stage.refund(NUMBER)
    assert stage.control.wait_quiet()

    notice = stage.callbacks.read[-1]
    assert (notice.refund, notice.payment.state, notice.payment.amount_fen) == (None, PaymentState.REFUNDED, 240)
    # Partly given back, Alipay's query still calls it paid.
    assert stage.provider.query(number=NUMBER).state is PaymentState.PAID


# --- Callbacks --------------------------------------------------------------------------------------------------------
def test_a_callback_says_what_a_query_says(stage):
    stage.paid()

    [notice] = stage.callbacks.read
    asked = stage.provider.query(number=NUMBER)
    for name in ("number", "state", "amount_fen", "currency", "merchant_id", "app_id", "transaction_id", "paid_at"):
        assert getattr(notice.payment, name) == getattr(asked, name)
    [sent] = stage.control.notices(NUMBER)
    assert (sent["state"], sent["event_id"]) == ("accepted", notice.event_id)


def test_a_callback_that_was_refused_comes_again_with_the_same_id(stage, monkeypatch):
    answers = iter([stage.provider.refused("later"), stage.provider.refused("later"), stage.provider.accepted()])
    monkeypatch.setattr(stage.provider, "accepted", lambda: next(answers))
    stage.begin()
    stage.control.pay(NUMBER)

    stage.until(lambda: stage.control.notices(NUMBER)[0]["state"] == "accepted")

    assert len(stage.callbacks.read) == 3
    assert len({notice.event_id for notice in stage.callbacks.read}) == 1
    assert stage.callbacks.refused == []


def test_wechats_callbacks_are_read_with_and_without_associated_data(stage_of):
    stage = stage_of("wechat")
    for number, aad in (("XS00000001", "present"), ("XS00000002", "empty"), ("XS00000003", "missing")):
        stage.control.switch("notice_aad", number=number, value=aad)
        stage.paid(number)

    assert [notice.payment.number for notice in stage.callbacks.read] == ["XS00000001", "XS00000002", "XS00000003"]
