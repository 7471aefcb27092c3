"""申请退款 at the finance desk: whole, by class, in part, seats; looked at twice; then it waits for another (F3)."""

from typing import Any

import pytest
from django.test import Client

from cms.services import EDITORS
from learning.models import Enrolment
from payments.models import Order, OrderItem, Refund
from payments.services import AskedLine, ask_refund, latest_refund
from tests.exams.office import staff_of
from tests.identity import factories as people
from tests.payments import desk_orders as desk
from tests.payments import invariants, shop, units
from tests.payments.desk import finance, text
from tests.payments.post import all_of_it

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def learner(fakes, jobs, clock):
    return people.learner()


@pytest.fixture
def order(learner, fakes, clock) -> Order:
    """Two classes, for ¥2.40 and ¥5.00."""
    return desk.paid(learner, fakes, clock, shop.paid_class(), shop.paid_class("hu-li", 500))


def sends(browser: Client, order: Order, **fields: Any) -> str:
    """Fills the form in and presses the button of the step; what the answer says."""
    data = {"scope": "whole", "ends": "on", "reason": "工作调动", "seen": latest_refund(order.pk)} | fields
    told = {name: value for name, value in data.items() if value is not None}
    return text(browser.post(desk.address(order, "refund"), told, follow=True))


def item(order: Order, at: int) -> OrderItem:
    return list(order.items.order_by("pk"))[at]


def part(order: Order, at: int, amount: str, **more: Any) -> dict[str, Any]:
    """The fields that take so much of the item."""
    pk = item(order, at).pk
    return {"scope": "parts", f"take_{pk}": "on", f"amount_{pk}": amount} | {
        f"{name}_{pk}": value for name, value in more.items()
    }


# --- It works ---------------------------------------------------------------------------------------------------------
def test_all_of_it_is_looked_at_once_more_and_then_waits_for_another(order, learner, fakes):
    one = finance()
    looked = sends(one, order)
    assert "核对：退款 ¥7.40" in looked
    assert not Refund.objects.exists(), "looking at it asks for nothing"

    page = sends(one, order, confirmed="1")

    refund = Refund.objects.get()
    assert (refund.amount_fen, refund.state, refund.reason) == (740, "asked", "工作调动")
    assert (refund.asked_by_id, refund.decided_by_id) == (one.user.pk, None)
    assert [line.ends_enrolment for line in refund.lines.all()] == [True, True]
    assert "等另一位财务人员复核" in page
    assert Enrolment.objects.filter(state="active").count() == 2, "until another agrees"
    invariants.check(learner.pk, fakes)


def test_a_part_of_one_class_goes_back_and_the_place_is_kept(order):
    sends(finance(), order, **part(order, 1, "1.25"), confirmed="1")
    line = Refund.objects.get().lines.get()
    assert (line.item, line.amount_fen, line.ends_enrolment) == (item(order, 1), 125, False)


@pytest.mark.parametrize(("typed", "fen"), [("1", 100), ("１．５", 150), ("¥0.01", 1), (" 5.0 ", 500)])
def test_an_amount_is_understood_as_it_is_typed(order, typed, fen):
    sends(finance(), order, **part(order, 1, typed, ends="on"), confirmed="1")
    line = Refund.objects.get().lines.get()
    assert (line.amount_fen, line.ends_enrolment) == (fen, True)


def test_one_may_go_back_and_change_it_and_nothing_typed_is_lost(order):
    page = sends(finance(), order, **part(order, 1, "1.25"), change="1")
    assert 'value="1.25"' in page
    assert 'value="工作调动"' in page
    assert not Refund.objects.exists()


def test_seats_of_a_unit_go_back_at_their_price(fakes, jobs, clock):
    order = units.bought(people.administrator(), seats=5)
    one = finance()
    assert "还有 5 个没用" in text(one.get(desk.address(order, "refund")))
    fields = {"scope": "parts", f"seats_{item(order, 0).pk}": "2", f"amount_{item(order, 0).pk}": "0.01"}
    assert "核对：退款 ¥4.80" in sends(one, order, **fields)

    sends(one, order, **fields, confirmed="1")

    line = Refund.objects.get().lines.get()
    assert (line.amount_fen, line.seats) == (480, 2)
    units.check(order)


def test_all_unused_seats_go_back_and_the_used_stay(fakes, jobs, clock):
    order = units.bought(people.administrator(), seats=3, chosen=[people.learner()])
    sends(finance(), order, confirmed="1")
    assert Refund.objects.get().amount_fen == 480
    units.check(order)


