"""The whole walk: portal → login → catalogue → class → enrol → watch → quiz → hours in the year, at both widths.

What it leaves in database and logs names no ID number, mobile or password (security.md).
"""

import logging
from datetime import date
from typing import Any

import pytest
from captcha.models import CaptchaStore
from playwright.sync_api import expect

from registry.hours.models import HourEntry
from tests.browser.stage import SINGLE, class_of, last_word_arrives, quick_beats  # noqa: F401
from tests.browser.waiting import follow, serious_faults
from tests.identity import factories as people
from tests.support.dump import dump

MOBILE = "13900001234"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def log_in(page: Any, user: Any) -> None:
    """Type what a person types; the captcha's answer is read where only the server can."""
    page.goto("/login/")
    page.get_by_label("证件号码", exact=True).fill(f" {user.id_number.lower()} ")
    page.get_by_label("密码", exact=True).fill(people.PASSWORD)
    page.get_by_label("验证码", exact=True).fill(CaptchaStore.objects.latest("pk").response)
    follow(page.get_by_role("main").get_by_role("button", name="登录", exact=True))
    page.wait_for_url("**/learn/")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_learner_walks_from_the_door_to_the_hours(
    open_page: Any,
    class_of: Any,  # noqa: F811
    quick_beats: None,  # noqa: F811
    width: int,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    class_page, _lessons = class_of((6, [("0:03", [SINGLE])]), 6)
    user = people.learner(mobile=MOBILE)
    page = open_page(width=width, height=844, is_mobile=width < 500, has_touch=width < 500)

    log_in(page, user)
    page.goto("/catalogue/?subject=public")
    follow(page.get_by_role("link", name=class_page.title).first)
    follow(page.get_by_role("button", name="免费报名").locator("visible=true").first)
    follow(page.get_by_role("link", name="开始学习").locator("visible=true").first)

    page.get_by_role("dialog").wait_for(timeout=30_000)
    began = page.evaluate("document.querySelector('video').currentTime")
    assert began > 2.5, "the picture moved"
    page.get_by_label("100–120 次", exact=True).check()
    page.get_by_role("button", name="提交答案").click()
    page.get_by_role("button", name="继续播放").click()
    page.get_by_text("12 学时已记入你的年度完成情况。").wait_for(timeout=60_000)
    assert serious_faults(page) == []

    follow(page.get_by_role("link", name="查看年度完成情况"))
    page.wait_for_url("**/me/years/**")
    page.goto(f"/me/years/{date.today().year}/")
    expect(page.get_by_text(class_page.title).first).to_be_visible()
    assert serious_faults(page) == []
    assert HourEntry.objects.get(user=user).recognised == 12
    last_word_arrives(page, user)

    said = capsys.readouterr()
    written = dump() + caplog.text + said.out + said.err
    assert "POST /api/v1/lessons/" in written, "it is the log of this walk"
    for secret in (user.id_number, MOBILE, people.PASSWORD):
        assert secret not in written
