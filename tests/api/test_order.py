"""GET orders/{no}: an order as its owner sees it; the provider is asked meanwhile (L4, X2)."""

import pytest

from learning.models import Enrolment
from payments.models import Order
from tests.identity import factories as people
from tests.learning.driving import Learner
from tests.payments import shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def learner(transactional_db, clock):
    return Learner(people.learner(), clock)


def test_an_open_order_tells_all_that_its_page_needs(sandbox, learner, clock):
    order = shop.ordered(learner.user, shop.paid_class())
    told = learner.get(f"orders/{order.no}").json()
    assert (told["status"], told["amount_fen"], told["provider"]) == ("open", 240, "wechat")
    assert told["qr"].startswith("data:image/svg+xml")
    assert told["items"] == [{"class": "ji-jiu", "title": "班级 ji-jiu", "price_fen": 240}]
    assert (told["paid_at"], told["refunds"], told["invoice"]) == (None, [], None)
    assert told["server_time"].startswith(clock.now().astimezone().strftime("%Y-%m-%d"))


def test_an_order_whose_notice_was_lost_is_paid_when_it_is_read(sandbox, learner):
    page = shop.paid_class()
    order = shop.ordered(learner.user, page)
    shop.phone(shop.payment_of(order), "pay_without_callback")
    told = learner.get(f"orders/{order.no}").json()
    assert (told["status"], told["code_url"], told["qr"]) == ("paid", None, None)
    assert Enrolment.objects.get().class_page_id == page.pk


def test_one_who_asks_all_the_time_makes_the_server_ask_every_few_seconds(sandbox, learner, clock):
    order = shop.ordered(learner.user, shop.paid_class())
    learner.get(f"orders/{order.no}")
    shop.phone(shop.payment_of(order), "pay_without_callback")
    assert learner.get(f"orders/{order.no}").json()["status"] == "open"
    clock.tick(4)
    assert learner.get(f"orders/{order.no}").json()["status"] == "paid"


def test_an_order_whose_time_is_over_is_being_closed(sandbox, learner, clock):
    order = shop.ordered(learner.user, shop.paid_class())
    clock.tick(30 * 60)
    told = learner.get(f"orders/{order.no}").json()
    assert (told["status"], told["code_url"]) == ("closing", None)


def test_money_that_came_after_closing_is_found_when_it_is_read(sandbox, learner, clock):
    order = shop.ordered(learner.user, shop.paid_class())
    learner.post(f"orders/{order.no}/cancel")
    assert Order.objects.get().state == "closed"
    shop.phone(shop.payment_of(order), "pay_late")
    clock.tick(5)
    assert learner.get(f"orders/{order.no}").json()["status"] == "paid"
    assert Enrolment.objects.exists()


def test_a_provider_that_does_not_answer_leaves_the_order_as_it_is(sandbox, learner, settings):
    order = shop.ordered(learner.user, shop.paid_class())
    settings.WECHAT_GATEWAY = "http://127.0.0.1:9"
    answer = learner.get(f"orders/{order.no}")
    assert (answer.status_code, answer.json()["status"]) == (200, "open")


def test_another_learner_and_another_role_do_not_find_it(sandbox, learner, clock):
    order = shop.ordered(learner.user, shop.paid_class())
    assert Learner(people.stranger(), clock).get(f"orders/{order.no}").status_code == 404
    assert Learner(people.administrator(), clock).get(f"orders/{order.no}").status_code == 404
    assert learner.get("orders/20260302NONE").status_code == 404


def test_a_visitor_logs_in_first(client, transactional_db):
    assert client.get("/api/v1/orders/20260302NONE").status_code == 401
