"""再试一次: what a failed refund was to give back is asked for again, once, under a new number (F3)."""

import pytest
from django.test import Client

from cms.services import EDITORS
from core import audit
from core import clock as server_clock
from learning.models import Enrolment
from payments.errors import AlreadyDecided, AlreadyRepeated, RefundTooMuch
from payments.models import Order, Payment, Refund
from payments.providers.base import RefundState
from payments.services import (
    Source,
    confirm_payment,
    decide_refund,
    retry_refund,
    send_refund,
    settle_refund,
    withdraw_refund,
)
from tests.exams.office import staff_of
from tests.identity import factories as people
from tests.payments import desk_orders as desk
from tests.payments import invariants, shop
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
def failure(order, fakes) -> Refund:
    """¥1 of ¥2.40 was to go back, and the provider couldn't."""
    return desk.failed(shop.decided(desk.asked(order, people.staff("who", "谁"), (0, 100))), fakes)


def retried(refund: Refund, by: int = shop.MAKER) -> Refund:
    return retry_refund(refund_id=refund.pk, actor_id=by, acting_as="staff", now=server_clock.now())


# --- What a person had asked for --------------------------------------------------------------------------------------
def test_it_waits_for_a_second_person_again_under_a_new_number(failure, learner, fakes):
    again = retried(failure)

    assert (again.state, again.asked_by_id, again.repeats) == ("asked", shop.MAKER, failure)
    assert (again.amount_fen, again.reason) == (failure.amount_fen, failure.reason)
    assert again.number != failure.number
    old, new = (list(row.lines.values_list("item", "amount_fen", "ends_enrolment")) for row in (failure, again))
    assert old == new
    shop.decided(again)
    send_refund(refund_id=again.pk, clock=server_clock.now)
    again.refresh_from_db()
    assert again.state == "done"
    assert Enrolment.objects.get().state == "ended"
    invariants.check(learner.pk, fakes)


def test_a_part_is_repeated_once_however_often_it_is_pressed(failure, learner, fakes):
    retried(failure)
    before = all_of_it()
    with pytest.raises(AlreadyRepeated) as refused:
        retried(failure)
    assert refused.value.code == "already_repeated"
    assert all_of_it() == before
    invariants.check(learner.pk, fakes)


@pytest.mark.parametrize("ending", ["withdrawn", "rejected"])
def test_what_was_turned_down_may_be_tried_once_more(failure, ending):
    again = retried(failure)
    if ending == "withdrawn":
        withdraw_refund(refund_id=again.pk, actor_id=shop.MAKER, acting_as="staff", now=server_clock.now())
    else:
        shop.decided(again, approve=False)
    assert retried(failure).state == "asked"


def test_the_repeat_that_failed_too_is_the_one_to_try_again(failure, fakes):
    again = desk.failed(shop.decided(retried(failure)), fakes)
    before = all_of_it()
    with pytest.raises(AlreadyRepeated):
        retried(failure)
    assert all_of_it() == before
    assert retried(again).repeats == again


def test_the_first_that_goes_through_after_all_drops_its_repeat(failure, learner, fakes):
    again = retried(failure)
    fakes["wechat"].trades[failure.payment.number].refunds[failure.number].state = RefundState.DONE
    stated = fakes["wechat"].states_refund(failure.payment.number, failure.number)
    settle_refund(provider_name="wechat", stated=stated, now=server_clock.now())

    again.refresh_from_db()
    failure.refresh_from_db()
    failure.order.refresh_from_db()
    assert (failure.state, again.state) == ("done", "rejected")
    assert failure.order.returned_fen == 100, "¥1 was to go back, not ¥2"
    invariants.check(learner.pk, fakes)


@pytest.mark.parametrize("state", ["asked", "approved", "rejected", "done"])
def test_what_has_not_failed_is_not_tried_again(order, state):
    refund = desk.asked(order, people.staff("who", "谁"), (0, 100))
    if state != "asked":
        shop.decided(refund, approve=state != "rejected")
    if state == "done":
        send_refund(refund_id=refund.pk, clock=server_clock.now)
    before = all_of_it()
    with pytest.raises(AlreadyDecided):
        retried(refund)
    assert all_of_it() == before


