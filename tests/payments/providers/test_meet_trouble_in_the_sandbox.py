"""Each fault the sandbox can play that an adapter must answer."""

import time

import pytest

from payments.providers import registry
from payments.providers.base import PaymentState, ProviderDown, ProviderRefused, RefundState

NUMBER = "XS20260302000001"
CALLS = {
    "create": lambda stage: stage.begin(),
    "query": lambda stage: stage.provider.query(number=NUMBER),
    "close": lambda stage: stage.provider.close(number=NUMBER),
    "refund": lambda stage: stage.refund(NUMBER),
    "query_refund": lambda stage: stage.provider.query_refund(number=NUMBER, refund_number="XR1"),
}


# --- Calls ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("switch", "value"),
    [
        ("call_error", 500),
        ("call_error", 502),
        ("call_dropped", None),
        ("call_unsigned", None),
        ("call_badly_signed", None),
    ],
)
def test_without_an_answer_that_can_be_trusted_nothing_is_known(stage, call, switch, value):
    if call != "create":
        stage.begin()
        stage.control.scan(NUMBER)
    stage.control.switch(switch, call=call, value=value)

    with pytest.raises(ProviderDown):
        CALLS[call](stage)

    stage.control.reset()
    if call not in ("refund", "query_refund"):
        CALLS[call](stage)


@pytest.mark.parametrize("call", ["query", "close"])
def test_an_unsigned_absence_is_not_believed(stage, call):
    stage.control.switch("call_unsigned")

    with pytest.raises(ProviderDown):
        CALLS[call](stage)


def test_an_order_that_was_made_though_nobody_answered_is_made_once(stage):
    stage.control.switch("call_answer_lost", call="create", times=1, value=0.1)
    with pytest.raises(ProviderDown):
        stage.begin()

    code = stage.begin()

    [trade] = stage.sandbox.trades()
    assert trade["code_url"] == code


def test_a_refund_that_was_made_though_nobody_answered_is_made_once(stage):
    stage.paid()
    stage.control.switch("call_answer_lost", call="refund", times=1, value=0.1)
    with pytest.raises(ProviderDown):
        stage.refund(NUMBER)

    again = stage.refund(NUMBER)

    assert (again.refund_number, again.amount_fen) == ("XR1", 100)
    stage.until(lambda: stage.sandbox.trades()[0]["refunded_fen"] == 100)


def test_a_slow_provider_holds_its_caller_as_long_as_he_said(stage):
    stage.begin()
    stage.control.scan(NUMBER)
    stage.control.switch("call_slow", value=10, times=1)
    in_a_request, in_a_task = (registry.provider(stage.provider.name, seconds=seconds) for seconds in (0.3, 30))

    began = time.monotonic()
    with pytest.raises(ProviderDown):
        in_a_request.query(number=NUMBER)

    assert time.monotonic() - began < 5
    stage.control.switch("call_slow", value=0.5, times=1)
    assert in_a_task.query(number=NUMBER).state is PaymentState.UNPAID


@pytest.mark.parametrize("switch", ["answer_wrong_merchant", "answer_wrong_app", "answer_wrong_amount"])
def test_what_wechat_genuinely_says_wrong_the_caller_can_see(stage_of, switch):
    stage = stage_of("wechat")
    stage.paid()
    stage.control.switch(switch)

    payment = stage.provider.query(number=NUMBER)

    told = (payment.merchant_id, payment.app_id, payment.amount_fen)
    assert told != (stage.provider.merchant_id, stage.provider.app_id, 240)


# --- Callbacks --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "switch", "reason"),
    [
        ("wechat", "notice_forged", "signature"),
        ("wechat", "notice_signtest", "signature"),
        ("wechat", "notice_tampered", "ciphertext"),
        ("wechat", "notice_old_timestamp", "timestamp"),
        ("wechat", "notice_unknown_serial", "serial"),
        ("wechat", "notice_huge", "size"),
        ("alipay", "notice_forged", "signature"),
        ("alipay", "notice_tampered", "signature"),
        ("alipay", "notice_wrong_sign_type", "algorithm"),
        ("alipay", "notice_field_twice", "doubled"),
        ("alipay", "notice_huge", "size"),
    ],
)
def test_a_callback_that_is_not_genuine_is_refused_and_the_next_one_read(stage_of, name, switch, reason):
    stage = stage_of(name)
    stage.control.switch(switch, times=1)
    stage.begin()
    stage.control.pay(NUMBER)
    stage.until(lambda: stage.control.notices(NUMBER)[0]["state"] == "accepted")

    assert stage.callbacks.refused == [reason]
    assert [notice.payment.state for notice in stage.callbacks.read] == [PaymentState.PAID]


