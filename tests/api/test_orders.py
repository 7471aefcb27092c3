"""POST orders, GET orders: the price is the server's, one open order a class (L4, contract.md)."""

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


def test_a_paid_order_says_so_when_it_is_read(sandbox, learner, clock):
    page = shop.paid_class()
    told = learner.post("orders", **{"class": page.slug, "provider": "wechat"}).json()
    shop.phone(shop.payment_of(Order.objects.get()), "pay_without_callback")
    clock.tick(5)
    assert learner.get(f"orders/{told['no']}").json()["status"] == "paid"
    assert Enrolment.objects.get().class_page_id == page.pk
    assert learner.get("orders").json()["results"][0]["status"] == "paid"


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


def test_an_order_of_another_is_404(sandbox, learner, clock):
    told = learner.post("orders", **{"class": shop.paid_class().slug, "provider": "wechat"}).json()
    stranger = Learner(people.stranger(), clock)
    assert stranger.get(f"orders/{told['no']}").status_code == 404
    assert stranger.post(f"orders/{told['no']}/cancel").status_code == 404
    assert Order.objects.get().state == "open"


def test_a_cancelled_order_is_closed_and_another_can_be_placed(sandbox, learner):
    page = shop.paid_class()
    told = learner.post("orders", **{"class": page.slug, "provider": "alipay"}).json()
    answer = learner.post(f"orders/{told['no']}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "closed")
    assert learner.post("orders", **{"class": page.slug, "provider": "wechat"}).status_code == 201


def test_the_provider_can_be_changed(sandbox, learner):
    told = learner.post("orders", **{"class": shop.paid_class().slug, "provider": "wechat"}).json()
    answer = learner.post(f"orders/{told['no']}/provider", provider="alipay")
    assert answer.status_code == 200
    assert answer.json()["provider"] == "alipay"
    assert answer.json()["code_url"] != told["code_url"]
