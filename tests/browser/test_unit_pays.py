"""A unit pays for its people in a browser, at both widths: from the class to seats, codes and money back (F4)."""

from typing import Any

import pytest
from django.conf import settings as site
from playwright.sync_api import expect

from core import clock
from identity.models import User
from learning.models import Enrolment
from payments.models import Order, Refund, Seat
from payments.services import send_refund
from tests.browser.office import WIDTHS, in_order, screen
from tests.browser.waiting import follow, listed
from tests.cms import factories as content
from tests.console.conftest import browser_of
from tests.identity import factories as people
from tests.payments import shop, units

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def enters(page: Any, role: Any, base: str) -> Any:
    """This person's browser, logged in and acting in this role."""
    name = site.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": browser_of(role).cookies[name].value, "url": base}])
    return page


def scans(open_page: Any, order: Order) -> None:
    """韩梅 pays with her phone."""
    phone = open_page(width=390, height=844)
    phone.goto(order.payments.latest("pk").code_url)
    phone.get_by_role("button", name="支付", exact=True).click()
    phone.wait_for_load_state()
    phone.context.close()


@pytest.fixture
def hanmei(live_server: Any, sandbox: Any, settings: Any) -> User:
    settings.SITE_URL = live_server.url
    content.set_up_site()
    return people.administrator()


@WIDTHS
def test_a_unit_buys_three_seats_gives_two_and_gets_one_back(
    open_page: Any, live_server: Any, hanmei: User, width: int
) -> None:
    lilei, zhang = people.learner(), people.learner("张三", 77)
    shop.paid_class(title="急救培训")
    page = enters(screen(open_page, width), units.office(hanmei), live_server.url)

    # The class, the seats, the quote.
    page.goto("/console/purchases/")
    in_order(page)
    follow(page.get_by_role("main").get_by_role("link", name="购买").first)
    in_order(page)
    follow(page.get_by_role("link", name="选这个班"))
    page.get_by_label("名额").fill("3")
    in_order(page)
    follow(page.get_by_role("button", name="看报价"))
    expect(page.get_by_text("¥7.20")).to_be_visible()
    in_order(page)
    with page.expect_download() as paper:
        page.get_by_role("link", name="下载报价单").click()
    assert paper.value.path().read_bytes().startswith(b"%PDF-")

    # Paid by its code: the page turns by itself.
    page.get_by_role("radio", name="微信支付").check()
    follow(page.get_by_role("button", name="提交订单"))
    expect(page.get_by_role("img", name="微信支付付款二维码")).to_be_visible()
    in_order(page)
    order = Order.objects.get()
    scans(open_page, order)
    page.wait_for_url(f"**/console/purchases/{order.no}/")
    in_order(page)

    # One by name, one by a code that was sent.
    follow(page.get_by_role("link", name="分配名额"))
    in_order(page)
    page.get_by_role("checkbox", name="李雷").check()
    follow(page.get_by_role("button", name="马上开通"))
    expect(page.get_by_text("已为 1 人开通")).to_be_visible()
    follow(page.get_by_role("link", name="分配名额"))
    page.get_by_role("checkbox", name="张三").check()
    follow(page.get_by_role("button", name="发学习码"))
    expect(page.get_by_text("已发给张三")).to_be_visible()
    assert Enrolment.objects.get().user == lilei

    his = enters(screen(open_page, width), people.role(zhang), live_server.url)
    his.goto("/orders/redeem/")
    in_order(his)
    his.get_by_label("学习码").fill(Seat.objects.get(sent_to=zhang).code.lower())
    follow(his.get_by_role("button", name="开通", exact=True))
    expect(his.get_by_text("“急救培训”已开通")).to_be_visible()

    # The third goes back by two people of finance.
    page.reload()
    follow(page.get_by_role("link", name="退未使用的名额"))
    page.get_by_label("退几个名额").fill("1")
    page.get_by_label("退款原因").fill("多买了一个")
    in_order(page)
    follow(page.get_by_role("button", name="提交退款申请"))
    expect(page.get_by_text("退款审核中")).to_be_visible()
    refund = shop.decided(Refund.objects.get())
    send_refund(refund_id=refund.pk, clock=clock.now)
    # The provider tells of it when it is through.
    listed(page.reload, page.get_by_text("退款已退回 ¥2.40"))
    in_order(page)
    units.check(order)
    assert sorted(Seat.objects.values_list("state", flat=True)) == ["refunded", "used", "used"]


@WIDTHS
def test_a_transfer_is_told_what_to_write_and_opens_the_seats(
    open_page: Any, live_server: Any, hanmei: User, width: int
) -> None:
    lilei = people.learner()
    shop.paid_class(title="急救培训")
    page = enters(screen(open_page, width), units.office(hanmei), live_server.url)

    page.goto("/console/purchases/order/?class=ji-jiu")
    page.get_by_role("checkbox", name="李雷").check()
    follow(page.get_by_role("button", name="看报价"))
    expect(page.get_by_text("付款后马上开通")).to_be_visible()
    page.get_by_role("radio", name="对公转账").check()
    follow(page.get_by_role("button", name="提交订单"))
    order = Order.objects.get()
    expect(page.get_by_text(f"转账附言请写订单号：{order.no}")).to_be_visible()
    in_order(page)

    units.arrives(order)
    page.goto(f"/console/purchases/{order.no}/")
    expect(page.get_by_role("row", name="李雷")).to_be_visible()
    assert Enrolment.objects.get().user == lilei

    with page.expect_download() as names:
        page.get_by_role("link", name="导出名单").click()
    assert names.value.suggested_filename == f"{order.no}.xlsx"
    follow(page.get_by_role("link", name="申请发票"))
    in_order(page)
