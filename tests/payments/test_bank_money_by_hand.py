"""Bank money (对公转账): finance books what came and what it sent back, by the bank's slip (F3, F4)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cms.services import EDITORS
from core import audit
from payments.errors import AlreadyDecided, NotApproved, ReferenceMissing, ReferenceWrong, TransferWrong
from payments.models import Order, Refund, Seat
from payments.services import confirm_bank_refund, confirm_bank_transfer
from tests.exams.office import staff_of
from tests.identity import factories as people
from tests.payments import desk_orders as desk
from tests.payments import shop, units
from tests.payments.desk import finance, text
from tests.payments.post import all_of_it

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hanmei(fakes, jobs, clock):
    return people.administrator()


@pytest.fixture
def waiting(hanmei) -> Order:
    """Three seats for ¥7.20, to be paid by transfer."""
    return units.placed(hanmei, shop.paid_class(), seats=3)


@pytest.fixture
def refund(hanmei) -> Refund:
    """One of three seats was asked back by finance, and approved."""
    order = units.bought(hanmei, seats=3)
    return shop.decided(desk.seats_asked(order, 1, people.staff("who", "谁")))


def books(browser: Client, order: Order, **fields: str) -> str:
    data = {"amount_fen": "7.20", "reference": "20260302-88", "received_on": "2026-03-02"} | fields
    return text(browser.post(desk.address(order, "transfer"), data, follow=True))


def sends(browser: Client, refund: Refund, reference: str = "TK-1") -> str:
    return text(browser.post(desk.address(refund.order, "sent", refund), {"reference": reference}, follow=True))


# --- What came --------------------------------------------------------------------------------------------------------
def test_a_transfer_is_booked_by_its_slip_and_opens_the_seats(waiting, clock):
    one = finance()
    assert desk.address(waiting, "transfer") in text(one.get(desk.address(waiting)))
    assert f"附言应是 {waiting.no}" in text(one.get(desk.address(waiting, "transfer")))

    assert "已登记到账 ¥7.20" in books(one, waiting)

    waiting.refresh_from_db()
    assert (waiting.state, waiting.received_fen) == ("paid", 720)
    assert Seat.objects.filter(state="free").count() == 3
    event = waiting.events.get(kind="paid")
    assert (event.actor_id, event.detail, event.payment.transaction_id) == (one.user.pk, "desk", "20260302-88")
    entry = audit.entries_of("payments.order", waiting.no)[0]
    assert (entry.act, entry.after["reference"]) == ("payment.transfer_confirmed", "20260302-88")
    assert desk.address(waiting, "transfer") not in text(one.get(desk.address(waiting)))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("amount_fen", "", "填写银行回单上的金额"),
        ("amount_fen", "7.2.0", "写成金额"),
        ("amount_fen", "7.19", "订单应付 ¥7.20"),
        ("amount_fen", "72", "订单应付 ¥7.20"),
        ("reference", "", "填写银行回单上的流水号"),
        ("reference", "8" * 65, "不超过 64"),
        ("received_on", "", "填写银行回单上的日期"),
        ("received_on", "2026-02-30", "写成日期"),
        ("received_on", "2026-03-03", "不能晚于今天"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_booked(waiting, field, typed, said):
    before = all_of_it()
    page = books(finance(), waiting, **{field: typed})
    assert said in page
    assert (field == "reference") or "20260302-88" in page, "what was typed stays"
    assert all_of_it() == before


def test_one_slip_pays_one_order(waiting, hanmei):
    one = finance()
    books(one, waiting)
    other = units.placed(hanmei, shop.paid_class("hu-li"), seats=3)
    before = all_of_it()
    assert f"已经登记在订单 {waiting.no} 上" in books(one, other)
    assert all_of_it() == before


def test_booked_twice_it_is_booked_once(waiting):
    one = finance()
    books(one, waiting)
    before = all_of_it()
    assert "已经登记过了" in books(one, waiting)
    assert all_of_it() == before


@pytest.mark.parametrize(
    ("changed", "refusal", "field"),
    [
        ({"reference": "  "}, ReferenceMissing, "reference"),
        ({"reference": "8" * 65}, ReferenceWrong, "reference"),
        ({"reference": "88\x00"}, ReferenceWrong, "reference"),
        ({"amount_fen": 719}, TransferWrong, "amount_fen"),
        ({"days": 1}, TransferWrong, "received_on"),
    ],
)
def test_the_service_refuses_what_does_not_fit(waiting, clock, changed, refusal, field):
    fields: dict[str, Any] = {"reference": "88", "amount_fen": 720, "days": 0} | changed
    received_on = clock.now().date() + timedelta(days=fields.pop("days"))
    before = all_of_it()
    with pytest.raises(refusal) as refused:
        confirm_bank_transfer(
            order_id=waiting.pk, received_on=received_on, actor_id=7, acting_as="staff", now=clock.now(), **fields
        )
    assert refused.value.attr == field
    assert all_of_it() == before


def test_a_learners_order_waits_for_no_transfer(fakes, jobs, clock):
    order = shop.ordered(people.learner(), shop.paid_class())
    one, before = finance(), all_of_it()
    assert one.get(desk.address(order, "transfer")).status_code == 404
    data = {"amount_fen": "2.40", "reference": "88", "received_on": "2026-03-02"}
    assert one.post(desk.address(order, "transfer"), data).status_code == 404
    assert all_of_it() == before


# --- What went back ---------------------------------------------------------------------------------------------------
def test_a_refund_sent_at_the_bank_is_booked_by_its_slip(refund):
    one, address = finance(), desk.address(refund.order, "sent", refund)
    assert "待银行退款" in text(one.get(desk.address(refund.order)))
    assert address in text(one.get(desk.address(refund.order)))
    assert "先在银行把钱退给付款单位" in text(one.get(address))

    assert "已登记退款" in sends(one, refund)

    refund.refresh_from_db()
    refund.order.refresh_from_db()
    assert (refund.state, refund.provider_refund_id) == ("done", "TK-1")
    assert (refund.order.state, refund.order.returned_fen) == ("partly_refunded", 240)
    assert refund.order.events.get(kind="refunded").actor_id == one.user.pk
    entry = audit.entries_of("payments.order", refund.order.no)[0]
    assert (entry.act, entry.after["reference"]) == ("refund.sent_at_bank", "TK-1")
    units.check(refund.order)


@pytest.mark.parametrize(("typed", "said"), [("", "填写银行回单"), ("8" * 65, "不超过 64")])
def test_a_refund_needs_its_reference(refund, typed, said):
    before = all_of_it()
    assert said in sends(finance(), refund, typed)
    assert all_of_it() == before


def test_booked_back_twice_it_is_booked_once(refund):
    one = finance()
    sends(one, refund)
    before = all_of_it()
    assert "已经处理过了" in sends(one, refund, "TK-2")
    assert all_of_it() == before


def test_what_waits_for_its_second_person_is_not_booked_as_sent(hanmei, clock):
    order = units.bought(hanmei, seats=3)
    refund = desk.seats_asked(order, 1, people.staff("who", "谁"))
    before = all_of_it()
    with pytest.raises(NotApproved) as refused:
        confirm_bank_refund(refund_id=refund.pk, reference="TK-1", actor_id=7, acting_as="staff", now=clock.now())
    assert refused.value.code == "not_approved"
    assert "还没有另一位财务人员同意" in sends(finance(), refund)
    assert all_of_it() == before


def test_what_was_refused_is_not_booked_as_sent(hanmei, clock):
    order = units.bought(hanmei, seats=3)
    refund = shop.decided(desk.seats_asked(order, 1, people.staff("who", "谁")), approve=False)
    before = all_of_it()
    with pytest.raises(AlreadyDecided):
        confirm_bank_refund(refund_id=refund.pk, reference="TK-1", actor_id=7, acting_as="staff", now=clock.now())
    assert all_of_it() == before


def test_one_slip_is_of_one_refund(refund):
    one = finance()
    sends(one, refund)
    other = shop.decided(desk.seats_asked(refund.order, 1, people.staff("who2", "谁二")))
    before = all_of_it()
    assert f"已经登记在订单 {refund.order.no} 的退款上" in sends(one, other)
    assert all_of_it() == before


def test_what_goes_back_by_a_provider_is_not_booked_by_hand(fakes, jobs, clock):
    order = desk.paid(people.learner(), fakes, clock)
    refund = shop.decided(desk.asked(order, people.staff("who", "谁")))
    one, before = finance(), all_of_it()
    assert desk.address(order, "sent", refund) not in text(one.get(desk.address(order)))
    assert one.post(desk.address(order, "sent", refund), {"reference": "TK-1"}).status_code == 404
    assert all_of_it() == before


# --- Who --------------------------------------------------------------------------------------------------------------
def test_only_finance_books_bank_money(waiting, refund, hanmei):
    hers = Client()
    hers.force_login(hanmei, backend="identity.backends.LoginKeyBackend")
    before = all_of_it()
    data = {"amount_fen": "7.20", "reference": "88", "received_on": "2026-03-02"}
    for browser in (staff_of(EDITORS), hers, Client()):
        assert browser.post(desk.address(waiting, "transfer"), data).status_code == 302
        assert browser.post(desk.address(refund.order, "sent", refund), data).status_code == 302
    assert all_of_it() == before
