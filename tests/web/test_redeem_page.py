"""用学习码: a learner types the code his unit bought (F4)."""

from typing import Any

import pytest

from learning.models import Enrolment
from payments.services import send_codes
from tests.cms import factories as content
from tests.identity import factories as people
from tests.payments import shop, units
from tests.web.pages import browser, read, words

pytestmark = pytest.mark.django_db(transaction=True)
REDEEM = "/orders/redeem/"


@pytest.fixture
def order(transactional_db: None, clock: Any) -> Any:
    content.set_up_site()
    return units.bought(people.administrator(), shop.paid_class())


def test_a_code_opens_the_class(order: Any) -> None:
    answer = browser(people.learner()).post(REDEEM, {"code": units.code(order)})
    assert answer.headers["Location"] == f"/learn/{Enrolment.objects.get().pk}/"
    units.check(order)


@pytest.mark.parametrize(("code", "said"), [("", "写上学习码"), ("NOSUCHCODE22", "学习码不对")])
def test_what_is_no_code_is_said_at_the_field(order: Any, code: str, said: str) -> None:
    answer = browser(people.learner()).post(REDEEM, {"code": code})
    assert said in answer.content.decode()
    assert not Enrolment.objects.exists()


def test_a_code_of_another_unit_opens_nothing(order: Any) -> None:
    answer = browser(people.stranger()).post(REDEEM, {"code": units.code(order)})
    assert "学习码不对" in answer.content.decode()
    assert not Enrolment.objects.exists()


def test_who_was_sent_a_code_neednt_type_it(order: Any, clock: Any) -> None:
    learner, code = people.learner(), units.code(order)
    send_codes(actor=units.office(order.user), order_no=order.no, user_ids=[learner.pk], now=clock.now())

    message = read(browser(learner), "/me/messages/").select_one(".xs-inbox a")["href"]
    opened = read(browser(learner), browser(learner).get(message).headers["Location"])

    assert opened.find("input", {"name": "code"})["value"] == code


def test_the_page_says_what_to_type(order: Any) -> None:
    assert "12位字母和数字" in words(read(browser(people.learner()), REDEEM))


def test_only_a_learner_has_this_page(order: Any, client: Any) -> None:
    assert client.get(REDEEM).headers["Location"].startswith("/login/")
    assert browser(order.user).get(REDEEM).status_code == 403
