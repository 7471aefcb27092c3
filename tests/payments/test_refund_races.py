"""Many threads at one refund, and at the place it takes back, on PostgreSQL; each with a control.

Locks in one order: the order, its payments and refunds, then learning's: learner, watches, progress, enrolment, hours.
"""

import contextlib
import threading

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from cms.queries import syllabus_of
from core.errors import Refusal
from learning.errors import NotEnrolled
from learning.models import Enrolment, LessonProgress, Watch
from learning.queries import standing_of
from learning.services import NO_STOP, end_enrolment, open_watch, restore_enrolment, settle
from payments.errors import AlreadyDecided, RefundTooMuch
from payments.models import Order, OrderEvent, Refund
from payments.providers.base import RefundState
from payments.services import Source, confirm_payment, finish_refund, refunding, send_refund, settle_refund
from payments.services.book import note
from tests.identity import factories as people
from tests.payments import invariants, shop
from tests.payments.test_payment_races import pause_after_reading
from tests.support.threads import in_threads

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 6


def paid(order: Order, fakes, clock) -> Order:
    payment = shop.payment_of(order)
    fakes[payment.provider].pay(payment.number)
    stated = fakes[payment.provider].states(payment.number)
    confirm_payment(provider_name=payment.provider, stated=stated, source=Source.QUERY, now=clock.now())
    order.refresh_from_db()
    assert order.state == "paid"
    return order


@pytest.fixture
def learner(fakes, jobs, clock):
    return people.learner()


@pytest.fixture
def order(learner, fakes, clock):
    """A paid one."""
    return paid(shop.ordered(learner, shop.paid_class()), fakes, clock)


def watched_to_its_end(order: Order) -> LessonProgress:
    """The class's only lesson, watched but for its last beat's settling."""
    enrolment = Enrolment.objects.get(user=order.user, class_page=order.items.get().class_page)
    lesson = syllabus_of(enrolment.class_page_id, enrolment.syllabus_version).courses[0].lessons[0]
    return LessonProgress.objects.create(
        enrolment=enrolment,
        lesson_id=lesson.id,
        duration_ms=lesson.duration_ms,
        frontier_ms=lesson.duration_ms,
        next_stop_ms=NO_STOP,
    )


# --- Asking and deciding ----------------------------------------------------------------------------------------------
def test_of_many_who_ask_for_the_whole_one_is_heard(order, fakes):
    def ask(_number: int) -> bool:
        try:
            shop.asked_back(order)
        except RefundTooMuch:
            return False
        return True

    assert sum(in_threads(ask)) == 1
    assert Refund.objects.count() == 1
    invariants.check(order.user_id, fakes)


def test_without_holding_the_order_two_ask_for_the_whole_until_the_database_refuses(order, monkeypatch):
    """The control: each read an item of which nothing was reserved."""
    pause_after_reading(monkeypatch, refunding)

    def ask(_number: int) -> str:
        try:
            shop.asked_back(order)
        except IntegrityError as refused:
            return str(refused)
        return ""

    assert any("refunds_within_item" in told for told in in_threads(ask, count=2))


def test_of_many_who_decide_one_does(order, fakes):
    refund = shop.asked_back(order)

    def decide(number: int) -> bool:
        try:
            shop.decided(refund, approve=number % 2 == 0, by=910_000 + number)
        except AlreadyDecided:
            return False
        return True

    assert sum(in_threads(decide)) == 1
    kinds = list(order.events.values_list("kind", flat=True))
    assert kinds.count("refund_approved") + kinds.count("refund_rejected") == 1
    invariants.check(order.user_id, fakes)


def test_without_holding_the_order_two_decide(order, monkeypatch):
    """The control: one approved what the other had rejected, and nobody was told."""
    refund = shop.asked_back(order)
    pause_after_reading(monkeypatch, refunding)
    in_threads(lambda n: shop.decided(refund, approve=n == 0, by=910_000 + n), count=2)
    kinds = list(order.events.values_list("kind", flat=True))
    assert "refund_approved" in kinds
    assert "refund_rejected" in kinds