def test_an_alipay_callback_of_the_day_before_yesterday_is_refused(stage_of):
    stage = stage_of("alipay")
    stage.control.switch("notice_old_timestamp", times=1, value=48 * 3600)
    stage.begin()
    stage.control.pay(NUMBER)
    stage.until(lambda: stage.control.notices(NUMBER)[0]["state"] == "accepted")

    assert stage.callbacks.refused == ["timestamp"]


def test_the_same_wechat_message_again_is_refused(stage_of):
    stage = stage_of("wechat")
    stage.control.switch("notice_replayed", times=1)

    stage.paid()

    assert (len(stage.callbacks.read), stage.callbacks.refused) == (1, ["replay"])


def test_two_at_once_are_both_read(stage):
    stage.control.switch("notice_doubled", times=1)

    stage.paid()

    first, second = stage.callbacks.read
    assert (first.event_id, first.payment) == (second.event_id, second.payment)


def test_a_callback_before_the_answer_to_its_order_is_read(stage):
    stage.control.switch("notice_early", times=1)

    stage.begin()

    assert [notice.payment.number for notice in stage.callbacks.read] == [NUMBER]


@pytest.mark.parametrize(
    ("switch", "attribute"),
    [
        ("notice_wrong_amount", "amount_fen"),
        ("notice_wrong_merchant", "merchant_id"),
        ("notice_wrong_app", "app_id"),
        ("notice_wrong_number", "number"),
    ],
)
def test_what_a_callback_genuinely_says_wrong_the_caller_can_see(stage, switch, attribute):
    stage.control.switch(switch, times=1)
    stage.paid()

    [notice] = stage.callbacks.read
    assert getattr(notice.payment, attribute) != getattr(stage.provider.query(number=NUMBER), attribute)


def test_a_foreign_currency_the_caller_can_see(stage_of):
    stage = stage_of("wechat")
    stage.control.switch("notice_wrong_currency", times=1)

    stage.paid()

    assert stage.callbacks.read[0].payment.currency == "USD"


def test_a_lost_callback_is_found_by_asking(stage):
    stage.control.switch("notice_lost")

    stage.paid()

    assert stage.callbacks.came == []
    assert stage.provider.query(number=NUMBER).state is PaymentState.PAID


def test_paid_after_it_was_closed_is_told(stage):
    stage.begin()
    stage.control.scan(NUMBER)
    stage.provider.close(number=NUMBER)
    stage.control.pay(NUMBER, act="pay_late")
    assert stage.control.wait_quiet()

    assert [notice.payment.state for notice in stage.callbacks.read] == [PaymentState.PAID]
    assert stage.provider.query(number=NUMBER).state is PaymentState.PAID


# --- Refunds ----------------------------------------------------------------------------------------------------------
def test_a_refund_that_is_refused_has_its_code(stage):
    stage.paid()
    stage.control.switch("refund_refused")

    with pytest.raises(ProviderRefused) as refused:
        stage.refund(NUMBER)

    assert refused.value.code in ("NOT_ENOUGH", "ACQ.SELLER_BALANCE_NOT_ENOUGH")
    assert stage.provider.query_refund(number=NUMBER, refund_number="XR1") is None


def test_too_soon_is_asked_again(stage):
    stage.paid()
    stage.control.switch("refund_too_soon", times=1)

    with pytest.raises(ProviderDown):
        stage.refund(NUMBER)

    assert stage.refund(NUMBER).amount_fen == 100


@pytest.mark.parametrize("switch", ["refund_abnormal", "refund_closed"])
def test_a_refund_that_wechat_took_and_could_not_make_has_failed(stage_of, switch):
    stage = stage_of("wechat")
    stage.paid()
    stage.control.switch(switch)

    assert stage.refund(NUMBER).state is RefundState.PROCESSING
    stage.until(lambda: stage.callbacks.read[-1].refund is not None)

    assert stage.callbacks.read[-1].refund.state is RefundState.FAILED
    assert stage.provider.query_refund(number=NUMBER, refund_number="XR1").state is RefundState.FAILED


@pytest.mark.parametrize("switch", ["refund_abnormal", "refund_slow"])
def test_a_refund_that_alipay_has_not_made_is_not_done(stage_of, switch):
    stage = stage_of("alipay")
    stage.paid()
    stage.control.switch(switch, value=36_000)

    for refund in (stage.refund(NUMBER), stage.refund(NUMBER)):
        assert (refund.state, refund.amount_fen) == (RefundState.PROCESSING, 100)
    assert stage.provider.query_refund(number=NUMBER, refund_number="XR1").state is RefundState.PROCESSING
