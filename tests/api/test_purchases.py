"""POST purchases and what follows it: the quote, seats, codes, money back (F4)."""

import pytest
from django.test import Client

from learning.models import Enrolment
from payments.models import Order, Refund, Seat
from tests.identity import factories as people
from tests.learning.driving import Learner
from tests.payments import shop, units

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def buyer(transactional_db, sandbox, clock):
    """韩梅 at her browser, who administers the hospital."""
    return Learner(people.administrator(), clock)


@pytest.fixture
def page(buyer):
    return shop.paid_class()


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_a_quote_tells_the_servers_price_and_orders_nothing(buyer, page):
    told = buyer.post("purchases/quote", **{"class": page.slug, "seats": 3}).json()
    assert (told["amount_fen"], told["price_fen"], told["seats"]) == (720, 240, 3)
    assert not Order.objects.exists()


def test_ordered_by_transfer_it_waits_thirty_days(buyer, page, clock):
    answer = buyer.post("purchases", **{"class": page.slug, "seats": 3, "provider": "bank"})
    assert answer.status_code == 201
    order = answer.json()["order"]
    assert (order["provider"], order["amount_fen"], order["code_url"]) == ("bank", 720, None)
    assert answer.json()["seats"] == {"free": 0, "used": 0, "refunded": 0}


def test_ordered_by_code_it_tells_the_code(buyer, page):
    answer = buyer.post("purchases", **{"class": page.slug, "seats": 3, "provider": "wechat"})
    assert answer.json()["order"]["code_url"]


def test_turned_to_a_transfer_it_has_no_code(buyer, page):
    no = buyer.post("purchases", **{"class": page.slug, "seats": 3, "provider": "wechat"}).json()["order"]["no"]
    told = buyer.post(f"purchases/{no}/transfer").json()["order"]
    assert (told["provider"], told["code_url"]) == ("bank", None)


def test_an_amount_named_by_the_browser_is_nothing(buyer, page):
    buyer.post("purchases", **{"class": page.slug, "seats": 3, "provider": "bank", "amount_fen": 1})
    assert Order.objects.get().amount_fen == 720


@pytest.mark.parametrize("seats", [0, 2001, "x"])
def test_too_few_or_too_many_seats_are_a_fault_of_the_field(buyer, page, seats):
    assert buyer.post("purchases", **{"class": page.slug, "seats": seats, "provider": "bank"}).status_code == 400
    assert not Order.objects.exists()


def test_somebody_elses_people_are_refused(buyer, page):
    chosen = [people.stranger().pk]
    fields = {"class": page.slug, "seats": 3, "provider": "bank", "people": chosen}
    assert code_of(buyer.post("purchases", **fields)) == (400, "invalid")
    assert not Order.objects.exists()


def test_seats_are_listed_given_sent_and_asked_back(buyer, page):
    lilei, zhang = people.learner(), people.learner("张三", 77)
    order = units.bought(buyer.user, page)

    assert buyer.post(f"purchases/{order.no}/assign", person=lilei.pk).json()["seats"]["used"] == 1
    assert buyer.post(f"purchases/{order.no}/send", people=[zhang.pk]).status_code == 200
    assert buyer.post(f"purchases/{order.no}/refund", seats=1, reason="多买了").status_code == 201

    rows = buyer.get(f"purchases/{order.no}/seats").json()["results"]
    assert [(row["state"], row["person"], row["sent_to"]) for row in rows] == [
        ("used", "李雷", ""),
        ("free", "", "张三"),
        ("refunded", "", ""),
    ]
    units.check(order)


def test_somebody_who_has_a_place_is_refused_a_second(buyer, page):
    lilei = people.learner()
    order = units.bought(buyer.user, page, chosen=[lilei])
    assert code_of(buyer.post(f"purchases/{order.no}/assign", person=lilei.pk)) == (409, "already_enrolled")
    assert Seat.objects.filter(state="used").count() == 1


def test_more_than_is_free_is_not_asked_back(buyer, page):
    order = units.bought(buyer.user, page)
    assert code_of(buyer.post(f"purchases/{order.no}/refund", seats=4, reason="多买了")) == (409, "refund_too_much")
    assert not Refund.objects.exists()


# --- The code ---------------------------------------------------------------------------------------------------------
def test_a_learner_uses_his_code_and_twice_is_once(buyer, page, clock):
    lilei = Learner(people.learner(), clock)
    order = units.bought(buyer.user, page)
    code = units.code(order)
    told = lilei.post("seats/redeem", code=code.lower()).json()
    assert told == {"class": page.slug, "title": "班级 ji-jiu", "enrolment": Enrolment.objects.get().pk}
    assert lilei.post("seats/redeem", code=code).status_code == 200
    assert Enrolment.objects.count() == 1


def test_a_code_of_another_unit_and_none_at_all_sound_alike(buyer, page, clock):
    order = units.bought(buyer.user, page)
    wangwu = Learner(people.stranger(), clock)
    asked = [wangwu.post("seats/redeem", code=code) for code in (units.code(order), "NOSUCHCODE22")]
    assert [code_of(answer) for answer in asked] == [(403, "not_of_the_unit")] * 2
    assert asked[0].json() == asked[1].json()
    assert not Enrolment.objects.exists()


def test_a_code_that_another_used_is_taken(buyer, page, clock):
    order = units.bought(buyer.user, page)
    code = units.code(order)
    Learner(people.learner(), clock).post("seats/redeem", code=code)
    late = Learner(people.learner("张三", 77), clock)
    assert code_of(late.post("seats/redeem", code=code)) == (409, "seat_taken")
    assert Enrolment.objects.count() == 1


# --- Who --------------------------------------------------------------------------------------------------------------
def test_a_learner_buys_no_seats(buyer, page, clock):
    lilei = Learner(people.learner(), clock)
    answer = lilei.post("purchases", **{"class": page.slug, "seats": 1, "provider": "bank"})
    assert code_of(answer) == (403, "not_an_administrator")
    assert not Order.objects.exists()


def test_another_units_order_is_not_there(buyer, page, clock):
    order = units.bought(buyer.user, page)
    elsewhere = people.organisation("外市职业学校", region=people.region("外市", "120100"))
    other = Learner(people.administrator("外校管理员", 28, elsewhere), clock)
    assert other.get(f"purchases/{order.no}/seats").status_code == 404
    assert other.post(f"purchases/{order.no}/refund", seats=1, reason="1").status_code == 404
    assert other.post(f"purchases/{order.no}/send", people=[1]).status_code == 404
    assert other.get("orders").json()["count"] == 0
    assert not Refund.objects.exists()


@pytest.mark.parametrize("path", ["purchases", "purchases/quote", "seats/redeem"])
def test_logged_out_nothing_is_done(path):
    assert Client().post(f"/api/v1/{path}", {}, content_type="application/json").status_code == 401
