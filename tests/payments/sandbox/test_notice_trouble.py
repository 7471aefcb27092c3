"""Notices that are lost, doubled, late, early, out of order or played back."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from payments.sandbox import Sandbox
from tests.payments.sandbox.merchant import AlipayMerchant, Inbox, WeChatMerchant, http, verified

NUMBER = "XS20261124J"
Merchant = WeChatMerchant | AlipayMerchant


@pytest.fixture(params=["wechat", "alipay"])
def merchant(request: pytest.FixtureRequest) -> Merchant:
    """Each test with each provider."""
    one: Merchant = request.getfixturevalue(request.param)
    return one


def _state(merchant: Merchant) -> str:
    """As the merchant hears it when he asks."""
    if isinstance(merchant, WeChatMerchant):
        state: str = merchant.query(NUMBER)[1]["trade_state"]
    else:
        state = merchant.query(NUMBER)["trade_status"].removeprefix("TRADE_")
    return state


def test_a_lost_one_never_comes_though_the_money_did(sandbox: Sandbox, merchant: Merchant) -> None:
    merchant.code_url(NUMBER)
    sandbox.control.switch("notice_lost", number=NUMBER)
    sandbox.control.pay(NUMBER)

    assert sandbox.control.wait_quiet()
    assert merchant.inbox.received == []
    assert [notice["state"] for notice in sandbox.control.notices(NUMBER)] == ["lost"]
    assert _state(merchant) == "SUCCESS"


def test_a_lost_one_can_be_sent_by_hand(sandbox: Sandbox, merchant: Merchant) -> None:
    merchant.code_url(NUMBER)
    sandbox.control.pay(NUMBER, act="pay_without_callback")
    (lost,) = sandbox.control.notices(NUMBER)

    sandbox.control.resend(lost["id"])

    assert len(merchant.inbox.wait()) == 1
    assert sandbox.control.notices(NUMBER)[0]["state"] == "accepted"


def test_a_doubled_one_comes_twice_at_the_same_time(sandbox: Sandbox, merchant: Merchant) -> None:
    """Both must be there before either is answered."""
    both = threading.Barrier(2, timeout=10)
    taken = merchant.inbox._take

    def together(handler: Any) -> tuple[int, bytes]:
        answer = taken(handler)
        both.wait()
        return answer

    merchant.inbox._take = together  # type: ignore[method-assign]
    merchant.code_url(NUMBER)
    sandbox.control.switch("notice_doubled", times=1)
    sandbox.control.pay(NUMBER)

    assert len(merchant.inbox.wait(2)) == 2
    assert sandbox.control.wait_quiet()
    assert not both.broken
    (notice,) = sandbox.control.notices(NUMBER)
    assert (notice["state"], len(notice["deliveries"])) == ("accepted", 2)


def test_a_delayed_one_comes_later(sandbox: Sandbox, merchant: Merchant) -> None:
    merchant.code_url(NUMBER)
    sandbox.control.switch("notice_delayed", value=300)  # half a second here
    began = time.monotonic()
    sandbox.control.pay(NUMBER)

    assert _state(merchant) == "SUCCESS"
    merchant.inbox.wait()
    assert time.monotonic() - began >= 0.5


def test_an_early_one_comes_before_the_orders_answer(sandbox: Sandbox, merchant: Merchant) -> None:
    sandbox.control.switch("notice_early", times=1)

    merchant.code_url(NUMBER)

    assert len(merchant.inbox.received) == 1
    assert _state(merchant) == "SUCCESS"


def test_out_of_order_the_refund_is_told_first(sandbox: Sandbox, merchant: Merchant) -> None:
    merchant.code_url(NUMBER)
    sandbox.control.switch("notice_out_of_order", number=NUMBER)
    sandbox.control.pay(NUMBER)
    assert sandbox.control.wait_quiet()
    assert merchant.inbox.received == []

    if isinstance(merchant, WeChatMerchant):
        merchant.refund(NUMBER, "XSR20261124J", 100)
        told = [merchant.read(one)["event_type"] for one in merchant.inbox.wait(2)]
        assert told == ["REFUND.SUCCESS", "TRANSACTION.SUCCESS"]
    else:
        merchant.refund(NUMBER, "XSR20261124J", "1.00")
        assert ["refund_fee" in one.form for one in merchant.inbox.wait(2)] == [True, False]


def test_played_back_it_is_the_very_same_message(sandbox: Sandbox, merchant: Merchant) -> None:
    merchant.code_url(NUMBER)
    sandbox.control.switch("notice_replayed", times=1)
    sandbox.control.pay(NUMBER)

    first, again = merchant.inbox.wait(2)

    assert first.body == again.body
    assert first.headers.get("Wechatpay-Nonce") == again.headers.get("Wechatpay-Nonce")
    assert first.headers.get("Wechatpay-Signature") == again.headers.get("Wechatpay-Signature")


def test_a_switch_for_the_next_leaves_the_second_alone(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    sandbox.control.switch("notice_forged", provider="alipay", times=1)
    for number in ("XSNEXT_1", "XSNEXT_2"):
        alipay.code_url(number)
        sandbox.control.pay(number)
        alipay.inbox.wait(1 if number == "XSNEXT_1" else 2)

    assert [verified(alipay.sdk, one) for one in alipay.inbox.received[:2]] == [False, True]


# --- Paying when it is too late ---------------------------------------------------------------------------------------
def _close(merchant: Merchant) -> None:
    merchant.close(NUMBER)
    assert _state(merchant) == "CLOSED"


def test_paid_after_the_close_the_money_is_there_and_told(sandbox: Sandbox, merchant: Merchant) -> None:
    code = merchant.code_url(NUMBER)
    http(code)
    _close(merchant)

    assert http(code, b"act=pay_late").status == 200

    merchant.inbox.wait()
    assert _state(merchant) == "SUCCESS"


def test_who_is_late_pays_when_it_is_closed(sandbox: Sandbox, merchant: Merchant) -> None:
    """He stood before the question for his password when the merchant closed."""
    code = merchant.code_url(NUMBER)
    assert "正在输入密码" in http(code, b"act=pay_late").text
    assert sandbox.control.wait_quiet()
    assert merchant.inbox.received == []

    _close(merchant)

    merchant.inbox.wait()
    assert _state(merchant) == "SUCCESS"


def test_who_is_late_pays_when_it_is_expired(another: Callable[..., Sandbox], inbox: Inbox) -> None:
    sandbox = another()
    merchant = AlipayMerchant(sandbox.settings, inbox)
    http(merchant.code_url(NUMBER, timeout_express="1m"), b"act=pay_late")
    sandbox.control.shift_clock(65)

    inbox.wait()
    assert merchant.query(NUMBER)["trade_status"] == "TRADE_SUCCESS"


def test_by_a_switch_any_payer_can_pay_what_is_closed(sandbox: Sandbox, merchant: Merchant) -> None:
    code = merchant.code_url(NUMBER)
    http(code)
    _close(merchant)
    assert http(code, b"act=pay").status == 409
    sandbox.control.switch("pay_after_close", number=NUMBER)

    assert http(code, b"act=pay").status == 200
    assert _state(merchant) == "SUCCESS"
