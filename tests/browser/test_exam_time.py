"""The time of an exam is the server's: whatever the client's clock says, and whoever is there when it is over."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from core import clock
from exams.models import Attempt
from exams.services import grant_extra_time
from exams.tasks import close_overdue
from tests.browser.exam_stage import any_sitter, exam_in, phone_sitter, ready, sitter  # noqa: F401
from tests.support.clock import SHANGHAI

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def left(page: Any) -> int:
    """Seconds that the page says are left."""
    text = page.locator("[data-clock]:visible").inner_text()
    seconds = 0
    for part in text.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds


def paper(he: Any) -> str:
    return f"/learn/exams/attempts/{he.attempt.public_id}/"


@pytest.mark.parametrize("hours", [-7, 5])
def test_a_client_clock_that_is_hours_wrong_doesnt_matter(sitter: Any, hours: int) -> None:  # noqa: F811
    page = sitter.page
    page.clock.set_fixed_time(clock.now() + timedelta(hours=hours))
    course = exam_in(sitter, minutes=30)

    sitter.begins(course)

    assert 29 * 60 < left(page) <= 30 * 60
    page.get_by_role("radio").locator("visible=true").first.check()
    expect(page.get_by_text(re.compile("^已自动保存"))).to_be_visible()
    told = page.get_by_text(re.compile("^已自动保存")).inner_text()[-5:]
    now = clock.now().astimezone(SHANGHAI)
    assert told in {f"{now - timedelta(minutes=back):%H:%M}" for back in (0, 1)}, "the server's time of day"
    assert 28 * 60 < left(page) <= 30 * 60
    sitter.has_left(3)
    page.reload()
    page.wait_for_url("**/result/")
    assert sitter.attempt.closed_by == "deadline"


def test_the_countdown_goes_on_and_warns_in_colour_and_words(any_sitter: Any) -> None:  # noqa: F811
    he, page = any_sitter, any_sitter.page
    he.begins(exam_in(he, minutes=30))
    face = page.locator("[data-clock]:visible")
    expect(face).not_to_have_attribute("data-left", re.compile("."))

    he.has_left(602)
    page.goto(paper(he))
    ready(page)
    expect(face).not_to_have_attribute("data-left", re.compile("."))
    expect(face).to_have_attribute("data-left", "short")
    expect(page.locator("[data-spoken]")).to_have_text("还剩 10 分钟")

    he.has_left(122)
    page.reload()
    ready(page)
    expect(page.locator("[data-spoken]")).to_have_text("还剩 2 分钟")
    expect(face).to_have_attribute("data-left", "last")
    said = page.locator("[data-spoken]").inner_text()
    before = left(page)
    page.wait_for_function("before => document.querySelector('[data-clock]').textContent !== before", arg=_face(before))
    assert page.locator("[data-spoken]").inner_text() == said, "nothing is spoken between milestones"


def _face(seconds: int) -> str:
    return f"{seconds // 60:02d}:{seconds % 60:02d}"


def test_when_nobody_acts_it_is_handed_in_and_the_result_is_there(any_sitter: Any) -> None:  # noqa: F811
    he, page = any_sitter, any_sitter.page
    he.begins(exam_in(he))
    right = he.right
    he.answers_all({name: right[name] for name in list(right)[:3]})
    he.waits_until_kept({name: right[name] for name in list(right)[:3]})
    he.has_left(4)
    page.reload()
    ready(page)

    page.wait_for_url("**/result/")

    expect(page.get_by_role("heading", name="考试通过，这个班学完了")).to_be_visible()
    expect(page.get_by_text("时间到自动交的卷")).to_be_visible()
    assert (he.attempt.closed_by, he.attempt.right) == ("deadline", 3)
    assert he.attempt.closed_at == he.attempt.deadline_at


def test_when_he_is_away_it_is_handed_in_and_told(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    sitter.begins(exam_in(sitter))
    right = sitter.right
    sitter.answers_all(right)
    sitter.waits_until_kept(right)
    page.goto("about:blank")
    sitter.has_left(-1)

    close_overdue()

    assert (sitter.attempt.state, sitter.attempt.closed_by, sitter.attempt.passed) == ("finished", "deadline", True)
    page.goto("/me/messages/")
    expect(page.get_by_text("考试时间到，已自动交卷：通过，答对 5/5").first).to_be_visible()
    page.goto("/learn/exams/")
    expect(page.get_by_role("heading", name="已通过")).to_be_visible()


def test_more_time_reaches_the_open_paper(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    sitter.begins(exam_in(sitter, minutes=30))
    assert left(page) <= 30 * 60

    grant_extra_time(user_id=sitter.user.pk, percent=50, reason="视力", actor_id=1, acting_as="staff", now=clock.now())
    page.get_by_role("radio").locator("visible=true").first.check()

    page.wait_for_function("() => document.querySelector('.xs-timer').textContent > '40:00'")
    assert 44 * 60 < left(page) <= 45 * 60


def test_time_given_in_the_last_moment_lets_him_go_on(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    sitter.begins(exam_in(sitter, minutes=30))
    sitter.has_left(4)
    page.reload()
    ready(page)
    sitter.has_left(600)  # the page hasn't heard of it

    page.wait_for_function("() => document.querySelector('.xs-timer').textContent.startsWith('09:')")
    expect(page.get_by_text("时间到，正在交卷")).to_be_hidden()
    page.get_by_role("radio").locator("visible=true").first.check()
    expect(page.get_by_text(re.compile("^已自动保存"))).to_be_visible()
    assert sitter.attempt.state == "open"


def test_a_machine_that_slept_asks_the_server(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    course = exam_in(sitter, minutes=30)
    sitter.begins(course)
    sitter.has_left(100)
    assert left(page) > 29 * 60, "nothing has told the page yet"

    # The wall clock jumps as it does after a sleep; the one that counts has stood still.
    page.evaluate("{ const now = Date.now; Date.now = () => now() + 1_700_000; }")

    expect(page.locator("[data-clock]:visible")).to_have_attribute("data-left", "last")
    assert Attempt.objects.get().state == "open"
