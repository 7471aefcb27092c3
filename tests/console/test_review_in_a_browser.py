"""Reviewing in a real browser: the keyboard alone, decisions that can be taken back, on a phone too."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from core import clock
from registry.approvals.models import Case
from tests.approvals.factories import applicant, noted_kind, open_noted
from tests.browser.waiting import follow, listed, serious_faults
from tests.console.conftest import browser_of
from tests.identity import factories
from tests.people.factories import registered
from tests.units.factories import tree

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

QUEUE = "/console/reviews/technician_registration/"
CHANGES = "/console/reviews/noted/"


@pytest.fixture
def hanmei(transactional_db: None) -> Any:
    units = tree()
    return factories.role(factories.administrator(unit=units.employer), "employer")


@pytest.fixture
def cases(hanmei: Any) -> list[Case]:
    """Three registrations: the first one odd, its applicant gave a level above his qualification."""
    return [
        registered(1, name="吴佳宁", title_level="1"),
        registered(3, name="林晓雯"),
        registered(5, name="赵启明"),
    ]


def enter(screen: Any, role: Any, base: str) -> None:
    name = settings.SESSION_COOKIE_NAME
    value = browser_of(role).cookies[name].value
    screen.context.add_cookies([{"name": name, "value": value, "url": base}])


@pytest.fixture(params=["page", "phone"])
def screen(request: pytest.FixtureRequest, hanmei: Any, live_server: Any) -> Any:
    found = request.getfixturevalue(request.param)
    enter(found, hanmei, live_server.url)
    return found


@pytest.fixture
def desk(page: Any, hanmei: Any, live_server: Any) -> Any:
    enter(page, hanmei, live_server.url)
    return page


def state(case: Case) -> str:
    return Case.objects.values_list("state", flat=True).get(pk=case.pk)


def row(page: Any, case: Case) -> Any:
    return page.locator(f"[data-case='{case.pk}']")


def says(page: Any, words: str) -> None:
    """The bar with the way back stands there and says this."""
    page.locator("[data-said]", has_text=words).wait_for()


def sent(page: Any) -> Any:
    """Waits for the decision's answer."""
    return page.expect_response(lambda answer: answer.url.endswith("/decide/"))


def leave(page: Any, *decided: Case, queue: str = QUEUE) -> None:
    """Leaving sends what waits, after the page is gone: the done list has it as soon as the server has."""
    listed(lambda: page.goto(f"{queue}?state=done"), *(row(page, case) for case in decided))


def test_the_odd_one_stands_first_and_is_not_chosen_beforehand(screen: Any, cases: list[Case]) -> None:
    screen.goto(QUEUE)

    expect(screen.locator("[data-case] [data-open]")).to_have_text(["吴佳宁", "林晓雯", "赵启明"])
    assert [row(screen, case).locator("input").is_checked() for case in cases] == [False, True, True]
    assert serious_faults(screen) == []


def test_the_keyboard_alone_passes_one_and_takes_it_back(desk: Any, cases: list[Case]) -> None:
    desk.goto(QUEUE)
    desk.get_by_role("button", name="清除").click()
    desk.keyboard.press("j")
    desk.get_by_text("现专业技术职务资格").wait_for()
    desk.keyboard.press("a")
    says(desk, "已通过 1 条")
    expect(row(desk, cases[0])).to_be_hidden()

    desk.keyboard.press("z")

    expect(row(desk, cases[0])).to_be_visible()
    expect(desk.locator("[data-takeback]")).to_be_hidden()
    desk.goto("/console/")
    assert state(cases[0]) == "open"


def test_an_odd_one_that_is_open_is_passed_alone_and_chosen_ones_together(desk: Any, cases: list[Case]) -> None:
    desk.goto(QUEUE)
    desk.keyboard.press("j")
    desk.keyboard.press("a")
    says(desk, "已通过 1 条")

    desk.keyboard.press("a")
    says(desk, "已通过 2 条")
    desk.keyboard.press("z")

    leave(desk, cases[0])
    assert [state(case) for case in cases] == ["passed", "open", "open"]


def test_leaving_the_page_sends_what_waits(desk: Any, cases: list[Case]) -> None:
    desk.goto(QUEUE)
    desk.get_by_role("button", name="清除").click()
    desk.keyboard.press("j")
    desk.keyboard.press("a")

    leave(desk, cases[0])

    assert [state(case) for case in cases] == ["passed", "open", "open"]


