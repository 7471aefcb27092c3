"""An answer is Alipay's only with Alipay's signature over the very characters it consists of, errors too."""

import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from payments.providers.alipay import Alipay
from payments.providers.base import Closing, PaymentState, ProviderDown, ProviderRefused, RefundState
from tests.payments.providers.gateway import Answer, core_signed, sign

NUMBER = "XS20260302000001"
QUERY, CLOSE, PRECREATE = "alipay.trade.query", "alipay.trade.close", "alipay.trade.precreate"
REFUND, REFUND_QUERY = "alipay.trade.refund", "alipay.trade.fastpay.refund.query"
PAID = {
    "code": "10000",
    "msg": "Success",
    "out_trade_no": NUMBER,
    "trade_no": "2026030222001000000000000001",
    "trade_status": "TRADE_SUCCESS",
    "total_amount": "2.40",
    "send_pay_date": "2026-03-02 09:00:00",
    "buyer_logon_id": "138****0000",
    "buyer_user_id": "2088900000000017",
}


def text(**changed):
    return json.dumps({name: value for name, value in (PAID | changed).items() if value is not None})


def failed(sub_code, code="40004"):
    return json.dumps({"code": code, "msg": "no", "sub_code": sub_code, "sub_msg": "不行"}, ensure_ascii=False)


def test_a_signed_answer_is_believed(alipay, alipay_says):
    alipay_says(QUERY, text())

    payment = alipay.query(number=NUMBER)

    assert (payment.state, payment.amount_fen, payment.currency) == (PaymentState.PAID, 240, "CNY")
    # Who asked, and for which merchant, is what the answer is signed for.
    assert (payment.merchant_id, payment.app_id) == ("2088000000000001", "2021000000000001")
    assert payment.paid_at == datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "core",
    [
        '{"code":"10000","store":"a\\/b","out_trade_no":"%s","trade_no":"1","trade_status":"WAIT_BUYER_PAY",'
        '"total_amount":"0.01"}',
        '{ "code" : "10000",  "store":"\\u4e2d文","out_trade_no":"%s","trade_no":"1",'
        '"trade_status":"WAIT_BUYER_PAY","total_amount":"0.01", "funds":[{"a":{"b":1}}] }',
    ],
    ids=["escaped slashes", "blanks, escapes and nesting"],
)
def test_what_is_verified_is_the_text_as_it_was_sent(alipay, alipay_says, core):
    alipay_says(QUERY, core % NUMBER)

    assert alipay.query(number=NUMBER).amount_fen == 1


def test_an_answer_signed_as_another_text_is_not_believed(alipay, alipay_says):
    alipay_says(QUERY, text(total_amount="0.01"), sign_as=text())

    with pytest.raises(ProviderDown):
        alipay.query(number=NUMBER)


def test_a_stranger_signs_in_vain(alipay, alipay_says):
    alipay_says(QUERY, text(), key="stranger")

    with pytest.raises(ProviderDown):
        alipay.query(number=NUMBER)


def test_either_of_two_keys_is_believed_while_they_change(alipay_account, alipay_says, pairs):
    changing = Alipay(
        replace(alipay_account, platform_keys=(pairs["next"].public_key(), *alipay_account.platform_keys))
    )

    for key in ("platform", "next"):
        alipay_says(QUERY, text(), key=key)
        assert changing.query(number=NUMBER).state is PaymentState.PAID
    alipay_says(QUERY, text(), key="stranger")
    with pytest.raises(ProviderDown):
        changing.query(number=NUMBER)


@pytest.mark.parametrize(
    "body",
    [
        b'{"alipay_trade_query_response":' + text().encode() + b"}",
        b'{"alipay_trade_query_response":' + failed("ACQ.TRADE_NOT_EXIST").encode() + b"}",
        b'{"error_response":{"code":"40002","sub_code":"isv.invalid-app-id"}}',
        b'{"alipay_trade_query_response":null}',
        b"{}",
        b"[]",
        b"",
        b"<html></html>",
        b"\xff\xfe",
    ],
    ids=["a payment", "no such trade", "error", "null", "empty", "list", "nothing", "page", "no text"],
)
def test_what_is_not_signed_says_nothing(alipay, gateway, body):
    gateway.always(body)

    with pytest.raises(ProviderDown):
        alipay.query(number=NUMBER)


