"""同意 and 不同意 at the finance desk: by another person than who asked, once, with a reason where it is no (F3)."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from cms.services import EDITORS
from core import audit
from learning.models import Enrolment
from payments.errors import OpinionMissing, SamePerson
from payments.models import Order, Refund
from payments.services import ask_own_refund, decide_refund
from registry.inbox.models import Message
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
    return desk.paid(learner, fakes, clock)


@pytest.fixture
def maker() -> Client:
    return finance()


@pytest.fixture
def checker() -> Client:
    return finance("finance2")


@pytest.fixture
def refund(order, maker) -> Refund:
    return desk.asked(order, maker.user)


def decides(browser: Client, refund: Refund, decision: str = "approve", opinion: str = "") -> Any:
    data = {"decision": decision, "opinion": opinion}
    return browser.post(desk.address(refund.order, "decide", refund), data, follow=True)


# --- It works ---------------------------------------------------------------------------------------------------------
def test_another_person_approves_and_the_money_goes_back(refund, learner, checker, fakes, jobs):
    page = text(decides(checker, refund))

    assert "已同意退款 ¥2.40" in page
    refund.refresh_from_db()
    assert (refund.state, refund.decided_by_id) == ("approved", checker.user.pk)
    assert Enrolment.objects.get().state == "ended"
    jobs.work()
    refund.refresh_from_db()
    refund.order.refresh_from_db()
    assert (refund.state, refund.order.state, refund.order.returned_fen) == ("done", "refunded", 240)
    assert "已退款" in text(checker.get(desk.address(refund.order)))
    invariants.check(learner.pk, fakes)


def test_another_person_refuses_with_a_reason_that_reaches_who_paid(refund, learner, checker, fakes, jobs):
    page = text(decides(checker, refund, "reject", "已经学完了"))

    assert "已不同意退款 ¥2.40" in page
    refund.refresh_from_db()
    assert (refund.state, refund.decision) == ("rejected", "已经学完了")
    assert refund.order.items.get().reserved_fen == 0
    assert not jobs.waiting
    assert Message.objects.get(user=learner, title__contains="没有通过").body == "已经学完了"
    invariants.check(learner.pk, fakes)


def test_who_decided_stands_in_the_audit_trail(refund, maker, checker):
    decides(checker, refund)
    entry = audit.entries_of("payments.order", refund.order.no)[0]
    assert (entry.act, entry.actor_id, entry.before["asked_by"]) == (
        "refund.approved",
        checker.user.pk,
        maker.user.pk,
    )


def test_what_a_learner_asked_for_is_decided_by_either_of_them(order, learner, maker, clock):
    wish = ask_own_refund(actor=people.role(learner), order_no=order.no, reason="报错了班", now=clock.now())
    page = text(maker.get(desk.address(order)))
    assert "请你复核" in page
    assert "李雷（付款人）" in page
    decides(maker, wish)
    wish.refresh_from_db()
    assert wish.state == "approved"


def test_money_that_came_by_transfer_is_said_to_be_sent_by_hand(fakes, jobs, clock, maker, checker):
    order = units.bought(people.administrator(), seats=2)
    refund = desk.seats_asked(order, 1, maker.user)
    assert "由财务在银行退" in text(checker.get(desk.address(order)))
    assert "在银行退出去以后回来登记" in text(decides(checker, refund))
    jobs.work()
    refund.refresh_from_db()
    assert refund.state == "approved", "until finance has sent it"
    assert [call for fake in fakes.values() for call in fake.calls] == [], "no provider is asked"


# --- Maker and checker ------------------------------------------------------------------------------------------------
def test_the_maker_reads_why_he_cannot_before_he_tries(refund, maker, checker):
    page = text(maker.get(desk.address(refund.order)))
    assert "这笔是你申请的，要由另一位财务人员复核，你不能自己同意" in page
    assert desk.address(refund.order, "decide", refund) not in page
    assert desk.address(refund.order, "withdraw", refund) in page
    other = text(checker.get(desk.address(refund.order)))
    assert desk.address(refund.order, "decide", refund) in other
    assert "财务finance 不能复核自己的申请" in other


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_the_maker_is_refused_by_the_page(refund, maker, decision):
    before = all_of_it()
    assert "退款要由另一位财务人员复核" in text(decides(maker, refund, decision, "我自己同意"))
    assert all_of_it() == before


def test_the_maker_is_refused_by_the_service(refund, maker, clock):
    before = all_of_it()
    with pytest.raises(SamePerson) as refused:
        decide_refund(
            refund_id=refund.pk,
            approve=True,
            opinion="",
            actor_id=maker.user.pk,
            acting_as="staff",
            now=clock.now(),
        )
    assert refused.value.code == "same_person"
    assert all_of_it() == before


def test_the_maker_is_refused_by_the_database(refund, maker, clock):
    approved = {"state": "approved", "decided_at": clock.now()}
    with pytest.raises(IntegrityError, match="maker_is_not_checker"), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(decided_by_id=maker.user.pk, **approved)
    with pytest.raises(IntegrityError, match="money_goes_back_by_two_people"), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(**approved)


# --- What it refuses --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("opinion", ["", "   "])
def test_no_without_a_reason_is_said_at_its_field(refund, checker, opinion):
    before = all_of_it()
    assert "不同意时写上原因" in text(decides(checker, refund, "reject", opinion))
    assert all_of_it() == before


def test_the_service_asks_for_the_reason_too(refund, clock):
    before = all_of_it()
    with pytest.raises(OpinionMissing) as refused:
        decide_refund(refund_id=refund.pk, approve=False, opinion=" ", actor_id=7, acting_as="staff", now=clock.now())
    assert (refused.value.code, refused.value.attr) == ("opinion_missing", "opinion")
    assert all_of_it() == before


def test_a_long_opinion_is_refused_and_stays_to_be_shortened(refund, checker):
    before = all_of_it()
    page = text(decides(checker, refund, "reject", "因" * 201))
    assert "因" * 201 in page
    assert all_of_it() == before


def test_neither_yes_nor_no_decides_nothing(refund, checker):
    before = all_of_it()
    assert "点“同意”或“不同意”" in text(decides(checker, refund, "perhaps"))
    assert all_of_it() == before


@pytest.mark.parametrize("second", ["approve", "reject"])
def test_it_is_decided_once(refund, checker, second):
    decides(checker, refund)
    before = all_of_it()
    assert "已经处理过了" in text(decides(finance("finance3"), refund, second, "再看一次"))
    assert all_of_it() == before


def test_hours_earned_since_are_told_of_with_what_to_do(refund, learner, checker, fakes, clock):
    desk.finished(refund.order, clock)
    page = text(checker.get(desk.address(refund.order)))
    assert "已经计入 2 学时" in page
    before = all_of_it()
    answer = text(decides(checker, refund))
    assert "由申请人写明例外理由后重新申请" in answer
    assert all_of_it() == before
    invariants.check(learner.pk, fakes)


# --- Who --------------------------------------------------------------------------------------------------------------
def test_another_orders_refund_is_not_there(refund, checker, fakes, clock):
    other = desk.paid(people.stranger(), fakes, clock, shop.paid_class("bie-ren"))
    before = all_of_it()
    address = desk.address(other, "decide", refund)
    assert checker.post(address, {"decision": "approve", "opinion": ""}).status_code == 404
    assert all_of_it() == before


def test_only_finance_decides(refund, learner):
    hers = Client()
    hers.force_login(learner, backend="identity.backends.LoginKeyBackend")
    before = all_of_it()
    for browser in (staff_of(EDITORS), hers, Client()):
        data = {"decision": "approve", "opinion": ""}
        assert browser.post(desk.address(refund.order, "decide", refund), data).status_code == 302
    assert all_of_it() == before