def test_the_next_decision_sends_the_one_before(desk: Any, cases: list[Case]) -> None:
    desk.goto(QUEUE)
    desk.get_by_role("button", name="清除").click()
    desk.keyboard.press("j")
    desk.keyboard.press("a")
    with sent(desk):
        desk.keyboard.press("a")

    assert state(cases[0]) == "passed"
    assert state(cases[1]) == "open"


def test_after_ten_seconds_it_is_sent_by_itself(desk: Any, cases: list[Case]) -> None:
    desk.clock.install()
    desk.goto(QUEUE)
    desk.clock.pause_at(clock.now() + timedelta(minutes=1))  # else a slow machine's own seconds count as well
    desk.get_by_role("button", name="通过 2 人").click()
    desk.clock.run_for(9_000)
    assert [state(case) for case in cases] == ["open", "open", "open"]

    with sent(desk):
        desk.clock.run_for(1_500)

    assert [state(case) for case in cases] == ["open", "passed", "passed"]


def test_who_was_logged_out_meanwhile_is_told_and_nothing_is_lost(desk: Any, cases: list[Case]) -> None:
    desk.goto(QUEUE)
    desk.get_by_role("button", name="清除").click()
    desk.keyboard.press("j")
    desk.keyboard.press("a")
    desk.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    with sent(desk):
        desk.keyboard.press("a")

    row(desk, cases[0]).get_by_text("请重新登录").wait_for()
    assert state(cases[0]) == "open"


def test_who_turns_the_keys_off_decides_nothing_by_them(desk: Any, cases: list[Case]) -> None:
    desk.goto(QUEUE)
    desk.get_by_role("button", name="全部快捷键").click()
    desk.get_by_role("switch", name="用这些单键快捷键").uncheck()
    desk.get_by_role("button", name="关闭").click()
    desk.get_by_role("dialog").wait_for(state="hidden")

    desk.reload()
    desk.keyboard.press("a")

    assert desk.locator("[data-takeback]").is_hidden()
    expect(desk.get_by_role("button", name="通过 2 人")).to_be_visible()


def test_rejecting_by_keyboard_asks_for_a_reason(desk: Any, cases: list[Case]) -> None:
    desk.goto(QUEUE)
    desk.get_by_role("button", name="清除").click()
    desk.keyboard.press("j")
    desk.keyboard.press("r")
    dialog = desk.get_by_role("dialog", name="退回 1 条")
    dialog.wait_for()
    dialog.get_by_role("button", name="退回", exact=True).click()
    expect(dialog.get_by_text("退回要写明原因")).to_be_visible()

    dialog.get_by_role("button", name="不是本单位的人员").click()
    dialog.get_by_role("button", name="退回", exact=True).click()
    says(desk, "已退回 1 条")
    leave(desk, cases[0])

    assert state(cases[0]) == "rejected"
    assert Case.objects.get(pk=cases[0].pk).steps.get().opinion == "不是本单位的人员"


def test_the_chosen_ones_are_passed_together(screen: Any, cases: list[Case]) -> None:
    screen.goto(QUEUE)

    screen.get_by_role("button", name="通过 2 人").click()
    says(screen, "已通过 2 条")
    leave(screen, *cases[1:])

    assert [state(case) for case in cases] == ["open", "passed", "passed"]


def test_what_somebody_else_decided_comes_back_with_the_words(desk: Any, cases: list[Case]) -> None:
    desk.goto(QUEUE)
    desk.get_by_role("button", name="清除").click()
    desk.keyboard.press("j")
    desk.keyboard.press("a")
    Case.objects.filter(pk=cases[0].pk).get().steps.update(
        state="passed", reviewer_id=cases[1].applicant_id, decided_at=cases[0].opened_at
    )

    with sent(desk):
        desk.keyboard.press("a")

    row(desk, cases[0]).get_by_text("这一条已经有人审过了").wait_for()
    expect(row(desk, cases[0])).to_be_visible()
    assert state(cases[0]) == "open"


def test_a_case_opens_and_is_decided_on_its_own_page(screen: Any, cases: list[Case]) -> None:
    screen.goto(f"/console/cases/{cases[0].pk}/")
    expect(screen.get_by_text("职称级别高于现任资格")).to_be_visible()
    assert serious_faults(screen) == []

    screen.locator("#case").get_by_role("button", name="通过", exact=True).click()
    says(screen, "已通过 1 条")
    leave(screen, cases[0])

    assert state(cases[0]) == "passed"


