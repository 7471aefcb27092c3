"""An order that runs out, is given up, is paid late or otherwise; a provider that is down; no JavaScript (F1, X2)."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from core import clock
from learning.models import Enrolment
from payments.models import Order
from payments.services import look_after
from tests.browser.pay_stage import Buyer, buyer, sound  # noqa: F401
from tests.browser.waiting import follow
from tests.cms import factories as content
from tests.payments import shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def runs_out(order: Order) -> None:
    """Its time is nearly over."""
    Order.objects.filter(pk=order.pk).update(expires_at=clock.now() + timedelta(seconds=6))


def test_a_code_that_ran_out_is_veiled_and_a_new_one_is_paid(buyer: Any) -> None:  # noqa: F811
    page = buyer.page
    first = buyer.orders(shop.paid_class())
    runs_out(first)

    expect(page.get_by_text("二维码已过期", exact=True)).to_be_visible()
    sound(page)
    follow(page.get_by_role("button", name="刷新二维码"))

    expect(page.get_by_role("img", name="微信支付付款二维码")).to_be_visible()
    assert buyer.order.pk != first.pk
    buyer.scans()
    page.wait_for_url("**/paid/")
    assert Enrolment.objects.count() == 1


def test_money_that_came_too_late_opens_the_class_while_one_looks(buyer: Any) -> None:  # noqa: F811
    page = buyer.page
    order = buyer.orders(shop.paid_class())
    runs_out(order)
    expect(page.get_by_text("二维码已过期", exact=True)).to_be_visible()
    look_after(order_id=order.pk, clock=clock.now)
    order.refresh_from_db()
    assert order.state == "closed"

    buyer.scans("延迟支付", order)

    page.wait_for_url("**/paid/", timeout=20_000)
    expect(page.get_by_role("heading", name="付款成功")).to_be_visible()
    assert order.events.filter(kind="late").exists()


def test_a_cancelled_order_is_closed_and_can_be_ordered_again(buyer: Any) -> None:  # noqa: F811
    page = buyer.page
    buyer.orders(shop.paid_class(), "支付宝")

    follow(page.get_by_role("link", name="取消订单"))
    expect(page.get_by_role("heading", name="取消这张订单吗")).to_be_visible()
    sound(page)
    follow(page.get_by_role("button", name="取消订单"))

    expect(page.get_by_text("订单已取消")).to_be_visible()
    assert buyer.order.state == "closed"
    sound(page)
    follow(page.get_by_role("link", name="重新下单"))
    expect(page.get_by_role("heading", name="确认订单")).to_be_visible()


def test_the_other_provider_is_paid_after_all(buyer: Any) -> None:  # noqa: F811
    page = buyer.page
    buyer.orders(shop.paid_class())

    follow(page.get_by_role("button", name="支付宝"))
    expect(page.get_by_role("img", name="支付宝付款二维码")).to_be_visible()
    buyer.scans()

    page.wait_for_url("**/paid/")
    expect(page.get_by_text("支付宝 ¥2.40")).to_be_visible()


def test_a_provider_that_is_down_is_said_and_tried_again(buyer: Any, settings: Any) -> None:  # noqa: F811
    page = buyer.page
    shop.paid_class()
    gateway, settings.WECHAT_GATEWAY = settings.WECHAT_GATEWAY, "http://127.0.0.1:9"
    page.goto("/orders/new/?class=ji-jiu")
    follow(page.get_by_role("button", name="提交订单").locator("visible=true"))
    expect(page.get_by_text("微信支付暂时连不上，没有扣款")).to_be_visible()
    sound(page)

    settings.WECHAT_GATEWAY = gateway
    follow(page.get_by_role("button", name="再试一次"))

    expect(page.get_by_role("img", name="微信支付付款二维码")).to_be_visible()
    assert Order.objects.count() == 1


def test_a_page_that_lost_its_network_says_so_and_goes_on(buyer: Any) -> None:  # noqa: F811
    page = buyer.page
    buyer.orders(shop.paid_class())
    page.context.set_offline(True)
    expect(page.get_by_text("网络不太稳，恢复后会接着查")).to_be_visible()
    buyer.scans()

    page.context.set_offline(False)

    page.wait_for_url("**/paid/")
    page.complaints.clear()  # the browser itself says that it was offline


def test_it_works_without_javascript(open_page: Any, live_server: Any, sandbox: Any, settings: Any) -> None:
    settings.SITE_URL = live_server.url
    content.set_up_site()
    he = Buyer(open_page(java_script_enabled=False), live_server.url, open_page)
    page = he.page
    he.orders(shop.paid_class())
    expect(page.get_by_text("之前完成支付")).to_be_visible()

    he.scans("支付但不通知")
    page.get_by_role("button", name="付过了但没跳转？").click()

    page.wait_for_url("**/paid/")
    assert Enrolment.objects.exists()
