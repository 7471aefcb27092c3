"""A unit's order from the quote to its end: the price, transfer and code, giving up, unused seats back (F4)."""

from datetime import timedelta

import pytest

from core.audit import entries_of
from learning.models import Enrolment
from payments.errors import NothingToPay, NotOfTheUnit, RefundTooMuch, SeatsWrong, SeatTaken
from payments.models import Order, Payment, Refund, Seat
from payments.queries import QuotePaper, my_orders, quote_pdf, why_no_places
from payments.services import (
    AskedLine,
    Source,
    ask_own_refund,
    ask_refund,
    ask_seats_back,
    assign_seat,
    begin_payment,
    cancel_order,
    change_provider,
    confirm_payment,
    finish_refund,
    pay_by_transfer,
    quote,
    redeem_seat,
    refresh_order,
    send_codes,
    send_refund,
)
from tests.identity import factories as people
from tests.payments import shop, units

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def buyer(transactional_db, fakes, jobs, clock):
    """韩梅, who administers the hospital."""
    return people.administrator()


@pytest.fixture
def page(buyer):
    return shop.paid_class()


# --- The quote --------------------------------------------------------------------------------------------------------
def test_a_quote_is_the_servers_price_and_holds_for_thirty_days(buyer, page, clock):
    offer = quote(actor=units.office(buyer), class_id=page.pk, seats=7, now=clock.now())
    assert offer.amount_fen == 7 * shop.PRICE_FEN
    assert offer.valid_until == clock.now().astimezone().date() + timedelta(days=30)


@pytest.mark.parametrize("seats", [0, -1, 2001])
def test_no_quote_for_fewer_than_one_seat_or_more_than_the_most(buyer, page, clock, seats):
    with pytest.raises(SeatsWrong):
        quote(actor=units.office(buyer), class_id=page.pk, seats=seats, now=clock.now())


def test_what_is_free_is_not_sold(buyer, clock):
    free = shop.paid_class("gong-xu", price_fen=0)
    with pytest.raises(NothingToPay):
        quote(actor=units.office(buyer), class_id=free.pk, seats=1, now=clock.now())


def test_the_paper_is_one_page_with_its_own_characters(buyer, clock):
    today = clock.now().date()
    paper = quote_pdf(QuotePaper("示例市第一医院 <b>&", "急救", 240, 3, today, today, "20260302ABC"))
    assert paper.startswith(b"%PDF-")
    assert paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ") == 1
    assert b"FontFile2" in paper


# --- Paying -----------------------------------------------------------------------------------------------------------
def test_a_price_that_changes_does_not_change_the_order(buyer, page, clock):
    order = units.placed(buyer, page)
    type(page).objects.filter(pk=page.pk).update(price_fen=999)
    assert units.arrives(order)
    order.refresh_from_db()
    assert (order.state, order.received_fen) == ("paid", 3 * shop.PRICE_FEN)
    units.check(order)


def test_a_transfer_is_booked_once_and_logged(buyer, page):
    order = units.placed(buyer, page)
    assert units.arrives(order)
    assert not units.arrives(order)
    assert order.events.filter(kind="paid", actor_id=units.TELLER).count() == 1
    assert [entry.act for entry in entries_of("payments.order", order.no)] == ["payment.transfer_confirmed"]
    units.check(order)


def test_turned_from_transfer_to_a_code_it_waits_as_long_as_one_by_code(buyer, page, clock):
    order = units.placed(buyer, page)
    change_provider(actor=units.office(buyer), order_no=order.no, provider_name="wechat", now=clock.now())
    payment = begin_payment(order_id=order.pk, now=clock.now())
    assert payment.expires_at == clock.now() + timedelta(minutes=30)


def test_turned_to_a_code_and_back_one_transfer_is_expected(buyer, page, clock):
    order = units.placed(buyer, page)
    change_provider(actor=units.office(buyer), order_no=order.no, provider_name="wechat", now=clock.now())
    begin_payment(order_id=order.pk, now=clock.now())
    turned = pay_by_transfer(actor=units.office(buyer), order_no=order.no, now=clock.now())
    assert turned.expires_at == order.created_at + timedelta(days=30)
    assert Payment.objects.filter(provider="bank").count() == 1
    assert units.arrives(order)
    units.check(order)


def test_paid_by_code_and_by_transfer_the_second_goes_back(buyer, page, clock, fakes):
    order = units.placed(buyer, page, provider="wechat")
    number = begin_payment(order_id=order.pk, now=clock.now()).number
    pay_by_transfer(actor=units.office(buyer), order_no=order.no, now=clock.now())
    fakes["wechat"].pay(number)
    assert units.arrives(order)
    confirm_payment(provider_name="wechat", stated=fakes["wechat"].states(number), source=Source.QUERY, now=clock.now())
    surplus = Refund.objects.get()
    assert (surplus.is_automatic, surplus.payment.provider, surplus.amount_fen) == (True, "wechat", order.amount_fen)
    assert Seat.objects.count() == 3


@pytest.mark.parametrize("provider", ["bank", "wechat"])
def test_given_up_it_is_closed(buyer, page, clock, provider):
    order = units.placed(buyer, page, provider=provider)
    if provider == "wechat":
        begin_payment(order_id=order.pk, now=clock.now())
    assert cancel_order(actor=units.office(buyer), order_no=order.no, clock=clock.now).state == "closed"
    assert not Payment.objects.filter(state__in=["new", "open"]).exists()


def test_a_transfer_that_comes_after_all_is_honoured_late(buyer, page, clock):
    order = units.placed(buyer, page)
    cancel_order(actor=units.office(buyer), order_no=order.no, clock=clock.now)
    assert units.arrives(order)
    order.refresh_from_db()
    assert order.state == "paid"
    assert order.events.filter(kind="late").count() == 1
    units.check(order)