# --- Money that has gone back -----------------------------------------------------------------------------------------
def test_many_who_hear_that_it_is_done_count_it_once(order, fakes, clock):
    refund = shop.decided(shop.asked_back(order))
    fakes["wechat"].outcome = "processing"
    send_refund(refund_id=refund.pk, clock=clock.now)
    payment = shop.payment_of(order)
    fakes["wechat"].settle(payment.number, refund.number, RefundState.DONE)
    stated = fakes["wechat"].states_refund(payment.number, refund.number)

    told = in_threads(lambda _n: settle_refund(provider_name="wechat", stated=stated, now=clock.now()))
    assert sum(told) == 1
    order.refresh_from_db()
    assert (order.state, order.returned_fen) == ("refunded", shop.PRICE_FEN)
    assert order.events.filter(kind="refunded").count() == 1
    invariants.check(order.user_id, fakes)


def test_without_the_claim_it_is_counted_twice_until_the_database_refuses(order, clock):
    """The control: read, then write."""
    refund = shop.decided(shop.asked_back(order))
    together = threading.Barrier(2, timeout=10)

    def naive(_number: int) -> str:
        row = Refund.objects.select_related("payment").get(pk=refund.pk)
        together.wait()
        assert row.state == "approved"
        try:
            with transaction.atomic():
                Refund.objects.filter(pk=row.pk).update(state="done")
                note(order, OrderEvent.Kind.REFUNDED, now=clock.now(), amount_fen=-row.amount_fen, refund=row)
        except IntegrityError as refused:
            return str(refused)
        return ""

    told = in_threads(naive, count=2)
    assert any("a_refund_counts_once" in text or "returned_within_received" in text for text in told)


def test_done_and_failed_at_once_end_in_one_of_both_and_the_book_agrees(learner, fakes, clock):
    """A provider that says both is believed where the money is gone."""
    from payments.services.returning import fail_refund

    for number in range(ROUNDS):
        order = paid(shop.ordered(learner, shop.paid_class(f"class-{number}")), fakes, clock)
        fakes["wechat"].outcome = "processing"
        refund = shop.given_back(order)
        payment = shop.payment_of(order)
        fakes["wechat"].settle(payment.number, refund.number, RefundState.DONE)

        def tell(who: int, refund: Refund = refund) -> None:
            if who % 2:
                fail_refund(refund_id=refund.pk, fault="ABNORMAL", now=clock.now())
            else:
                finish_refund(refund_id=refund.pk, provider_refund_id="r", stated=None, now=clock.now())

        in_threads(tell, count=4)
        refund.refresh_from_db()
        order.refresh_from_db()
        assert (refund.state, order.state) == ("done", "refunded")
        invariants.check(learner.pk, fakes)


def test_many_workers_at_one_refund_send_it_once(order, fakes, clock):
    refund = shop.decided(shop.asked_back(order))
    in_threads(lambda _n: send_refund(refund_id=refund.pk, clock=clock.now))
    assert [call for call, _number in fakes["wechat"].calls if call == "refund"] == ["refund"]


# --- A refund against the last lesson ---------------------------------------------------------------------------------
def test_a_refund_while_the_class_is_finished_never_gives_both_money_and_hours(learner, fakes, clock):
    outcomes = set()
    for number in range(ROUNDS):
        order = paid(shop.ordered(learner, shop.paid_class(f"class-{number}")), fakes, clock)
        refund, progress = shop.asked_back(order), watched_to_its_end(order)

        def refund_or_finish(who: int, refund: Refund = refund, progress: LessonProgress = progress) -> None:
            if who:
                settle(progress_id=progress.pk, now=clock.now())
            else:
                with contextlib.suppress(Refusal):
                    shop.decided(refund)

        in_threads(refund_or_finish, count=2)
        refund.refresh_from_db()
        earned = standing_of(progress.enrolment_id).hours > 0
        assert earned == (refund.state == "asked")
        outcomes.add(earned)
        invariants.check(learner.pk, fakes)
    assert outcomes, "whichever was first"


def test_where_hours_are_looked_at_first_both_are_given(order, clock, monkeypatch):
    """The control: no hours yet, then the last lesson ends, then the place does."""
    refund, progress = shop.asked_back(order), watched_to_its_end(order)
    look, take_back = refunding._check_hours, refunding.take_back

    def look_then_take(order, refund, line, now):
        look(refund, line.item, line.item.total_fen)
        finish = threading.Thread(target=lambda: (settle(progress_id=progress.pk, now=now), connection.close()))
        finish.start()
        finish.join()
        take_back(order, refund, line, now)

    monkeypatch.setattr(refunding, "take_back", look_then_take)
    monkeypatch.setattr(refunding, "_check_hours", lambda *arguments: None)
    shop.decided(refund)
    refund.refresh_from_db()
    assert refund.state == "approved"
    assert standing_of(progress.enrolment_id).hours > 0


