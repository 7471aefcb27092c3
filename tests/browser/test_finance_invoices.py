"""Invoices and totals in a browser: issued and downloaded, sent back and asked again, charts with their tables (F3)."""

import os
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from core import clock
from payments.models import Invoice
from payments.services import AskedLine
from tests.browser.pay_stage import buyer  # noqa: F401
from tests.browser.waiting import follow, serious_faults
from tests.payments import shop
from tests.payments.desk import finance
from tests.support.files import PDF, picture_bytes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBER = "26112000000001234567"
TAX_NUMBER = "91350100M000100Y43"


def look(page: Any, name: str) -> None:
    """A picture of the page for whoever asks for them."""
    if folder := os.environ.get("PICTURES"):
        size = page.viewport_size
        page.set_viewport_size({**size, "height": 2000})
        page.screenshot(path=f"{folder}/{name}-{size['width']}.png")
        page.set_viewport_size(size)


def at_desk(learner: Any, live_server: Any) -> Any:
    """Finance at a browser as wide as the learner's."""
    size = learner.page.viewport_size
    phone = {"has_touch": True, "is_mobile": True} if size["width"] < 500 else {}
    page = learner.open_page(**size, **phone)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": finance().cookies[name].value, "url": live_server.url}])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page


def sound(page: Any, name: str) -> None:
    """What is ours on the page has no serious fault, and fits the screen."""
    look(page, name)
    assert serious_faults(page, ".xs-embed") == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} is too wide"


def asks(page: Any, order: Any, heading: str) -> None:
    """The learner asks for the invoice of an order, to his unit's name."""
    page.goto(f"/orders/{order.no}/")
    follow(page.get_by_role("link", name="申请发票"))
    page.get_by_role("radio", name="单位").check()
    page.get_by_label("发票抬头").fill(heading)
    page.get_by_label("纳税人识别号").fill(TAX_NUMBER)
    follow(page.get_by_role("button", name="提交发票申请"))
    expect(page.get_by_text("待开票")).to_be_visible()


def opens_from_the_first_page(desk: Any, heading: str) -> None:
    desk.goto("/admin/")
    look(desk, "finance-home")
    follow(desk.get_by_role("link", name="发票等开"))
    sound(desk, "finance-invoices")
    follow(desk.get_by_role("link", name=heading, exact=True))


def test_an_invoice_is_issued_with_a_pdf_and_downloaded(buyer: Any, live_server: Any) -> None:  # noqa: F811
    order = shop.paid(buyer.user, shop.paid_class())
    asks(buyer.page, order, "示例市第一医院")
    desk = at_desk(buyer, live_server)
    opens_from_the_first_page(desk, "示例市第一医院")
    sound(desk, "finance-invoice")

    desk.get_by_role("button", name="复制纳税人识别号").press("Enter")
    expect(desk.get_by_role("status").get_by_text("纳税人识别号已复制")).to_be_attached()
    assert desk.evaluate("navigator.clipboard.readText()") == TAX_NUMBER

    desk.get_by_label("发票号码").fill(NUMBER)
    desk.get_by_label("发票 pdf").set_input_files(
        {"name": "发票.png", "mimeType": "image/png", "buffer": picture_bytes()}
    )
    follow(desk.get_by_role("button", name="确认已开票"))
    expect(desk.get_by_text("发票要传 pdf 文件")).to_be_visible()
    expect(desk.get_by_label("发票号码")).to_have_value(NUMBER)
    sound(desk, "finance-invoice-wrong")

    desk.get_by_label("发票 pdf").set_input_files({"name": "发票.pdf", "mimeType": "application/pdf", "buffer": PDF})
    follow(desk.get_by_role("button", name="确认已开票"))
    expect(desk.get_by_text("已开票，申请人收到消息，可以下载")).to_be_visible()
    sound(desk, "finance-invoice-issued")

    buyer.page.reload()
    with buyer.page.expect_download() as download:
        buyer.page.get_by_role("link", name="下载发票").click()
    assert download.value.suggested_filename == f"发票-{NUMBER}.pdf"
    assert download.value.path().read_bytes() == PDF


