"""WeChat Pay: notices as the SDK reads them, and what can be wrong with them."""

import base64
import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from payments.sandbox import Sandbox
from tests.payments.sandbox.merchant import Received, WeChatMerchant

NUMBER = "XS20261124D"


def _paid(sandbox: Sandbox, merchant: WeChatMerchant, *switches: str, **chosen: Any) -> Received:
    """The first notice of an order that is paid with these switches on."""
    merchant.code_url(NUMBER)
    for switch in switches:
        sandbox.control.switch(switch, times=1, **chosen)
    sandbox.control.pay(NUMBER)
    return merchant.inbox.wait()[0]


def test_it_says_what_was_paid(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    notice = _paid(sandbox, wechat)

    said = wechat.read(notice)
    assert (said["event_type"], said["resource_type"]) == ("TRANSACTION.SUCCESS", "encrypt-resource")
    assert said["resource"]["trade_state"] == "SUCCESS"
    assert said["resource"]["amount"]["total"] == 240
    assert said["resource"]["transaction_id"] == wechat.query(NUMBER)[1]["transaction_id"]
    assert abs(int(notice.headers["Wechatpay-Timestamp"]) - time.time()) < 60
    assert notice.path == "/callback"


def test_it_still_says_paid_when_it_was_refunded_since(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    wechat.code_url(NUMBER)
    sandbox.control.switch("notice_out_of_order", times=1)
    sandbox.control.pay(NUMBER)
    wechat.refund(NUMBER, "XSR20261124D", 240)

    last = wechat.read(wechat.inbox.wait(2)[1])

    assert last["resource"]["trade_state"] == "SUCCESS"


@pytest.mark.parametrize("aad", ["present", "empty", "missing"])
def test_its_associated_data_is_not_always_there(sandbox: Sandbox, wechat: WeChatMerchant, aad: str) -> None:
    notice = _paid(sandbox, wechat, "notice_aad", value=aad)

    resource = json.loads(notice.body)["resource"]
    assert resource.get("associated_data") == {"present": "transaction", "empty": "", "missing": None}[aad]
    assert wechat.read(notice)["resource"]["out_trade_no"] == NUMBER
    sealed = base64.b64decode(resource["ciphertext"])
    key = sandbox.settings["WECHAT_APIV3_KEY"].encode()
    assert AESGCM(key).decrypt(resource["nonce"].encode(), sealed, (resource.get("associated_data") or "").encode())


def test_by_itself_the_associated_data_changes(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    for count in range(3):
        wechat.code_url(f"{NUMBER}{count}")
        sandbox.control.pay(f"{NUMBER}{count}")

    said = [json.loads(notice.body)["resource"].get("associated_data") for notice in wechat.inbox.wait(3)]

    assert set(said) == {"transaction", "", None}


@pytest.mark.parametrize("switch", ["notice_forged", "notice_signtest", "notice_tampered"])
def test_a_false_one_is_not_believed_and_a_true_one_follows(
    sandbox: Sandbox, wechat: WeChatMerchant, switch: str
) -> None:
    wechat.inbox.answers = [(401, b'{"code":"FAIL"}'), (200, b"")]

    false = _paid(sandbox, wechat, switch)

    assert wechat.read(false) is None
    assert wechat.read(wechat.inbox.wait(2)[1])["resource"]["out_trade_no"] == NUMBER


def test_a_signature_test_begins_as_wechats_do(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    notice = _paid(sandbox, wechat, "notice_signtest")

    assert notice.headers["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/")


def test_tampered_is_the_ciphertext_under_a_good_signature(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    notice = _paid(sandbox, wechat, "notice_tampered")

    assert wechat.sdk._core._verify_signature(notice.headers, notice.body.decode())
    assert wechat.read(notice) is None


@pytest.mark.parametrize(
    ("switch", "path", "genuine"),
    [
        ("notice_wrong_amount", ("amount", "total"), 240),
        ("notice_wrong_currency", ("amount", "currency"), "CNY"),
        ("notice_wrong_merchant", ("mchid",), None),
        ("notice_wrong_app", ("appid",), None),
        ("notice_wrong_number", ("out_trade_no",), NUMBER),
    ],
)
def test_a_wrong_statement_can_be_genuinely_signed(
    sandbox: Sandbox, wechat: WeChatMerchant, switch: str, path: tuple[str, ...], genuine: Any
) -> None:
    resource = wechat.read(_paid(sandbox, wechat, switch))["resource"]

    stated: Any = resource
    for name in path:
        stated = stated[name]
    expected = genuine or {"mchid": wechat.sdk._mchid, "appid": wechat.sdk._appid}[path[0]]
    assert stated != expected
    assert type(stated) is type(expected)


def test_the_difference_in_the_amount_can_be_chosen(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    notice = _paid(sandbox, wechat, "notice_wrong_amount", value=-239)

    assert wechat.read(notice)["resource"]["amount"]["total"] == 1


def test_its_timestamp_can_be_old(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    notice = _paid(sandbox, wechat, "notice_old_timestamp")

    assert 590 <= time.time() - int(notice.headers["Wechatpay-Timestamp"]) <= 660
    assert wechat.read(notice)["resource"]["out_trade_no"] == NUMBER  # the SDK doesn't look


def test_its_serial_can_be_unknown(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    notice = _paid(sandbox, wechat, "notice_unknown_serial")

    assert notice.headers["Wechatpay-Serial"] != sandbox.settings["WECHAT_PUBLIC_KEY_ID"]


def test_it_can_be_over_64_kb(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    notice = _paid(sandbox, wechat, "notice_huge")

    assert len(notice.body) > 65536
    assert wechat.read(notice)["resource"]["out_trade_no"] == NUMBER


def test_its_id_is_the_same_at_every_try(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    wechat.inbox.answers = [(500, b""), (200, b"")]
    _paid(sandbox, wechat)

    first, second = wechat.inbox.wait(2)

    assert wechat.read(first)["id"] == wechat.read(second)["id"]
    assert first.headers["Wechatpay-Nonce"] != second.headers["Wechatpay-Nonce"]
