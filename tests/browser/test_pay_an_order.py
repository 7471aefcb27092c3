"""Paying in a browser with each provider, at both widths: from the class to learning (L4, F1, X2)."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import expect

from learning.models import Enrolment
from tests.browser.pay_stage import buyer, sound  # noqa: F401
from tests.browser.waiting import follow
from tests.payments import shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("provider", ["微信支付", "支付宝"])
def test_who_scans_and_pays_is_led_to_his_class(buyer: Any, provider: str) -> None:  # noqa: F811
    page = buyer.page
    buyer.orders(shop.paid_class(original_price_fen=360), provider)
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^(30:00|29:\d\d)$"))
    sound(page)

    buyer.scans()

    page.wait_for_url("**/paid/")
    expect(page.get_by_role("heading", name="付款成功")).to_be_visible()
    sound(page)
    follow(page.get_by_role("link", name="去学习"))
    assert page.url.endswith(f"/learn/{Enrolment.objects.get().pk}/")


def test_a_lost_notice_heals_within_ten_seconds_while_one_looks(buyer: Any) -> None:  # noqa: F811
    page = buyer.page
    buyer.orders(shop.paid_class())

    buyer.scans("支付但不通知")
    paid = time.monotonic()

    page.wait_for_url("**/paid/", timeout=10_000)
    assert time.monotonic() - paid <= 10
    assert Enrolment.objects.exists()
