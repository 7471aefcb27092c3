"""我的订单 and an order's own page: states, timeline, money back, invoice (L4, F3)."""

import io
from datetime import timedelta
from typing import Any

import pytest

from core import clock as server_clock
from payments.models import Invoice, Order, Refund
from payments.services import issue_invoice, send_refund
from tests.cms import factories as content
from tests.identity import factories as people
from tests.payments import shop
from tests.web.pages import browser, queries, read, words

pytestmark = pytest.mark.django_db(transaction=True)
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


@pytest.fixture
def learner(transactional_db: None, clock: Any) -> Any:
    content.set_up_site()
    return people.learner()


def rows(user: Any, query: str = "") -> list[str]:
    return [words(row) for row in read(browser(user), f"/orders/{query}").select("tbody tr")]


def order_page(user: Any, order: Order) -> Any:
    return read(browser(user), f"/orders/{order.no}/")


def test_an_empty_list_leads_to_the_catalogue(learner: Any) -> None:
    page = read(browser(learner), "/orders/")
    assert "还没有订单" in words(page)
    assert page.select_one(".xs-empty a")["href"] == "/catalogue/"


def test_a_code_that_ones_unit_bought_can_be_used_from_here(learner: Any) -> None:
    page = read(browser(learner), "/orders/")
    assert page.find("a", string="用学习码")["href"] == "/orders/redeem/"


def test_each_state_has_its_word_and_its_next_step(sandbox: Any, learner: Any) -> None:
    shop.paid(learner, shop.paid_class("paid"))
    cancelled = shop.ordered(learner, shop.paid_class("gone"))
    browser(learner).post(f"/orders/{cancelled.no}/cancel/")
    shop.ordered(learner, shop.paid_class("open"))
    shop.ordered(people.stranger(), shop.paid_class("other"))

    waiting, gone, paid = rows(learner)

    assert "待付款还剩30分钟" in waiting
    assert "去付款" in waiting
    assert "已关闭没有付款" in gone
    assert "重新下单" in gone
    assert "已付款微信支付" in paid
    assert "去学习" in paid
    assert [len(rows(learner, f"?state={name}")) for name in ("open", "paid", "refund", "closed")] == [1, 1, 0, 1]
    tabs = [words(tab) for tab in read(browser(learner), "/orders/").select(".nav-link")]
    assert tabs == ["全部3", "待付款1", "已付款1", "退款0", "已关闭1"]


@pytest.mark.slow
def test_who_asked_for_his_money_back_finds_the_order_among_the_refunds(sandbox: Any, learner: Any) -> None:
    shop.asked_back(shop.paid(learner, shop.paid_class()))

    assert [len(rows(learner, f"?state={name}")) for name in ("paid", "refund")] == [0, 1]
    assert "退款审核中" in rows(learner, "?state=refund")[0]
    tabs = [words(tab) for tab in read(browser(learner), "/orders/").select(".nav-link")]
    assert tabs == ["全部1", "待付款0", "已付款0", "退款1", "已关闭0"]


def test_a_long_list_goes_on_behind_its_last_row(sandbox: Any, learner: Any) -> None:
    page = shop.paid_class()
    for _number in range(21):
        order = shop.ordered(learner, page)
        Order.objects.filter(pk=order.pk).update(state="closed")
        order.items.update(is_open=False)

    first = read(browser(learner), "/orders/?state=closed")
    link = first.find("a", string="更早的订单")["href"]

    assert len(first.select("tbody tr")) == 20
    assert len(rows(learner, link)) == 1
    assert "没有这样的订单" in words(read(browser(learner), "/orders/?state=paid&before=1"))


def test_the_list_takes_as_many_queries_for_ten_as_for_one(sandbox: Any, learner: Any) -> None:
    shop.ordered(learner, shop.paid_class())
    few = queries(browser(learner), "/orders/")
    for number in range(9):
        shop.ordered(learner, shop.paid_class(f"ban-{number}"))
    assert queries(browser(learner), "/orders/") == few