def test_after_thirty_days_it_is_closed_by_itself(buyer, page, clock):
    order = units.placed(buyer, page)
    clock.tick(30 * 86_400)
    assert refresh_order(order_id=order.pk, now=clock.now()).state == "closing"


# --- Seats ------------------------------------------------------------------------------------------------------------
def test_who_cannot_is_listed_and_his_seat_stays_free(buyer, page, clock):
    lilei = people.learner()
    Enrolment.objects.create(user=lilei, class_page=page, syllabus_version=1, enrolled_at=clock.now())
    assert why_no_places(page.pk, [lilei.pk], clock.now()) == {lilei.pk: "已经在这个班里"}
    order = units.bought(buyer, page, chosen=[lilei])
    assert Seat.objects.filter(state="free").count() == 3
    assert order.events.filter(kind="not_enrolled").count() == 1
    units.check(order)


def test_a_person_who_leaves_the_unit_keeps_his_place(buyer, page, clock):
    lilei = people.learner()
    order = units.bought(buyer, page, chosen=[lilei])
    lilei.memberships.update(state="ended")
    units.check(order)
    assert Enrolment.objects.get(user=lilei).state == "active"


def test_people_of_a_unit_below_use_a_code_too_and_those_above_do_not(buyer, page, clock):
    hospital = people.organisation()
    branch = people.learner("赵六", 81, people.organisation("示例市第一医院分院", parent=hospital))
    order = units.bought(buyer, page)
    assert redeem_seat(actor=people.role(branch), code=units.code(order), now=clock.now()).user_id == branch.pk

    above = people.learner("钱七", 83, people.organisation("外市职业学校"))
    with pytest.raises(NotOfTheUnit):
        redeem_seat(actor=people.role(above), code=units.code(order), now=clock.now())
    units.check(order)


def test_a_code_that_was_sent_is_given_away_last(buyer, page, clock):
    lilei, zhang = people.learner(), people.learner("张三", 77)
    order = units.bought(buyer, page, seats=2)
    send_codes(actor=units.office(buyer), order_no=order.no, user_ids=[lilei.pk], now=clock.now())
    given = assign_seat(actor=units.office(buyer), order_no=order.no, user_id=zhang.pk, now=clock.now())
    assert given.sent_to_id is None


def test_too_few_seats_for_all_send_nobody_a_code(buyer, page, clock):
    both = [people.learner().pk, people.learner("张三", 77).pk]
    order = units.bought(buyer, page, seats=1)
    with pytest.raises(SeatTaken):
        send_codes(actor=units.office(buyer), order_no=order.no, user_ids=both, now=clock.now())
    assert not Seat.objects.filter(sent_to__isnull=False).exists()


# --- Money back -------------------------------------------------------------------------------------------------------
def test_unused_seats_go_back_and_cannot_be_used_meanwhile(buyer, page, clock):
    order = units.bought(buyer, page, chosen=[people.learner()])
    codes = [units.code(order, at) for at in (0, 1)]
    refund = ask_seats_back(actor=units.office(buyer), order_no=order.no, seats=2, reason="多买了", now=clock.now())
    for code in codes:
        with pytest.raises(SeatTaken):
            redeem_seat(actor=people.role(people.learner(code, 90 + codes.index(code))), code=code, now=clock.now())
    shop.decided(refund)
    assert not send_refund(refund_id=refund.pk, clock=clock.now), "a transfer goes back by hand"
    assert finish_refund(refund_id=refund.pk, provider_refund_id="B1", stated=None, now=clock.now(), actor_id=1)
    order.refresh_from_db()
    assert (order.state, order.returned_fen) == ("partly_refunded", 2 * shop.PRICE_FEN)
    units.check(order)


def test_rejected_the_seats_are_free_again(buyer, page, clock):
    order = units.bought(buyer, page)
    refund = ask_seats_back(actor=units.office(buyer), order_no=order.no, seats=3, reason="多买了", now=clock.now())
    shop.decided(refund, approve=False)
    assert Seat.objects.filter(state="free", refund=None).count() == 3
    units.check(order)


def test_a_used_seat_is_not_refundable(buyer, page, clock):
    order = units.bought(buyer, page, seats=1, chosen=[people.learner()])
    with pytest.raises(RefundTooMuch):
        ask_seats_back(actor=units.office(buyer), order_no=order.no, seats=1, reason="不学", now=clock.now())
    assert not Refund.objects.exists()
    units.check(order)


@pytest.mark.parametrize(("seats", "fen"), [(0, 240), (1, 241), (1, 239), (2, 240)])
def test_finance_too_gives_money_back_with_its_seats_only(buyer, page, clock, seats, fen):
    order = units.bought(buyer, page)
    line = AskedLine(order.items.get().pk, fen, ends_enrolment=False, seats=seats)
    with pytest.raises(RefundTooMuch):
        ask_refund(order_id=order.pk, lines=[line], reason="投诉", actor_id=1, acting_as="finance", now=clock.now())
    assert not Refund.objects.exists()
    units.check(order)


def test_the_learners_way_back_does_not_lead_to_a_units_money(buyer, page, clock):
    order = units.bought(buyer, page, chosen=[people.learner()])
    with pytest.raises(Order.DoesNotExist):
        ask_own_refund(actor=units.office(buyer), order_no=order.no, reason="不学", now=clock.now())
    assert not Refund.objects.exists()


def test_a_units_order_is_none_of_its_buyers_own(buyer, page):
    people.membership(buyer)
    units.bought(buyer, page)
    assert my_orders(people.role(buyer)) == []
