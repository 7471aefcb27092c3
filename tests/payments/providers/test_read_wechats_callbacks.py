"""WeChat's callbacks: who wrote them, when, for whom, and what is in the envelope."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from payments.providers.base import NoticeRefused, PaymentState, RefundState
from payments.providers.wechat import WeChat
from tests.payments.providers.conftest import APIV3_KEY, PLATFORM_ID
from tests.payments.providers.gateway import stamped

PAYMENT = {
    "appid": "wx0000000000000001",
    "mchid": "1900000001",
    "out_trade_no": "XS20260302000001",
    "transaction_id": "4200000000202603020000000001",
    "trade_state": "SUCCESS",
    "success_time": "2026-03-02T09:00:00+08:00",
    "payer": {"openid": "oInvented0000000000000000001"},
    "amount": {"total": 240, "payer_total": 240, "currency": "CNY", "payer_currency": "CNY"},
}
REFUND = {
    "mchid": "1900000001",
    "out_trade_no": "XS20260302000001",
    "transaction_id": "4200000000202603020000000001",
    "out_refund_no": "XR20260302000001",
    "refund_id": "50300000000000000000001",
    "refund_status": "SUCCESS",
    "user_received_account": "招商银行信用卡0403",
    "amount": {"total": 240, "refund": 100, "payer_total": 240, "payer_refund": 100},
}


def sealed(content, *, aad="transaction", key=APIV3_KEY, **changed):
    """The body of a callback; `changed`: of its resource, or with a leading underscore of the whole."""
    plain = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    nonce = "0123456789ab"
    resource = {
        "original_type": "transaction",
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": b64encode(AESGCM(key.encode()).encrypt(nonce.encode(), plain, (aad or "").encode())).decode(),
        "associated_data": aad,
        "nonce": nonce,
    }
    whole = {
        "id": "EV-0001",
        "create_time": "2026-03-02T09:00:01+08:00",
        "resource_type": "encrypt-resource",
        "event_type": "TRANSACTION.SUCCESS",
        "summary": "支付成功",
    }
    whole |= {name[1:]: value for name, value in changed.items() if name.startswith("_")}
    resource |= {name: value for name, value in changed.items() if not name.startswith("_")}
    resource = {name: value for name, value in resource.items() if value is not None}
    return json.dumps({"resource": resource} | whole, ensure_ascii=False).encode()


@pytest.fixture
def read(wechat, pairs):
    """`read(body, **stamp)`: as the callback's address would."""

    def read(body, *, by=wechat, now=None, **stamp):
        stamp = {"key": pairs["platform"], "serial": PLATFORM_ID} | stamp
        return by.read_notice(headers=stamped(body, **stamp), body=body, now=now or datetime.now(UTC))

    return read


def refused(read, body, **stamp):
    with pytest.raises(NoticeRefused) as refusal:
        read(body, **stamp)
    return refusal.value.reason


def test_a_payment_is_read(read):
    notice = read(sealed(PAYMENT))

    assert (notice.event_id, notice.refund) == ("EV-0001", None)
    payment = notice.payment
    assert (payment.number, payment.state, payment.amount_fen, payment.currency) == (
        "XS20260302000001",
        PaymentState.PAID,
        240,
        "CNY",
    )
    assert (payment.merchant_id, payment.app_id) == ("1900000001", "wx0000000000000001")
    assert payment.paid_at == datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert payment.raw["payer"] == {"openid": "oIn…01"}


@pytest.mark.parametrize(
    ("event", "status", "state"),
    [
        ("REFUND.SUCCESS", "SUCCESS", RefundState.DONE),
        ("REFUND.ABNORMAL", "ABNORMAL", RefundState.FAILED),
        ("REFUND.CLOSED", "CLOSED", RefundState.FAILED),
    ],
)
def test_a_refund_is_read(read, event, status, state):
    notice = read(sealed(REFUND | {"refund_status": status}, aad="refund", _event_type=event))

    assert notice.payment is None
    refund = notice.refund
    assert (refund.number, refund.refund_number, refund.amount_fen) == ("XS20260302000001", "XR20260302000001", 100)
    assert (refund.state, refund.provider_refund_id) == (state, "50300000000000000000001")
    assert "招商银行信用卡0403" not in json.dumps(refund.raw, ensure_ascii=False)