def test_an_order_tells_what_happened_in_words(sandbox: Any, learner: Any) -> None:
    order = shop.paid(learner, shop.paid_class())
    told = [line.get_text(" ").split("  ")[0].strip() for line in order_page(learner, order).select(".xs-timeline li")]
    assert [line.split(" 2026")[0] for line in told] == ["下单", "微信支付到账 ¥2.40", "已开通：班级 ji-jiu"]


def test_a_refund_is_asked_for_with_a_reason_and_shown_until_it_is_back(sandbox: Any, learner: Any) -> None:
    order = shop.paid(learner, shop.paid_class())
    address = order_page(learner, order).find("a", string="申请退款")["href"]
    assert "全额退¥2.40" in words(read(browser(learner), address))

    told = browser(learner).post(address, {"reason": "报错了班"}, follow=True)

    assert "退款申请已提交" in told.content.decode()
    refund = Refund.objects.get()
    assert (refund.state, refund.reason, refund.amount_fen) == ("asked", "报错了班", 240)
    said = words(order_page(learner, order))
    assert "退款审核中" in said
    assert "申请退款¥2.40" in said
    assert "财务复核" in said
    shop.decided(refund)
    send_refund(refund_id=refund.pk, clock=server_clock.now)
    refund.refresh_from_db()
    (row,) = rows(learner, "?state=refund")
    assert {"sent": "退款中", "done": "已退款"}[refund.state] in row


def test_a_refund_without_a_reason_isnt_asked_for(sandbox: Any, learner: Any) -> None:
    order = shop.paid(learner, shop.paid_class())
    answer = browser(learner).post(f"/orders/{order.no}/refund/", {"reason": " "})
    assert "写一下为什么退" in answer.content.decode()
    assert not Refund.objects.exists()


def test_where_no_refund_can_be_asked_for_it_says_why(sandbox: Any, learner: Any, clock: Any) -> None:
    order = shop.paid(learner, shop.paid_class())
    clock.set(clock.now() + timedelta(days=8))

    page = order_page(learner, order)

    assert "付款已超过7天" in words(page)
    assert not page.find("a", string="申请退款")
    assert browser(learner).get(f"/orders/{order.no}/refund/")["Location"] == f"/orders/{order.no}/"
    assert "付款已超过 7 天" in browser(learner).post(f"/orders/{order.no}/refund/", {"reason": "1"}).content.decode()
    assert not Refund.objects.exists()


def test_an_invoice_is_asked_for_and_downloaded_when_it_is_issued(sandbox: Any, learner: Any) -> None:
    order = shop.paid(learner, shop.paid_class())
    address = order_page(learner, order).find("a", string="申请发票")["href"]
    unit = {"heading_kind": "unit", "heading": "示例市第一医院", "tax_number": "91350100M000100Y43"}
    assert "开票金额¥2.40" in words(read(browser(learner), address))

    browser(learner).post(address, unit)

    assert "待开票" in words(order_page(learner, order))
    invoice = Invoice.objects.get()
    issue_invoice(
        invoice_id=invoice.pk,
        number="26112000001",
        file=io.BytesIO(PDF),
        actor_id=shop.MAKER,
        acting_as="finance",
        now=server_clock.now(),
    )
    link = order_page(learner, order).select_one('a[href$="invoice.pdf"]')["href"]
    file = browser(learner).get(link)
    assert (file["Content-Type"], b"".join(file.streaming_content)) == ("application/pdf", PDF)
    assert file["Content-Disposition"].startswith("attachment")
    assert browser(people.stranger()).get(link).status_code == 404


def test_a_wrong_tax_number_is_said_at_its_field(sandbox: Any, learner: Any) -> None:
    order = shop.paid(learner, shop.paid_class())
    unit = {"heading_kind": "unit", "heading": "示例市第一医院", "tax_number": "91350100M000100Y44"}
    answer = browser(learner).post(f"/orders/{order.no}/invoice/", unit)
    assert "统一社会信用代码不对" in answer.content.decode()
    assert not Invoice.objects.exists()


def test_visitors_log_in_and_administrators_are_told(learner: Any) -> None:
    assert browser().get("/orders/")["Location"] == "/login/?next=/orders/"
    assert browser(people.administrator()).get("/orders/").status_code == 403
