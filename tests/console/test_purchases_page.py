"""购买课程: the list, choosing a class and people, the quote, ordering, giving seats, the list as a workbook (F4)."""

from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from identity.models import User
from learning.models import Enrolment
from payments.models import Order, Refund, Seat
from payments.services import confirm_bank_transfer, place_unit_order
from registry.inbox.models import Message
from tests.console.conftest import browser_of
from tests.console.test_review_page import text
from tests.identity import factories as people
from tests.payments import shop
from tests.units import colleagues

LIST = "/console/purchases/"


@pytest.fixture
def page(hospital, clock):
    return shop.paid_class(title="急救培训")


def bought(page, clock, seats=3, pay=True, **fields) -> Order:
    """What 韩梅's hospital ordered by bank transfer; booked by finance unless it is to wait."""
    buyer = User.objects.get(name="韩梅")
    order = place_unit_order(
        actor=people.role(buyer, "employer"),
        class_id=page.pk,
        seats=seats,
        provider_name="bank",
        now=clock.now(),
        **fields,
    )
    if pay:
        confirm_bank_transfer(
            order_id=order.pk,
            reference=f"T-{order.no}",
            amount_fen=order.amount_fen,
            received_on=clock.now().date(),
            actor_id=1,
            acting_as="staff",
            now=clock.now(),
        )
    order.refresh_from_db()
    return order


def asked(page, **fields) -> dict:
    return {"class": page.slug, "seats": 3, "confirm": 1, **fields}


# --- Buying -----------------------------------------------------------------------------------------------------------
def test_only_classes_that_cost_something_are_offered(hanmei, page):
    shop.paid_class("gong-xu", price_fen=0, title="公需常识")
    words = text(hanmei.get(f"{LIST}new/"))
    assert "急救培训" in words
    assert "公需常识" not in words


def test_the_quote_is_counted_by_the_server_and_names_who_cannot(hanmei, page, hospital):
    lilei, wangwu = people.learner(), people.stranger()
    Enrolment.objects.create(user=lilei, class_page=page, syllabus_version=1, enrolled_at="2026-03-01T00:00Z")
    zhang = people.learner("张三", 77)

    words = text(hanmei.get(f"{LIST}order/", asked(page, people=[lilei.pk, zhang.pk])))

    assert "¥7.20" in words
    assert "李雷：已经在这个班里" in words
    assert "付款后马上开通：张三" in words
    assert "王五" not in text(hanmei.get(f"{LIST}order/", {"class": page.slug, "seats": 1, "q": "王五", "find": 1}))
    assert wangwu.pk


def test_more_people_than_seats_is_said_at_the_field(hanmei, page):
    chosen = [people.learner().pk, people.learner("张三", 77).pk]
    words = text(hanmei.post(f"{LIST}order/", asked(page, seats=1, people=chosen, provider="bank")))
    assert "名额不能比人少" in words
    assert not Order.objects.exists()


def test_a_transfer_is_ordered_and_told_what_to_write_on_it(hanmei, page):
    answer = hanmei.post(f"{LIST}order/", asked(page, provider="bank"), follow=True)

    order = Order.objects.get()
    assert (order.amount_fen, order.provider) == (720, "bank")
    words = text(answer)
    assert f"转账附言 {order.no}" in words
    assert "待到账" in words


def test_an_amount_that_the_browser_names_is_nothing(hanmei, page):
    hanmei.post(f"{LIST}order/", asked(page, provider="bank", amount_fen=1, price_fen=1))
    assert Order.objects.get().amount_fen == 720


def test_a_way_to_pay_that_is_not_on_offer_orders_nothing(hanmei, page):
    assert "现在不能用" in text(hanmei.post(f"{LIST}order/", asked(page, provider="cash")))
    assert not Order.objects.exists()


@pytest.mark.parametrize("rest", ["", "quote.pdf"])
def test_an_order_that_waits_has_its_page_and_its_quote_on_paper(hanmei, page, clock, rest):
    order = bought(page, clock, pay=False)
    answer = hanmei.get(f"{LIST}{order.no}/{rest}")
    assert answer.status_code == 200
    assert (b"%PDF-" in answer.content) == bool(rest)


def test_a_quote_on_paper_before_ordering_orders_nothing(hanmei, page):
    answer = hanmei.get(f"{LIST}quote.pdf", {"class": page.slug, "seats": 3})
    assert answer.content.startswith(b"%PDF-")
    assert b"FontFile2" in answer.content, "its Chinese characters are in the file"
    assert not Order.objects.exists()


def test_what_is_given_up_is_closed_and_has_no_seats(hanmei, page, clock):
    order = bought(page, clock, pay=False)
    assert "取消这张订单吗" in text(hanmei.get(f"{LIST}{order.no}/cancel/"))
    assert "订单已取消" in text(hanmei.post(f"{LIST}{order.no}/cancel/", follow=True))
    order.refresh_from_db()
    assert order.state == "closed"
    assert not Seat.objects.exists()