@pytest.mark.parametrize("aad", ["transaction", "", None], ids=["there", "empty", "missing"])
def test_associated_data_may_be_missing(read, aad):
    assert read(sealed(PAYMENT, aad=aad)).payment.amount_fen == 240


def test_headers_are_read_in_any_case(wechat, pairs):
    body = sealed(PAYMENT)
    headers = stamped(body, key=pairs["platform"], serial=PLATFORM_ID)
    lower = {name.lower(): value for name, value in headers.items()}

    assert wechat.read_notice(headers=lower, body=body, now=datetime.now(UTC)).payment.amount_fen == 240


def test_a_payment_with_a_wrong_amount_or_merchant_is_the_callers_to_refuse(read):
    strange = PAYMENT | {"mchid": "1900000009", "amount": {"total": 241, "currency": "USD"}}

    payment = read(sealed(strange)).payment

    assert (payment.merchant_id, payment.amount_fen, payment.currency) == ("1900000009", 241, "USD")


def test_a_refund_of_another_merchant_is_refused(read):
    body = sealed(REFUND | {"mchid": "1900000009"}, aad="refund", _event_type="REFUND.SUCCESS")

    assert refused(read, body) == "merchant"


def test_what_concerns_neither_payment_nor_refund_says_nothing(read):
    assert read(sealed({"complaint_id": "1"}, aad="complaint", _event_type="COMPLAINT.CREATE")) is None


