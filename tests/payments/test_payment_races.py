"""Many threads at one order, on PostgreSQL: one payment counts, once; each with a control that shows what guards it.

Locks are taken in one order everywhere: the order (`book.hold`), its payments and refunds, then learning's: the
learner, watches, progress, the enrolment, hours.
"""

import contextlib
import threading
import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from core.errors import Refusal
from learning.models import Enrolment
from payments.models import Order, OrderEvent, OrderItem, Payment
from payments.providers.base import Closing
from payments.services import (
    Source,
    begin_payment,
    cancel_order,
    change_provider,
    closing,
    confirm_payment,
    confirming,
    look_after,
    ordering,
    place_order,
    refresh_order,
)
from payments.services.book import note
from payments.states import recount
from tests.identity import factories as people
from tests.payments import invariants, shop
from tests.payments.fakes import FakeProvider
from tests.support.threads import in_threads

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 6


@pytest.fixture
def learner(fakes, jobs, clock):
    return people.learner()


@pytest.fixture
def order(learner):
    return shop.ordered(learner, shop.paid_class())


def confirmed(fakes, payment: Payment, clock) -> bool:
    stated = fakes[payment.provider].states(payment.number)
    return confirm_payment(provider_name=payment.provider, stated=stated, source=Source.CALLBACK, now=clock.now())


def pause_after_reading(monkeypatch, module, parties: int = 2) -> None:
    """The guard off: the order is read and not held, and each goes on when all have read."""
    together = threading.Barrier(parties, timeout=10)

    def read(order_id: int) -> Order:
        order = Order.objects.get(pk=order_id)
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait()
        return order

    monkeypatch.setattr(module, "hold", read)


# --- Two callbacks; a callback and a query ----------------------------------------------------------------------------
@pytest.mark.parametrize("asking", [False, True])
def test_many_who_hear_of_one_payment_at_once_record_it_once(order, fakes, clock, asking):
    payment = shop.payment_of(order)
    fakes["wechat"].pay(payment.number)

    def hear(number: int) -> None:
        if asking and number % 2:
            refresh_order(order_id=order.pk, now=clock.now() + timedelta(seconds=5 * number))
        else:
            confirmed(fakes, payment, clock)

    in_threads(hear)
    order.refresh_from_db()
    assert (order.state, order.received_fen) == ("paid", shop.PRICE_FEN)
    assert list(order.events.order_by("pk").values_list("kind", flat=True)) == [
        "created",
        "attempted",
        "paid",
        "enrolled",
    ]
    invariants.check(order.user_id, fakes)


def test_without_the_claim_two_callbacks_both_record_it_until_the_database_refuses(order, fakes, clock):
    """The control: read, then write."""
    payment = shop.payment_of(order)
    together = threading.Barrier(2, timeout=10)

    def naive(_number: int) -> str:
        row = Payment.objects.get(pk=payment.pk)
        together.wait()
        assert row.state == "open", "both believe that they are the first"
        try:
            with transaction.atomic():
                Payment.objects.filter(pk=row.pk).update(state="paid", transaction_id="t", paid_at=clock.now())
                note(order, OrderEvent.Kind.PAID, now=clock.now(), amount_fen=row.amount_fen, payment=row)
        except IntegrityError as refused:
            return str(refused)
        return ""

    told = in_threads(naive, count=2)
    assert any("one_provider_transaction_counts_once" in text for text in told)


# --- Paying while it is closed ----------------------------------------------------------------------------------------
def test_paying_while_the_time_is_over_is_never_lost(learner, fakes, clock):
    for number in range(ROUNDS):
        order = shop.ordered(learner, shop.paid_class(f"class-{number}"))
        payment = shop.payment_of(order)

        def pay_or_close(
            who: int, order: Order = order, payment: Payment = payment, later: timedelta = timedelta(minutes=31)
        ) -> None:
            if who == 0:
                if fakes["wechat"].pay(payment.number):
                    confirmed(fakes, payment, clock)
            else:
                look_after(order_id=order.pk, clock=lambda: clock.now() + later)

        in_threads(pay_or_close, count=2)
        order.refresh_from_db()
        trade = fakes["wechat"].trades[payment.number]
        assert (order.state == "paid") == (trade.state == "paid")
        assert order.state in ("paid", "closed")
        invariants.check(learner.pk, fakes)


class PaidWhileClosing(FakeProvider):
    """Somebody pays in the very moment of the close."""

    def close(self, *, number: str) -> Closing:
        self.pay(number)
        return Closing.PAID


@pytest.mark.parametrize("safe", [True, False])
def test_without_asking_once_more_a_payment_in_the_moment_of_the_close_is_lost(
    learner, fakes, clock, monkeypatch, safe
):
    """With the guard it holds; the control closes over it."""
    fakes["wechat"] = PaidWhileClosing("wechat")
    order = shop.ordered(learner, shop.paid_class())
    if not safe:
        monkeypatch.setattr(closing, "_is_paid", lambda *arguments: False)
    with contextlib.suppress(Refusal):
        cancel_order(actor=shop.role_of(learner), order_no=order.no, clock=clock.now)

    order.refresh_from_db()
    assert order.state == ("paid" if safe else "closed")
    assert fakes["wechat"].trades[shop.payment_of(order).number].state == "paid"