# --- What it refuses --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "写上退多少"), ("0", "要大于 0"), ("5.01", "最多 ¥5.00"), ("1.234", "写成金额"), ("-1", "写成金额")],
)
def test_a_wrong_amount_is_said_at_its_field(order, typed, said):
    before = all_of_it()
    page = sends(finance(), order, **part(order, 1, typed), confirmed="1")
    assert said in page
    assert all_of_it() == before


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": ""}, "写上为什么退"),
        ({"scope": None}, "选一下退全部还是一部分"),
        ({"scope": "parts"}, "至少勾选一个班"),
        ({"scope": "everything"}, "everything"),
        ({"reason": "长" * 81}, "不超过 80"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_asked_for(order, fields, said):
    before = all_of_it()
    assert said in sends(finance(), order, **fields, confirmed="1")
    assert all_of_it() == before


@pytest.mark.parametrize("seats", ["0", "4", "-1", "x"])
def test_more_seats_than_are_free_are_refused(fakes, jobs, clock, seats):
    order = units.bought(people.administrator(), seats=3)
    before = all_of_it()
    page = sends(finance(), order, scope="parts", **{f"seats_{item(order, 0).pk}": seats}, confirmed="1")
    assert "最多 3 个" in page or "写一个整数" in page
    assert all_of_it() == before


def test_another_orders_item_cannot_be_smuggled_in(order, fakes, clock):
    others = desk.paid(people.stranger(), fakes, clock, shop.paid_class("bie-ren"))
    before = all_of_it()
    page = sends(finance(), order, **part(others, 0, "1"), confirmed="1")
    assert "至少勾选一个班" in page
    assert all_of_it() == before


def test_the_same_request_sent_twice_is_one(order):
    one, seen = finance(), latest_refund(order.pk)
    fields = part(order, 1, "1") | {"seen": seen, "confirmed": "1"}
    sends(one, order, **fields)
    before = all_of_it()
    page = sends(one, order, **fields)
    assert "刚刚有了另一笔退款" in page
    assert 'value="1"' in page, "what was typed stays"
    assert all_of_it() == before
    sends(one, order, **fields | {"seen": latest_refund(order.pk)})
    assert Refund.objects.count() == 2, "who has seen the first may ask for another"


def test_money_that_went_meanwhile_is_not_asked_for_again(order, clock):
    one, fields = finance(), {"confirmed": "1"}
    lines = [AskedLine(row.pk, row.total_fen) for row in order.items.all()]
    ask_refund(order_id=order.pk, lines=lines, reason="全退", actor_id=1, acting_as="staff", now=clock.now())
    before = all_of_it()
    assert "没有可退的款项" in sends(one, order, **fields)
    assert all_of_it() == before


def test_nothing_can_be_asked_back_of_an_order_nobody_paid(learner, fakes):
    order = shop.ordered(learner, shop.paid_class())
    one = finance()
    assert "没有可退的款项" in text(one.get(desk.address(order, "refund")))
    sends(one, order, confirmed="1")
    assert not Refund.objects.exists()
    assert desk.address(order, "refund") not in text(one.get(desk.address(order)))


# --- Hours ------------------------------------------------------------------------------------------------------------
def test_hours_that_were_earned_ask_for_a_reason_before_all_goes_back(order, learner, fakes, clock):
    desk.finished(order, clock)
    one = finance()
    assert "例外理由" in text(one.get(desk.address(order, "refund")))
    before = all_of_it()
    assert "已经计入 2 学时" in sends(one, order, confirmed="1")
    assert all_of_it() == before

    sends(one, order, override_reason="投诉属实，局里同意", confirmed="1")

    assert Refund.objects.get().override_reason == "投诉属实，局里同意"
    invariants.check(learner.pk, fakes)


def test_a_part_needs_no_such_reason(order, clock):
    desk.finished(order, clock)
    sends(finance(), order, **part(order, 0, "2.39"), confirmed="1")
    assert Refund.objects.get().amount_fen == 239


def test_without_hours_nobody_is_asked_for_an_exception(order):
    assert "例外理由" not in text(finance().get(desk.address(order, "refund")))


# --- Who --------------------------------------------------------------------------------------------------------------
def test_only_finance_asks(order, learner):
    hers = Client()
    hers.force_login(learner, backend="identity.backends.LoginKeyBackend")
    before = all_of_it()
    for browser in (staff_of(EDITORS), hers, Client()):
        data = {"scope": "whole", "reason": "x", "seen": 0, "confirmed": "1"}
        assert browser.post(desk.address(order, "refund"), data).status_code == 302
    assert all_of_it() == before


def test_the_form_asks_the_database_no_more_for_many_classes(learner, fakes, clock, django_assert_max_num_queries):
    pages = [shop.paid_class(f"ban-{at}") for at in range(8)]
    one = finance()
    few = desk.paid(learner, fakes, clock, shop.paid_class("yi-ge"))
    many = desk.paid(people.learner("张三", 77), fakes, clock, *pages)
    for order in (few, many):
        one.get(desk.address(order, "refund"))
    with django_assert_max_num_queries(40) as first:
        one.get(desk.address(few, "refund"))
    with django_assert_max_num_queries(40) as second:
        one.get(desk.address(many, "refund"))
    assert len(first) == len(second)
