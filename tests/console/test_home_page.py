"""The console's first page: what waits, what below needs a look; who may open it at all."""

from datetime import timedelta

import pytest
from django.test import Client

from registry.approvals.services import raise_overdue
from tests.approvals.factories import applicant, open_noted
from tests.console.conftest import browser_of
from tests.console.test_review_page import text
from tests.identity import factories


def test_what_waits_stands_first(noted, hospital, hanmei):
    open_noted(hospital)

    words = text(hanmei.get("/console/"))

    assert "待你审核 1" in words
    assert "最早一条 03-02 提交" in words


def test_nothing_to_do_is_said(noted, hanmei):
    assert "都审完了" in text(hanmei.get("/console/"))


def test_what_is_overdue_is_red_and_named_at_the_superior(noted, hospital, hanmei, superior, clock):
    open_noted(hospital)
    clock.tick(timedelta(days=3).total_seconds())
    raise_overdue(now=clock.now())

    assert b"data-late" in hanmei.get("/console/").content
    words = text(browser_of(superior).get("/console/"))
    assert "1 条超期" in words
    assert "示例市第一医院 1 件没人审或已超期" in words


def test_the_menu_holds_what_the_role_may(noted, hospital, reviewer, clock):
    clerk = factories.person("科员", 30)
    factories.membership(clerk, "employer", hospital, modules=["title_changes"])

    words = text(browser_of(factories.role(clerk, "employer")).get("/console/"))

    assert "测试事项" in words
    assert "管理员 " not in words.split("首页")[0]
    assert "直属账户管理" not in words


@pytest.mark.parametrize("cases", [1, 20])
def test_it_takes_the_same_queries_whatever_waits(noted, hospital, hanmei, django_assert_max_num_queries, cases):
    for serial in range(1, cases + 1):
        open_noted(hospital, applicant(serial))

    hanmei.get("/console/")
    with django_assert_max_num_queries(12):
        hanmei.get("/console/")


def test_visitors_are_led_to_the_login(db):
    answer = Client().get("/console/")

    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/console/")


def test_a_technician_is_told_to_change_the_role(noted, hospital, clock):
    lilei = browser_of(factories.role(factories.learner(unit=hospital)))

    answer = lilei.get("/console/")

    assert answer.status_code == 403
    assert "需要单位管理员身份" in text(answer)
