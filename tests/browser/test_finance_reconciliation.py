"""Finance finds a bill that differs, looks at it, resolves it with a note, and the day is matched (F3)."""

import os
import re
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from payments.models import Bill, BillDifference
from payments.services import reconcile
from tests.browser.office import WIDTHS, screen
from tests.browser.waiting import follow, serious_faults
from tests.identity import factories as people
from tests.payments import bills, shop
from tests.payments.conftest import jobs  # noqa: F401
from tests.payments.desk import finance

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOTE = "和微信支付核对过：多的一分是平台测试款，已更正"


def look(page: Any, name: str) -> None:
    """A picture of the page for whoever asks for them."""
    if folder := os.environ.get("PICTURES"):
        size = page.viewport_size
        page.set_viewport_size({"width": size["width"], "height": 1800})  # the admin scrolls inside itself
        page.screenshot(path=f"{folder}/{name}-{size['width']}.png")
        page.set_viewport_size(size)


def sound(page: Any, name: str) -> None:
    """What is ours on the page has no serious fault, and fits the screen."""
    look(page, name)
    assert serious_faults(page, ".xs-embed") == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} is too wide"


@pytest.fixture
def traded(sandbox, jobs, clock):  # noqa: F811
    """Four have paid by WeChat and one by Alipay; WeChat's bill has a row altered and one missing."""
    orders = [
        shop.paid(people.learner(f"学员{at}", at), shop.paid_class(f"c{at}", 240 * at), provider=provider)
        for at, provider in enumerate(("wechat", "wechat", "wechat", "wechat", "alipay"), 1)
    ]
    clock.tick(60)
    item = orders[3].items.get()
    shop.given_back(orders[3], shop.AskedLine(item.pk, 100, ends_enrolment=False))
    altered, missing = (shop.payment_of(order).number for order in orders[:2])
    sandbox.control.switch("bill_altered", provider="wechat", number=altered)
    sandbox.control.switch("bill_missing", provider="wechat", number=missing)
    bills.bill_is_ready(clock)
    bills.run(clock, "alipay")
    return orders


def at_desk(open_page: Any, live_server: Any, width: int) -> Any:
    page = screen(open_page, width)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": finance().cookies[name].value, "url": live_server.url}])
    return page


@WIDTHS
def test_a_difference_is_found_looked_at_and_resolved(traded, open_page, live_server, clock, width):
    page = at_desk(open_page, live_server, width)
    page.goto("/admin/finance/bills/")
    sound(page, "bills-before")

    # A day is chosen and sent by the keyboard alone.
    page.get_by_role("form", name="对某一天的账").get_by_label("支付方式").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("03022026")
    page.keyboard.press("Enter")
    page.get_by_text("正在对账，结果出来后这一页会自己更新").wait_for()
    sound(page, "bill-waits")

    # The worker gets to it, and the page turns by itself.
    bill = Bill.objects.get(provider="wechat")
    reconcile(bill_id=bill.pk, clock=clock.now)
    expect(page.get_by_text("有差异", exact=True).first).to_be_visible()
    expect(page.get_by_role("heading", name="2 条差异没有处理")).to_be_visible()
    sound(page, "bill-different")

    # The list and the month tell of it, and lead back.
    page.goto("/admin/finance/bills/")
    expect(page.get_by_text("2 条差异没有处理")).to_be_visible()
    sound(page, "bills-different")
    follow(page.get_by_role("link", name=re.compile(r"^3 月 2 日\s*微\s*信\s*：有差异\s*2\s*条没有处理$")))

    # Its order is looked at.
    card = page.get_by_role("listitem").filter(has_text="金额不同")
    follow(card.get_by_role("link", name=traded[0].no))
    assert page.url.endswith(f"/admin/finance/orders/{traded[0].no}/")
    page.go_back()

    # Without a note nothing is resolved; what is missing is said at the field.
    card.get_by_text("写下处理结果").click()
    follow(card.get_by_role("button", name="处理完毕"))
    card = page.get_by_role("listitem").filter(has_text="金额不同")
    expect(card.get_by_text("写上这条差异是怎么处理的，以后查得到")).to_be_visible()
    sound(page, "bill-no-note")
    assert not BillDifference.objects.filter(resolved_at__isnull=False).exists()

    card.get_by_label("怎么处理的").fill(NOTE)
    follow(card.get_by_role("button", name="处理完毕"))
    expect(page.get_by_text("没有处理 1")).to_be_visible()

    # The other by the keyboard alone.
    page.get_by_text("写下处理结果").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("平台已补账")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("差异都处理完了")).to_be_visible()
    expect(page.get_by_text("已对平", exact=True)).to_be_visible()
    sound(page, "bill-matched")
    follow(page.get_by_role("link", name="已处理 2"))
    expect(page.get_by_text(NOTE)).to_be_visible()
    expect(page.get_by_text("财务finance").first).to_be_visible()
    sound(page, "bill-resolved")
    bill.refresh_from_db()
    assert bill.state == "matched"


@WIDTHS
def test_a_note_that_is_being_written_is_not_lost_when_the_result_changes(traded, open_page, live_server, clock, width):
    bill = bills.run(clock)
    page = at_desk(open_page, live_server, width)
    page.goto(f"/admin/finance/bills/{bill.pk}/")
    follow(page.get_by_role("button", name="重新对账"))
    page.get_by_text("正在对账").first.wait_for()
    page.get_by_text("写下处理结果").first.click()
    page.get_by_label("怎么处理的").first.fill("写到一半")

    reconcile(bill_id=bill.pk, clock=clock.now)

    page.get_by_role("link", name="有新结果，点这里更新").wait_for()
    sound(page, "bill-news")
    assert page.get_by_label("怎么处理的").first.input_value() == "写到一半"
    follow(page.get_by_role("button", name="处理完毕").first)
    expect(page.get_by_text("没有处理 1")).to_be_visible()
    assert BillDifference.objects.filter(note="写到一半").count() == 1
