"""Alipay: a code, the scan that makes a trade of it, asking, closing, cancelling."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from payments.sandbox import Sandbox
from tests.payments.sandbox.merchant import AlipayMerchant, http

NUMBER = "XS20261124E"


def _at(**time: int) -> str:
    return (datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(**time)).strftime("%Y-%m-%d %H:%M:%S")


def test_there_is_no_trade_before_the_scan(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    code = alipay.code_url(NUMBER)

    assert code.startswith(f"{sandbox.base}/pay/")
    assert alipay.query(NUMBER)["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert alipay.close(NUMBER)["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert http(code).status == 200
    assert alipay.query(NUMBER)["trade_status"] == "WAIT_BUYER_PAY"


def test_what_could_not_be_closed_before_the_scan_can_still_be_paid(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    code = alipay.code_url(NUMBER)
    alipay.close(NUMBER)

    assert http(code, b"act=pay").status == 200
    assert alipay.query(NUMBER)["trade_status"] == "TRADE_SUCCESS"


def test_the_same_number_and_terms_give_the_same_code(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    assert alipay.code_url(NUMBER) == alipay.code_url(NUMBER)
    assert len(sandbox.trades()) == 1


def test_a_number_used_for_other_terms_is_refused(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    alipay.code_url(NUMBER)

    assert alipay.order(NUMBER, "2.41")["sub_code"] == "ACQ.CONTEXT_INCONSISTENT"
    assert [trade["amount_fen"] for trade in sandbox.trades()] == [240]


@pytest.mark.parametrize("subject", ["公需 + 专业", "a  b", "问&答=1", "会计（中级）100%", "𬭎"])
def test_any_subject_comes_over_whole(sandbox: Sandbox, alipay: AlipayMerchant, subject: str) -> None:
    alipay.order(NUMBER, subject=subject)

    assert sandbox.trades()[0]["subject"] == subject


@pytest.mark.parametrize(
    ("number", "yuan", "more"),
    [
        ("with-dash", "2.40", {}),
        ("x" * 65, "2.40", {}),
        (NUMBER, "0.00", {}),
        (NUMBER, "2.401", {}),
        (NUMBER, "-2.40", {}),
        (NUMBER, "2,40", {}),
        (NUMBER, "2.40", {"subject": ""}),
        (NUMBER, "2.40", {"subject": "长" * 257}),
        (NUMBER, "2.40", {"seller_id": "2088000000000001"}),
        (NUMBER, "2.40", {"timeout_express": "30"}),
        (NUMBER, "2.40", {"timeout_express": "16d"}),
        (NUMBER, "2.40", {"time_expire": "2026-11-24T12:00:00"}),
        (NUMBER, "2.40", {"time_expire": "2020-01-01 00:00:00"}),
    ],
)
def test_a_wrong_parameter_is_refused(
    sandbox: Sandbox, alipay: AlipayMerchant, number: str, yuan: str, more: dict[str, Any]
) -> None:
    answer = alipay.order(number, yuan, **more)

    assert (answer["code"], answer["sub_code"]) == ("40004", "ACQ.INVALID_PARAMETER")
    assert sandbox.trades() == []


def test_a_paid_trade_states_what_was_paid_and_when(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    alipay.code_url(NUMBER, seller_id=sandbox.settings["ALIPAY_SELLER_ID"])
    sandbox.control.pay(NUMBER, at=datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC))

    answer = alipay.query(NUMBER)

    assert answer["code"] == "10000"
    assert answer["trade_status"] == "TRADE_SUCCESS"
    assert answer["total_amount"] == answer["receipt_amount"] == answer["buyer_pay_amount"] == "2.40"
    assert answer["send_pay_date"] == "2026-11-20 09:02:03"
    assert alipay.sdk.api_alipay_trade_query(trade_no=answer["trade_no"])["out_trade_no"] == NUMBER


def test_a_paid_trade_is_neither_begun_again_nor_closed(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    alipay.code_url(NUMBER)
    sandbox.control.pay(NUMBER)

    assert alipay.order(NUMBER)["sub_code"] == "ACQ.TRADE_HAS_SUCCESS"
    assert alipay.close(NUMBER)["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
    assert alipay.query(NUMBER)["trade_status"] == "TRADE_SUCCESS"


def test_a_scanned_trade_can_be_closed_once(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    code = alipay.code_url(NUMBER)
    sandbox.control.scan(NUMBER)

    assert alipay.close(NUMBER)["code"] == "10000"
    assert alipay.query(NUMBER)["trade_status"] == "TRADE_CLOSED"
    assert alipay.close(NUMBER)["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
    assert alipay.order(NUMBER)["sub_code"] == "ACQ.TRADE_HAS_CLOSE"
    assert http(code, b"act=pay").status == 409
    assert alipay.inbox.received == []  # a close is never announced


def test_a_payment_that_races_the_close_wins(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    alipay.code_url(NUMBER)
    sandbox.control.scan(NUMBER)
    sandbox.control.switch("close_races_payment", times=1)

    assert alipay.close(NUMBER)["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
    assert alipay.query(NUMBER)["trade_status"] == "TRADE_SUCCESS"


def test_its_timeout_counts_from_the_scan(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    code = alipay.code_url(NUMBER, timeout_express="30m")
    sandbox.control.shift_clock(3600)
    http(code)
    sandbox.control.shift_clock(3600 + 1700)
    assert alipay.query(NUMBER)["trade_status"] == "WAIT_BUYER_PAY"

    sandbox.control.shift_clock(3600 + 1900)

    assert alipay.query(NUMBER)["trade_status"] == "TRADE_CLOSED"
    assert http(code, b"act=pay").status == 409


def test_its_last_moment_is_absolute_and_closes_it(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    code = alipay.code_url(NUMBER, time_expire=_at(minutes=5))
    http(code)
    sandbox.control.shift_clock(301)

    assert alipay.query(NUMBER)["trade_status"] == "TRADE_CLOSED"
    assert http(code, b"act=pay").status == 409


def test_a_code_is_worth_nothing_after_two_hours(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    code = alipay.code_url(NUMBER)
    sandbox.control.shift_clock(7201)

    assert "二维码已失效" in http(code).text
    assert alipay.query(NUMBER)["sub_code"] == "ACQ.TRADE_NOT_EXIST"


def test_cancelling_closes_what_is_not_paid(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    alipay.code_url(NUMBER)
    sandbox.control.scan(NUMBER)

    assert alipay.sdk.api_alipay_trade_cancel(NUMBER)["action"] == "close"
    assert alipay.query(NUMBER)["trade_status"] == "TRADE_CLOSED"


def test_cancelling_gives_back_what_is_paid(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    alipay.code_url(NUMBER)
    sandbox.control.pay(NUMBER)

    assert alipay.sdk.api_alipay_trade_cancel(NUMBER)["action"] == "refund"
    assert alipay.query(NUMBER)["trade_status"] == "TRADE_CLOSED"
    assert sandbox.trades()[0]["refunded_fen"] == 240
