"""The pay page and what leads away from it: paid, another provider, given up, too late (F1, X2, X10)."""

from datetime import timedelta
from typing import Any

import pytest

from learning.models import Enrolment
from payments.models import Order
from tests.cms import factories as content
from tests.identity import factories as people
from tests.payments import shop
from tests.web.pages import browser, read, words

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def learner(transactional_db: None, clock: Any) -> Any:
    content.set_up_site()
    return people.learner()


@pytest.fixture
def order(sandbox: Any, learner: Any) -> Order:
    return shop.ordered(learner, shop.paid_class())


def pay(order: Order) -> str:
    return f"/orders/{order.no}/pay/"


def test_it_shows_the_code_the_amount_and_the_end_by_the_servers_clock(learner: Any, order: Order, clock: Any) -> None:
    clock.tick(60)

    page = read(browser(learner), pay(order))

    panel = page.select_one("[data-pay]")
    assert int(panel["data-expires"]) - int(panel["data-now"]) == 29 * 60 * 1000
    assert panel["data-pay"] == f"/api/v1/orders/{order.no}"
    assert page.select_one("[data-code]")["alt"] == "微信支付付款二维码"
    assert page.select_one("[data-veil]").has_attr("hidden")
    assert "¥2.40" in words(panel)


def test_the_payers_phone_is_one_click_away_in_the_demo_alone(learner: Any, order: Order, settings: Any) -> None:
    code_url = shop.payment_of(order).code_url
    assert read(browser(learner), pay(order)).select_one(f'a[href="{code_url}"]')

    settings.DEMO = False

    assert code_url not in browser(learner).get(pay(order)).content.decode()


def test_without_a_script_a_button_asks_the_provider(learner: Any, order: Order) -> None:
    shop.phone(shop.payment_of(order), "pay_without_callback")
    form = read(browser(learner), pay(order)).select_one(f'form[action="/orders/{order.no}/check/"]')

    assert browser(learner).post(form["action"])["Location"] == f"/orders/{order.no}/paid/"
    assert Enrolment.objects.exists()


def test_the_button_says_that_nothing_has_come_yet(learner: Any, order: Order) -> None:
    told = browser(learner).post(f"/orders/{order.no}/check/", follow=True)

    assert "支付平台还没有收到这笔付款" in told.content.decode()
    assert Order.objects.get().state == "open"


def test_a_paid_order_leads_to_learning(sandbox: Any, learner: Any) -> None:
    order = shop.paid(learner, shop.paid_class())

    assert browser(learner).get(pay(order))["Location"] == f"/orders/{order.no}/paid/"
    link = read(browser(learner), f"/orders/{order.no}/paid/").select_one(".btn-primary")
    assert link["href"] == f"/learn/{Enrolment.objects.get().pk}/"
    assert browser(learner).get(link["href"]).status_code == 200


def test_an_order_that_isnt_paid_has_no_paid_page(learner: Any, order: Order) -> None:
    assert browser(learner).get(f"/orders/{order.no}/paid/")["Location"] == pay(order)


def test_an_expired_code_is_veiled_and_renewed_by_a_new_order(learner: Any, order: Order, clock: Any) -> None:
    clock.tick(30 * 60)
    page = read(browser(learner), pay(order))
    assert not page.select_one("[data-veil]").has_attr("hidden")
    form = page.select_one("[data-veil] form")
    fields = {field["name"]: field["value"] for field in form.select("input[name]") if field["name"] != "csrf"}

    new = browser(learner).post(form["action"], fields)["Location"]

    assert new != pay(order)
    assert Order.objects.count() == 2
    assert read(browser(learner), new).select_one("[data-veil]").has_attr("hidden")


def test_the_other_provider_has_a_code_of_its_own(learner: Any, order: Order) -> None:
    before = read(browser(learner), pay(order)).select_one("[data-code]")["src"]

    page = browser(learner).post(f"/orders/{order.no}/pay/code/", {"provider": "alipay"}, follow=True)

    assert "支付宝付款二维码" in page.content.decode()
    assert before not in page.content.decode()
    assert Order.objects.get().provider == "alipay"


