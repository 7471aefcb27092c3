"""Finance finds orders at the desk, takes the list with it, and looks through what wasn't believed (F3)."""

import re
from typing import Any

import pytest
from django.conf import settings
from openpyxl import load_workbook
from playwright.sync_api import expect

from core.models import AuditEntry
from payments.services import note_refused
from tests.browser.office import WIDTHS, in_order, screen
from tests.browser.waiting import follow
from tests.identity import factories as people
from tests.payments import shop, units
from tests.payments.desk import finance
from tests.payments.fakes import put_on_offer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/admin/finance/orders/"


@pytest.fixture
def world(monkeypatch, clock):
    """李雷's order of one class, and his hospital's of another."""
    put_on_offer(monkeypatch)
    return {
        "learner": shop.ordered(people.learner(), shop.paid_class("ji-jiu", title="急救实务")),
        "unit": units.placed(people.administrator(), shop.paid_class("yao-xue", title="临床用药"), seats=3),
    }


def desk(open_page: Any, live_server: Any, width: int) -> Any:
    """A browser of somebody of finance, who is logged in."""
    page, name = screen(open_page, width), settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": finance().cookies[name].value, "url": live_server.url}])
    return page


@WIDTHS
def test_finance_finds_orders_and_exports_them(world, open_page, live_server, width, tmp_path):
    page = desk(open_page, live_server, width)
    page.goto(LIST)
    in_order(page)
    expect(page.get_by_text("共 2 笔")).to_be_visible()

    # By the keyboard alone: unfold, type a part of the title, take what is offered, send.
    summary = page.locator("summary", has_text="更多条件")
    summary.focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("班级", exact=True)
    with page.expect_response(re.compile(r"/choices/classes/\?q=")):
        field.press_sequentially("急救")
    offered = page.locator("#list-classes option")
    expect(offered).to_have_count(1)
    field.fill(offered.get_attribute("value"))
    field.press("Enter")
    expect(page.get_by_role("group", name="已选条件")).to_contain_text("急救实务")
    expect(page.get_by_role("link", name=world["learner"].no)).to_be_visible()
    expect(page.get_by_role("link", name=world["unit"].no)).to_have_count(0)
    in_order(page)

    follow(page.get_by_role("link", name="导出 xlsx"))
    in_order(page)
    page.get_by_role("button", name="导出", exact=True).click()
    expect(page.get_by_text("写上原因，以后查得到")).to_be_visible()
    page.get_by_label("为什么导出").fill("月度核对")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出", exact=True).click()
    path = tmp_path / "orders.xlsx"
    download.value.save_as(path)
    rows = list(load_workbook(path).worksheets[0].iter_rows(min_row=2, max_col=1, values_only=True))
    assert rows == [(world["learner"].no,)]
    assert AuditEntry.objects.get(act="orders.exported").after["reason"] == "月度核对"

    follow(page.get_by_role("link", name="回到订单"))
    follow(page.get_by_role("link", name="去掉班级"))
    expect(page.get_by_text("共 2 笔")).to_be_visible()


@WIDTHS
def test_finance_looks_a_refused_notice_up(world, open_page, live_server, width, clock):
    payment = shop.payment_of(world["learner"])
    note_refused(
        provider_name="wechat",
        reason="payment_mismatch",
        body=b"x",
        address="203.0.113.9",
        number=payment.number,
        now=clock.now(),
    )
    page = desk(open_page, live_server, width)
    page.goto("/admin/finance/refused/")
    in_order(page)
    page.get_by_label("原因").select_option(label="金额、商户或应用和订单不一致")
    follow(page.get_by_role("button", name="筛选"))
    expect(page.get_by_text("203.0.113.9")).to_be_visible()
    follow(page.get_by_role("link", name=payment.number))
    assert page.url.endswith(f"/orders/{world['learner'].no}/")
