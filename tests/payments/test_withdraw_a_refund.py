"""Taking a refund back that still waits (撤回): whoever asked for it, nobody else, nothing decided (F3, L4)."""

import pytest
from django.test import Client
from django.urls import reverse

from cms.services import EDITORS
from core import audit
from core import clock as server_clock
from learning.models import Enrolment
from payments.errors import AlreadyDecided, NotTheMaker
from payments.models import Order, Refund, Seat
from payments.services import (
    ask_own_refund,
    ask_seats_back,
    refresh_order,
    take_wish_back,
    why_no_refund,
    withdraw_refund,
)
from tests.console.conftest import browser_of
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
    order = shop.ordered(learner, shop.paid_class())
    fakes["wechat"].pay(shop.payment_of(order).number)
    clock.tick(5)
    return refresh_order(order_id=order.pk, now=clock.now())


def withdrawn(refund: Refund, by: int = shop.MAKER) -> Refund:
    return withdraw_refund(refund_id=refund.pk, actor_id=by, acting_as="staff", now=server_clock.now())


def wished(order: Order, user) -> Refund:
    return ask_own_refund(actor=people.role(user), order_no=order.no, reason="报错了班", now=server_clock.now())


def browser(user) -> Client:
    found = Client()
    found.force_login(user, backend="identity.backends.LoginKeyBackend")
    return found


# --- The rule ---------------------------------------------------------------------------------------------------------
def test_what_it_reserved_can_be_asked_for_again(order, learner, fakes):
    refund = withdrawn(shop.asked_back(order))

    assert (refund.state, refund.decided_by_id) == ("withdrawn", None)
    assert order.items.get().reserved_fen == 0
    assert Enrolment.objects.get().state == "active"
    event = order.events.latest("pk")
    assert (event.kind, event.amount_fen, event.actor_id) == ("refund_withdrawn", 0, shop.MAKER)
    assert audit.entries_of("payments.order", order.no)[0].act == "refund.withdrawn"
    assert shop.given_back(order).amount_fen == order.amount_fen
    invariants.check(learner.pk, fakes)


def test_somebody_else_cannot_take_it_back(order):
    refund = shop.asked_back(order)
    before = all_of_it()
    with pytest.raises(NotTheMaker) as refused:
        withdrawn(refund, by=shop.CHECKER)
    assert refused.value.code == "not_the_maker"
    assert all_of_it() == before


@pytest.mark.parametrize("approve", [True, False])
def test_what_was_decided_stays_decided(order, approve):
    refund = shop.decided(shop.asked_back(order), approve=approve)
    before = all_of_it()
    with pytest.raises(AlreadyDecided):
        withdrawn(refund)
    assert all_of_it() == before


def test_it_is_taken_back_once_and_then_nobody_approves_it(order):
    refund = withdrawn(shop.asked_back(order))
    before = all_of_it()
    with pytest.raises(AlreadyDecided):
        withdrawn(refund)
    with pytest.raises(AlreadyDecided):
        shop.decided(refund)
    assert all_of_it() == before


def test_its_seats_are_free_again(fakes, jobs, clock):
    hanmei = people.administrator()
    bought = units.bought(hanmei, seats=3)
    role = units.office(hanmei)
    ask_seats_back(actor=role, order_no=bought.no, seats=2, reason="多买了", now=clock.now())
    assert Seat.objects.filter(state="free").count() == 1

    take_wish_back(actor=role, order_no=bought.no, now=clock.now())

    assert Seat.objects.filter(state="free", refund=None).count() == 3
    units.check(bought)


# --- Who paid takes his own wish back ---------------------------------------------------------------------------------
def test_a_learner_takes_his_own_wish_back_on_his_orders_page(order, learner, clock):
    wished(order, learner)
    page, address = browser(learner), reverse("web:order-withdraw", args=[order.no])
    assert address in page.get(reverse("web:order", args=[order.no])).content.decode()
    assert "撤回退款申请吗" in page.get(address).content.decode()
    assert Refund.objects.get().state == "asked", "only looking changes nothing"

    answer = page.post(address, follow=True)

    assert "退款申请已撤回" in answer.content.decode()
    assert Refund.objects.get().state == "withdrawn"
    assert why_no_refund(order, clock.now()) == "", "he may ask again"
    assert "撤回退款申请" in answer.content.decode(), "the timeline tells it"


