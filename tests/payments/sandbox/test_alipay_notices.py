"""Alipay: notices as the SDK verifies them, and what can be wrong with them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from alipay.exceptions import AliPayException

from payments.sandbox import Sandbox
from tests.payments.sandbox.merchant import AlipayMerchant, Received, verified

NUMBER = "XS20261124H"


def _paid(
    sandbox: Sandbox, merchant: AlipayMerchant, *switches: str, subject: str = "继续教育学时", **chosen: Any
) -> Received:
    """The first notice of a trade that is paid with these switches on."""
    merchant.code_url(NUMBER, subject=subject)
    for switch in switches:
        sandbox.control.switch(switch, times=1, **chosen)
    sandbox.control.pay(NUMBER)
    return merchant.inbox.wait()[0]


def test_it_says_what_was_paid(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    notice = _paid(sandbox, alipay)

    said = notice.form
    assert verified(alipay.sdk, notice)
    assert (said["notify_type"], said["trade_status"]) == ("trade_status_sync", "TRADE_SUCCESS")
    assert said["total_amount"] == said["receipt_amount"] == said["buyer_pay_amount"] == "2.40"
    assert said["app_id"] == sandbox.settings["ALIPAY_APPID"]
    assert said["seller_id"] == sandbox.settings["ALIPAY_SELLER_ID"]
    assert (said["out_trade_no"], said["trade_no"]) == (NUMBER, alipay.query(NUMBER)["trade_no"])
    assert (said["charset"], said["version"], said["sign_type"]) == ("utf-8", "1.0", "RSA2")


@pytest.mark.parametrize("subject", ["公需 + 专业", "a  b", "问&答=1", "100%25", "𬭎"])
def test_any_subject_is_decoded_once(sandbox: Sandbox, alipay: AlipayMerchant, subject: str) -> None:
    notice = _paid(sandbox, alipay, subject=subject)

    assert notice.form["subject"] == subject
    assert verified(alipay.sdk, notice)


@pytest.mark.parametrize("switch", ["notice_forged", "notice_tampered"])
def test_a_false_one_is_not_believed_and_a_true_one_follows(
    sandbox: Sandbox, alipay: AlipayMerchant, switch: str
) -> None:
    alipay.inbox.answers = [(200, b"failure"), (200, b"success")]

    false = _paid(sandbox, alipay, switch)

    assert not verified(alipay.sdk, false)
    assert verified(alipay.sdk, alipay.inbox.wait(2)[1])


@pytest.mark.parametrize(
    ("switch", "name", "genuine"),
    [
        ("notice_wrong_amount", "total_amount", "2.40"),
        ("notice_wrong_merchant", "seller_id", "ALIPAY_SELLER_ID"),
        ("notice_wrong_app", "app_id", "ALIPAY_APPID"),
        ("notice_wrong_number", "out_trade_no", NUMBER),
    ],
)
def test_a_wrong_statement_can_be_genuinely_signed(
    sandbox: Sandbox, alipay: AlipayMerchant, switch: str, name: str, genuine: str
) -> None:
    notice = _paid(sandbox, alipay, switch)

    assert notice.form[name] != sandbox.settings.get(genuine, genuine)
    assert verified(alipay.sdk, notice)


def test_its_time_can_be_old(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    notice = _paid(sandbox, alipay, "notice_old_timestamp")

    said = datetime.strptime(notice.form["notify_time"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    assert 590 <= (datetime.now(ZoneInfo("Asia/Shanghai")) - said).total_seconds() <= 660
    assert verified(alipay.sdk, notice)


def test_it_can_be_over_64_kb(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    notice = _paid(sandbox, alipay, "notice_huge")

    assert len(notice.body) > 65536
    assert verified(alipay.sdk, notice)


def test_its_sign_type_can_be_wrong(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    notice = _paid(sandbox, alipay, "notice_wrong_sign_type")

    with pytest.raises(AliPayException):
        verified(alipay.sdk, notice)


def test_a_parameter_can_stand_twice(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    notice = _paid(sandbox, alipay, "notice_field_twice")

    assert notice.body.count(b"total_amount=") == 2


def test_its_id_is_the_same_at_every_try(sandbox: Sandbox, alipay: AlipayMerchant) -> None:
    alipay.inbox.answers = [(200, b"fail"), (200, b"success")]
    _paid(sandbox, alipay)

    first, second = alipay.inbox.wait(2)

    assert first.form["notify_id"] == second.form["notify_id"]