def test_the_code_can_be_kept_as_a_picture(learner: Any, order: Order) -> None:
    answer = browser(learner).get(f"/orders/{order.no}/pay/code.png")

    assert (answer["Content-Type"], answer.content[:4]) == ("image/png", b"\x89PNG")
    assert answer["Content-Disposition"].startswith("attachment")


def test_giving_up_is_asked_first_and_then_done(learner: Any, order: Order) -> None:
    address = f"/orders/{order.no}/cancel/"
    assert "取消这张订单吗" in words(read(browser(learner), address))
    assert Order.objects.get().state == "open"

    told = browser(learner).post(address, follow=True)

    assert "订单已取消" in told.content.decode()
    assert Order.objects.get().state == "closed"
    assert browser(learner).get(address)["Location"] == f"/orders/{order.no}/"


def test_of_an_order_given_up_no_code_is_called_expired(learner: Any, order: Order) -> None:
    browser(learner).post(f"/orders/{order.no}/cancel/")

    assert browser(learner).get(f"/orders/{order.no}/pay/")["Location"] == f"/orders/{order.no}/"


def test_who_paid_is_told_what_was_opened(learner: Any, order: Order) -> None:
    shop.phone(shop.payment_of(order), "pay_without_callback")
    browser(learner).post(f"/orders/{order.no}/check/")

    inbox = words(read(browser(learner), "/me/messages/").select_one(".xs-inbox li"))
    assert "付款成功：¥2.40" in inbox
    assert "“班级ji-jiu”已开通。" in inbox


def test_giving_up_what_was_just_paid_leads_to_learning(learner: Any, order: Order) -> None:
    shop.phone(shop.payment_of(order), "pay_without_callback")

    assert browser(learner).post(f"/orders/{order.no}/cancel/")["Location"] == f"/orders/{order.no}/paid/"
    assert Order.objects.get().state == "paid"


def test_money_after_closing_is_found_by_the_button_of_the_orders_page(learner: Any, order: Order, clock: Any) -> None:
    browser(learner).post(f"/orders/{order.no}/cancel/")
    shop.phone(shop.payment_of(order), "pay_late")
    clock.tick(5)
    form = read(browser(learner), f"/orders/{order.no}/").select_one(f'form[action="/orders/{order.no}/check/"]')

    browser(learner).post(form["action"])

    assert Order.objects.get().state == "paid"
    assert Enrolment.objects.exists()


def test_of_a_class_that_couldnt_be_opened_the_money_goes_back(
    sandbox: Any, learner: Any, order: Order, clock: Any
) -> None:
    browser(learner).post(f"/orders/{order.no}/cancel/")
    shop.paid_class(ends_on=clock.now().date() - timedelta(days=1))
    shop.phone(shop.payment_of(order), "pay_late")
    clock.tick(5)

    browser(learner).post(f"/orders/{order.no}/check/")

    page = read(browser(learner), f"/orders/{order.no}/paid/")
    assert "款项已到账" in words(page)
    assert "这部分款项会自动原路退回" in words(page)
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("tail", ["", "pay/", "pay/code.png", "paid/", "cancel/", "refund/", "invoice/", "invoice.pdf"])
def test_anothers_order_isnt_found(learner: Any, order: Order, tail: str) -> None:
    assert browser(people.stranger()).get(f"/orders/{order.no}/{tail}").status_code == 404


@pytest.mark.parametrize("tail", ["pay/code/", "check/", "cancel/", "refund/", "invoice/"])
def test_anothers_order_isnt_changed(learner: Any, order: Order, tail: str) -> None:
    answer = browser(people.stranger()).post(f"/orders/{order.no}/{tail}", {"provider": "alipay"})

    assert answer.status_code == 404
    assert (Order.objects.get().state, Order.objects.get().provider) == ("open", "wechat")
