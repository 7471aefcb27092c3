"""The page that plays the phone."""

import re

import pytest

from payments.sandbox import Sandbox
from tests.payments.sandbox.merchant import AlipayMerchant, WeChatMerchant, http

NUMBER = "XS20261124L"


def test_it_shows_what_is_to_be_paid_and_to_whom(wechat: WeChatMerchant) -> None:
    page = http(wechat.code_url(NUMBER, subject="会计 & <继续教育>"))

    assert page.status == 200
    assert "微信支付" in page.text
    assert "2.40" in page.text
    assert "学时平台（沙箱商户）" in page.text
    assert "会计 &amp; &lt;继续教育&gt;" in page.text
    assert re.findall(r'value="(\w+)">([^<]+)<', page.text) == [
        ("pay", "支付"),
        ("pay_without_callback", "支付但不通知"),
        ("fail", "支付失败"),
        ("pay_late", "延迟支付"),
    ]


def test_it_is_alipays_own_for_alipay(alipay: AlipayMerchant) -> None:
    assert "支付宝（沙箱）" in http(alipay.code_url(NUMBER)).text


def test_paying_is_answered_200_and_shown(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    code = wechat.code_url(NUMBER)

    page = http(code, b"act=pay")

    assert page.status == 200
    assert 'data-state="paid"' in page.text
    assert "<button" not in page.text
    assert len(wechat.inbox.wait()) == 1


def test_paying_twice_takes_the_money_once(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    code = wechat.code_url(NUMBER)
    http(code, b"act=pay")
    paid_at = sandbox.trades()[0]["paid_at"]

    assert http(code, b"act=pay").status == 200
    assert sandbox.control.wait_quiet()
    assert len(wechat.inbox.received) == 1
    assert sandbox.trades()[0]["paid_at"] == paid_at


def test_paying_without_callback_tells_nobody(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    assert http(wechat.code_url(NUMBER), b"act=pay_without_callback").status == 200

    assert sandbox.control.wait_quiet()
    assert wechat.inbox.received == []
    assert wechat.query(NUMBER)[1]["trade_state"] == "SUCCESS"


def test_failing_leaves_the_order_to_be_paid(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    code = wechat.code_url(NUMBER)

    page = http(code, b"act=fail")

    assert page.status == 200
    assert "支付失败" in page.text
    assert wechat.query(NUMBER)[1]["trade_state"] == "NOTPAY"
    assert http(code, b"act=pay").status == 200
    assert wechat.query(NUMBER)[1]["trade_state"] == "SUCCESS"


def test_paying_alipay_without_looking_first_is_a_scan_too(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    http(alipay.code_url(NUMBER), b"act=pay")

    assert alipay.query(NUMBER)["trade_status"] == "TRADE_SUCCESS"


@pytest.mark.parametrize("body", [b"act=steal", b"", b"act="])
def test_another_act_is_refused(sandbox: Sandbox, wechat: WeChatMerchant, body: bytes) -> None:
    assert http(wechat.code_url(NUMBER), body).status == 400
    assert wechat.query(NUMBER)[1]["trade_state"] == "NOTPAY"


def test_a_closed_order_offers_late_payment_alone(wechat: WeChatMerchant) -> None:
    code = wechat.code_url(NUMBER)
    wechat.close(NUMBER)

    page = http(code)

    assert "订单已关闭" in page.text
    assert re.findall(r'name="act" value="(\w+)"', page.text) == ["pay_late"]


def test_an_unknown_code_leads_nowhere(sandbox: Sandbox) -> None:
    assert http(f"{sandbox.base}/pay/unknown").status == 404
    assert http(f"{sandbox.base}/pay/unknown", b"act=pay").status == 404


def test_no_page_carries_style_or_script(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    for address in (wechat.code_url(NUMBER), f"{sandbox.base}/pay/unknown", f"{sandbox.base}/"):
        page = http(address)

        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page.text)
        assert "default-src 'none'; style-src 'self'" in page.headers["Content-Security-Policy"]
    assert http(f"{sandbox.base}/favicon.ico").status == 204  # no error in a browser's console
    assert http(f"{sandbox.base}/assets/sandbox.css").headers["Content-Type"].startswith("text/css")
