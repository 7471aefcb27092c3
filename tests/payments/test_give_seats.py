"""A unit pays for its people: seats by name and by code, each used once (F4)."""

from datetime import timedelta

import pytest

from learning.models import Enrolment
from payments.errors import NotABuyer, NotOfTheUnit, PaymentMismatch, SeatsWrong, SeatTaken
from payments.models import Order, Seat
from payments.services import (
    assign_seat,
    begin_payment,
    confirm_bank_transfer,
    place_unit_order,
    redeem_seat,
    refresh_order,
)
from tests.identity import factories as people
from tests.payments import shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(transactional_db, clock):
    """韩梅, who administers the hospital; 李雷 works there."""
    return people.administrator()


def bought(office, clock, seats=3, **fields) -> Order:
    order = place_unit_order(
        actor=people.role(office, "employer"),
        class_id=shop.paid_class().pk,
        seats=seats,
        provider_name=fields.pop("provider", "bank"),
        now=clock.now(),
        **fields,
    )
    if order.provider == "bank":
        booked = confirm_bank_transfer(
            order_id=order.pk,
            reference="T20260302-1",
            amount_fen=order.amount_fen,
            received_on=clock.now().date(),
            actor_id=office.pk,
            acting_as="staff",
            now=clock.now(),
        )
        assert booked
    order.refresh_from_db()
    return order


def test_a_transfer_opens_the_seats_and_those_chosen_learn_at_once(office, clock):
    lilei = people.learner()
    order = bought(office, clock, people=[lilei.pk])
    assert (order.state, order.amount_fen) == (Order.State.PAID, 3 * shop.PRICE_FEN)
    assert sorted(Seat.objects.values_list("state", flat=True)) == ["free", "free", "used"]
    assert Enrolment.objects.get().user == lilei


def test_a_qr_code_pays_too(sandbox, office, clock):
    order = bought(office, clock, provider="alipay")
    payment = begin_payment(order_id=order.pk, now=clock.now())
    shop.phone(payment, "pay_without_callback")
    clock.tick(5)
    assert refresh_order(order_id=order.pk, now=clock.now()).state == Order.State.PAID
    assert Seat.objects.filter(state="free").count() == 3


@pytest.mark.parametrize("amount_fen", [3 * shop.PRICE_FEN - 1, 0])
def test_a_transfer_of_another_amount_is_not_booked(office, clock, amount_fen):
    order = place_unit_order(
        actor=people.role(office, "employer"),
        class_id=shop.paid_class().pk,
        seats=3,
        provider_name="bank",
        now=clock.now(),
    )
    with pytest.raises(PaymentMismatch):
        confirm_bank_transfer(
            order_id=order.pk,
            reference="T1",
            amount_fen=amount_fen,
            received_on=clock.now().date(),
            actor_id=office.pk,
            acting_as="staff",
            now=clock.now(),
        )
    assert not Seat.objects.exists()
    assert not order.events.exclude(amount_fen=0).exists()


def test_a_code_is_used_once_by_somebody_of_the_unit(office, clock):
    lilei, wangwu = people.learner(), people.stranger()
    bought(office, clock)
    seat = Seat.objects.order_by("pk").first()
    with pytest.raises(NotOfTheUnit):
        redeem_seat(actor=people.role(wangwu), code=seat.code, now=clock.now())
    with pytest.raises(NotOfTheUnit):
        redeem_seat(actor=people.role(lilei), code="NO-SUCH-CODE", now=clock.now())

    typed = f" {seat.code[:4]}-{seat.code[4:].lower()} "
    assert redeem_seat(actor=people.role(lilei), code=typed, now=clock.now()).user_id == lilei.pk
    assert redeem_seat(actor=people.role(lilei), code=typed, now=clock.now()).pk == seat.pk
    assert Enrolment.objects.count() == 1


def test_no_more_seats_than_were_paid(office, clock):
    order = bought(office, clock, seats=1)
    assign_seat(actor=people.role(office, "employer"), order_no=order.no, user_id=people.learner().pk, now=clock.now())
    with pytest.raises(SeatTaken):
        assign_seat(
            actor=people.role(office, "employer"),
            order_no=order.no,
            user_id=people.learner("张三", 77).pk,
            now=clock.now(),
        )
    assert Enrolment.objects.count() == 1


def test_another_units_administrator_and_a_learner_buy_and_give_nothing(office, clock):
    order = bought(office, clock)
    lilei = people.learner()
    with pytest.raises(NotABuyer):
        place_unit_order(
            actor=people.role(lilei),
            class_id=order.items.get().class_page_id,
            seats=1,
            provider_name="bank",
            now=clock.now(),
        )
    with pytest.raises(Order.DoesNotExist):
        assign_seat(actor=people.role(lilei), order_no=order.no, user_id=lilei.pk, now=clock.now())
    assert Order.objects.count() == 1


def test_seats_are_for_ones_own_people(office, clock):
    with pytest.raises(SeatsWrong):
        bought(office, clock, people=[people.stranger().pk])
    assert not Order.objects.exists()


def test_a_transfer_has_thirty_days(office, clock):
    order = place_unit_order(
        actor=people.role(office, "employer"),
        class_id=shop.paid_class().pk,
        seats=1,
        provider_name="bank",
        now=clock.now(),
    )
    assert order.expires_at == clock.now() + timedelta(days=30)