def test_a_signature_that_is_no_base64_is_none(alipay, gateway):
    gateway.always(f'{{"alipay_trade_query_response":{text()},"sign":"不是"}}'.encode())

    with pytest.raises(ProviderDown):
        alipay.query(number=NUMBER)


def test_a_signed_part_before_the_one_that_counts_is_not_mistaken_for_it(alipay, gateway, pairs):
    genuine, forged = text(trade_status="WAIT_BUYER_PAY"), text()
    proof = sign(pairs["platform"], genuine.encode())
    twice = f'{{"alipay_trade_query_response":{genuine},"alipay_trade_query_response":{forged},"sign":"{proof}"}}'
    gateway.always(twice.encode())

    assert alipay.query(number=NUMBER).state is PaymentState.UNPAID


@pytest.mark.parametrize("status", [404, 500, 502])
def test_an_error_of_the_web_says_nothing(alipay, gateway, pairs, status):
    gateway.always(core_signed(QUERY, text(), pairs["platform"]), status)

    with pytest.raises(ProviderDown):
        alipay.query(number=NUMBER)


def test_an_answer_about_another_order_is_none(alipay, alipay_says):
    alipay_says(QUERY, text())

    with pytest.raises(ProviderDown):
        alipay.query(number="XS20260302000002")


@pytest.mark.parametrize(
    "changed",
    [
        {"total_amount": 2.4},
        {"total_amount": "2.405"},
        {"total_amount": "1e3"},
        {"total_amount": None},
        {"trade_status": "NOBODY_KNOWS"},
        {"trade_status": None},
        {"send_pay_date": "soon"},
        {"trade_no": None},
        {"code": None},
        {"code": "10003"},
    ],
    ids=str,
)
def test_a_payment_that_cannot_be_read_is_none(alipay, alipay_says, changed):
    alipay_says(QUERY, text(**changed))

    with pytest.raises(ProviderDown):
        alipay.query(number=NUMBER)


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({"trade_status": "WAIT_BUYER_PAY", "send_pay_date": None}, PaymentState.UNPAID),
        ({"trade_status": "TRADE_FINISHED"}, PaymentState.PAID),
        ({"trade_status": "TRADE_CLOSED", "send_pay_date": None}, PaymentState.CLOSED),
        ({"trade_status": "TRADE_CLOSED"}, PaymentState.REFUNDED),
    ],
    ids=str,
)
def test_closed_is_never_paid_or_wholly_given_back(alipay, alipay_says, changed, state):
    alipay_says(QUERY, text(**changed))

    assert alipay.query(number=NUMBER).state is state


def test_who_paid_is_not_kept_whole(alipay, alipay_says):
    alipay_says(QUERY, text())

    raw = alipay.query(number=NUMBER).raw

    assert (raw["buyer_user_id"], raw["buyer_logon_id"]) == ("208…17", "138…00")


# --- What a signed refusal means --------------------------------------------------------------------------------------
def test_before_the_scan_there_is_no_trade(alipay, alipay_says):
    alipay_says(QUERY, failed("ACQ.TRADE_NOT_EXIST"))
    assert alipay.query(number=NUMBER) is None

    alipay_says(CLOSE, failed("ACQ.TRADE_NOT_EXIST"))
    assert alipay.close(number=NUMBER) is Closing.UNKNOWN

    alipay_says(REFUND_QUERY, failed("ACQ.TRADE_NOT_EXIST"))
    assert alipay.query_refund(number=NUMBER, refund_number="R1") is None


