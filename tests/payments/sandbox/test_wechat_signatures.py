"""WeChat Pay: nobody but the merchant is heard, and every answer can be verified, whichever key signs."""

import json
import time

import pytest
from wechatpayv3.utils import build_authorization

from payments.sandbox import Sandbox
from payments.sandbox.keys import nobodys_key
from tests.payments.sandbox.merchant import Inbox, WeChatMerchant, http, wechat_client

NUMBER = "XS20261124B"
BODY = json.dumps({"mchid": "x"}).encode()


def _code(page_text: str) -> str:
    code: str = json.loads(page_text)["code"]
    return code


def test_a_request_without_signature_is_refused(sandbox: Sandbox) -> None:
    page = http(f"{sandbox.base}/wechat/v3/pay/transactions/native", BODY)

    assert (page.status, _code(page.text)) == (401, "SIGN_ERROR")
    assert sandbox.trades() == []


def test_a_request_signed_by_another_key_is_refused(sandbox: Sandbox, inbox: Inbox) -> None:
    forger = wechat_client(sandbox.settings, notify_url=inbox.url, private_key=nobodys_key().private_pem)

    status, content = forger.pay("课程", NUMBER, {"total": 240, "currency": "CNY"})

    assert (status, _code(content)) == (401, "SIGN_ERROR")
    assert sandbox.trades() == []


def test_a_request_with_another_serial_is_refused(sandbox: Sandbox, inbox: Inbox) -> None:
    stranger = wechat_client(sandbox.settings, notify_url=inbox.url, serial="0" * 40)

    assert stranger.pay("课程", NUMBER, {"total": 240, "currency": "CNY"})[0] == 401
    assert sandbox.trades() == []


def test_a_request_whose_body_was_changed_is_refused(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    path = "/v3/pay/transactions/native"
    core = wechat.sdk._core
    signed = build_authorization(path, "POST", core._mchid, core._cert_serial_no, core._private_key, data={"a": 1})

    page = http(f"{sandbox.base}/wechat{path}", b'{"a": 2}', Authorization=signed)

    assert page.status == 401


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_request_of_another_time_is_refused(
    sandbox: Sandbox, wechat: WeChatMerchant, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    core, path = wechat.sdk._core, f"/v3/pay/transactions/out-trade-no/{NUMBER}?mchid={wechat.sdk._mchid}"
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr("wechatpayv3.utils.time.time", lambda: now + seconds)
        signed = build_authorization(path, "GET", core._mchid, core._cert_serial_no, core._private_key)

    assert http(f"{sandbox.base}/wechat{path}", Authorization=signed).status == 401


def test_the_name_of_a_foreign_key_is_refused(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    wechat.sdk._core._public_key_id = "PUB_KEY_ID_0" + "A" * 36

    status, content = wechat.query(NUMBER)

    assert (status, content["code"]) == (400, "PARAM_ERROR")


def test_refusals_are_signed_too(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    core, path = wechat.sdk._core, f"/v3/pay/transactions/out-trade-no/{NUMBER}?mchid={wechat.sdk._mchid}"
    signed = build_authorization(path, "GET", core._mchid, core._cert_serial_no, core._private_key)

    page = http(f"{sandbox.base}/wechat{path}", Authorization=signed)

    assert page.status == 404
    assert core._verify_signature(page.headers, page.text)


def test_after_a_rotation_the_old_key_still_answers_who_names_it(another, inbox: Inbox) -> None:
    sandbox = another()
    before = WeChatMerchant(sandbox.settings, inbox)
    before.code_url(NUMBER)
    sandbox.control.rotate("wechat")
    after = WeChatMerchant(sandbox.settings, inbox)

    assert before.sdk._core._public_key_id != after.sdk._core._public_key_id
    assert before.query(NUMBER)[0] == 200
    assert after.query(NUMBER)[0] == 200


def test_after_a_rotation_notices_are_signed_by_the_new_key(another, inbox: Inbox) -> None:
    sandbox = another()
    WeChatMerchant(sandbox.settings, inbox).code_url(NUMBER)
    sandbox.control.rotate("wechat")
    sandbox.control.pay(NUMBER)

    notice = inbox.wait()[0]

    assert notice.headers["Wechatpay-Serial"] == sandbox.settings["WECHAT_PUBLIC_KEY_ID"]
    assert WeChatMerchant(sandbox.settings, inbox).read(notice)["resource"]["out_trade_no"] == NUMBER


def test_a_key_that_was_dropped_answers_nobody(another, inbox: Inbox) -> None:
    sandbox = another()
    before = WeChatMerchant(sandbox.settings, inbox)
    sandbox.control.rotate("wechat", keep_old=False)

    assert before.query(NUMBER)[1]["code"] == "PARAM_ERROR"


def test_a_merchant_with_a_public_key_has_no_certificates(wechat: WeChatMerchant) -> None:
    assert wechat.sdk._core.request("/v3/certificates", skip_verify=True)[0] == 404


def test_a_merchant_with_certificates_fetches_and_verifies_them(another, inbox: Inbox) -> None:
    sandbox = another()
    sandbox.control.use_wechat_mode("certificate")
    client = wechat_client(sandbox.settings, notify_url=inbox.url, certificates=True)

    assert client.pay("课程", NUMBER, {"total": 240, "currency": "CNY"})[0] == 200
    sandbox.control.pay(NUMBER)
    notice = inbox.wait()[0]
    assert not notice.headers["Wechatpay-Serial"].startswith("PUB_KEY_ID_")
    assert client.callback(notice.headers, notice.body)["resource"]["out_trade_no"] == NUMBER


def test_a_certificate_changed_over_is_fetched_anew(another, inbox: Inbox) -> None:
    sandbox = another()
    sandbox.control.use_wechat_mode("certificate")
    client = wechat_client(sandbox.settings, notify_url=inbox.url, certificates=True)
    sandbox.control.rotate("wechat")

    assert client.pay("课程", NUMBER, {"total": 240, "currency": "CNY"})[0] == 200
    assert len(client._core._certificates) == 2
