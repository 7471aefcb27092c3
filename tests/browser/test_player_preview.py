"""Anybody watches the first three minutes of a preview lesson, then is invited (L5)."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.stage import class_of  # noqa: F401
from tests.browser.waiting import serious_faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_visitor_tries_a_lesson_until_three_minutes(page: Any, class_of: Any) -> None:  # noqa: F811
    class_page, (lesson,) = class_of(200, previews=True)
    statuses = []
    page.on("response", lambda response: statuses.append((response.url, response.status)))
    page.goto(f"/classes/{class_page.slug}/preview/{lesson.pk}/")
    page.get_by_role("button", name="开始播放").click()
    page.wait_for_function("() => document.querySelector('video').currentTime > 1")
    expect(page.get_by_text("03:00").first).to_be_visible()
    assert serious_faults(page) == []

    page.keyboard.press("End")
    page.get_by_role("heading", name="试看到这里结束").wait_for(timeout=20_000)
    assert page.evaluate("document.querySelector('video').currentTime") <= 180.5
    assert serious_faults(page) == []
    login = page.get_by_role("link", name="已有账号，登录")
    assert login.get_attribute("href") == f"/login/?next=/classes/{class_page.slug}/"
    assert {status for url, status in statuses if "/keys/" in url} == {200}


def test_a_trial_on_a_phone(phone: Any, class_of: Any) -> None:  # noqa: F811
    class_page, (lesson,) = class_of(6, previews=True)
    phone.goto(f"/classes/{class_page.slug}/preview/{lesson.pk}/")
    phone.get_by_role("button", name="开始播放").click()
    phone.get_by_role("heading", name="试看到这里结束").wait_for(timeout=20_000)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious_faults(phone) == []
