"""Catalogue, class page, 学习 and the years in a real browser: they work, and axe-core finds no serious fault."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from core import clock
from registry.hours.services import credit
from tests.browser.waiting import follow, serious_faults
from tests.cms import factories as content
from tests.identity import factories as people
from tests.web.pages import browser, enrols, has_watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def learner(transactional_db: None) -> Any:
    content.set_up_site()
    return people.learner()


@pytest.fixture(params=["page", "phone"])
def screen(request: pytest.FixtureRequest, transactional_db: None) -> Any:
    """A browser page at 1280, then one at 390 pixels."""
    return request.getfixturevalue(request.param)


def log_in(screen: Any, user: Any, base: str) -> None:
    name = settings.SESSION_COOKIE_NAME
    screen.context.add_cookies([{"name": name, "value": browser(user).cookies[name].value, "url": base}])


def test_filters_search_and_chips_swap_the_list_and_the_address(screen: Any, learner: Any) -> None:
    content.class_page("a", title="急诊急救")
    content.class_page("b", title="医院感染防控", price_fen=240)
    screen.goto("/catalogue/")
    screen.evaluate("window.same = true")

    screen.get_by_label("价格").select_option("1")
    screen.wait_for_url("**/catalogue/?free=1")
    screen.locator("[data-found]", has_text="共 1 个班级").wait_for(state="attached")
    screen.locator("#words").fill("急诊")
    screen.locator("#words").press("Enter")
    screen.get_by_role("link", name="去掉：含“急诊”").wait_for()
    screen.get_by_role("link", name="去掉：免费").click()
    screen.wait_for_url(lambda address: "free" not in address)

    expect(screen.get_by_role("link", name="去掉：免费")).to_have_count(0)
    expect(screen.locator(".xs-class h3")).to_have_text(["急诊急救"])
    expect(screen.locator("#words")).to_have_value("急诊")
    assert screen.evaluate("window.same")
    screen.go_back()
    screen.get_by_role("link", name="去掉：免费").wait_for()
    assert screen.evaluate("sessionStorage.getItem('htmx-history-cache')") is None


def test_a_specialty_opens_from_the_list(screen: Any, learner: Any) -> None:
    content.class_page("a", title="合同审查", specialty="law")
    screen.goto("/catalogue/?subject=professional")
    fold = screen.get_by_role("button", name="按专业选")
    if fold.is_visible():
        fold.click()

    screen.get_by_role("link", name="律师").click()

    screen.get_by_role("heading", name="律师", exact=True).wait_for()
    expect(screen).to_have_title(re.compile("^律师"))
    expect(screen.locator(".xs-class h3")).to_have_text(["合同审查"])


def test_one_click_enrols(screen: Any, learner: Any, live_server: Any) -> None:
    content.class_page("a", title="急诊急救")
    log_in(screen, learner, live_server.url)
    screen.goto("/classes/a/")

    follow(screen.get_by_role("button", name="免费报名").locator("visible=true"))

    screen.get_by_text("报名成功").wait_for()
    expect(screen.get_by_role("link", name="开始学习").locator("visible=true")).to_be_visible()


def test_my_classes_are_filtered_in_place(screen: Any, learner: Any, live_server: Any) -> None:
    enrols(learner, content.class_page("a", title="急诊急救"))
    enrols(learner, content.class_page("b", title="人工智能", subject="public"))
    log_in(screen, learner, live_server.url)
    screen.goto("/learn/")

    screen.locator(".xs-segment").get_by_text("公需").click()

    screen.wait_for_url("**/learn/?subject=public")
    expect(screen.locator("[aria-labelledby=studying] li")).to_have_count(1)
    expect(screen.locator("[aria-labelledby=studying] h3")).to_have_text(["人工智能"])


def test_no_page_has_a_serious_fault_or_is_wider_than_the_screen(screen: Any, learner: Any, live_server: Any) -> None:
    lessons = [content.lesson(is_preview=True, quizzes=[content.quiz()]), content.lesson("第二讲")]
    enrolment = enrols(learner, content.class_page("a", [content.course(lessons=lessons)], introduction="<p>介绍</p>"))
    has_watched(enrolment, 1, then_ms=20_000)
    has_watched(enrols(learner, content.class_page("b", subject="public")), 1)
    content.class_page("c", price_fen=240, original_price_fen=480)
    now = clock.now()
    credit(
        user_id=learner.pk,
        subject="professional",
        hours=Decimal("2.5"),
        title="以前学的",
        source_kind="course",
        source_key="x",
        year=now.year - 1,
        now=now,
    )
    year = now.year
    addresses = ["/catalogue/", "/catalogue/health/?q=没有&free=1", "/classes/a/", "/classes/c/"]
    own = ["/learn/", f"/learn/{enrolment.pk}/", "/me/years/", f"/me/years/{year}/", f"/me/years/{year - 5}/"]

    faults = {}
    for address in addresses:
        faults[f"visitor {address}"] = _faults_at(screen, address)
    log_in(screen, learner, live_server.url)
    for address in addresses + own:
        faults[f"learner {address}"] = _faults_at(screen, address)

    assert {address: found for address, found in faults.items() if found} == {}


def _faults_at(screen: Any, address: str) -> list[str]:
    screen.goto(address)
    too_wide = screen.evaluate("document.documentElement.scrollWidth > innerWidth")
    return serious_faults(screen) + (["too wide"] if too_wide else [])