# --- Cancelling and a callback ----------------------------------------------------------------------------------------
def test_cancelling_while_the_callback_comes_leaves_it_paid(learner, fakes, clock):
    role = shop.role_of(learner)
    for number in range(ROUNDS):
        order = shop.ordered(learner, shop.paid_class(f"class-{number}"))
        payment = shop.payment_of(order)
        fakes["wechat"].pay(payment.number)

        def cancel_or_hear(who: int, order: Order = order, payment: Payment = payment) -> None:
            if who % 2:
                confirmed(fakes, payment, clock)
            else:
                with contextlib.suppress(Refusal):
                    cancel_order(actor=role, order_no=order.no, clock=clock.now)

        in_threads(cancel_or_hear, count=4)
        order.refresh_from_db()
        assert order.state == "paid"
        invariants.check(learner.pk, fakes)


def test_without_holding_the_order_a_callback_pays_what_is_being_closed_and_the_state_is_wrong(
    order, fakes, clock, monkeypatch
):
    """The control: it read an open order, which is closed when it writes."""
    payment = shop.payment_of(order)
    fakes["wechat"].pay(payment.number, late=True)

    def read_and_wait(order_id: int) -> Order:
        found = Order.objects.get(pk=order_id)
        close = threading.Thread(target=closed_meanwhile)
        close.start()
        close.join()
        return found

    def closed_meanwhile() -> None:
        Order.objects.filter(pk=order.pk).update(state="closed")
        connection.close()

    monkeypatch.setattr(confirming, "hold", read_and_wait)
    confirmed(fakes, payment, clock)
    order.refresh_from_db()
    told = recount(order.events.select_related("refund").order_by("pk"))
    assert (order.state, told.state) == ("closed", "paid")
    assert "late" not in order.events.values_list("kind", flat=True)


# --- Two orders for one class -----------------------------------------------------------------------------------------
def test_many_clicks_make_one_order(learner, fakes, clock):
    page, role = shop.paid_class(), shop.role_of(learner)

    def click(_number: int) -> str:
        order, _new = place_order(actor=role, class_ids=[page.pk], provider_name="wechat", now=clock.now())
        begin_payment(order_id=order.pk, now=clock.now())
        return order.no

    assert len(set(in_threads(click))) == 1
    assert Order.objects.count() == Payment.objects.count() == 1
    invariants.check(learner.pk, fakes)


def test_without_the_constraint_two_clicks_make_two_orders(learner, fakes, clock, monkeypatch):
    """The control: both looked and found none."""
    page, role = shop.paid_class(), shop.role_of(learner)
    rule = next(one for one in OrderItem._meta.constraints if one.name == "one_open_order_a_class")
    with connection.schema_editor() as editor:
        editor.remove_constraint(OrderItem, rule)
    together, looked = threading.Barrier(2, timeout=10), ordering._open_order

    def look(*arguments):
        found = looked(*arguments)
        together.wait()
        return found

    monkeypatch.setattr(ordering, "_open_order", look)
    in_threads(lambda _n: place_order(actor=role, class_ids=[page.pk], provider_name="wechat", now=clock.now()), 2)
    assert Order.objects.count() == 2


# --- Both attempts paid -----------------------------------------------------------------------------------------------
def both_attempts(order: Order, fakes, clock) -> list[Payment]:
    """The provider was changed, and both codes were scanned and paid."""
    role = shop.role_of(order.user)
    change_provider(actor=role, order_no=order.no, provider_name="alipay", now=clock.now())
    begin_payment(order_id=order.pk, now=clock.now())
    payments = list(order.payments.order_by("pk"))
    for payment in payments:
        assert fakes[payment.provider].pay(payment.number)
    return payments


def test_of_two_attempts_paid_at_once_one_is_honoured_and_the_other_goes_back(learner, fakes, clock):
    for number in range(ROUNDS):
        order = shop.ordered(learner, shop.paid_class(f"class-{number}"))
        payments = both_attempts(order, fakes, clock)
        in_threads(lambda n, payments=payments: confirmed(fakes, payments[n % 2], clock), count=4)

        order.refresh_from_db()
        assert (order.state, order.received_fen) == ("paid", 2 * shop.PRICE_FEN)
        refund = order.refunds.get()
        assert refund.payment_id in {payment.pk for payment in payments} - {order.honoured_id}
        assert (refund.is_automatic, refund.amount_fen) == (True, shop.PRICE_FEN)
        assert Enrolment.objects.filter(user=learner).count() == number + 1
        invariants.check(learner.pk, fakes)


def test_changing_the_provider_while_the_first_code_is_paid_honours_one(learner, fakes, clock):
    role = shop.role_of(learner)
    for number in range(ROUNDS):
        order = shop.ordered(learner, shop.paid_class(f"class-{number}"))
        payment = shop.payment_of(order)

        def change_or_pay(who: int, order: Order = order, payment: Payment = payment) -> None:
            if who:
                with contextlib.suppress(Refusal):
                    change_provider(actor=role, order_no=order.no, provider_name="alipay", now=clock.now())
                    begin_payment(order_id=order.pk, now=clock.now())
            else:
                fakes["wechat"].pay(payment.number)
                confirmed(fakes, payment, clock)

        in_threads(change_or_pay, count=2)
        order.refresh_from_db()
        assert (order.state, order.honoured_id) == ("paid", payment.pk)
        invariants.check(learner.pk, fakes)


def test_without_holding_the_order_both_attempts_are_honoured_and_nothing_goes_back(order, fakes, clock, monkeypatch):
    """The control: each read an order that nobody had paid."""
    payments = both_attempts(order, fakes, clock)
    pause_after_reading(monkeypatch, confirming)
    began = time.monotonic()
    in_threads(lambda n: confirmed(fakes, payments[n], clock), count=2)

    assert time.monotonic() - began < 10
    order.refresh_from_db()
    assert order.received_fen == 2 * shop.PRICE_FEN
    assert not order.refunds.filter(payment__in=payments, lines__isnull=True).exists(), "the surplus stays"