@pytest.mark.parametrize(
    "core",
    [
        failed("ACQ.SYSTEM_ERROR"),
        failed("aop.ACQ.SYSTEM_ERROR", "20000"),
        failed("isp.unknow-error", "20000"),
        failed("", "20000"),
    ],
)
def test_ask_again_is_no_refusal(alipay, alipay_says, core):
    alipay_says(CLOSE, core)

    with pytest.raises(ProviderDown):
        alipay.close(number=NUMBER)


def test_a_refusal_has_the_providers_code(alipay, alipay_says):
    alipay_says(CLOSE, failed("ACQ.INVALID_PARAMETER"))

    with pytest.raises(ProviderRefused) as refused:
        alipay.close(number=NUMBER)

    assert (refused.value.code, refused.value.detail) == ("ACQ.INVALID_PARAMETER", "不行")


def test_a_refusal_to_tell_is_no_absence(alipay, alipay_says):
    alipay_says(QUERY, failed("isv.insufficient-isv-permissions", "40006"))

    with pytest.raises(ProviderDown):
        alipay.query(number=NUMBER)


@pytest.mark.parametrize(
    ("status", "closing"),
    [("TRADE_SUCCESS", Closing.PAID), ("TRADE_FINISHED", Closing.PAID), ("TRADE_CLOSED", Closing.CLOSED)],
)
def test_not_in_this_state_is_asked_after(alipay, gateway, pairs, status, closing):
    paid_on = None if status == "TRADE_CLOSED" else PAID["send_pay_date"]

    def answers(asked):
        if CLOSE in asked.target:
            return Answer(core_signed(CLOSE, failed("ACQ.TRADE_STATUS_ERROR"), pairs["platform"]))
        return Answer(core_signed(QUERY, text(trade_status=status, send_pay_date=paid_on), pairs["platform"]))

    gateway.answers = answers

    assert alipay.close(number=NUMBER) is closing


def test_not_in_this_state_and_yet_unpaid_is_not_closed(alipay, gateway, pairs):
    def answers(asked):
        if CLOSE in asked.target:
            return Answer(core_signed(CLOSE, failed("ACQ.TRADE_STATUS_ERROR"), pairs["platform"]))
        return Answer(core_signed(QUERY, text(trade_status="WAIT_BUYER_PAY", send_pay_date=None), pairs["platform"]))

    gateway.answers = answers

    with pytest.raises(ProviderDown):
        alipay.close(number=NUMBER)


# --- What is sent -----------------------------------------------------------------------------------------------------
def sent(gateway):
    query = {name: values[0] for name, values in parse_qs(urlsplit(gateway.asked[-1].target).query).items()}
    return query, json.loads(query["biz_content"])


def create(alipay, subject="课程", amount_fen=1, minutes=30):
    begun = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    return alipay.create(
        number=NUMBER,
        amount_fen=amount_fen,
        subject=subject,
        created_at=begun,
        expires_at=begun + timedelta(minutes=minutes),
        notify_url="https://xueshi.example/payments/callbacks/alipay",
    )


@pytest.fixture
def qr_code(alipay_says):
    alipay_says(PRECREATE, json.dumps({"code": "10000", "out_trade_no": NUMBER, "qr_code": "https://qr.example/1"}))


@pytest.mark.usefixtures("qr_code")
def test_an_order_says_all_that_ends_it(alipay, gateway):
    assert create(alipay) == "https://qr.example/1"

    query, content = sent(gateway)
    assert content == {
        "out_trade_no": NUMBER,
        "total_amount": "0.01",
        "subject": "课程",
        "seller_id": "2088000000000001",
        "timeout_express": "30m",
        "time_expire": "2026-03-02 09:30:00",
    }
    assert query["notify_url"] == "https://xueshi.example/payments/callbacks/alipay"


@pytest.mark.usefixtures("qr_code")
@pytest.mark.parametrize(("minutes", "express"), [(0.2, "1m"), (29.5, "30m"), (90, "90m")])
def test_it_never_ends_before_its_time(alipay, gateway, minutes, express):
    create(alipay, minutes=minutes)

    assert sent(gateway)[1]["timeout_express"] == express


