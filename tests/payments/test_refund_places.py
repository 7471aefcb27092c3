"""Places and money go together: what a refund takes back, what it leaves, and what a failed one gives again (F3)."""

from dataclasses import replace

import pytest

from learning.models import Enrolment, LessonProgress
from learning.services import NO_STOP, enrol, settle
from payments.errors import HoursEarned, PaymentMismatch
from payments.models import Order, OrderItem, Payment, Refund
from payments.providers.base import RefundState
from payments.services import AskedLine, Source, confirm_payment, refresh_order, send_refund, settle_refund
from tests.identity import factories as people
from tests.payments import invariants, shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def learner(fakes, jobs, clock):
    return people.learner()


@pytest.fixture
def buys(learner, fakes, clock):
    """`buys(page, …)`: a paid order of these classes."""

    def buy(*pages) -> Order:
        order = shop.ordered(learner, *pages)
        fakes["wechat"].pay(shop.payment_of(order).number)
        clock.tick(5)
        return refresh_order(order_id=order.pk, now=clock.now())

    return buy


def state_of(learner) -> str:
    return Enrolment.objects.get(user=learner).state


def fails(refund: Refund, fakes, clock) -> None:
    """Accepted, and then it comes to nothing."""
    number = refund.payment.number
    fakes["wechat"].fails(outcome="processing")
    send_refund(refund_id=refund.pk, clock=clock.now)
    fakes["wechat"].settle(number, refund.number, RefundState.FAILED)
    settle_refund(provider_name="wechat", stated=fakes["wechat"].states_refund(number, refund.number), now=clock.now())
    refund.refresh_from_db()
    assert refund.state == "failed"
    fakes["wechat"].fails()


def goes_through_after_all(refund: Refund, fakes, clock) -> None:
    number = refund.payment.number
    fakes["wechat"].trades[number].refunds[refund.number].state = RefundState.DONE
    settle_refund(provider_name="wechat", stated=fakes["wechat"].states_refund(number, refund.number), now=clock.now())
    refund.refresh_from_db()
    assert refund.state == "done"


# --- Another order's place --------------------------------------------------------------------------------------------
def test_money_of_one_order_does_not_end_what_another_has_paid_for(buys, learner, fakes, clock):
    page = shop.paid_class()
    first = buys(page)
    refund = shop.decided(shop.asked_back(first))
    assert state_of(learner) == "ended"
    second = buys(page)
    assert second.items.get().enrolment_id == first.items.get().enrolment_id
    fails(refund, fakes, clock)

    again = shop.given_back(first)
    assert state_of(learner) == "active"
    assert first.events.filter(kind="enrolment_kept", refund=again).count() == 1
    invariants.check(learner.pk, fakes)

    shop.given_back(second)
    assert state_of(learner) == "ended"
    invariants.check(learner.pk, fakes)


def test_a_failed_refund_restores_the_place(buys, learner, fakes, clock):
    order = buys(shop.paid_class())
    refund = shop.decided(shop.asked_back(order))
    fails(refund, fakes, clock)

    order.refresh_from_db()
    assert (order.state, state_of(learner)) == ("paid", "active")
    assert order.events.filter(kind="enrolment_restored").count() == 1
    assert order.items.get().reserved_fen == 0


def test_a_failed_refund_does_not_restore_what_another_one_took(buys, learner, fakes, clock):
    order = buys(shop.paid_class())
    item = order.items.get()
    failing = shop.decided(shop.asked_back(order, AskedLine(item.pk, 100)))
    shop.given_back(order, AskedLine(item.pk, 140))
    fails(failing, fakes, clock)

    assert state_of(learner) == "ended"
    invariants.check(learner.pk, fakes)


def test_who_got_his_money_back_may_come_again_when_the_class_costs_nothing(buys, learner, clock):
    page = shop.paid_class()
    shop.given_back(buys(page))
    page.price_fen = 0
    page.save()

    enrolment, is_new = enrol(actor=shop.role_of(learner), class_id=page.pk, now=clock.now())
    assert (enrolment.state, is_new, Enrolment.objects.count()) == ("active", True, 1)
    assert enrol(actor=shop.role_of(learner), class_id=page.pk, now=clock.now()) == (enrolment, False)


# --- Failed, and gone through after all -------------------------------------------------------------------------------
def test_a_failed_refund_that_goes_through_after_all_takes_the_place_again(buys, learner, fakes, clock):
    order = buys(shop.paid_class())
    refund = shop.decided(shop.asked_back(order))
    fails(refund, fakes, clock)
    goes_through_after_all(refund, fakes, clock)

    order.refresh_from_db()
    assert (order.state, state_of(learner), order.returned_fen) == ("refunded", "ended", shop.PRICE_FEN)
    invariants.check(learner.pk, fakes)