@pytest.mark.parametrize(
    ("stamp", "reason"),
    [
        ({"signature": ""}, "signature"),
        ({"signature": "AAAA"}, "signature"),
        ({"signature": "不是签名"}, "signature"),
        ({"signature": "WECHATPAY/SIGNTEST/" + "A" * 325}, "signature"),
        ({"nonce": "nonce-0002", "signature": "AAAA"}, "signature"),
        ({"serial": "PUB_KEY_ID_0000000000"}, "serial"),
        ({"serial": ""}, "serial"),
        ({"serial": "not hexadecimal"}, "serial"),
        ({"signature_type": "WECHATPAY2-SM2-WITH-SM3"}, "algorithm"),
        ({"ago": 310}, "timestamp"),
        ({"ago": -310}, "timestamp"),
        ({"timestamp": ""}, "timestamp"),
        ({"timestamp": "-5"}, "timestamp"),
        ({"timestamp": "１２３"}, "timestamp"),
        ({"timestamp": "9" * 400}, "timestamp"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_stamp_that_is_not_wechats_is_refused(read, gateway, stamp, reason):
    assert refused(read, sealed(PAYMENT), **stamp) == reason
    assert gateway.asked == []  # no certificates are fetched for it


def test_a_stranger_signs_in_vain(read, pairs):
    assert refused(read, sealed(PAYMENT), key=pairs["stranger"]) == "signature"


def test_one_changed_byte_is_refused(wechat, pairs):
    body = sealed(PAYMENT)
    headers = stamped(body, key=pairs["platform"], serial=PLATFORM_ID)

    for changed in (body + b" ", body.replace(b"EV-0001", b"EV-0002"), json.dumps(json.loads(body)).encode()):
        with pytest.raises(NoticeRefused) as refusal:
            wechat.read_notice(headers=headers, body=changed, now=datetime.now(UTC))
        assert refusal.value.reason == "signature"


def test_five_minutes_are_lived_through_and_no_second_more(read):
    now = datetime.now(UTC)

    assert read(sealed(PAYMENT), nonce="nonce-0003", now=now + timedelta(seconds=298))
    assert refused(read, sealed(PAYMENT), nonce="nonce-0004", now=now + timedelta(seconds=302)) == "timestamp"


def test_the_same_callback_again_is_refused(wechat, pairs):
    body = sealed(PAYMENT)
    headers = stamped(body, key=pairs["platform"], serial=PLATFORM_ID)
    wechat.read_notice(headers=headers, body=body, now=datetime.now(UTC))

    with pytest.raises(NoticeRefused) as refusal:
        wechat.read_notice(headers=headers, body=body, now=datetime.now(UTC))

    assert refusal.value.reason == "replay"


def test_a_repeat_that_wechat_signed_anew_is_read(read):
    assert read(sealed(PAYMENT), nonce="first").event_id == read(sealed(PAYMENT), nonce="second").event_id


def test_a_forger_uses_no_nonce_up(read, pairs):
    assert refused(read, sealed(PAYMENT), key=pairs["stranger"]) == "signature"

    assert read(sealed(PAYMENT)).payment


def test_what_was_sealed_with_another_key_is_refused(read):
    assert refused(read, sealed(PAYMENT, key="f" * 32)) == "ciphertext"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"ciphertext": b64encode(b"tampered" * 8).decode()}, "ciphertext"),
        ({"ciphertext": "not base64!"}, "ciphertext"),
        ({"ciphertext": ""}, "ciphertext"),
        ({"ciphertext": None}, "ciphertext"),
        ({"ciphertext": 7}, "ciphertext"),
        ({"nonce": "short"}, "ciphertext"),
        ({"nonce": None}, "ciphertext"),
        ({"associated_data": "refund"}, "ciphertext"),
        ({"algorithm": "AEAD_SM4_GCM"}, "algorithm"),
        ({"algorithm": None}, "algorithm"),
        ({"_resource_type": "plain"}, "content"),
        ({"_resource": None}, "content"),
        ({"_resource": "text"}, "content"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_envelope_that_does_not_open_is_refused(read, changed, reason):
    assert refused(read, sealed(PAYMENT, **changed)) == reason


@pytest.mark.parametrize(
    "content",
    [
        {},
        PAYMENT | {"trade_state": "NOBODY_KNOWS"},
        PAYMENT | {"amount": {"total": 2.4}},
        PAYMENT | {"amount": None},
        PAYMENT | {"success_time": "soon"},
        {name: value for name, value in PAYMENT.items() if name != "transaction_id"},
    ],
    ids=["empty", "state", "float", "no amount", "no time", "no transaction"],
)
def test_a_content_that_says_nothing_clear_is_refused(read, content):
    assert refused(read, sealed(content)) == "content"


@pytest.mark.parametrize("content", [b"[]", b"no JSON", b"\xff"])
def test_a_content_of_another_form_is_refused(read, content):
    assert refused(read, sealed(content)) == "ciphertext"


@pytest.mark.parametrize("body", [b"", b"[]", b"no JSON"])
def test_a_signed_body_of_another_form_is_refused(read, body):
    assert refused(read, body) == "content"


def test_a_body_that_is_no_text_is_refused(read):
    assert refused(read, b"\xff\xfe") == "body"


def test_more_than_64_kb_are_not_even_verified(read):
    largest = sealed(PAYMENT, _summary="")
    largest = sealed(PAYMENT, _summary="s" * (64 * 1024 - len(largest)))

    assert len(largest) == 64 * 1024
    assert read(largest).payment
    assert refused(read, largest + b" ", nonce="another") == "size"


def test_either_of_two_keys_is_believed_while_they_change(wechat_account, read, pairs):
    changing = WeChat(
        replace(wechat_account, platform_keys=wechat_account.platform_keys | {"4F1E0A": pairs["next"].public_key()})
    )

    assert read(sealed(PAYMENT), by=changing, nonce="old")
    assert read(sealed(PAYMENT), by=changing, nonce="new", serial="4F1E0A", key=pairs["next"])
    assert refused(read, sealed(PAYMENT), by=changing, nonce="mixed", serial="4F1E0A") == "signature"


def test_wechat_hears_what_it_expects(wechat):
    assert (wechat.accepted().status, wechat.accepted().body) == (204, "")
    reply = wechat.refused("signature")
    assert 400 <= reply.status < 600
    assert reply.content_type == "application/json"
    assert json.loads(reply.body) == {"code": "FAIL", "message": "signature"}
