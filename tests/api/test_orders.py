"""POST orders, GET orders: the price is the server's, one open order a class (L4, contract.md)."""

from datetime import timedelta

import pytest

from learning.models import Enrolment
from payments.models import Order
from tests.identity import factories as people
from tests.learning.driving import Learner
from tests.payments import shop
from tests.support.clock import START

TODAY = START.date()
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def learner(transactional_db, clock):
    return Learner(people.learner(), clock)


def test_an_order_costs_what_the_class_costs_whatever_the_browser_says(sandbox, learner):
    page = shop.paid_class()
    answer = learner.post("orders", **{"class": page.slug, "provider": "wechat", "amount_fen": 1})
    assert answer.status_code == 201
    told = answer.json()
    assert (told["amount_fen"], told["status"], told["provider"]) == (240, "open", "wechat")
    assert told["code_url"].startswith("http")
    assert told["qr"].startswith("data:image/svg+xml")
    assert Order.objects.get().amount_fen == 240


def test_an_open_order_for_the_class_is_given_back(sandbox, learner):
    page = shop.paid_class()
    first = learner.post("orders", **{"class": page.slug, "provider": "wechat"})
    second = learner.post("orders", **{"class": page.slug, "provider": "wechat"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["no"] == second.json()["no"]
    assert Order.objects.count() == 1


def test_several_classes_are_one_order(sandbox, learner):
    pages = [shop.paid_class("ji-jiu"), shop.paid_class("hu-li", 360)]
    answer = learner.post("orders", classes=[page.slug for page in pages], provider="alipay")
    assert answer.status_code == 201
    assert answer.json()["amount_fen"] == 600
    assert [item["class"] for item in answer.json()["items"]] == ["ji-jiu", "hu-li"]


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"provider": "wechat"}, "class"),
        ({"class": "ji-jiu", "classes": ["ji-jiu"], "provider": "wechat"}, "class"),
        ({"class": "ji-jiu", "provider": "cash"}, "provider"),
        ({"class": "ji-jiu"}, "provider"),
    ],
)
def test_bad_input_names_its_field(sandbox, learner, body, attr):
    shop.paid_class()
    answer = learner.post("orders", **body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr
    assert not Order.objects.exists()


def test_a_free_class_and_a_class_one_is_in_are_not_ordered(sandbox, learner, clock):
    free = shop.paid_class("free", 0)
    answer = learner.post("orders", **{"class": free.slug, "provider": "wechat"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "nothing_to_pay")

    page = shop.paid_class()
    told = learner.post("orders", **{"class": page.slug, "provider": "wechat"}).json()
    shop.phone(shop.payment_of(Order.objects.get()), "pay_without_callback")
    clock.tick(5)
    learner.get(f"orders/{told['no']}")
    answer = learner.post("orders", **{"class": page.slug, "provider": "wechat"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "already_enrolled")
    assert Order.objects.count() == 1


def test_an_unknown_class_is_404(sandbox, learner):
    assert learner.post("orders", **{"class": "none", "provider": "wechat"}).status_code == 404


def test_a_visitor_and_another_role_order_nothing(sandbox, client, clock, transactional_db):
    page = shop.paid_class()
    body = {"class": page.slug, "provider": "wechat"}
    assert client.post("/api/v1/orders", body, content_type="application/json").status_code == 401
    answer = Learner(people.administrator(), clock).post("orders", **body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "not_a_learner")
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"starts_on": TODAY + timedelta(days=1)}, "not_open"),
        ({"ends_on": TODAY - timedelta(days=1)}, "not_open"),
        ({"regions": ["120300"]}, "wrong_region"),
    ],
)
def test_what_could_not_be_studied_is_not_sold(sandbox, learner, terms, code):
    people.region("临河区", "120300")
    page = shop.paid_class(**terms)
    answer = learner.post("orders", **{"class": page.slug, "provider": "wechat"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, code)
    assert not Order.objects.exists()


def test_of_several_one_that_is_refused_stops_all(sandbox, learner):
    pages = [shop.paid_class(), shop.paid_class("free", 0)]
    answer = learner.post("orders", classes=[page.slug for page in pages], provider="wechat")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "nothing_to_pay")
    assert "班级 free" in answer.json()["errors"][0]["detail"]
    assert not Order.objects.exists()


def test_a_provider_that_does_not_answer_is_said_and_the_order_can_be_paid_later(sandbox, learner, settings):
    body = {"class": shop.paid_class().slug, "provider": "wechat"}
    gateway, settings.WECHAT_GATEWAY = settings.WECHAT_GATEWAY, "http://127.0.0.1:9"
    answer = learner.post("orders", **body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (503, "provider_unavailable")
    settings.WECHAT_GATEWAY = gateway
    again = learner.post("orders", **body)
    assert (again.status_code, again.json()["status"]) == (200, "open")
    assert Order.objects.count() == 1


def test_a_provider_that_is_not_set_up_is_not_on_offer(learner):
    answer = learner.post("orders", **{"class": shop.paid_class().slug, "provider": "wechat"})
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "provider")
    assert not Order.objects.exists()


def test_enrolling_still_says_that_it_costs(sandbox, learner):
    answer = learner.enrols(shop.paid_class())
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (402, "payment_required")
    assert not Enrolment.objects.exists()


def test_the_list_holds_ones_own_orders_the_latest_first(sandbox, learner, clock):
    shop.ordered(people.stranger(), shop.paid_class())
    orders = [shop.ordered(learner.user, shop.paid_class(f"ban-{number}")) for number in range(3)]
    told = learner.get("orders").json()
    assert (told["count"], told["next"], told["previous"]) == (3, None, None)
    assert [row["no"] for row in told["results"]] == [order.no for order in reversed(orders)]


def test_the_list_takes_as_many_queries_for_ten_as_for_one(sandbox, learner, queries_of):
    shop.ordered(learner.user, shop.paid_class())
    few = queries_of(lambda: learner.get("orders"))
    for number in range(9):
        shop.ordered(learner.user, shop.paid_class(f"ban-{number}"))
    assert queries_of(lambda: learner.get("orders")) == few
