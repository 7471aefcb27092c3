"""Enrolling from the class page: one click, or the reason why not (L1, L3)."""

from datetime import timedelta
from typing import Any

import pytest

from learning.models import Enrolment
from tests.cms import factories as content
from tests.identity import factories as people
from tests.support.clock import START
from tests.web.pages import browser, enrols, read, words

pytestmark = pytest.mark.django_db
TODAY = START.date()


@pytest.fixture(autouse=True)
def _today(clock: Any) -> None:
    content.set_up_site()


def acts(user: Any, slug: str = "a") -> list[Any]:
    """The page's act, as it stands beside the price and in the bar of a phone."""
    return read(browser(user), f"/classes/{slug}/").select(".btn-primary:not(header *)")


def test_one_click_enrols_and_the_button_becomes_the_way_to_the_player() -> None:
    user = people.learner()
    content.class_page("a")
    client = browser(user)
    form = read(client, "/classes/a/").find("form", method="post")

    response = client.post(form["action"], follow=True)

    enrolment = Enrolment.objects.get(user=user)
    assert response.redirect_chain == [("/classes/a/", 302)]
    assert "报名成功" in response.content.decode()
    assert [(words(act), act["href"].split("lessons")[0]) for act in acts(user)] == [
        ("开始学习", f"/learn/{enrolment.pk}/")
    ] * 2


def test_a_class_whose_address_is_chinese_is_enrolled_in_like_any_other() -> None:
    user = people.learner()
    content.class_page("急诊-2026")
    client = browser(user)
    form = read(client, "/classes/急诊-2026/").find("form", method="post")

    client.post(form["action"])

    assert Enrolment.objects.filter(user=user).exists()
    assert words(read(client, "/classes/急诊-2026/").select_one(".btn-primary:not(header *)")) == "开始学习"


def test_a_class_whose_address_is_chinese_can_be_tried() -> None:
    content.class_page("急诊-2026", [content.course("一", [content.lesson("一", is_preview=True)])])

    trial = read(browser(), "/classes/急诊-2026/").select_one('a[href*="/preview/"]')

    assert browser().get(trial["href"]).status_code == 200


def test_a_second_click_changes_nothing() -> None:
    user = people.learner()
    content.class_page("a")
    client = browser(user)

    client.post("/classes/a/enrol/")
    again = client.post("/classes/a/enrol/", follow=True)

    assert Enrolment.objects.filter(user=user).count() == 1
    assert "你已经在这个班里了" in again.content.decode()


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ({"starts_on": TODAY + timedelta(days=1)}, "这个班2026-03-03开始，到时再来报名"),
        ({"ends_on": TODAY - timedelta(days=1)}, "这个班已在2026-03-01结束"),
        ({"regions": ["120300"]}, "这个班只对临河区开放，你的单位不在其中"),
        ({"price_fen": 240}, "这个班要付费，本站的在线付费还没有开通。"),
    ],
)
def test_what_stands_in_the_way_is_said_beside_a_button_that_is_off(terms: dict[str, Any], says: str) -> None:
    people.region("临河区", "120300")
    user = people.learner()
    content.class_page("a", **terms)

    page = read(browser(user), "/classes/a/")

    assert [act.has_attr("disabled") for act in acts(user)] == [True, True]
    assert says in words(page.select_one(".xs-actionbar"))
    assert says in words(page.select_one("[aria-labelledby=enrol]"))
    assert not page.find("form", method="post")


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ({"starts_on": TODAY + timedelta(days=1)}, "2026-03-03 开始"),
        ({"ends_on": TODAY - timedelta(days=1)}, "已在 2026-03-01 结束"),
        ({"regions": ["120300"]}, "只对 临河区 开放"),
        ({"price_fen": 240}, "需要付费"),
    ],
)
def test_the_server_refuses_whatever_the_page_showed(terms: dict[str, Any], says: str) -> None:
    people.region("临河区", "120300")
    user = people.learner()
    content.class_page("a", **terms)

    response = browser(user).post("/classes/a/enrol/", follow=True)

    assert says in response.content.decode()
    assert not Enrolment.objects.exists()


def test_an_administrator_is_offered_to_switch() -> None:
    user = people.administrator()
    content.class_page("a")

    assert [(words(act), act["href"]) for act in acts(user)] == [("切换身份", "/role/")] * 2
    response = browser(user).post("/classes/a/enrol/", follow=True)
    assert "学习需要专业技术人员身份" in response.content.decode()
    assert not Enrolment.objects.exists()


def test_a_visitor_logs_in_and_comes_back_to_the_class() -> None:
    content.class_page("a")

    assert [(words(act), act["href"]) for act in acts(None)] == [("登录后报名", "/login/?next=%2Fclasses%2Fa%2F")] * 2
    assert browser().post("/classes/a/enrol/")["Location"] == "/login/?next=/classes/a/"


def test_a_visitor_isnt_sent_to_log_in_for_what_nobody_may_enrol_in() -> None:
    content.class_page("a", price_fen=240)
    content.class_page("b", ends_on=TODAY - timedelta(days=1))

    assert [act.has_attr("disabled") for slug in "ab" for act in acts(None, slug)] == [True] * 4


def test_who_is_in_a_class_that_ended_is_told_so() -> None:
    user = people.learner()
    page = content.class_page("a", ends_on=TODAY)
    enrols(user, page)
    content.class_page("a", ends_on=TODAY - timedelta(days=1))

    assert [act.has_attr("disabled") for act in acts(user)] == [True, True]
    assert "这个班已在2026-03-01结束" in words(read(browser(user), "/classes/a/").select_one(".xs-actionbar"))


def test_only_a_post_with_its_token_enrols() -> None:
    from django.test import Client

    user = people.learner()
    content.class_page("a")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="identity.backends.LoginKeyBackend")

    assert client.get("/classes/a/enrol/").status_code == 405
    assert client.post("/classes/a/enrol/").status_code == 403
    assert not Enrolment.objects.exists()


def test_an_unknown_class_is_unknown() -> None:
    assert browser(people.learner()).post("/classes/no-such/enrol/").status_code == 404