def test_one_is_sent_back_and_asked_again_and_a_refund_needs_a_red_letter(buyer: Any, live_server: Any) -> None:  # noqa: F811
    page = buyer.page
    order = shop.paid(buyer.user, shop.paid_class())
    asks(page, order, "示例市第二医院")
    desk = at_desk(buyer, live_server)
    opens_from_the_first_page(desk, "示例市第二医院")

    desk.get_by_text("不能开，退回申请").press("Enter")
    follow(desk.get_by_role("button", name="退回", exact=True))
    expect(desk.get_by_text("写上原因，申请人会看到")).to_be_visible()
    desk.get_by_label("退回原因").fill("税号和抬头不是同一个单位")
    sound(desk, "finance-invoice-reject")
    follow(desk.get_by_role("button", name="退回", exact=True))
    expect(desk.get_by_text("已退回，申请人收到写有原因的消息")).to_be_visible()

    page.reload()
    expect(page.get_by_text("税号和抬头不是同一个单位")).to_be_visible()
    asks(page, order, "示例市第一医院")
    opens_from_the_first_page(desk, "示例市第一医院")
    desk.get_by_label("发票号码").fill(NUMBER)
    desk.get_by_label("发票 pdf").set_input_files({"name": "发票.pdf", "mimeType": "application/pdf", "buffer": PDF})
    follow(desk.get_by_role("button", name="确认已开票"))

    shop.given_back(order, AskedLine(order.items.get().pk, 100, ends_enrolment=False))
    desk.goto("/admin/")
    follow(desk.get_by_role("link", name="要开红字发票"))
    sound(desk, "finance-red")
    follow(desk.get_by_role("link", name="示例市第一医院", exact=True))
    expect(desk.get_by_text("要开红字发票 ¥1.00")).to_be_visible()
    sound(desk, "finance-invoice-red")
    desk.get_by_label("红字发票号码").fill("26112000000007654321")
    follow(desk.get_by_role("button", name="登记红字发票"))
    expect(desk.get_by_text("已登记红字发票，申请人收到消息")).to_be_visible()
    assert Invoice.objects.get(state="issued").red_fen == 100


def test_the_totals_are_drawn_and_told(buyer: Any, live_server: Any) -> None:  # noqa: F811
    order = shop.paid(buyer.user, shop.paid_class(price_fen=123_456, title="急诊急救"))
    shop.paid(buyer.user, shop.paid_class("hu-li", 36_000, title="重症护理"), provider="alipay")
    shop.given_back(order, AskedLine(order.items.get().pk, 23_456, ends_enrolment=False))
    desk = at_desk(buyer, live_server)
    desk.emulate_media(reduced_motion="reduce")
    desk.goto("/admin/finance/totals/")

    expect(desk.locator("[data-chart=periods] svg")).to_be_visible()
    expect(desk.locator("[data-chart=specialties] svg")).to_be_visible()
    today = f"{timezone.localdate(clock.now()):%Y-%m-%d}"
    of_day = desk.get_by_role("region", name="每日收退款").get_by_role("row").filter(has_text=today)
    expect(of_day).to_contain_text("1,594.56")
    expect(of_day).to_contain_text("234.56")
    expect(of_day).to_contain_text("1,360.00")
    drawn = desk.evaluate("JSON.parse(document.getElementById('totals-chart').textContent)")
    assert sum(drawn["net"]) == 136_000
    assert {one["name"]: (sum(one["paid"]), sum(one["refunded"])) for one in drawn["providers"]} == {
        "微信支付": (123_456, -23_456),
        "支付宝": (36_000, 0),
    }
    sound(desk, "finance-totals")

    desk.get_by_label("支付方式", exact=True).select_option(label="支付宝")
    desk.get_by_label("支付方式", exact=True).press("Enter")
    desk.get_by_role("button", name="查看").press("Enter")
    expect(desk.locator(".xs-stat").filter(has_text="净额")).to_contain_text("¥360.00")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="导出 xlsx").click()
    assert download.value.suggested_filename.endswith(".xlsx")