def test_ending_restoring_watching_and_finishing_lock_nobody_out(order, clock):
    """Each takes several of the same rows; one order of locks, so no deadlock."""
    progress, role = watched_to_its_end(order), shop.role_of(order.user)

    def act(number: int) -> None:
        for _ in range(15):
            if number % 4 == 0:
                end_enrolment(enrolment_id=progress.enrolment_id, now=clock.now())
            elif number % 4 == 1:
                restore_enrolment(enrolment_id=progress.enrolment_id, now=clock.now())
            elif number % 4 == 2:
                LessonProgress.objects.filter(pk=progress.pk).update(done_at=None)
                settle(progress_id=progress.pk, now=clock.now())
            else:
                with contextlib.suppress(Refusal):
                    open_watch(actor=role, lesson_id=progress.lesson_id, address=None, device="", now=clock.now())

    in_threads(act)
    ended = Enrolment.objects.get(pk=progress.enrolment_id).state == "ended"
    assert not (ended and Watch.objects.filter(ended_at__isnull=True).exists()), "nobody watches what was taken back"


def test_with_the_enrolment_taken_first_a_refund_and_a_last_lesson_lock_each_other_out(order, clock):
    """The control: the other way round."""
    progress = watched_to_its_end(order)
    together = threading.Barrier(2, timeout=10)

    def wrong(number: int) -> bool:
        rows = [Enrolment.objects.filter(pk=progress.enrolment_id), LessonProgress.objects.filter(pk=progress.pk)]
        try:
            with transaction.atomic():
                for row in rows if number else reversed(rows):
                    row.select_for_update(no_key=True).get()
                    with contextlib.suppress(threading.BrokenBarrierError):
                        together.wait()
        except OperationalError as fault:
            return "deadlock" in str(fault)
        return False

    assert sum(in_threads(wrong, count=2)) == 1


def test_a_watch_does_not_open_in_a_place_that_was_taken_back_meanwhile(order, clock):
    """Who opens a watch waits for his own row; what he had read of his enrolment before is old then."""
    progress, role = watched_to_its_end(order), shop.role_of(order.user)
    told: list[str] = []

    def sit_down() -> None:
        try:
            open_watch(actor=role, lesson_id=progress.lesson_id, address=None, device="", now=clock.now())
        except NotEnrolled as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    def read_as_it_does() -> None:
        mine = Enrolment.objects.select_related("user").select_for_update(of=("user",), no_key=True)
        with transaction.atomic():
            found = mine.filter(pk=progress.enrolment_id, state="active").first()
        told.append(f"read {found.state if found else None}")
        connection.close()

    for wait in (sit_down, read_as_it_does):
        other = threading.Thread(target=wait)
        with transaction.atomic():
            end_enrolment(enrolment_id=progress.enrolment_id, now=clock.now())
            other.start()
            other.join(0.5)
            assert other.is_alive(), "it waits"
        other.join()
        restore_enrolment(enrolment_id=progress.enrolment_id, now=clock.now())
    assert told == ["not_enrolled", "read active"], "the second is the control: without the claim it would go on"
    assert not Watch.objects.filter(ended_at__isnull=True).exists()


def test_a_refund_while_another_order_pays_for_the_same_class_ends_nothing_of_it(learner, fakes, clock):
    """One enrolment, two orders: it stands while either does."""
    for number in range(ROUNDS):
        page = shop.paid_class(f"class-{number}")
        first = paid(shop.ordered(learner, page), fakes, clock)
        fakes["wechat"].outcome = "refused"
        failing = shop.decided(shop.asked_back(first))
        second = shop.ordered(learner, page)
        payment = shop.payment_of(second)
        fakes["wechat"].pay(payment.number)
        stated = fakes["wechat"].states(payment.number)

        def pay_or_fail(who: int, failing: Refund = failing, stated=stated) -> None:
            if who:
                confirm_payment(provider_name="wechat", stated=stated, source=Source.CALLBACK, now=clock.now())
            else:
                send_refund(refund_id=failing.pk, clock=clock.now)

        in_threads(pay_or_fail, count=2)
        fakes["wechat"].outcome = "done"
        invariants.check(learner.pk, fakes)
        assert Enrolment.objects.get(user=learner, class_page=page).state == "active"
