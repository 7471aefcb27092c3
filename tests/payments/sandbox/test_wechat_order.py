"""WeChat Pay: beginning an order, asking for it, closing it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from payments.sandbox import Sandbox
from tests.payments.sandbox.merchant import WeChatMerchant, http

NUMBER = "XS20261124A"


def _in(**time: int) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat(timespec="seconds")


def test_a_code_is_an_address_of_the_sandbox(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    status, content = wechat.order(NUMBER)

    assert status == 200
    assert content["code_url"].startswith(f"{sandbox.base}/pay/")
    assert wechat.query(NUMBER)[1]["trade_state"] == "NOTPAY"
    assert sandbox.trades()[0]["amount_fen"] == 240


def test_the_same_number_and_terms_give_the_same_code(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    expires = _in(minutes=30)

    assert wechat.code_url(NUMBER, time_expire=expires) == wechat.code_url(NUMBER, time_expire=expires)
    assert len(sandbox.trades()) == 1


def test_a_number_used_for_other_terms_is_refused(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    wechat.code_url(NUMBER)

    status, content = wechat.order(NUMBER, 241)

    assert (status, content["code"]) == (400, "INVALID_REQUEST")
    assert [trade["amount_fen"] for trade in sandbox.trades()] == [240]


@pytest.mark.parametrize(
    ("number", "fen", "more"),
    [
        ("short", 240, {}),
        ("x" * 33, 240, {}),
        ("number with blanks", 240, {}),
        (NUMBER, 240, {"subject": "长" * 128}),
        (NUMBER, -1, {}),
        (NUMBER, 2.4, {}),
        (NUMBER, "240", {}),
        (NUMBER, 240, {"attach": "a" * 129}),
        (NUMBER, 240, {"notify_url": "https://merchant.example/callback?order=1"}),
        (NUMBER, 240, {"notify_url": "http://merchant.example/callback"}),
        (NUMBER, 240, {"mchid": "1900000001"}),
        (NUMBER, 240, {"time_expire": "tomorrow"}),
        (NUMBER, 240, {"time_expire": "2030-01-01T00:00:00"}),
    ],
)
def test_a_wrong_parameter_is_refused(
    sandbox: Sandbox, wechat: WeChatMerchant, number: str, fen: Any, more: dict[str, Any]
) -> None:
    status, content = wechat.order(number, fen, **more)

    assert (status, content["code"]) == (400, "PARAM_ERROR")
    assert sandbox.trades() == []


@pytest.mark.parametrize("until", [{"seconds": 30}, {"days": 91}, {"days": -1}])
def test_a_last_moment_too_near_or_too_far_is_refused(wechat: WeChatMerchant, until: dict[str, int]) -> None:
    assert wechat.order(NUMBER, time_expire=_in(**until))[1]["code"] == "PARAM_ERROR"
    assert wechat.query(NUMBER)[0] == 404


def test_another_currency_is_refused(wechat: WeChatMerchant) -> None:
    status, _ = wechat.sdk.pay("课程", NUMBER, {"total": 240, "currency": "USD"})

    assert status == 400
    assert wechat.query(NUMBER)[0] == 404


def test_another_app_is_refused(wechat: WeChatMerchant) -> None:
    assert wechat.order(NUMBER, appid="wx0123456789abcdef")[1]["code"] == "APPID_MCHID_NOT_MATCH"
    assert wechat.query(NUMBER)[0] == 404


def test_a_paid_order_states_who_paid_what_and_when(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    wechat.code_url(NUMBER, attach="班级 甲")
    paid_at = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)
    sandbox.control.pay(NUMBER, at=paid_at)

    status, content = wechat.query(NUMBER)

    assert status == 200
    assert content["trade_state"] == "SUCCESS"
    assert content["amount"] == {"total": 240, "currency": "CNY", "payer_total": 240, "payer_currency": "CNY"}
    assert content["success_time"] == "2026-11-20T09:02:03+08:00"
    assert (content["mchid"], content["appid"], content["attach"]) == (wechat.sdk._mchid, wechat.sdk._appid, "班级 甲")
    assert content["transaction_id"]
    assert content["payer"]["openid"]
    assert wechat.sdk.query(transaction_id=content["transaction_id"])[0] == 200


def test_an_unknown_order_is_404(wechat: WeChatMerchant) -> None:
    status, content = wechat.query("XS_UNKNOWN")

    assert (status, content["code"]) == (404, "ORDER_NOT_EXIST")


def test_a_paid_order_is_not_begun_again(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    wechat.code_url(NUMBER)
    sandbox.control.pay(NUMBER)

    assert wechat.order(NUMBER)[1]["code"] == "ORDERPAID"


def test_its_last_moment_is_not_a_close(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    """WeChat lets nobody pay any more, and still calls the order unpaid; a new attempt needs a new number."""
    until = _in(minutes=5)
    code = wechat.code_url(NUMBER, time_expire=until)
    sandbox.control.shift_clock(301)

    assert http(code, b"act=pay").status == 409
    assert wechat.query(NUMBER)[1]["trade_state"] == "NOTPAY"
    assert wechat.order(NUMBER, time_expire=until)[1]["code"] == "INVALID_REQUEST"


def test_a_code_is_worth_nothing_after_two_hours(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    code = wechat.code_url(NUMBER, time_expire=_in(days=1))
    sandbox.control.shift_clock(7201)

    assert http(code, b"act=pay").status == 409
    assert "二维码已失效" in http(code).text
    assert wechat.query(NUMBER)[1]["trade_state"] == "NOTPAY"


def test_closing_answers_204_and_ends_it(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    code = wechat.code_url(NUMBER)

    assert wechat.close(NUMBER) == (204, b"")
    assert wechat.query(NUMBER)[1]["trade_state"] == "CLOSED"
    assert http(code, b"act=pay").status == 409
    assert wechat.query(NUMBER)[1]["trade_state"] == "CLOSED"
    assert wechat.order(NUMBER)[1]["code"] == "ORDER_CLOSED"


def test_closing_twice_is_refused(wechat: WeChatMerchant) -> None:
    wechat.code_url(NUMBER)
    wechat.close(NUMBER)

    assert wechat.close(NUMBER)[1]["code"] == "ORDER_CLOSED"


def test_a_paid_order_is_not_closed(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    wechat.code_url(NUMBER)
    sandbox.control.pay(NUMBER)

    status, content = wechat.close(NUMBER)

    assert (status, content["code"]) == (400, "ORDERPAID")
    assert wechat.query(NUMBER)[1]["trade_state"] == "SUCCESS"


def test_an_unknown_order_is_not_closed(wechat: WeChatMerchant) -> None:
    assert wechat.close("XS_UNKNOWN")[0] == 404


def test_a_payment_that_races_the_close_wins(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    wechat.code_url(NUMBER)
    sandbox.control.switch("close_races_payment", number=NUMBER)

    assert wechat.close(NUMBER)[1]["code"] == "ORDERPAID"
    assert wechat.query(NUMBER)[1]["trade_state"] == "SUCCESS"
    assert wechat.read(wechat.inbox.wait()[0])["resource"]["out_trade_no"] == NUMBER
