"""Watching to the end in Debian's Chromium: the encrypted video, quizzes, the bar, what follows."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.stage import (  # noqa: F401
    AGREE,
    SEVERAL,
    SINGLE,
    Watcher,
    class_of,
    phone_watcher,
    quick_beats,
    watcher,
)
from tests.browser.waiting import serious_faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_lesson_is_watched_to_its_end_and_the_next_begins_by_itself(watcher: Watcher, class_of: Any) -> None:  # noqa: F811
    page, (first, second) = class_of((12, [("0:04", [SINGLE]), ("", [SEVERAL, AGREE])]), 6)
    watcher.opens(page, first)

    watcher.page.get_by_role("dialog", name="成人胸外按压每分钟多少次？").wait_for(timeout=20_000)
    assert not watcher.is_playing
    assert 3.9 <= watcher.second < 5, "a busy machine stops late, but before the next beat"
    assert serious_faults(watcher.page) == []
    watcher.answers("60–80 次")
    watcher.says("还不对，再想一想")
    watcher.answers("100–120 次")
    watcher.says("100–120 次最有效。")
    watcher.page.get_by_role("button", name="继续播放").click()

    watcher.says("一共 2 道题，都答对就继续")
    watcher.answers("位置", "深度", "错")
    watcher.says("有 1 道还不对，再想一想")
    watcher.answers("对")
    watcher.page.get_by_role("button", name="继续播放").click()

    watcher.says("这一节学完了")
    expect(watcher.page.get_by_text("已学 1 / 2 个视频")).to_be_visible()
    assert serious_faults(watcher.page) == []
    watcher.page.wait_for_url(f"**{watcher.address(second)}")
    watcher.until("!v.paused && v.currentTime > 1")
    watcher.says("这个班学完了")
    watcher.says("12 学时已记入你的年度完成情况。")
    expect(watcher.page.get_by_text("已学 2 / 2 个视频")).to_be_visible()
    expect(watcher.page.get_by_role("link", name="查看年度完成情况")).to_be_visible()
    assert set(watcher.statuses_of("/keys/")) == {200}


def test_the_same_on_a_phone(phone_watcher: Watcher, class_of: Any) -> None:  # noqa: F811
    page, (lesson,) = class_of((6, [("0:03", [SINGLE])]))
    phone_watcher.opens(page, lesson)
    phone_watcher.page.get_by_role("dialog").wait_for(timeout=20_000)
    assert phone_watcher.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious_faults(phone_watcher.page) == []
    phone_watcher.answers("100–120 次")
    phone_watcher.page.get_by_role("button", name="继续播放").click()
    phone_watcher.says("这个班学完了")
    assert serious_faults(phone_watcher.page) == []


def test_a_quiz_holds_the_focus_and_has_no_way_out(watcher: Watcher, class_of: Any) -> None:  # noqa: F811
    page, (lesson,) = class_of((6, [("0:02", [SINGLE])]))
    watcher.opens(page, lesson)
    watcher.page.keyboard.press("f")
    dialog = watcher.page.get_by_role("dialog")
    dialog.wait_for(timeout=20_000)

    assert watcher.page.evaluate("document.activeElement.id") == "quiz-title"
    for key in ("Tab", "Tab", "Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab"):
        watcher.page.keyboard.press(key)
        assert watcher.page.evaluate("!!document.activeElement.closest('.xs-quiz')")
    watcher.page.keyboard.press("k")
    watcher.page.keyboard.press("Escape")
    assert dialog.is_visible()
    assert not watcher.is_playing


def test_looking_back_a_minute_asks_again_at_the_same_place(watcher: Watcher, class_of: Any) -> None:  # noqa: F811
    page, (lesson,) = class_of((6, [("0:02", [SINGLE])]))
    watcher.opens(page, lesson)
    watcher.page.get_by_role("dialog").wait_for(timeout=20_000)
    watcher.answers("越快越好")
    watcher.page.get_by_role("button", name="回看前面 1 分钟").click()
    watcher.until("!v.paused && v.currentTime < 1.5")
    watcher.page.get_by_role("dialog").wait_for(timeout=20_000)


def test_the_bar_stops_at_the_frontier_and_says_so(watcher: Watcher, class_of: Any) -> None:  # noqa: F811
    page, (lesson,) = class_of(12)
    watcher.opens(page, lesson)
    watcher.until("v.currentTime > 3")
    stands_at = watcher.pauses()  # else it plays on to where it may not jump
    bar = watcher.page.get_by_label("播放进度")

    bar.evaluate("(b) => { b.value = 11; b.dispatchEvent(new Event('input')); b.dispatchEvent(new Event('change')); }")
    watcher.says("后面的还没学到，先看到这里")
    assert watcher.second < stands_at + 1
    watcher.page.evaluate("document.querySelector('video').currentTime = 11")
    watcher.until(f"!v.seeking && v.currentTime < {stands_at} + 1")
    bar.focus()
    watcher.page.keyboard.press("Home")
    watcher.until("v.currentTime < 1.5")
    expect(bar).to_have_attribute("aria-valuetext", re.compile(r"^00:0\d，已学到 00:0\d，共 00:12"))
    watcher.page.keyboard.press("k")
    watcher.until("!v.paused")
    watcher.page.evaluate("document.querySelector('video').playbackRate = 8")
    watcher.until("v.playbackRate === 1")
    watcher.says("这个班学完了", seconds=40)
    expect(watcher.page.get_by_text("先回到")).to_have_count(0)


def test_seconds_watched_before_a_jump_back_are_kept(watcher: Watcher, class_of: Any, settings: Any) -> None:  # noqa: F811
    settings.HEARTBEAT_SECONDS = 60
    page, (lesson,) = class_of(12)
    watcher.opens(page, lesson)
    watcher.until("v.currentTime > 5")
    with watcher.page.expect_response(lambda one: one.url.endswith("/heartbeat") and one.json()["position"] < 1):
        watcher.page.keyboard.press("Home")
    assert watcher.frontier(lesson) > 4.5


def test_what_was_watched_to_leave_is_there_on_coming_back(watcher: Watcher, class_of: Any, open_page: Any) -> None:  # noqa: F811
    page, (lesson,) = class_of(12)
    watcher.opens(page, lesson)
    watcher.until("v.currentTime > 4.5")
    seen = int(watcher.second)  # it plays on until the page is gone
    watcher.page.goto("/offline/")
    watcher.page.goto(watcher.address(lesson))
    said = watcher.page.locator(".xs-player").get_by_text(re.compile(r"从 00:\d\d 继续")).first.text_content()
    assert seen <= int(re.search(r"从 00:(\d\d)", said)[1]) < 12
    watcher.until("v.currentTime > 4")


def test_a_lesson_once_done_is_free(watcher: Watcher, class_of: Any) -> None:  # noqa: F811
    page, (lesson,) = class_of(6)
    watcher.opens(page, lesson)
    assert watcher.page.get_by_label("播放速度").is_hidden()
    watcher.says("这个班学完了")
    watcher.page.goto(watcher.address(lesson))
    watcher.page.get_by_label("播放速度").select_option("2")
    watcher.until("v.playbackRate === 2")
    watcher.page.keyboard.press("End")
    watcher.says("再看一遍")


def test_the_class_says_how_fast_one_may_watch(watcher: Watcher, class_of: Any) -> None:  # noqa: F811
    page, (lesson,) = class_of(12, max_rate_pct=150)
    watcher.opens(page, lesson)
    speeds = watcher.page.get_by_label("播放速度")
    speeds.select_option("1.5")
    expect(speeds.locator("option")).to_have_text(["0.75 倍", "1 倍", "1.25 倍", "1.5 倍"])
    watcher.until("v.playbackRate === 1.5")
    watcher.says("这个班学完了")
    assert watcher.page.evaluate("document.querySelector('video').playbackRate") == 1.5
    expect(watcher.page.get_by_text("先回到")).to_have_count(0)


def test_keys_work_the_player(watcher: Watcher, class_of: Any) -> None:  # noqa: F811
    page, (lesson,) = class_of(12)
    watcher.opens(page, lesson)
    watcher.until("v.currentTime > 1")
    watcher.page.keyboard.press(" ")
    watcher.until("v.paused")
    back = max(watcher.second - 5, 0)
    for key, holds in (
        ("m", "v.muted"),
        ("ArrowDown", "v.volume === 0.95 && !v.muted"),
        ("c", "v.textTracks[0].mode === 'showing'"),
        ("ArrowLeft", f"v.currentTime < {back} + 0.5"),
        ("k", "!v.paused"),
    ):
        watcher.page.keyboard.press(key)
        watcher.until(holds)
    watcher.page.reload()
    watcher.until("v.volume === 0.95 && v.textTracks[0]?.mode === 'showing'")