@pytest.mark.usefixtures("qr_code")
def test_no_brace_is_sent_that_would_hide_the_end_of_an_answer(alipay, gateway):
    create(alipay, subject="安全}生产{ 1+1 & 2\n" + "长" * 200)

    subject = sent(gateway)[1]["subject"]
    assert subject.startswith("安全）生产（ 1+1 & 2 长长")
    assert len(subject.encode()) <= 256
    assert set(subject[16:]) == {"长"}


@pytest.mark.usefixtures("qr_code")
def test_the_time_sent_is_alipays_wherever_the_process_runs(alipay, gateway, monkeypatch):
    try:
        monkeypatch.setitem(os.environ, "TZ", "America/New_York")
        time.tzset()
        create(alipay)
    finally:
        monkeypatch.undo()
        time.tzset()

    said = datetime.strptime(sent(gateway)[0]["timestamp"] + " +0800", "%Y-%m-%d %H:%M:%S %z")
    assert abs(datetime.now(UTC) - said) < timedelta(minutes=1)


# --- Refunds ----------------------------------------------------------------------------------------------------------
def refund(alipay):
    return alipay.refund(
        number=NUMBER,
        refund_number="XR1",
        total_fen=240,
        amount_fen=100,
        reason="不想{学}了",
        notify_url="https://xueshi.example/payments/callbacks/alipay",
    )


def test_money_that_moved_is_this_refunds_amount_not_the_sum_so_far(alipay, alipay_says, gateway):
    answer = {"code": "10000", "out_trade_no": NUMBER, "trade_no": "1", "fund_change": "Y", "refund_fee": "2.20"}
    alipay_says(REFUND, json.dumps(answer))

    given = refund(alipay)

    assert (given.state, given.amount_fen, given.refund_number) == (RefundState.DONE, 100, "XR1")
    assert sent(gateway)[1] == {
        "out_trade_no": NUMBER,
        "out_request_no": "XR1",
        "refund_amount": "1.00",
        "refund_reason": "不想（学）了",
    }


@pytest.mark.parametrize(
    ("stated", "state"),
    [
        ({"out_request_no": "XR1", "refund_amount": "1.00", "refund_status": "REFUND_SUCCESS"}, RefundState.DONE),
        ({"out_request_no": "XR1", "refund_amount": "1.00"}, RefundState.PROCESSING),
        ({}, RefundState.PROCESSING),
    ],
    ids=["done before", "not done", "not known"],
)
def test_no_money_moved_is_asked_after(alipay, gateway, pairs, stated, state):
    def answers(asked):
        if REFUND_QUERY in asked.target:
            core = {"code": "10000", "out_trade_no": NUMBER, "trade_no": "1"} | stated
            return Answer(core_signed(REFUND_QUERY, json.dumps(core), pairs["platform"]))
        core = {"code": "10000", "out_trade_no": NUMBER, "trade_no": "1", "fund_change": "N", "refund_fee": "1.00"}
        return Answer(core_signed(REFUND, json.dumps(core), pairs["platform"]))

    gateway.answers = answers

    given = refund(alipay)

    assert (given.state, given.amount_fen) == (state, 100)


def test_the_query_of_a_refund_that_went_well_says_not_that_there_is_one(alipay, alipay_says):
    alipay_says(REFUND_QUERY, json.dumps({"code": "10000", "out_trade_no": NUMBER, "trade_no": "1"}))

    assert alipay.query_refund(number=NUMBER, refund_number="XR1") is None


def test_an_answer_about_another_refund_is_none(alipay, alipay_says):
    core = {"code": "10000", "out_trade_no": NUMBER, "out_request_no": "XR2", "refund_amount": "1.00"}
    alipay_says(REFUND_QUERY, json.dumps(core))

    with pytest.raises(ProviderDown):
        alipay.query_refund(number=NUMBER, refund_number="XR1")