@pytest.fixture
def changes(hanmei: Any) -> list[Case]:
    """Three cases of a kind that is reviewed one by one, with what changes."""
    noted_kind()
    unit = tree().employer
    return [open_noted(unit, applicant(serial)) for serial in (1, 2, 3)]


def shown(page: Any, case: Case) -> None:
    """Waits until this case stands there."""
    page.locator(f"[data-open-case='{case.pk}']").wait_for()


def test_beside_the_list_stands_the_case_that_was_chosen_last(desk: Any, changes: list[Case]) -> None:
    desk.goto(CHANGES)
    shown(desk, changes[0])

    held = []
    desk.route(f"**/cases/{changes[1].pk}/**", lambda route: held.append(route))
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    shown(desk, changes[2])
    with desk.expect_event("requestfinished", lambda request: f"/cases/{changes[1].pk}/" in request.url):
        held[0].continue_()

    assert serious_faults(desk) == []
    expect(desk.locator("[data-open-case]")).to_have_attribute("data-open-case", str(changes[2].pk))


def test_what_is_not_read_yet_is_not_decided(desk: Any, changes: list[Case]) -> None:
    desk.goto(CHANGES)
    shown(desk, changes[0])
    desk.route(f"**/cases/{changes[1].pk}/**", lambda route: None)

    desk.keyboard.press("j")
    desk.locator("#case[aria-busy] .xs-skeleton").first.wait_for()
    desk.keyboard.press("a")

    assert desk.locator("[data-takeback]").is_hidden()


def test_a_case_that_cannot_be_read_says_so(desk: Any, changes: list[Case]) -> None:
    desk.goto(CHANGES)
    shown(desk, changes[0])
    desk.route(f"**/cases/{changes[1].pk}/**", lambda route: route.abort())

    desk.keyboard.press("j")

    desk.get_by_text("没有读到这一条").wait_for()
    page_of_its_own = desk.get_by_role("link", name="打开它的页面")
    expect(page_of_its_own).to_have_attribute("href", f"/console/cases/{changes[1].pk}/")
    desk.complaints.clear()


def test_on_its_own_page_the_next_case_follows_until_all_are_done(screen: Any, changes: list[Case]) -> None:
    screen.goto(f"/console/cases/{changes[0].pk}/")
    for now, after in pairwise(changes):
        shown(screen, now)
        screen.locator("#case").get_by_role("button", name="通过", exact=True).click()
        shown(screen, after)
        screen.wait_for_url(f"**/console/cases/{after.pk}/")
    assert serious_faults(screen) == []
    screen.locator("#case").get_by_role("button", name="通过", exact=True).click()
    says(screen, "已通过 1 条")
    leave(screen, *changes, queue=CHANGES)

    assert [state(case) for case in changes] == ["passed"] * 3


def test_on_a_phone_list_and_case_are_two_views(phone: Any, hanmei: Any, changes: list[Case], live_server: Any) -> None:
    enter(phone, hanmei, live_server.url)
    phone.goto(CHANGES)
    expect(phone.locator("#case")).to_be_hidden()

    follow(row(phone, changes[1]).get_by_role("link"))
    shown(phone, changes[1])
    expect(phone.locator(".xs-queue")).to_be_hidden()

    follow(phone.get_by_role("link", name="待审核 3 条"))
    row(phone, changes[0]).wait_for()


def test_the_first_page_and_the_units_pages_have_no_serious_fault(screen: Any, cases: list[Case]) -> None:
    for address in ("/console/", "/console/deputies/", "/console/unit/", "/console/unit/departments/add/"):
        screen.goto(address)
        assert serious_faults(screen) == [], address


def test_the_superior_is_picked_in_the_dialog(desk: Any, hanmei: Any) -> None:
    desk.goto("/console/unit/parent/")
    desk.get_by_role("button", name="选择新的上级").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_role("combobox").fill("临河")
    dialog.get_by_role("option", name="临河区人社局").click()

    follow(desk.get_by_role("button", name="提交审核"))

    desk.get_by_text("原上级和新上级都同意后才更换").first.wait_for()
    assert Case.objects.get(kind="parent_change").steps.count() == 2
