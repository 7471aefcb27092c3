"""导出: finance takes the filtered list with it for a reason that is kept; numbers masked, cells harmless (F3)."""

import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from cms.services import EDITORS
from core.models import AuditEntry
from core.workbook import Sheet, written
from payments.errors import TooManyToExport
from payments.models import Order
from payments.queries.desk import OrderFilters
from payments.queries.desk_export import rows_to_export
from payments.services import Source, confirm_payment
from payments.services.exporting import begin_export
from tests.exams.office import staff_of
from tests.identity import factories as people
from tests.payments import shop, units
from tests.payments.desk import finance, text

pytestmark = pytest.mark.django_db

EXPORT = "/admin/finance/orders/export/"
REASON = {"reason": "审计要三月的账"}


@pytest.fixture
def browser(fakes, jobs, clock):
    return finance()


@pytest.fixture
def orders(browser, fakes, clock):
    """李雷's paid one of two classes, and his hospital's transfer for five."""
    page, other = shop.paid_class("ji-jiu", title="急救实务"), shop.paid_class("yao-xue", price_fen=10_000)
    paid = shop.ordered(people.learner(), page, other)
    payment = shop.payment_of(paid)
    fakes["wechat"].pay(payment.number)
    confirm_payment(
        provider_name="wechat", stated=fakes["wechat"].states(payment.number), source=Source.QUERY, now=clock.now()
    )
    paid.refresh_from_db()
    clock.tick(60)
    return paid, units.placed(people.administrator(), page, seats=5)


def sheet(answer: Any) -> list[dict[str, Any]]:
    """The rows by their heads."""
    return _rows(b"".join(answer.streaming_content))


def _rows(content: bytes) -> list[dict[str, Any]]:
    book = load_workbook(io.BytesIO(content))
    heads, *rows = book.worksheets[0].iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def entries() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(act="orders.exported").order_by("pk"))


def test_the_workbook_holds_the_list_in_its_order(browser, orders):
    paid, transfer = orders
    payment = shop.payment_of(paid)
    answer = browser.post(EXPORT, REASON)
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert "no-store" in answer["Cache-Control"]
    first, second = sheet(answer)
    assert (first["订单号"], first["单位"], first["名额"], first["付款时间"]) == (
        transfer.no,
        "示例市第一医院",
        "5",
        None,
    )
    assert second["订单号"] == paid.no
    assert (second["下单人"], second["班级"]) == ("李雷", "急救实务；班级 yao-xue")
    assert (second["状态"], second["支付方式"]) == ("已付款", "微信支付")
    assert (second["商户订单号"], second["平台流水号"]) == (payment.number, payment.transaction_id)
    assert [Decimal(str(second[head])) for head in ("应付（元）", "到账（元）", "退回（元）")] == [
        Decimal("102.4"),
        Decimal("102.4"),
        0,
    ]


def test_it_holds_what_the_filters_leave(browser, orders):
    paid, transfer = orders
    assert [row["订单号"] for row in sheet(browser.post(f"{EXPORT}?provider=bank", REASON))] == [transfer.no]
    of_class = paid.items.order_by("pk").last().class_page_id
    assert [row["订单号"] for row in sheet(browser.post(f"{EXPORT}?of_class={of_class}", REASON))] == [paid.no]
    assert sheet(browser.post(f"{EXPORT}?event=late", REASON)) == []


def test_no_id_number_leaves_whole(browser, orders):
    content = b"".join(browser.post(EXPORT, REASON).streaming_content)
    number = people.id_number(13)
    masked = [row["证件号码"] for row in _rows(content)]
    assert f"{number[:6]}********{number[-4:]}" in masked
    assert number not in str(_rows(content))


def test_who_exported_what_and_why_is_written_down(browser, orders):
    browser.post(f"{EXPORT}?provider=bank", REASON)
    (entry,) = entries()
    assert (entry.actor_id, entry.acting_as) == (browser.user.pk, "staff")
    assert entry.after == {"orders": 1, "selection": "provider=bank", "reason": "审计要三月的账"}


