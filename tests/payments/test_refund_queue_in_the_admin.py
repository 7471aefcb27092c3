"""退款: the queue at the finance desk, by what somebody must do; filters, bounded pages, the same queries (F3)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.services import EDITORS
from payments.models import Order, OrderItem, Payment, Refund, RefundLine
from payments.queries.refund_queue import A_PAGE, RefundFilters, refunds_page, refunds_waiting
from payments.services import ask_own_refund, retry_refund, send_refund, withdraw_refund
from tests.exams.office import staff_of
from tests.identity import factories as people
from tests.payments import desk_orders as desk
from tests.payments import shop, units
from tests.payments.desk import finance, text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(fakes, jobs, clock) -> Order:
    return desk.paid(people.learner(), fakes, clock)


@pytest.fixture
def maker() -> Client:
    return finance()


def queue(browser: Client, **asked: str) -> str:
    answer = browser.get(reverse("finance_refunds:index"), asked)
    assert answer.status_code == 200
    return text(answer)


def leads_to(refund: Refund) -> str:
    return f"{desk.address(refund.order)}#refund-{refund.pk}"


def in_state(order: Order, state: str, by: Any, fakes: Any, clock: Any) -> Refund:
    """A refund of ¥0.10 of the order, in this state."""
    refund = desk.asked(order, by, (0, 10))
    if state == "withdrawn":
        withdraw_refund(refund_id=refund.pk, actor_id=by.pk, acting_as="staff", now=clock.now())
    elif state == "rejected":
        shop.decided(refund, approve=False)
    elif state != "asked":
        shop.decided(refund)
    if state == "failed":
        desk.failed(refund, fakes)
    if state in ("sent", "done"):
        fakes["wechat"].fails(outcome={"sent": "processing", "done": "done"}[state])
        send_refund(refund_id=refund.pk, clock=clock.now)
    refund.refresh_from_db()
    assert refund.state == state
    return refund


# --- The tabs ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("state", "tab"),
    [
        ("asked", "asked"),
        ("approved", "going"),
        ("sent", "going"),
        ("failed", "failed"),
        ("done", "done"),
        ("rejected", "rejected"),
        ("withdrawn", "rejected"),
    ],
)
def test_each_refund_stands_on_one_tab_and_leads_to_its_place_on_the_orders_page(
    order, maker, fakes, clock, state, tab
):
    refund = in_state(order, state, maker.user, fakes, clock)
    for name in ("asked", "going", "failed", "done", "rejected"):
        assert (leads_to(refund) in queue(maker, tab=name)) == (name == tab), name
    assert f'id="refund-{refund.pk}"' in text(maker.get(desk.address(order)))


def test_what_waits_is_shown_first_with_who_asked_and_why(order, maker):
    desk.asked(order, maker.user, (0, 10))
    page = queue(finance("finance2"))
    for words in ("李雷", "班级 ji-jiu", "¥0.10", "开错班", "财务finance（财务）", "微信支付", "待复核"):
        assert words in page
    assert "你申请的，等另一位" not in page
    assert "你申请的，等另一位" in queue(maker)


def test_what_must_be_done_is_counted_until_somebody_has_begun_it(order, maker, fakes, clock):
    in_state(order, "asked", maker.user, fakes, clock)
    failure = in_state(order, "failed", maker.user, fakes, clock)
    counted = {tab: waiting.count for tab, waiting in refunds_waiting().items()}
    assert counted == {"asked": 1, "failed": 1}
    assert queue(maker).count('class="xs-count"') == 2

    retry_refund(refund_id=failure.pk, actor_id=maker.user.pk, acting_as="staff", now=clock.now())

    assert {tab: waiting.count for tab, waiting in refunds_waiting().items()} == {"asked": 2, "failed": 0}
    assert "已重新申请" in queue(maker, tab="failed")


def test_what_has_waited_for_days_is_told_of(order, maker, clock):
    desk.asked(order, maker.user, (0, 10))
    assert "已等" not in queue(maker)
    clock.tick(timedelta(days=4).total_seconds())
    page = queue(finance("finance2"))
    assert "已等 4 天" in page
    assert "最早一笔从" in page


@pytest.mark.parametrize("tab", ["asked", "going", "failed", "done", "rejected"])
def test_an_empty_tab_says_so(maker, tab):
    assert "没有等待复核的退款" in queue(maker, tab=tab) or "这里还没有退款" in queue(maker, tab=tab)


# --- Filters ----------------------------------------------------------------------------------------------------------
def test_it_is_filtered_by_provider(order, maker, fakes, clock):
    by_wechat = desk.asked(order, maker.user, (0, 10))
    other = desk.paid(people.stranger(), fakes, clock, shop.paid_class("hu-li"), provider="alipay")
    by_alipay = desk.asked(other, maker.user, (0, 10))
    page = queue(maker, provider="alipay")
    assert (leads_to(by_wechat) in page, leads_to(by_alipay) in page) == (False, True)


def test_it_is_filtered_by_who_asked(fakes, jobs, clock, maker):
    lilei, wangwu, hanmei = people.learner(), people.stranger(), people.administrator()
    hers = desk.paid(lilei, fakes, clock)
    by_learner = ask_own_refund(actor=people.role(lilei), order_no=hers.no, reason="报错", now=clock.now())
    by_unit = desk.seats_asked(units.bought(hanmei, shop.paid_class("dan-wei")), 1, hanmei)
    by_desk = desk.asked(desk.paid(wangwu, fakes, clock, shop.paid_class("hu-li")), maker.user)
    found = {
        asked_as: {row.file.refund.pk for row in refunds_page(RefundFilters(asked_as=asked_as)).rows}
        for asked_as in ("buyer", "desk", "machine")
    }
    assert found == {"buyer": {by_learner.pk, by_unit.pk}, "desk": {by_desk.pk}, "machine": set()}
    page = queue(maker, by="buyer")
    assert leads_to(by_unit) in page
    assert leads_to(by_desk) not in page


def test_what_the_machine_gives_back_is_told_apart(order, maker, clock):
    refund = desk.asked(order, maker.user, (0, 10))
    Refund.objects.filter(pk=refund.pk).update(is_automatic=True, asked_by_id=None, state="approved")
    page = queue(maker, tab="going", by="machine")
    assert leads_to(refund) in page
    assert "不用复核" in page


def test_it_is_filtered_by_days_inclusively(order, maker, clock):
    refund = desk.asked(order, maker.user, (0, 10))
    day = f"{clock.now().date():%Y-%m-%d}"
    assert leads_to(refund) in queue(maker, asked_from=day, asked_to=day)
    assert leads_to(refund) not in queue(maker, asked_to="2026-03-01")
    assert leads_to(refund) not in queue(maker, asked_from="2026-03-03")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"asked_from": "gestern"}, "写成日期"),
        ({"asked_from": "2026-03-02", "asked_to": "2026-03-01"}, "不能早于前一天"),
        ({"provider": "cash"}, "cash"),
        ({"by": "nobody"}, "nobody"),
    ],
)
def test_a_wrong_filter_is_said_and_lists_nothing(order, maker, asked, said):
    refund = desk.asked(order, maker.user, (0, 10))
    page = queue(maker, **asked)
    assert said in page
    assert leads_to(refund) not in page
    assert "上面有写错的条件" in page


def test_what_fits_no_filter_leads_back_to_all(order, maker):
    desk.asked(order, maker.user, (0, 10))
    assert "没有符合条件的退款" in queue(maker, provider="alipay")


def test_an_unknown_tab_and_a_broken_cursor_show_the_first_page(order, maker):
    refund = desk.asked(order, maker.user, (0, 10))
    assert leads_to(refund) in queue(maker, tab="nothing")
    assert leads_to(refund) in queue(maker, page="o1-2-3'--")


# --- Bounded ----------------------------------------------------------------------------------------------------------
def many(order: Order, count: int, clock: Any) -> list[int]:
    """So many refunds of one item, asked a second apart; every other at the same instant as the one before."""
    payment, item = Payment.objects.get(order=order), OrderItem.objects.get(order=order)
    made = []
    for at in range(count):
        refund = Refund.objects.create(
            order=order,
            payment=payment,
            number=f"R{at}",
            amount_fen=1,
            reason="很多",
            asked_by_id=1,
            asked_at=clock.now() + timedelta(seconds=at // 2),
        )
        RefundLine.objects.create(refund=refund, item=item, amount_fen=1)
        made.append(refund.pk)
    return made


def test_pages_show_each_refund_once_and_lead_back(order, clock):
    made = many(order, 2 * A_PAGE + 3, clock)
    seen: list[int] = []
    cursor = ""
    pages = []
    while True:
        page = refunds_page(RefundFilters(), cursor=cursor)
        pages.append(page)
        seen += [row.file.refund.pk for row in page.rows]
        if not page.older:
            break
        cursor = page.older
    assert seen == made[::-1]
    assert [len(page.rows) for page in pages] == [A_PAGE, A_PAGE, 3]
    back = refunds_page(RefundFilters(), cursor=pages[1].newer)
    assert [row.file.refund.pk for row in back.rows] == made[::-1][:A_PAGE]


def test_a_page_asks_the_database_no_more_for_many(order, maker, clock):
    many(order, 1, clock)
    queue(maker)
    with CaptureQueriesContext(connection) as few:
        queue(maker)
    Refund.objects.update(number="first")
    many(order, A_PAGE, clock)
    with CaptureQueriesContext(connection) as full:
        page = queue(maker)
    assert page.count("#refund-") == A_PAGE
    assert len(few) == len(full)


# --- Who --------------------------------------------------------------------------------------------------------------
def test_it_stands_in_finances_menu_and_nobody_elses(order, maker):
    address = reverse("finance_refunds:index")
    assert address in text(maker.get(reverse("wagtailadmin_home")))
    editor = staff_of(EDITORS)
    assert address not in text(editor.get(reverse("wagtailadmin_home")))
    for browser in (editor, Client()):
        assert browser.get(address).status_code == 302
