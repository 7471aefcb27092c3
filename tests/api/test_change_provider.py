"""POST orders/{no}/provider: paid by the other one after all (F1)."""

import pytest

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


def test_the_order_gets_a_code_of_the_other_provider(sandbox, learner):
    order = shop.ordered(learner.user, shop.paid_class())
    answer = learner.post(f"orders/{order.no}/provider", provider="alipay")
    assert answer.status_code == 200
    assert (answer.json()["provider"], answer.json()["amount_fen"]) == ("alipay", 240)
    assert answer.json()["code_url"] != shop.payment_of(order).order.payments.order_by("pk")[0].code_url
    assert [payment.provider for payment in order.payments.order_by("pk")] == ["wechat", "alipay"]


def test_the_same_provider_again_is_the_same_code(sandbox, learner):
    order = shop.ordered(learner.user, shop.paid_class())
    code_url = shop.payment_of(order).code_url
    assert learner.post(f"orders/{order.no}/provider", provider="wechat").json()["code_url"] == code_url
    assert order.payments.count() == 1


def test_a_provider_that_does_not_answer_is_said_and_can_be_changed_back(sandbox, learner, settings):
    order = shop.ordered(learner.user, shop.paid_class())
    gateway, settings.ALIPAY_GATEWAY = settings.ALIPAY_GATEWAY, "http://127.0.0.1:9"
    answer = learner.post(f"orders/{order.no}/provider", provider="alipay")
    assert code_of(answer) == (503, "provider_unavailable")
    assert Order.objects.get().state == "open"
    settings.ALIPAY_GATEWAY = gateway
    assert learner.post(f"orders/{order.no}/provider", provider="wechat").json()["code_url"]


def test_an_unknown_provider_is_refused_by_name(sandbox, learner):
    order = shop.ordered(learner.user, shop.paid_class())
    answer = learner.post(f"orders/{order.no}/provider", provider="cash")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "provider")
    assert Order.objects.get().provider == "wechat"


@pytest.mark.parametrize("end", ["paid", "closed"])
def test_an_order_that_is_not_open_stays_as_it_is(sandbox, learner, end):
    page = shop.paid_class()
    order = shop.paid(learner.user, page) if end == "paid" else shop.ordered(learner.user, page)
    if end == "closed":
        learner.post(f"orders/{order.no}/cancel")
    assert code_of(learner.post(f"orders/{order.no}/provider", provider="alipay")) == (409, "order_not_open")
    assert (Order.objects.get().state, Order.objects.get().provider) == (end, "wechat")


def test_another_does_not_find_it_and_a_visitor_logs_in(sandbox, learner, clock, client):
    order = shop.ordered(learner.user, shop.paid_class())
    assert Learner(people.stranger(), clock).post(f"orders/{order.no}/provider", provider="alipay").status_code == 404
    assert client.post(f"/api/v1/orders/{order.no}/provider").status_code == 401
    assert Order.objects.get().provider == "wechat"