@pytest.mark.parametrize("reason", ["", "   ", "长" * 201])
def test_without_a_reason_nothing_leaves(browser, orders, reason):
    answer = browser.post(EXPORT, {"reason": reason})
    assert answer.status_code == 200
    assert not answer.streaming
    assert len(re.findall(r'id="id_reason_error"', text(answer))) == 1
    assert reason.strip() in text(answer), "what was typed is kept"
    assert entries() == []


def test_more_than_the_most_are_refused_and_nothing_is_written_down(browser, orders, monkeypatch, clock):
    monkeypatch.setattr("payments.queries.desk_export.MOST_ROWS", 1)
    monkeypatch.setattr("payments.services.exporting.MOST_ROWS", 1)
    monkeypatch.setattr("payments.office.orders_export.MOST_ROWS", 1)
    with pytest.raises(TooManyToExport) as refused:
        begin_export(filters=OrderFilters(), selection="", reason="x", actor_id=1, acting_as="staff", now=clock.now())
    assert refused.value.code == "too_many_to_export"
    answer = browser.post(EXPORT, REASON)
    assert "一次最多导出 1 笔" in text(answer)
    assert "一次最多导出 1 笔" in text(browser.get(EXPORT))
    assert entries() == []


def test_filters_that_are_wrong_lead_back_to_the_list(browser, orders):
    for answer in (browser.get(f"{EXPORT}?least=x"), browser.post(f"{EXPORT}?least=x", REASON)):
        assert (answer.status_code, answer.url) == (302, "/admin/finance/orders/?least=x")
    assert entries() == []


def test_nobody_but_finance_exports(orders):
    editor = staff_of(EDITORS)
    assert editor.get(EXPORT).status_code == 302
    assert editor.post(EXPORT, REASON).status_code == 302
    assert entries() == []


def test_the_page_says_what_will_leave(browser, orders):
    page = text(browser.get(f"{EXPORT}?provider=bank"))
    for words in ("支付方式 银行转账", "1 笔", "证件号码只显示前后几位"):
        assert words in page


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_begins_like_a_formula_is_text(orders, lead):
    paid, _transfer = orders
    paid.items.update(title=f"{lead}HYPERLINK(1)")
    row = next(row for row in rows_to_export(OrderFilters(), {}) if row[0] == paid.no)
    (cells,) = _rows(b"".join(written(Sheet("x", [(str(at), 9) for at in range(16)]), [row])))
    assert cells["6"].startswith(f"'{lead}".replace("\r", "\n"))


def test_text_that_xml_does_not_know_is_left_out():
    told = ["a\x00b\x0bc", "<&>\"'", "𬭎", "长" * 40_000]
    (cells,) = _rows(b"".join(written(Sheet("a&b", [(str(at), 9) for at in range(4)]), [told])))
    assert list(cells.values()) == ["abc", "<&>\"'", "𬭎", "长" * 32_767]


def test_amounts_are_exact_to_the_fen():
    fens = [0, 1, 240, 10_240, 2_147_483_647, -5]
    (cells,) = _rows(b"".join(written(Sheet("x", [(str(at), 9) for at in range(6)]), [fens])))
    assert [Decimal(str(value)) for value in cells.values()] == [Decimal(fen) / 100 for fen in fens]


def test_it_is_written_while_it_is_sent():
    """What has gone out isn't kept, and what isn't asked for isn't read."""
    read = 0

    def endless() -> Iterator[list[str]]:
        nonlocal read
        while True:
            read += 1
            yield [json.dumps(read), "x" * 50]

    bytes_ = written(Sheet("x", [("a", 9), ("b", 9)]), endless())
    for _ in range(20):
        assert len(next(bytes_)) < 200_000
    assert read < 20_000


def test_portions_leave_no_order_out_and_tell_none_twice(browser, orders, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("payments.queries.desk_export._PORTION", 1)
    told = [row[0] for row in rows_to_export(OrderFilters(), {})]
    assert told == list(Order.objects.order_by("-created_at", "-pk").values_list("no", flat=True))
    monkeypatch.setattr("payments.queries.desk_export._PORTION", 2000)
    with django_assert_num_queries(4):
        assert len(list(rows_to_export(OrderFilters(), {}))) == 2