# --- Seats ------------------------------------------------------------------------------------------------------------
def test_people_are_given_seats_by_name_and_who_cannot_is_named(hanmei, page, clock):
    lilei = people.learner()
    order = bought(page, clock)

    words = text(hanmei.post(f"{LIST}{order.no}/give/", {"people": [lilei.pk], "assign": 1}, follow=True))
    assert "已为 1 人开通" in words
    assert "李雷" in words

    again = text(hanmei.post(f"{LIST}{order.no}/give/", {"people": [lilei.pk], "assign": 1}, follow=True))
    assert "李雷 已经在“急救培训”里了" in again
    assert Seat.objects.filter(state="used").count() == 1


def test_codes_are_sent_as_messages_one_each(hanmei, page, clock):
    lilei, zhang = people.learner(), people.learner("张三", 77)
    order = bought(page, clock)

    for _twice in range(2):
        hanmei.post(f"{LIST}{order.no}/give/", {"people": [lilei.pk, zhang.pk], "send": 1})

    codes = {message.user_id: message.body for message in Message.objects.filter(kind="seat_code")}
    sent = dict(Seat.objects.filter(sent_to__isnull=False).values_list("sent_to", "code"))
    assert set(sent) == {lilei.pk, zhang.pk}
    assert all(sent[pk] in codes[pk] for pk in sent)
    assert sent[lilei.pk] != sent[zhang.pk]


def test_codes_go_to_nobody_of_another_unit(hanmei, page, clock):
    order = bought(page, clock)
    hanmei.post(f"{LIST}{order.no}/give/", {"people": [people.stranger().pk], "send": 1})
    assert not Message.objects.filter(kind="seat_code").exists()
    assert not Seat.objects.filter(sent_to__isnull=False).exists()


def test_seats_are_searched_by_name_and_state(hanmei, page, clock):
    order = bought(page, clock, people=[people.learner().pk])
    free = Seat.objects.filter(state="free").order_by("pk").first().code

    used = text(hanmei.post(f"{LIST}{order.no}/", {"q": "李", "state": ""}))
    assert "李雷" in used
    assert free not in used
    assert free in text(hanmei.post(f"{LIST}{order.no}/", {"q": "", "state": "free"}))


def test_the_list_of_seats_is_a_workbook_without_formulas(hanmei, page, clock):
    order = bought(page, clock, people=[people.learner("=1+1", 77).pk])

    answer = hanmei.get(f"{LIST}{order.no}/seats.xlsx")

    rows = list(load_workbook(BytesIO(b"".join(answer.streaming_content))).active.values)
    assert len(rows) == 4
    assert rows[1][2] == "'=1+1"
    assert rows[1][5] == "还没开始"


def test_unused_seats_are_asked_back_and_no_more_than_are_free(hanmei, page, clock):
    order = bought(page, clock, people=[people.learner().pk])

    assert "退款金额超过" in text(hanmei.post(f"{LIST}{order.no}/refund/", {"seats": 3, "reason": "多买了"}))
    assert not Refund.objects.exists()

    hanmei.post(f"{LIST}{order.no}/refund/", {"seats": 2, "reason": "多买了"})
    assert Refund.objects.get().amount_fen == 480
    assert Seat.objects.filter(state="refunded").count() == 2


def test_the_order_has_one_invoice(hanmei, page, clock):
    order = bought(page, clock)
    fields = {"heading_kind": "person", "heading": "韩梅"}
    for _twice in range(2):
        hanmei.post(f"{LIST}{order.no}/invoice/", fields)
    assert order.invoices.get().amount_fen == 720


# --- Who --------------------------------------------------------------------------------------------------------------
def test_it_takes_as_many_queries_for_twenty_orders_as_for_one(hanmei, page, clock):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert hanmei.get(LIST).status_code == 200
        return len(captured)

    bought(page, clock)
    queries()
    before = queries()
    for _number in range(19):
        bought(page, clock)
    assert queries() == before


def test_another_units_order_is_not_there(stranger, page, clock, hanmei):
    order = bought(page, clock)
    for rest in ("", "pay/", "give/", "seats.xlsx", "refund/", "invoice/", "quote.pdf", "cancel/"):
        assert stranger.get(f"{LIST}{order.no}/{rest}").status_code == 404
    assert order.no not in text(stranger.get(LIST))


def test_without_the_module_there_is_no_such_page_nor_line_in_the_menu(hospital, page, clock):
    clerk = browser_of(colleagues.acting(colleagues.colleague("韩志强", 53, "registrations", unit=hospital)))
    assert clerk.get(LIST).status_code == 404
    assert "购买课程" not in text(clerk.get("/console/"))


def test_what_a_unit_ordered_is_none_of_its_buyers_own_orders(hanmei, page, clock):
    buyer = User.objects.get(name="韩梅")
    people.membership(buyer)
    order = bought(page, clock)
    own = browser_of(people.role(buyer))
    assert order.no not in text(own.get("/orders/"))
    assert own.get(f"/orders/{order.no}/").status_code == 404


def test_a_visitor_is_led_to_the_login(page):
    assert Client().get(LIST).headers["Location"].startswith("/login/")
