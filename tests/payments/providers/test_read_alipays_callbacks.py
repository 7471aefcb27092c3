"""Alipay's callbacks: a form that is decoded once, every field of which counts."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, quote_plus, urlencode

import pytest

from payments.providers.base import NoticeRefused, PaymentState
from tests.payments.providers.gateway import sign

NOW = datetime(2026, 3, 2, 1, 0, 30, tzinfo=UTC)
FIELDS = {
    "gmt_create": "2026-03-02 08:59:00",
    "charset": "utf-8",
    "seller_email": "seller@example.com",
    "subject": "公需科目",
    "buyer_id": "2088900000000017",
    "buyer_logon_id": "138****0000",
    "notify_id": "2026030200222000000000000001",
    "fund_bill_list": '[{"amount":"2.40","fundChannel":"ALIPAYACCOUNT"}]',
    "notify_type": "trade_status_sync",
    "trade_status": "TRADE_SUCCESS",
    "receipt_amount": "2.40",
    "app_id": "2021000000000001",
    "seller_id": "2088000000000001",
    "gmt_payment": "2026-03-02 09:00:00",
    "notify_time": "2026-03-02 09:00:01",
    "version": "1.0",
    "out_trade_no": "XS20260302000001",
    "total_amount": "2.40",
    "trade_no": "2026030222001000000000000001",
    "sign_type": "RSA2",
}


def signed(key, **changed):
    """The fields and their signature, as Alipay makes it: sorted, without sign, sign_type and what is empty."""
    fields = {name: value for name, value in (FIELDS | changed).items() if value is not None}
    counted = sorted((name, value) for name, value in fields.items() if name not in ("sign_type", "sign") and value)
    return fields | {"sign": sign(key, "&".join(f"{name}={value}" for name, value in counted).encode())}


@pytest.fixture
def read(alipay, pairs):
    """`read(**changed)`: a genuine callback with other fields; `read(body=…)`: these very bytes."""

    def read(*, body=None, now=NOW, key="platform", **changed):
        body = urlencode(signed(pairs[key], **changed)).encode() if body is None else body
        return alipay.read_notice(headers={}, body=body, now=now)

    return read


def refused(read, **named):
    with pytest.raises(NoticeRefused) as refusal:
        read(**named)
    return refusal.value.reason


def test_a_payment_is_read(read):
    notice = read()

    assert (notice.event_id, notice.refund) == ("2026030200222000000000000001", None)
    payment = notice.payment
    assert (payment.number, payment.state, payment.amount_fen, payment.currency) == (
        "XS20260302000001",
        PaymentState.PAID,
        240,
        "CNY",
    )
    assert (payment.merchant_id, payment.app_id) == ("2088000000000001", "2021000000000001")
    assert payment.transaction_id == "2026030222001000000000000001"
    assert payment.paid_at == datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_what_is_kept_has_neither_the_payer_nor_the_signature(read):
    raw = read().payment.raw

    assert (raw["buyer_id"], raw["buyer_logon_id"]) == ("208…17", "138…00")
    assert not {"sign", "sign_type"} & set(raw)


@pytest.mark.parametrize(
    "subject",
    [
        "公需 科目",
        "1+1 & 2=3",
        "100%25",
        "a%20b",
        "&lt;b&gt;",
        "{一半",
        "🙂",
        'a"b\\c/',
    ],
)
@pytest.mark.parametrize("quoted", [quote_plus, quote], ids=["plus for blanks", "%20 for blanks"])
def test_a_subject_is_decoded_once(alipay, pairs, subject, quoted):
    fields = signed(pairs["platform"], subject=subject)
    body = "&".join(f"{name}={quoted(value)}" for name, value in fields.items()).encode()

    assert alipay.read_notice(headers={}, body=body, now=NOW).payment.raw["subject"] == subject


def test_fields_nobody_knows_count_too(read, alipay, pairs):
    assert read(brought_in_2030="1").payment

    body = urlencode(signed(pairs["platform"]) | {"brought_in_2030": "1"}).encode()
    assert refused(read, body=body) == "signature"


def test_empty_fields_may_count_or_not(read, pairs):
    assert read(passback_params="").payment

    counted = sorted((name, value) for name, value in (FIELDS | {"body": ""}).items() if name != "sign_type")
    proof = sign(pairs["platform"], "&".join(f"{name}={value}" for name, value in counted).encode())
    assert read(body=urlencode(FIELDS | {"body": "", "sign": proof}).encode()).payment


@pytest.mark.parametrize("name", ["total_amount", "out_trade_no", "trade_status", "app_id", "notify_id", "subject"])
def test_one_changed_field_is_refused(read, pairs, name):
    body = urlencode(signed(pairs["platform"]) | {name: "0.01"}).encode()

    assert refused(read, body=body) == "signature"


@pytest.mark.parametrize("name", ["total_amount", "sign", "brought_in_2030"])
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_a_field_that_comes_twice_is_refused(read, pairs, name, first):
    body, extra = urlencode(signed(pairs["platform"], brought_in_2030="1")), f"{name}=0.01"
    body = f"{extra}&{body}" if first else f"{body}&{extra}"

    assert refused(read, body=body.encode()) == "doubled"


def test_a_stranger_signs_in_vain(read):
    assert refused(read, key="stranger") == "signature"


@pytest.mark.parametrize("proof", ["", "AAAA", "不是签名", "WECHATPAY/SIGNTEST/AAAA"])
def test_a_signature_that_is_none_is_refused(read, pairs, proof):
    body = urlencode(signed(pairs["platform"]) | {"sign": proof}).encode()

    assert refused(read, body=body) == "signature"


@pytest.mark.parametrize("sign_type", ["RSA", "MD5", "rsa2", "", None])
def test_another_algorithm_is_refused(read, sign_type):
    assert refused(read, sign_type=sign_type) == "algorithm"


@pytest.mark.parametrize(
    "body",
    [b"a", b"a=%FF%FE", b"\xff=1", b"&".join(b"f%d=1" % field for field in range(101)), b"{}"],
    ids=["no pair", "no text", "no ASCII", "too many", "JSON"],
)
def test_what_is_no_form_is_refused(read, body):
    assert refused(read, body=body) == "body"


def test_more_than_64_kb_are_not_even_verified(read, pairs):
    fits = 64 * 1024 - len(urlencode(signed(pairs["platform"], passback_params="a"))) - 200

    assert read(passback_params="a" * fits).payment
    assert refused(read, passback_params="a" * 64 * 1024) == "size"


@pytest.mark.parametrize(
    ("age", "reason"),
    [(timedelta(hours=26, seconds=1), "timestamp"), (-timedelta(minutes=5, seconds=1), "timestamp")],
    ids=["after the last repeat", "ahead"],
)
def test_a_callback_out_of_its_time_is_refused(read, age, reason):
    sent = datetime(2026, 3, 2, 1, 0, 1, tzinfo=UTC)

    assert refused(read, now=sent + age) == reason


@pytest.mark.parametrize("age", [timedelta(hours=25), -timedelta(minutes=4)])
def test_the_last_repeat_is_still_read(read, age):
    assert read(now=datetime(2026, 3, 2, 1, 0, 1, tzinfo=UTC) + age).payment


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({"trade_status": "WAIT_BUYER_PAY", "gmt_payment": None}, PaymentState.UNPAID),
        ({"trade_status": "TRADE_CLOSED", "gmt_payment": None}, PaymentState.CLOSED),
        ({"trade_status": "TRADE_FINISHED"}, PaymentState.PAID),
        ({"refund_fee": "1.00", "out_biz_no": "XR1", "gmt_refund": "2026-03-02 09:00:01.123"}, PaymentState.REFUNDED),
        ({"trade_status": "TRADE_CLOSED", "refund_fee": "2.40", "out_biz_no": "XR1"}, PaymentState.REFUNDED),
    ],
    ids=str,
)
def test_a_callback_of_a_refund_is_one_of_its_payment(read, changed, state):
    notice = read(**changed)

    assert (notice.payment.state, notice.payment.amount_fen, notice.refund) == (state, 240, None)


def test_a_wrong_amount_or_merchant_is_the_callers_to_refuse(read):
    payment = read(total_amount="2.41", seller_id="2088000000000009", app_id=None).payment

    assert (payment.amount_fen, payment.merchant_id, payment.app_id) == (241, "2088000000000009", "")


def test_what_concerns_no_trade_says_nothing(read):
    assert read(notify_type="open_app_auth_notify", trade_status=None) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"out_trade_no": None},
        {"trade_no": None},
        {"total_amount": "2.405"},
        {"total_amount": "NaN"},
        {"total_amount": ""},
        {"trade_status": "NOBODY_KNOWS"},
        {"gmt_payment": "soon"},
        {"notify_time": "soon"},
        {"notify_time": None},
        {"notify_id": None},
        {"notify_type": None},
    ],
    ids=str,
)
def test_a_content_that_says_nothing_clear_is_refused(read, changed):
    assert refused(read, **changed) == "content"


def test_alipay_hears_what_it_expects(alipay):
    accepted, reply = alipay.accepted(), alipay.refused("signature")

    assert (accepted.status, accepted.content_type, accepted.body) == (200, "text/plain", "success")
    assert reply.body != "success"
    assert reply.status >= 400