def test_a_stranger_finds_no_order_to_take_anything_back_from(order, learner):
    wished(order, learner)
    assert browser(people.stranger()).post(reverse("web:order-withdraw", args=[order.no])).status_code == 404
    assert Refund.objects.get().state == "asked"


def test_who_is_logged_out_is_asked_to_log_in(order, learner):
    wished(order, learner)
    assert Client().post(reverse("web:order-withdraw", args=[order.no])).status_code == 302
    assert Refund.objects.get().state == "asked"


def test_a_learner_cannot_take_back_what_finance_asked_for(order, learner):
    shop.asked_back(order)
    with pytest.raises(Refund.DoesNotExist):
        take_wish_back(actor=people.role(learner), order_no=order.no, now=server_clock.now())
    page = browser(learner)
    address = reverse("web:order-withdraw", args=[order.no])
    assert address not in page.get(reverse("web:order", args=[order.no])).content.decode()
    assert "不用撤回" in page.post(address, follow=True).content.decode()
    assert Refund.objects.get().state == "asked"


def test_sent_twice_it_says_that_nothing_waits(order, learner):
    wished(order, learner)
    page, address = browser(learner), reverse("web:order-withdraw", args=[order.no])
    page.post(address)
    before = all_of_it()
    assert "不用撤回" in page.post(address, follow=True).content.decode()
    assert all_of_it() == before


def test_a_unit_takes_its_wish_back_on_its_orders_page(fakes, jobs, clock):
    hanmei = people.administrator()
    bought = units.bought(hanmei, seats=2)
    role = units.office(hanmei)
    ask_seats_back(actor=role, order_no=bought.no, seats=2, reason="多买了", now=clock.now())
    page, address = browser_of(role), reverse("console:withdraw-purchase", args=[bought.no])
    assert address in page.get(reverse("console:purchase", args=[bought.no])).content.decode()
    assert "撤回退款申请吗" in page.get(address).content.decode()

    assert "名额可以继续用" in page.post(address, follow=True).content.decode()

    assert Refund.objects.get().state == "withdrawn"
    units.check(bought)


# --- Finance takes its own request back -------------------------------------------------------------------------------
def test_the_maker_takes_it_back_at_the_desk_after_one_more_look(order):
    one = finance()
    refund = desk.asked(order, one.user)
    address = desk.address(order, "withdraw", refund)
    assert "以后可以重新申请" in text(one.get(address))
    assert Refund.objects.get().state == "asked"

    assert "退款申请已撤回" in text(one.post(address, follow=True))

    assert Refund.objects.get().state == "withdrawn"
    assert "已撤回" in text(one.get(desk.address(order)))


def test_the_checker_is_told_to_refuse_instead(order):
    refund = desk.asked(order, finance().user)
    two = finance("finance2")
    assert desk.address(order, "withdraw", refund) not in text(two.get(desk.address(order)))
    before = all_of_it()
    assert "只有申请人自己能撤回" in text(two.post(desk.address(order, "withdraw", refund)))
    assert all_of_it() == before


def test_nobody_else_takes_it_back_at_the_desk(order, learner):
    refund = desk.asked(order, finance().user)
    for page in (staff_of(EDITORS), browser(learner), Client()):
        assert page.post(desk.address(order, "withdraw", refund)).status_code == 302
    assert Refund.objects.get().state == "asked"


def test_another_orders_request_is_not_taken_back_here(order, fakes, clock):
    one = finance()
    refund = desk.asked(order, one.user)
    other = desk.paid(people.stranger(), fakes, clock, shop.paid_class("bie-ren"))
    assert one.post(desk.address(other, "withdraw", refund)).status_code == 404
    assert Refund.objects.get().state == "asked"