@pytest.mark.parametrize("decided", [False, True])
def test_who_asked_for_the_same_money_since_is_told_no(buys, learner, fakes, clock, decided):
    """It can't go back twice: asked for or approved, if it wasn't sent it falls."""
    order = buys(shop.paid_class())
    refund = shop.decided(shop.asked_back(order))
    fails(refund, fakes, clock)
    other = shop.asked_back(order)
    if decided:
        shop.decided(other)
    goes_through_after_all(refund, fakes, clock)

    other.refresh_from_db()
    assert other.state == ("failed" if decided else "rejected")
    assert not send_refund(refund_id=other.pk, clock=clock.now)
    order.refresh_from_db()
    assert (order.state, state_of(learner), order.returned_fen) == ("refunded", "ended", shop.PRICE_FEN)
    invariants.check(learner.pk, fakes)


def test_who_asked_for_another_part_of_it_is_not(buys, learner, fakes, clock):
    order = buys(shop.paid_class())
    item = order.items.get()
    refund = shop.decided(shop.asked_back(order, AskedLine(item.pk, 100)))
    fails(refund, fakes, clock)
    other = shop.asked_back(order, AskedLine(item.pk, 140))
    goes_through_after_all(refund, fakes, clock)

    other.refresh_from_db()
    assert other.state == "asked"
    assert OrderItem.objects.get().reserved_fen == shop.PRICE_FEN
    invariants.check(learner.pk, fakes)


# --- Hours ------------------------------------------------------------------------------------------------------------
def finishes(order: Order, clock) -> None:
    from cms.queries import syllabus_of

    enrolment = Enrolment.objects.get(pk=order.items.get().enrolment_id)
    lesson = syllabus_of(enrolment.class_page_id, enrolment.syllabus_version).courses[0].lessons[0]
    row = LessonProgress.objects.create(
        enrolment=enrolment,
        lesson_id=lesson.id,
        duration_ms=lesson.duration_ms,
        frontier_ms=lesson.duration_ms,
        next_stop_ms=NO_STOP,
    )
    settle(progress_id=row.pk, now=clock.now())


def test_two_halves_are_a_whole_where_hours_were_earned(buys, learner, fakes, clock):
    order = buys(shop.paid_class())
    finishes(order, clock)
    item = order.items.get()
    shop.given_back(order, AskedLine(item.pk, 100, ends_enrolment=False))
    with pytest.raises(HoursEarned):
        shop.asked_back(order, AskedLine(item.pk, 140, ends_enrolment=False))

    assert Refund.objects.count() == 1
    assert OrderItem.objects.get().reserved_fen == 100
    shop.given_back(order, AskedLine(item.pk, 140, ends_enrolment=False), override_reason="讲错了课")
    order.refresh_from_db()
    assert (order.state, order.returned_fen) == ("refunded", shop.PRICE_FEN)
    assert state_of(learner) == "active", "the lines keep it, and the book says so"
    invariants.check(learner.pk, fakes)


def test_hours_earned_between_asking_and_deciding_block_it(buys, learner, fakes, clock):
    order = buys(shop.paid_class())
    refund = shop.asked_back(order)
    finishes(order, clock)
    with pytest.raises(HoursEarned):
        shop.decided(refund)

    refund.refresh_from_db()
    order.refresh_from_db()
    assert (refund.state, order.state, state_of(learner)) == ("asked", "paid", "active")


# --- Answers that don't fit -------------------------------------------------------------------------------------------
def test_an_answer_about_another_amount_leaves_the_refund_waiting(buys, learner, fakes, clock, monkeypatch):
    order = buys(shop.paid_class())
    refund = shop.decided(shop.asked_back(order))
    real = fakes["wechat"].states_refund
    monkeypatch.setattr(
        fakes["wechat"], "states_refund", lambda *names: replace(real(*names), amount_fen=real(*names).amount_fen + 1)
    )
    assert not send_refund(refund_id=refund.pk, clock=clock.now)

    refund.refresh_from_db()
    assert (refund.state, refund.fault, refund.claimed_until) == ("approved", "payment_mismatch", None)
    monkeypatch.undo()


def test_a_transaction_of_one_payment_is_no_other_payments(learner, fakes, clock):
    """A provider that names one transaction twice is answered, and nothing breaks."""
    numbers = []
    for slug in ("ji-jiu", "hu-li"):
        order = shop.ordered(learner, shop.paid_class(slug))
        numbers.append(shop.payment_of(order).number)
        fakes["wechat"].pay(numbers[-1])
    first, second = (fakes["wechat"].states(number) for number in numbers)
    confirm_payment(provider_name="wechat", stated=first, source=Source.CALLBACK, now=clock.now())
    with pytest.raises(PaymentMismatch):
        confirm_payment(
            provider_name="wechat",
            stated=replace(second, transaction_id=first.transaction_id),
            source=Source.CALLBACK,
            now=clock.now(),
        )
    assert Payment.objects.get(number=numbers[1]).state == "open"
    assert Enrolment.objects.count() == 1
