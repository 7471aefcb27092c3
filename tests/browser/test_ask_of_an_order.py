"""What a learner asks of his order in a browser: several classes at once, his money back, an invoice (X11, F3)."""

import io
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from core import clock
from learning.models import Enrolment
from payments.models import Invoice, Refund
from payments.services import issue_invoice
from tests.browser.pay_stage import buyer, sound  # noqa: F401
from tests.browser.waiting import follow
from tests.payments import shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


def test_several_classes_are_chosen_across_filters_and_paid_at_once(buyer: Any) -> None:  # noqa: F811
    page = buyer.page
    shop.paid_class(title="急诊急救")
    shop.paid_class("hu-li", 360, title="重症护理")
    page.goto("/catalogue/?q=急诊")
    page.get_by_role("checkbox", name="选上：急诊急救").check()
    page.goto("/catalogue/?q=重症")
    page.get_by_role("checkbox", name="选上：重症护理").check()
    expect(page.get_by_text("已选 2 个班，合成一张订单")).to_be_visible()
    sound(page)

    follow(page.get_by_role("button", name="一起下单"))
    expect(page.get_by_text("2 个班，4 学时")).to_be_visible()
    sound(page)
    follow(page.get_by_role("link", name="还要报别的班"))
    expect(page.get_by_text("已选 2 个班，合成一张订单")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/catalogue/\?free=0$"))
    follow(page.get_by_role("button", name="一起下单"))
    follow(page.get_by_role("button", name="提交订单").locator("visible=true"))
    buyer.scans()

    page.wait_for_url("**/paid/")
    expect(page.get_by_role("link", name="去学习")).to_have_count(2)
    assert buyer.order.amount_fen == 600
    assert Enrolment.objects.count() == 2


def test_money_is_asked_back_with_a_reason(buyer: Any) -> None:  # noqa: F811
    page = buyer.page
    order = shop.paid(buyer.user, shop.paid_class())
    page.goto("/orders/")
    sound(page)
    follow(page.get_by_role("link", name="班级 ji-jiu"))
    sound(page)

    follow(page.get_by_role("link", name="申请退款"))
    follow(page.get_by_role("button", name="提交退款申请"))
    expect(page.get_by_role("link", name="退款原因")).to_be_visible()
    sound(page)
    page.get_by_label("退款原因").fill("报错了班")
    follow(page.get_by_role("button", name="提交退款申请"))

    expect(page.get_by_text("退款审核中")).to_be_visible()
    expect(page.get_by_text("财务复核", exact=True)).to_be_visible()
    sound(page)
    assert Refund.objects.get().order == order


def test_an_invoice_is_asked_for_and_downloaded(buyer: Any) -> None:  # noqa: F811
    page = buyer.page
    order = shop.paid(buyer.user, shop.paid_class())
    page.goto(f"/orders/{order.no}/")
    follow(page.get_by_role("link", name="申请发票"))
    page.get_by_role("radio", name="单位").check()
    page.get_by_label("发票抬头").fill("示例市第一医院")
    page.get_by_label("纳税人识别号").fill("91350100M000100Y44")
    follow(page.get_by_role("button", name="提交发票申请"))
    expect(page.get_by_role("alert").get_by_text("统一社会信用代码不对")).to_be_visible()
    sound(page)

    page.get_by_label("纳税人识别号").fill("91350100M000100Y43")
    follow(page.get_by_role("button", name="提交发票申请"))
    expect(page.get_by_text("待开票")).to_be_visible()
    issue_invoice(
        invoice_id=Invoice.objects.get().pk,
        number="26112000001",
        file=io.BytesIO(PDF),
        actor_id=shop.MAKER,
        acting_as="finance",
        now=clock.now(),
    )
    page.reload()

    with page.expect_download() as download:
        page.get_by_role("link", name="下载发票").click()
    assert download.value.suggested_filename == "发票-26112000001.pdf"
    sound(page)
