"""Calls that fail, hang, are done without an answer, or are answered by nobody's signature."""

import time
import urllib.error

import pytest
import requests
from alipay import AliPayValidationError
from alipay.exceptions import AliPayException

from payments.sandbox import Sandbox
from tests.payments.sandbox.merchant import AlipayMerchant, Inbox, WeChatMerchant, alipay_client, wechat_client

NUMBER = "XS20261124K"


def test_a_server_error_did_nothing(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    sandbox.control.switch("call_error", value=502, times=1)

    assert wechat.order(NUMBER)[0] == 502
    assert sandbox.trades() == []
    assert wechat.order(NUMBER)[0] == 200


def test_a_server_error_of_alipay_did_nothing(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    sandbox.control.switch("call_error", times=1)

    with pytest.raises(urllib.error.HTTPError) as raised:
        alipay.order(NUMBER)
    raised.value.close()
    assert raised.value.code == 500
    assert sandbox.trades() == []


def test_a_slow_call_is_answered_late(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    wechat.code_url(NUMBER)
    sandbox.control.switch("call_slow", call="query", value=0.4)
    began = time.monotonic()

    assert wechat.query(NUMBER)[0] == 200
    assert time.monotonic() - began >= 0.4


def test_a_dropped_call_did_nothing(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    sandbox.control.switch("call_dropped", times=1)

    with pytest.raises(requests.ConnectionError):
        wechat.order(NUMBER)
    assert sandbox.trades() == []


def test_an_order_can_stand_though_its_answer_timed_out(sandbox: Sandbox, inbox: Inbox) -> None:
    hasty = wechat_client(sandbox.settings, notify_url=inbox.url, timeout=0.3)
    sandbox.control.switch("call_answer_lost", call="create", times=1)

    with pytest.raises(requests.Timeout):
        hasty.pay("课程", NUMBER, {"total": 240, "currency": "CNY"})

    assert [trade["number"] for trade in sandbox.trades()] == [NUMBER]
    assert hasty.pay("课程", NUMBER, {"total": 240, "currency": "CNY"})[0] == 200
    assert len(sandbox.trades()) == 1


def test_a_refund_of_alipay_can_be_done_though_its_answer_timed_out(
    sandbox: Sandbox, alipay: AlipayMerchant, inbox: Inbox
) -> None:
    alipay.code_url(NUMBER)
    sandbox.control.pay(NUMBER)
    hasty = alipay_client(sandbox.settings, notify_url=inbox.url, timeout=0.3)
    sandbox.control.switch("call_answer_lost", call="refund", provider="alipay", times=1)

    with pytest.raises(OSError, match="timed out"):
        hasty.api_alipay_trade_refund("1.00", NUMBER, out_request_no="XSR1")

    assert sandbox.trades()[0]["refunded_fen"] == 100
    assert alipay.refund(NUMBER, "XSR1", "1.00")["fund_change"] == "N"
    assert sandbox.trades()[0]["refunded_fen"] == 100


@pytest.mark.parametrize(("switch", "words"), [("call_unsigned", "algorithm"), ("call_badly_signed", "verify")])
def test_an_answer_of_wechat_can_be_nobodys(sandbox: Sandbox, wechat: WeChatMerchant, switch: str, words: str) -> None:
    sandbox.control.switch(switch, times=1)

    with pytest.raises(Exception, match=words):
        wechat.order(NUMBER)
    assert wechat.order(NUMBER)[0] == 200


@pytest.mark.parametrize(
    ("switch", "raised"), [("call_unsigned", AliPayException), ("call_badly_signed", AliPayValidationError)]
)
def test_an_answer_of_alipay_can_be_nobodys(
    sandbox: Sandbox, alipay: AlipayMerchant, switch: str, raised: type[Exception]
) -> None:
    sandbox.control.switch(switch, times=1)

    with pytest.raises(raised):
        alipay.order(NUMBER)
    assert alipay.order(NUMBER)["code"] == "10000"


def test_a_query_can_state_what_is_wrong(sandbox: Sandbox, wechat: WeChatMerchant, alipay: AlipayMerchant) -> None:
    wechat.code_url(NUMBER)
    alipay.code_url("XSALIPAY")
    sandbox.control.scan("XSALIPAY")
    for switch in ("answer_wrong_amount", "answer_wrong_merchant", "answer_wrong_app"):
        sandbox.control.switch(switch)

    stated = wechat.query(NUMBER)[1]

    assert stated["amount"]["total"] == 241
    assert stated["mchid"] != wechat.sdk._mchid
    assert stated["appid"] != wechat.sdk._appid
    assert alipay.query("XSALIPAY")["total_amount"] == "2.41"


def test_a_switch_for_one_call_leaves_the_others_alone(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    sandbox.control.switch("call_error", call="close")

    assert wechat.order(NUMBER)[0] == 200
    assert wechat.query(NUMBER)[0] == 200
    assert wechat.close(NUMBER)[0] == 500
    assert wechat.query(NUMBER)[1]["trade_state"] == "NOTPAY"


def test_a_switch_for_one_provider_leaves_the_other_alone(
    sandbox: Sandbox, wechat: WeChatMerchant, alipay: AlipayMerchant
) -> None:
    sandbox.control.switch("call_error", provider="wechat")

    assert alipay.order(NUMBER)["code"] == "10000"
    assert wechat.order(NUMBER)[0] == 500


def test_every_call_is_written_down(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    wechat.code_url(NUMBER)
    wechat.close(NUMBER)
    wechat.close(NUMBER)

    calls = [(call["call"], call["outcome"]) for call in sandbox.control.calls(NUMBER)]

    assert calls == [("create", "OK"), ("close", "OK"), ("close", "ORDER_CLOSED")]
