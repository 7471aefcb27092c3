"""Many threads at a unit's seats, on PostgreSQL: each is used once; with a control that shows what guards it."""

import contextlib
import threading

import pytest
from django.db import IntegrityError

from core.errors import Refusal
from learning.models import Enrolment
from payments.models import Order, Refund, Seat
from payments.services import ask_seats_back, assign_seat, redeem_seat, seats
from tests.identity import factories as people
from tests.payments import shop, units
from tests.support.threads import in_threads

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def buyer(transactional_db, fakes, jobs, clock):
    return people.administrator()


@pytest.fixture
def crowd(buyer):
    return [people.learner(f"人{number}", 300 + number) for number in range(8)]


def whether(act) -> bool:
    try:
        act()
    except Refusal:
        return False
    return True


def test_one_code_that_eight_type_at_once_is_one_persons(buyer, crowd, clock):
    order = units.bought(buyer, seats=2)
    code, roles = units.code(order), [people.role(one) for one in crowd]

    used = in_threads(lambda n: whether(lambda: redeem_seat(actor=roles[n], code=code, now=clock.now())))

    assert sum(used) == 1
    assert Enrolment.objects.count() == Seat.objects.filter(state="used").count() == 1
    units.check(order)


def test_without_holding_the_order_one_code_puts_two_into_the_class_until_the_claim_refuses(
    buyer, crowd, clock, monkeypatch
):
    """The control: the order is read and not held. What is left is the claim of the seat, which one of them loses."""
    order = units.bought(buyer, seats=1)
    code, roles = units.code(order), [people.role(one) for one in crowd]
    together, tried = threading.Barrier(2, timeout=10), []

    def read(order_id: int) -> Order:
        return Order.objects.select_related("organisation").get(pk=order_id)

    enrol = seats.enrol_paid

    def both_have_read(**fields):
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait()
        tried.append(1)
        return enrol(**fields)

    monkeypatch.setattr(seats, "hold", read)
    monkeypatch.setattr(seats, "enrol_paid", both_have_read)

    def redeem(number: int) -> bool:
        try:
            return whether(lambda: redeem_seat(actor=roles[number], code=code, now=clock.now()))
        except IntegrityError:
            return False

    used = in_threads(redeem, count=2)
    assert len(tried) == 2, "both found the seat free"
    assert sum(used) == 1


def test_one_who_is_given_a_seat_and_types_a_code_at_once_has_one(buyer, crowd, clock):
    order = units.bought(buyer, seats=3)
    role, code, actor = people.role(crowd[0]), units.code(order, 1), units.office(buyer)

    def act(number: int) -> bool:
        if number % 2:
            return whether(lambda: redeem_seat(actor=role, code=code, now=clock.now()))
        return whether(lambda: assign_seat(actor=actor, order_no=order.no, user_id=crowd[0].pk, now=clock.now()))

    in_threads(act, count=4)
    assert Seat.objects.filter(state="used").count() == Enrolment.objects.count() == 1
    units.check(order)


def test_a_seat_is_not_given_back_and_used_at_once(buyer, crowd, clock):
    order = units.bought(buyer, shop.paid_class(), seats=4)
    codes, roles, actor = (
        [units.code(order, at) for at in range(4)],
        [people.role(one) for one in crowd],
        units.office(buyer),
    )

    def act(number: int) -> bool:
        if number % 2:
            return whether(lambda: redeem_seat(actor=roles[number], code=codes[number // 2], now=clock.now()))
        return whether(
            lambda: ask_seats_back(actor=actor, order_no=order.no, seats=1, reason="多买了", now=clock.now())
        )

    in_threads(act)
    used, back = (Seat.objects.filter(state=state).count() for state in ("used", "refunded"))
    assert used + back + Seat.objects.filter(state="free").count() == 4
    assert back == Refund.objects.count()
    units.check(order)
