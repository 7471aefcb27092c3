"""POST orders/{no}/cancel: given up, unless somebody had paid (L4)."""

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


def code_of(answer):
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_a_cancelled_order_is_closed_and_another_can_be_placed(sandbox, learner):
    page = shop.paid_class()
    order = shop.ordered(learner.user, page, provider="alipay")
    answer = learner.post(f"orders/{order.no}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "closed")
    assert learner.post("orders", **{"class": page.slug, "provider": "wechat"}).status_code == 201


def test_cancelling_twice_is_one_cancelling(sandbox, learner):
    order = shop.ordered(learner.user, shop.paid_class())
    learner.post(f"orders/{order.no}/cancel")
    assert learner.post(f"orders/{order.no}/cancel").json()["status"] == "closed"
    assert order.events.filter(kind="closed").count() == 1


def test_money_that_had_come_meanwhile_holds(sandbox, learner):
    order = shop.ordered(learner.user, shop.paid_class())
    shop.phone(shop.payment_of(order), "pay_without_callback")
    assert code_of(learner.post(f"orders/{order.no}/cancel")) == (409, "order_paid")
    assert Order.objects.get().state == "paid"
    assert Enrolment.objects.exists()


def test_a_paid_order_is_not_cancelled(sandbox, learner):
    order = shop.paid(learner.user, shop.paid_class())
    assert code_of(learner.post(f"orders/{order.no}/cancel")) == (409, "order_not_open")
    assert Order.objects.get().state == "paid"


def test_a_provider_that_does_not_answer_leaves_it_to_be_closed(sandbox, learner, settings):
    order = shop.ordered(learner.user, shop.paid_class())
    settings.WECHAT_GATEWAY = "http://127.0.0.1:9"
    answer = learner.post(f"orders/{order.no}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "closing")


def test_another_does_not_find_it_and_a_visitor_logs_in(sandbox, learner, clock, client):
    order = shop.ordered(learner.user, shop.paid_class())
    assert Learner(people.stranger(), clock).post(f"orders/{order.no}/cancel").status_code == 404
    assert client.post(f"/api/v1/orders/{order.no}/cancel").status_code == 401
    assert Order.objects.get().state == "open"