def test_money_that_went_meanwhile_does_not_go_twice(failure):
    shop.asked_back(failure.order)
    before = all_of_it()
    with pytest.raises(RefundTooMuch):
        retried(failure)
    assert all_of_it() == before


# --- What the machine gives back --------------------------------------------------------------------------------------
@pytest.fixture
def surplus(order, fakes, jobs, clock) -> Refund:
    """Paid twice: the second payment is on its way back, and fails."""
    payment = shop.payment_of(order)
    second = Payment.objects.create(
        order=order,
        number=f"{order.no}_2",
        provider="wechat",
        merchant_id=payment.merchant_id,
        app_id=payment.app_id,
        amount_fen=payment.amount_fen,
        state="closed",
        created_at=clock.now(),
        expires_at=payment.expires_at,
    )
    fakes["wechat"].create(
        number=second.number,
        amount_fen=240,
        subject="x",
        created_at=clock.now(),
        expires_at=payment.expires_at,
        notify_url="https://xueshi.example/",
    )
    fakes["wechat"].pay(second.number)
    stated = fakes["wechat"].states(second.number)
    confirm_payment(provider_name="wechat", stated=stated, source=Source.QUERY, now=clock.now())
    jobs.waiting.clear()
    return desk.failed(Refund.objects.get(payment=second), fakes)


def test_it_goes_at_once_and_the_book_says_who_pressed(surplus, fakes, jobs):
    again = retried(surplus)

    assert (again.state, again.is_automatic, again.repeats) == ("approved", True, surplus)
    assert surplus.order.events.get(refund=again, kind="refund_approved").actor_id == shop.MAKER
    entry = audit.entries_of("payments.order", surplus.order.no)[0]
    assert (entry.act, entry.actor_id, entry.before) == ("refund.retried", shop.MAKER, {"number": surplus.number})
    jobs.work()
    again.refresh_from_db()
    surplus.order.refresh_from_db()
    assert (again.state, surplus.order.received_fen, surplus.order.returned_fen) == ("done", 480, 240)
    assert surplus.order.state == "paid", "the honoured payment stays"


def test_the_machines_own_goes_once_too(surplus):
    retried(surplus)
    before = all_of_it()
    with pytest.raises(AlreadyRepeated):
        retried(surplus)
    assert all_of_it() == before


# --- At the desk ------------------------------------------------------------------------------------------------------
def test_finance_tries_again_after_one_more_look(failure):
    one, address = finance(), desk.address(failure.order, "retry", failure)
    assert address in text(one.get(desk.address(failure.order)))
    assert "要由另一位财务人员复核" in text(one.get(address))
    assert Refund.objects.count() == 1, "only looking asks for nothing"

    assert "已重新申请" in text(one.post(address, follow=True))

    assert Refund.objects.get(repeats=failure).asked_by_id == one.user.pk
    page = text(one.get(desk.address(failure.order)))
    assert address not in page
    assert "已经用新的单号重新申请" in page


def test_pressed_twice_at_the_desk_it_says_so(failure):
    one, address = finance(), desk.address(failure.order, "retry", failure)
    one.post(address)
    before = all_of_it()
    assert "已经重新申请过了" in text(one.post(address))
    assert all_of_it() == before


def test_the_desk_says_that_the_machines_own_goes_at_once(surplus):
    one, address = finance(), desk.address(surplus.order, "retry", surplus)
    assert "不用第二人复核" in text(one.get(address))
    assert "重新提交退款" in text(one.post(address, follow=True))


def test_who_was_the_checker_may_be_the_maker_but_not_both(failure, clock):
    two = finance("finance2")
    two.post(desk.address(failure.order, "retry", failure))
    again = Refund.objects.get(repeats=failure)
    data = {"decision": "approve", "opinion": ""}
    two.post(desk.address(failure.order, "decide", again), data)
    again.refresh_from_db()
    assert again.state == "asked"
    decide_refund(
        refund_id=again.pk, approve=True, opinion="", actor_id=shop.CHECKER, acting_as="staff", now=clock.now()
    )


def test_only_finance_tries_again(failure, learner):
    hers = Client()
    hers.force_login(learner, backend="identity.backends.LoginKeyBackend")
    for browser in (staff_of(EDITORS), hers, Client()):
        assert browser.post(desk.address(failure.order, "retry", failure)).status_code == 302
    assert Refund.objects.count() == 1
