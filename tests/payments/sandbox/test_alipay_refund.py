"""Alipay: refunds move in the call, or are asked for again."""

import pytest

from payments.sandbox import Sandbox
from tests.payments.sandbox.merchant import AlipayMerchant, verified

NUMBER, REFUND = "XS20261124G", "XSR20261124G"


@pytest.fixture
def paid(sandbox: Sandbox, alipay: AlipayMerchant) -> AlipayMerchant:
    """A trade of 2.40, paid, its notice read."""
    alipay.code_url(NUMBER)
    sandbox.control.pay(NUMBER)
    alipay.inbox.wait()
    return alipay


def test_it_moves_in_the_call(paid: AlipayMerchant) -> None:
    answer = paid.refund(NUMBER, REFUND, "1.00")

    assert (answer["code"], answer["fund_change"], answer["refund_fee"]) == ("10000", "Y", "1.00")
    stated = paid.query_refund(NUMBER, REFUND)
    assert (stated["refund_status"], stated["refund_amount"]) == ("REFUND_SUCCESS", "1.00")
    assert paid.query(NUMBER)["trade_status"] == "TRADE_SUCCESS"


def test_repeated_it_moves_nothing_and_is_no_failure(sandbox: Sandbox, paid: AlipayMerchant) -> None:
    paid.refund(NUMBER, REFUND, "1.00")

    again = paid.refund(NUMBER, REFUND, "1.00")

    assert (again["code"], again["fund_change"], again["refund_fee"]) == ("10000", "N", "1.00")
    assert sandbox.trades()[0]["refunded_fen"] == 100


def test_repeated_with_another_amount_it_is_refused(sandbox: Sandbox, paid: AlipayMerchant) -> None:
    paid.refund(NUMBER, REFUND, "1.00")

    assert paid.refund(NUMBER, REFUND, "1.01")["sub_code"] == "ACQ.DISCORDANT_REPEAT_REQUEST"
    assert sandbox.trades()[0]["refunded_fen"] == 100


def test_the_last_part_closes_the_trade(sandbox: Sandbox, paid: AlipayMerchant) -> None:
    paid.refund(NUMBER, "PART_1", "1.00")

    assert paid.refund(NUMBER, "PART_2", "1.40")["refund_fee"] == "2.40"
    assert paid.query(NUMBER)["trade_status"] == "TRADE_CLOSED"
    assert paid.refund(NUMBER, "PART_3", "0.01")["sub_code"] == "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"
    assert sandbox.trades()[0]["refunded_fen"] == 240


def test_it_is_told_with_the_state_it_left(paid: AlipayMerchant) -> None:
    paid.refund(NUMBER, "PART_1", "1.00")
    paid.inbox.wait(2)
    paid.refund(NUMBER, "PART_2", "1.40")

    part, rest = paid.inbox.wait(3)[1:]

    assert verified(paid.sdk, part)
    assert verified(paid.sdk, rest)
    said = [(one.form["out_biz_no"], one.form["refund_fee"], one.form["trade_status"]) for one in (part, rest)]
    assert said == [("PART_1", "1.00", "TRADE_SUCCESS"), ("PART_2", "2.40", "TRADE_CLOSED")]


@pytest.mark.parametrize("scanned", [False, True])
def test_what_is_not_paid_is_not_refunded(sandbox: Sandbox, alipay: AlipayMerchant, scanned: bool) -> None:
    alipay.code_url(NUMBER)
    if scanned:
        sandbox.control.scan(NUMBER)

    code = "ACQ.TRADE_STATUS_ERROR" if scanned else "ACQ.TRADE_NOT_EXIST"
    assert alipay.refund(NUMBER, REFUND, "1.00")["sub_code"] == code
    assert sandbox.trades()[0]["refunded_fen"] == 0


def test_a_finished_trade_is_not_refunded(sandbox: Sandbox, paid: AlipayMerchant) -> None:
    assert sandbox.control.finish(NUMBER)

    assert paid.query(NUMBER)["trade_status"] == "TRADE_FINISHED"
    assert paid.refund(NUMBER, REFUND, "1.00")["sub_code"] == "ACQ.TRADE_HAS_FINISHED"
    assert sandbox.trades()[0]["refunded_fen"] == 0


def test_after_a_year_it_is_refused(sandbox: Sandbox, paid: AlipayMerchant) -> None:
    sandbox.control.shift_clock(366 * 86400)

    assert paid.refund(NUMBER, REFUND, "1.00")["sub_code"] == "ACQ.TRADE_NOT_ALLOW_REFUND"


def test_an_unknown_one_is_a_success_without_status(paid: AlipayMerchant) -> None:
    answer = paid.query_refund(NUMBER, "XSR_UNKNOWN")

    assert answer["code"] == "10000"
    assert "refund_status" not in answer


@pytest.mark.parametrize(
    ("switch", "code", "sub_code"),
    [
        ("refund_refused", "40004", "ACQ.SELLER_BALANCE_NOT_ENOUGH"),
        ("refund_too_soon", "20000", "aop.ACQ.SYSTEM_ERROR"),
    ],
)
def test_it_can_fail_at_once(sandbox: Sandbox, paid: AlipayMerchant, switch: str, code: str, sub_code: str) -> None:
    sandbox.control.switch(switch, times=1)

    answer = paid.refund(NUMBER, REFUND, "1.00")

    assert (answer["code"], answer["sub_code"]) == (code, sub_code)
    assert sandbox.trades()[0]["refunded_fen"] == 0
    assert paid.refund(NUMBER, REFUND, "1.00")["fund_change"] == "Y"  # the same number, once the trouble is over


def test_it_can_be_accepted_and_come_to_nothing(sandbox: Sandbox, paid: AlipayMerchant) -> None:
    sandbox.control.switch("refund_abnormal", number=NUMBER)

    assert paid.refund(NUMBER, REFUND, "1.00")["fund_change"] == "N"

    assert "refund_status" not in paid.query_refund(NUMBER, REFUND)
    assert sandbox.trades()[0]["refunded_fen"] == 0
    assert sandbox.control.wait_quiet()
    assert len(paid.inbox.received) == 1


def test_it_can_move_later_than_the_call(sandbox: Sandbox, paid: AlipayMerchant) -> None:
    sandbox.control.switch("refund_slow", value=240, times=1)  # 0.4 s here

    answer = paid.refund(NUMBER, REFUND, "1.00")

    assert (answer["fund_change"], answer["refund_fee"]) == ("N", "0.00")
    assert "refund_status" not in paid.query_refund(NUMBER, REFUND)
    assert paid.inbox.wait(2)[1].form["out_biz_no"] == REFUND
    assert paid.query_refund(NUMBER, REFUND)["refund_status"] == "REFUND_SUCCESS"
