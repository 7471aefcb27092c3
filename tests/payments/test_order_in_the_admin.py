"""An order's page at the finance desk: every event with its actor, the sums they make, what may be done (F3)."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.services import EDITORS
from core import audit
from core.models import AuditEntry
from payments.models import Order, OrderEvent, RefusedNotice
from payments.queries.order_file import order_file
from payments.services import send_refund, withdraw_refund
from payments.services.book import note
from tests.exams.office import staff_of
from tests.identity import factories as people
from tests.payments import desk_orders as desk
from tests.payments import shop, units
from tests.payments.desk import finance, text
from tests.payments.post import all_of_it

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def learner(fakes, jobs, clock):
    return people.learner()


@pytest.fixture
def order(learner, fakes, clock) -> Order:
    return desk.paid(learner, fakes, clock)


def says(browser: Client, order: Order) -> str:
    answer = browser.get(desk.address(order))
    assert answer.status_code == 200
    return text(answer)


# --- What it tells ----------------------------------------------------------------------------------------------------
def test_it_tells_who_bought_what_and_everything_that_happened(order, learner):
    page = says(finance(), order)
    for words in ("李雷", "示例市第一医院", "班级 ji-jiu", "¥2.40", order.no):
        assert words in page
    for event in order.events.all():
        assert str(event.get_kind_display()) in page
    payment = shop.payment_of(order)
    assert payment.number in page
    assert payment.transaction_id in page
    assert "还没开始学" in page
    assert learner.id_number not in page


def test_what_a_provider_said_is_folded_away_as_the_book_keeps_it(order, clock):
    message = {"openid": "o***", "trade_state": "SUCCESS"}
    note(order, OrderEvent.Kind.ATTEMPTED, now=clock.now(), message=message)
    page = says(finance(), order)
    assert page.count("展开原始消息") == order.events.exclude(message={}).count() == 2
    assert "&quot;openid&quot;: &quot;o***&quot;" in page


def test_its_actors_and_opinions_stand_beside_the_events(order, fakes):
    one, two = finance(), finance("finance2")
    desk.approved(desk.asked(order, one.user), two.user)
    page = says(one, order)
    for words in ("财务finance", "财务finance2", "开错班", "看过了"):
        assert words in page


@pytest.mark.parametrize("ending", ["asked", "approved", "done", "failed", "rejected", "withdrawn"])
def test_its_sums_are_those_of_its_events(order, fakes, ending):
    one, two = finance().user, finance("finance2").user
    refund = desk.asked(order, one, (0, 100))
    if ending in ("approved", "done", "failed"):
        desk.approved(refund, two)
    if ending == "done":
        send_refund(refund_id=refund.pk, clock=lambda: refund.asked_at)
    if ending == "failed":
        desk.failed(refund, fakes)
    if ending == "rejected":
        shop.decided(refund, approve=False)
    if ending == "withdrawn":
        withdraw_refund(refund_id=refund.pk, actor_id=one.pk, acting_as="staff", now=refund.asked_at)
    order.refresh_from_db()
    refund.refresh_from_db()
    assert refund.state == ending

    sums = order_file(order).sums

    assert (sums.due, sums.received, sums.returned) == (240, order.received_fen, order.returned_fen)
    assert sums.waiting == (100 if ending == "asked" else 0)
    assert sums.going == (100 if ending == "approved" else 0)
    assert sums.left == (240 if ending in ("failed", "rejected", "withdrawn") else 140)
    assert f"¥{sums.left // 100}.{sums.left % 100:02}" in says(finance("finance3"), order)


def test_a_units_order_tells_of_its_seats(fakes, jobs, clock):
    order = units.bought(people.administrator(), seats=3, chosen=[people.learner()])
    page = says(finance(), order)
    assert "未使用 2，已使用 1，已退 0" in page
    assert "已开始 0 人，学完 0 人" in page
    assert "¥2.40 × 3" in page


def test_many_enrolments_in_a_row_are_one_line_that_unfolds(fakes, jobs, clock):
    chosen = [people.learner("张三", 70 + at) for at in range(5)]
    page = says(finance(), units.bought(people.administrator(), seats=5, chosen=chosen))
    assert "开通学习 × 5" in page
    assert page.count("逐条看") == 1


def test_callbacks_that_were_not_believed_stand_on_the_order_they_name(order, clock):
    for number, reason in ((shop.payment_of(order).number, "signature"), ("SOMEBODYELSES", "payment_mismatch")):
        RefusedNotice.objects.create(
            provider="wechat", reason=reason, number=number, digest="0" * 64, received_at=clock.now()
        )
    page = says(finance(), order)
    assert "签名不对" in page
    assert "金额、商户或应用和订单不一致" not in page


# --- Who may look -----------------------------------------------------------------------------------------------------
def test_opening_it_is_written_down_for_its_buyer_to_read(order, learner):
    one = finance()
    says(one, order)
    says(one, order)
    entries = audit.entries_of("user", learner.pk).filter(act="person.look_up")
    assert [(entry.actor_id, entry.after["reason"]) for entry in entries] == [(one.user.pk, "查看订单")]


def test_nobody_else_sees_it_and_nothing_is_written_down(order, learner):
    hers = Client()
    hers.force_login(learner, backend="identity.backends.LoginKeyBackend")
    before = AuditEntry.objects.count()
    for browser in (staff_of(EDITORS), hers, Client()):
        answer = browser.get(desk.address(order))
        assert answer.status_code == 302
        assert order.no not in text(answer)
    assert AuditEntry.objects.count() == before


def test_an_unknown_number_is_not_there(order):
    order.no = "20260101UNKNOWN"
    assert finance().get(desk.address(order)).status_code == 404


def test_it_asks_the_database_no_more_for_a_long_order(learner, fakes, clock):
    short = desk.paid(learner, fakes, clock)
    pages = [shop.paid_class(f"ban-{at}") for at in range(6)]
    long = desk.paid(people.learner("张三", 77), fakes, clock, *pages)
    one, two = finance(), finance("finance2")
    desk.asked(short, one.user, (0, 10))
    for at in range(6):
        desk.approved(desk.asked(long, one.user, (at, 10)), two.user)
    desk.asked(long, one.user, (0, 10))
    assert (short.events.count(), long.events.count()) == (5, 28)
    for order in (short, long):  # what a first look writes down, and what the process keeps
        says(two, order)
    counts = []
    for order in (short, long):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            says(two, order)
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- Asking the provider ----------------------------------------------------------------------------------------------
def test_asking_the_provider_finds_money_whose_notice_was_lost(learner, fakes, clock):
    order = shop.ordered(learner, shop.paid_class())
    fakes["wechat"].pay(shop.payment_of(order).number)
    one = finance()
    assert "问一下支付平台" in says(one, order)

    answer = one.post(desk.address(order, "ask"), follow=True)

    order.refresh_from_db()
    assert order.state == "paid"
    assert "支付平台说已经付款" in text(answer)
    assert "问一下支付平台" not in says(one, order), "there is nothing left to ask about"


def test_pressed_twice_it_asks_once(learner, fakes, clock):
    order = shop.ordered(learner, shop.paid_class())
    one = finance()
    assert "还没有付款" in text(one.post(desk.address(order, "ask"), follow=True))
    assert "刚问过" in text(one.post(desk.address(order, "ask"), follow=True))
    assert [call for call, _number in fakes["wechat"].calls].count("query") == 1
    clock.tick(5)
    one.post(desk.address(order, "ask"))
    assert [call for call, _number in fakes["wechat"].calls].count("query") == 2


def test_a_provider_that_does_not_answer_changes_nothing_and_it_is_said(learner, fakes, clock):
    order = shop.ordered(learner, shop.paid_class())
    fakes["wechat"].fails(is_down=True)
    before = all_of_it()["Order"]
    assert "没有回答" in text(finance().post(desk.address(order, "ask"), follow=True))
    assert all_of_it()["Order"] == before


def test_a_refund_on_its_way_is_asked_about_once_in_a_while(order, fakes, jobs, clock):
    one, two = finance(), finance("finance2")
    refund = desk.approved(desk.asked(order, one.user), two.user)
    fakes["wechat"].fails(outcome="processing")
    jobs.work()
    clock.tick(5)
    refund.refresh_from_db()
    assert refund.state == "sent"

    assert "去问退款结果" in text(one.post(desk.address(order, "ask"), follow=True))
    assert "刚问过" in text(one.post(desk.address(order, "ask"), follow=True)), "it is on its way"
    jobs.work()
    assert "刚问过" in text(one.post(desk.address(order, "ask"), follow=True)), "it was asked about just now"
    assert [call for call, _number in fakes["wechat"].calls].count("query_refund") == 1


def test_who_may_only_read_asks_nobody(learner, fakes, clock):
    order = shop.ordered(learner, shop.paid_class())
    assert staff_of(EDITORS).post(desk.address(order, "ask")).status_code == 302
    assert Client().post(desk.address(order, "ask")).status_code == 302
    assert "query" not in [call for call, _number in fakes["wechat"].calls]


# --- Reading alone ----------------------------------------------------------------------------------------------------
@pytest.fixture
def reader() -> Client:
    """Somebody who may see orders and refunds, and change nothing."""
    user = people.staff("auditor", "审计")
    codenames = ("view_order", "view_refund", "access_admin")
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    browser = Client()
    browser.force_login(user, backend="identity.backends.LoginKeyBackend")
    return browser


def test_who_may_only_read_is_offered_no_act(order, reader):
    refund = desk.asked(order, finance().user, (0, 100))
    page = says(reader, order)
    for act in ("申请退款</a>", "问一下支付平台", "撤回</a>", "不同意</button>"):
        assert act not in page
    assert "复核退款需要" in page
    assert f'id="refund-{refund.pk}"' in page


@pytest.mark.parametrize("act", ["ask", "refund", "transfer", "decide", "withdraw", "retry", "sent"])
def test_who_may_only_read_is_refused_each_act(order, reader, act):
    refund = desk.asked(order, finance().user, (0, 100))
    of_refund = act in ("decide", "withdraw", "retry", "sent")
    before = all_of_it()
    data = {"decision": "approve", "scope": "whole", "reason": "x", "seen": refund.pk, "confirmed": "1"}
    answer = reader.post(desk.address(order, act, refund if of_refund else None), data, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("wagtailadmin_home")
    assert all_of_it() == before
