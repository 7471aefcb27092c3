"""An answer is WeChat's only with WeChat's signature, errors too, and only for a few minutes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from payments.providers.base import Closing, PaymentState, ProviderDown, ProviderRefused
from payments.providers.wechat import WeChat
from tests.payments.providers.conftest import PLATFORM_ID

NUMBER = "XS20260302000001"
UNPAID = (
    b'{"appid":"wx0000000000000001","mchid":"1900000001","out_trade_no":"XS20260302000001","trade_state":"NOTPAY",'
    b'"trade_state_desc":"\xe8\xae\xa2\xe5\x8d\x95\xe6\x9c\xaa\xe6\x94\xaf\xe4\xbb\x98"}'
)
PAID = (
    b'{"appid":"wx0000000000000001","mchid":"1900000001","out_trade_no":"XS20260302000001","trade_state":"SUCCESS",'
    b'"transaction_id":"4200000000202603020000000001","success_time":"2026-03-02T09:00:00+08:00",'
    b'"payer":{"openid":"oInvented0000000000000000001"},'
    b'"amount":{"total":240,"payer_total":240,"currency":"CNY","payer_currency":"CNY"}}'
)
UNKNOWN = b'{"code":"ORDER_NOT_EXIST","message":"no such order"}'


def error(code):
    return b'{"code":"%s","message":"no"}' % code.encode()


def test_a_signed_answer_is_believed(wechat, wechat_says):
    wechat_says(PAID)

    payment = wechat.query(number=NUMBER)

    assert (payment.state, payment.amount_fen, payment.currency) == (PaymentState.PAID, 240, "CNY")
    assert (payment.merchant_id, payment.app_id) == ("1900000001", "wx0000000000000001")
    assert payment.transaction_id == "4200000000202603020000000001"
    assert payment.paid_at.isoformat() == "2026-03-02T09:00:00+08:00"


def test_what_is_unpaid_may_be_stated_without_its_amount(wechat, wechat_says):
    wechat_says(UNPAID)

    assert wechat.query(number=NUMBER).state is PaymentState.UNPAID


def test_a_signed_404_says_that_there_is_none(wechat, wechat_says):
    wechat_says(UNKNOWN, 404)

    assert wechat.query(number=NUMBER) is None
    assert wechat.close(number=NUMBER) is Closing.UNKNOWN


@pytest.mark.parametrize("body", [PAID, UNKNOWN], ids=["a payment", "no such order"])
@pytest.mark.parametrize(
    "stamp",
    [
        {"signature": ""},
        {"signature": "WECHATPAY/SIGNTEST/AAAA"},
        {"serial": "PUB_KEY_ID_0000000000"},
        {"serial": "4F1E"},
        {"signature_type": "WECHATPAY2-SM2-WITH-SM3"},
        {"ago": 310},
        {"ago": -310},
        {"timestamp": "yesterday"},
    ],
    ids=["unsigned", "SIGNTEST", "foreign key", "foreign certificate", "foreign algorithm", "old", "ahead", "no time"],
)
def test_whatever_is_not_signed_by_wechat_lately_says_nothing(wechat, wechat_says, gateway, stamp, body):
    wechat_says(body, 200 if body is PAID else 404, **stamp)

    with pytest.raises(ProviderDown):
        wechat.query(number=NUMBER)

    assert len(gateway.asked) == 1  # nothing was fetched to believe it after all


def test_a_stranger_signs_in_vain(wechat, wechat_says, pairs):
    wechat_says(PAID, key=pairs["stranger"])

    with pytest.raises(ProviderDown):
        wechat.query(number=NUMBER)


def test_an_answer_about_another_order_is_none(wechat, wechat_says):
    wechat_says(PAID)

    with pytest.raises(ProviderDown):
        wechat.query(number="XS20260302000002")


@pytest.mark.parametrize(
    "changed",
    [
        (b'"total":240', b'"total":2.4'),
        (b'"total":240', b'"total":"240"'),
        (b'"total":240', b'"total":true'),
        (b'"total":240,', b""),
        (b'"SUCCESS"', b'"NOBODY_KNOWS"'),
        (b'"2026-03-02T09:00:00+08:00"', b'"soon"'),
        (b'"mchid":"1900000001",', b""),
        (b'"amount":{', b'"amount":[{},{'),
    ],
    ids=["float", "text", "truth", "no amount", "unknown state", "no time", "no merchant", "no JSON"],
)
def test_a_payment_that_cannot_be_read_is_none(wechat, wechat_says, changed):
    assert changed[0] in PAID
    wechat_says(PAID.replace(*changed))

    with pytest.raises(ProviderDown):
        wechat.query(number=NUMBER)


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b"\xff\xfe"], ids=["empty", "list", "page", "no text"])
def test_an_answer_of_another_form_is_none(wechat, wechat_says, body):
    wechat_says(body)

    with pytest.raises(ProviderDown):
        wechat.query(number=NUMBER)


def test_an_endless_answer_is_none(wechat, wechat_says):
    wechat_says(b'{"a":"%s"}' % (b"a" * 2_000_000))

    with pytest.raises(ProviderDown):
        wechat.query(number=NUMBER)


def test_it_is_not_sent_elsewhere(wechat, gateway):
    gateway.always(status=302, headers={"Location": f"{gateway.base}/elsewhere"})

    with pytest.raises(ProviderDown):
        wechat.query(number=NUMBER)

    assert len(gateway.asked) == 1


# --- What a signed error means ----------------------------------------------------------------------------------------
def create(wechat, now):
    return wechat.create(
        number=NUMBER,
        amount_fen=240,
        subject="课程",
        created_at=now,
        expires_at=now + timedelta(minutes=30),
        notify_url="https://xueshi.example/payments/callbacks/wechat",
    )


@pytest.mark.parametrize(
    ("status", "code"),
    [(500, "SYSTEM_ERROR"), (502, ""), (429, "FREQUENCY_LIMITED"), (400, "BIZERR_NEED_RETRY"), (400, "")],
)
def test_ask_again_is_no_refusal(wechat, wechat_says, now, status, code):
    wechat_says(error(code), status)

    with pytest.raises(ProviderDown):
        create(wechat, now)


def test_a_refusal_has_the_providers_code(wechat, wechat_says, now):
    wechat_says(error("OUT_TRADE_NO_USED"), 403)

    with pytest.raises(ProviderRefused) as refused:
        create(wechat, now)

    assert refused.value.code == "OUT_TRADE_NO_USED"


def test_a_refusal_to_tell_is_no_absence(wechat, wechat_says):
    wechat_says(error("NO_AUTH"), 403)

    with pytest.raises(ProviderDown):
        wechat.query(number=NUMBER)
    with pytest.raises(ProviderDown):
        wechat.query_refund(number=NUMBER, refund_number="R1")


def test_an_answer_without_a_code_begins_nothing(wechat, wechat_says, now):
    wechat_says(b"{}")

    with pytest.raises(ProviderDown):
        create(wechat, now)


@pytest.mark.parametrize("code", ["ORDERPAID", "ORDER_PAID"])
def test_closing_what_is_paid_says_so(wechat, wechat_says, code):
    wechat_says(error(code), 400)

    assert wechat.close(number=NUMBER) is Closing.PAID


@pytest.mark.parametrize(("status", "body"), [(204, b""), (400, error("ORDER_CLOSED"))])
def test_closed_is_closed_also_for_the_second_time(wechat, wechat_says, status, body):
    wechat_says(body, status)

    assert wechat.close(number=NUMBER) is Closing.CLOSED


def test_a_close_that_is_refused_is_not_closed(wechat, wechat_says):
    wechat_says(error("PARAM_ERROR"), 400)

    with pytest.raises(ProviderRefused):
        wechat.close(number=NUMBER)


def test_an_unsigned_closed_is_not_believed(wechat, wechat_says):
    wechat_says(error("ORDER_CLOSED"), 400, signature="")

    with pytest.raises(ProviderDown):
        wechat.close(number=NUMBER)


# --- Rotation ---------------------------------------------------------------------------------------------------------
def test_either_of_two_keys_is_believed_while_they_change(wechat_account, wechat_says, pairs, gateway):
    new_id = "PUB_KEY_ID_0119000000012026030200381111000002"
    keys = {new_id: pairs["next"].public_key()} | wechat_account.platform_keys
    changing = WeChat(replace(wechat_account, platform_keys=keys))

    for serial, key in ((new_id, "next"), (PLATFORM_ID, "platform")):
        wechat_says(PAID, serial=serial, key=pairs[key])
        assert changing.query(number=NUMBER).state is PaymentState.PAID
    wechat_says(PAID, serial=new_id, key=pairs["platform"])
    with pytest.raises(ProviderDown):
        changing.query(number=NUMBER)

    assert {asked.headers["Wechatpay-Serial"] for asked in gateway.asked} == {new_id}  # it is asked to use the newest


def test_a_certificates_serial_is_compared_as_a_number(wechat_account, wechat_says, pairs):
    certified = WeChat(replace(wechat_account, platform_keys={"4F1E0A": pairs["platform"].public_key()}))
    wechat_says(PAID, serial="004f1e0a")

    assert certified.query(number=NUMBER).state is PaymentState.PAID


# --- What is kept -----------------------------------------------------------------------------------------------------
def test_who_paid_is_not_kept_whole(wechat, wechat_says):
    wechat_says(PAID)

    payment = wechat.query(number=NUMBER)

    assert payment.raw["payer"] == {"openid": "oIn…01"}
    assert payment.raw["amount"]["total"] == 240
