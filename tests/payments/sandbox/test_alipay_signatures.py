"""Alipay: nobody but the application is heard, and every answer can be verified."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

import pytest
from alipay import AliPayValidationError
from alipay.exceptions import AliPayException

from payments.sandbox import Sandbox
from payments.sandbox.keys import nobodys_key
from tests.payments.sandbox.merchant import AlipayMerchant, Inbox, alipay_client, http, verified

NUMBER = "XS20261124F"


def _answer(sandbox: Sandbox, query: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The whole answer and its core."""
    whole = json.loads(http(f"{sandbox.settings['ALIPAY_GATEWAY']}?{query}").text)
    return whole, whole["alipay_trade_precreate_response"]


def _signed(alipay: AlipayMerchant, **changed: str) -> str:
    content = {"out_trade_no": NUMBER, "total_amount": "2.40", "subject": "课程"}
    body = alipay.sdk.build_body("alipay.trade.precreate", content, **changed)
    query: str = alipay.sdk.sign_data(body)
    return query


def test_a_signed_request_is_heard(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    _, core = _answer(sandbox, _signed(alipay))

    assert core["code"] == "10000"
    assert len(sandbox.trades()) == 1


def test_a_request_as_a_form_is_the_same(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    page = http(sandbox.settings["ALIPAY_GATEWAY"], _signed(alipay).encode())

    assert json.loads(page.text)["alipay_trade_precreate_response"]["code"] == "10000"


def test_a_request_signed_by_another_key_is_refused(sandbox: Sandbox, inbox: Inbox) -> None:
    forger = AlipayMerchant(sandbox.settings, inbox)
    forger.sdk = alipay_client(sandbox.settings, notify_url=inbox.url, private_key=nobodys_key().private_pem)

    _, core = _answer(sandbox, _signed(forger))

    assert (core["code"], core["sub_code"]) == ("40002", "isv.invalid-signature")
    assert sandbox.trades() == []


def test_a_request_whose_amount_was_changed_is_refused(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    changed = _signed(alipay).replace(quote_plus("2.40"), "0.01")

    assert _answer(sandbox, changed)[1]["sub_code"] == "isv.invalid-signature"
    assert sandbox.trades() == []


def test_a_request_of_another_application_is_refused_without_signature(sandbox: Sandbox, inbox: Inbox) -> None:
    stranger = alipay_client(sandbox.settings, notify_url=inbox.url, appid="2021000000000001")

    with pytest.raises(AliPayException, match="invalid-app-id"):
        stranger.api_alipay_trade_precreate("课程", NUMBER, "2.40")
    assert sandbox.trades() == []


def test_a_request_of_another_time_is_refused(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    """By Beijing's time: eight hours off is what a server in another zone sends."""
    stamp = (datetime.now() - timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S")

    assert _answer(sandbox, _signed(alipay, timestamp=stamp))[1]["sub_code"] == "isv.invalid-timestamp"
    assert sandbox.trades() == []


def test_another_sign_type_is_refused(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    assert _answer(sandbox, _signed(alipay, sign_type="RSA"))[1]["sub_code"] == "isv.invalid-signature-type"
    assert sandbox.trades() == []


def test_an_unknown_method_is_refused(alipay: AlipayMerchant) -> None:
    assert alipay.sdk.server_api("alipay.trade.unknown", {})["sub_code"] == "isv.invalid-method"


def test_the_signature_is_over_the_core_as_it_is_written(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    raw = http(f"{sandbox.settings['ALIPAY_GATEWAY']}?{_signed(alipay)}").text
    core = raw[raw.index(":") + 1 : raw.rindex(',"sign":')]

    assert "\\/" in core  # re-serialised it would be another text
    assert alipay.sdk._verify(core, json.loads(raw)["sign"])
    assert not alipay.sdk._verify(core.replace("\\/", "/"), json.loads(raw)["sign"])


def test_after_a_rotation_answers_and_notices_are_the_new_keys(another, inbox: Inbox) -> None:
    sandbox = another()
    before = AlipayMerchant(sandbox.settings, inbox)
    sandbox.control.rotate("alipay")
    after = AlipayMerchant(sandbox.settings, inbox)

    with pytest.raises(AliPayValidationError):
        before.query(NUMBER)
    after.code_url(NUMBER)
    sandbox.control.pay(NUMBER)
    assert verified(after.sdk, inbox.wait()[0])
