"""What goes wrong while watching, and that nothing watched is lost by it (L6; facts/complaints.md)."""

from typing import Any

import pytest
from playwright.sync_api import expect

from core import clock
from identity.acting import find_role
from learning.models import LessonProgress, PresenceCheck, Watch
from learning.services import end_watches, open_watch
from tests.browser.stage import (  # noqa: F401
    SINGLE,
    Watcher,
    class_of,
    quick_beats,
    watcher,
)
from tests.browser.waiting import serious_faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_outage_is_waited_out_and_nothing_is_lost(
    watcher: Watcher,  # noqa: F811
    class_of: Any,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("api.lessons.KEY_LOOK_AHEAD_MS", 5_000)
    page, (lesson,) = class_of(24)
    watcher.opens(page, lesson)
    watcher.until("v.currentTime > 3")

    watcher.page.context.set_offline(True)
    watcher.says("恢复后自动继续")
    watcher.until("v.paused")
    assert watcher.second > 5
    expect(watcher.page.get_by_role("button", name="暂停")).to_be_enabled()
    assert serious_faults(watcher.page) == []
    stood_at = watcher.second
    watcher.page.context.set_offline(False)

    watcher.says("网络恢复了")
    watcher.until(f"!v.paused && v.currentTime > {stood_at} + 1")
    expect(watcher.page.get_by_text("恢复后自动继续")).to_be_hidden()
    stands_at = watcher.pauses()
    assert abs(watcher.frontier(lesson) - stands_at) < 2
    watcher.expects_refusals()  # the browser's own words about the network


def test_a_server_in_trouble_is_an_outage_too(watcher: Watcher, class_of: Any) -> None:  # noqa: F811
    page, (lesson,) = class_of(12)
    watcher.opens(page, lesson)
    watcher.until("v.currentTime > 1")
    watcher.page.route("**/heartbeat", lambda route: route.fulfill(status=503, body=""))
    watcher.says("恢复后自动继续")
    watcher.page.unroute("**/heartbeat")
    watcher.says("网络恢复了")
    watcher.says("这个班学完了", seconds=30)
    watcher.expects_refusals()


def test_a_reload_loses_nothing_even_where_the_last_word_is_lost_on_the_way(
    watcher: Watcher,  # noqa: F811
    class_of: Any,  # noqa: F811
    settings: Any,
) -> None:
    settings.HEARTBEAT_SECONDS = 30
    page, (lesson,) = class_of(24)
    watcher.page.add_init_script("navigator.sendBeacon = () => true")
    watcher.opens(page, lesson)
    watcher.until("v.currentTime > 3")
    assert watcher.frontier(lesson) < 1

    watcher.page.reload()

    watcher.until("v.currentTime > 3")
    assert watcher.frontier(lesson) > 2.5


def test_another_device_takes_over_and_this_one_can_take_it_back(watcher: Watcher, class_of: Any) -> None:  # noqa: F811
    page, (lesson,) = class_of(12)
    watcher.opens(page, lesson)
    watcher.until("v.currentTime > 2.5")
    _watch_elsewhere(watcher, lesson)

    watcher.page.get_by_role("heading", name="另一台设备正在播放，这里先停下").wait_for(timeout=20_000)
    assert not watcher.is_playing
    watcher.page.keyboard.press("k")
    assert not watcher.is_playing
    assert serious_faults(watcher.page) == []
    watcher.page.get_by_role("button", name="在这里继续").click()
    watcher.until("!v.paused && v.currentTime > 3")
    assert Watch.objects.filter(user=watcher.user, end=Watch.End.SUPERSEDED).count() == 2
    watcher.expects_refusals()  # 409


def _watch_elsewhere(watcher: Watcher, lesson: Any) -> None:  # noqa: F811
    open_watch(actor=_role(watcher), lesson_id=lesson.pk, address=None, device="phone", now=clock.now())


def _role(watcher: Watcher) -> Any:  # noqa: F811
    membership = watcher.user.memberships.get()
    return find_role(watcher.user, str(membership.pk))


def test_a_watch_that_ended_is_opened_again_once_by_itself(watcher: Watcher, class_of: Any) -> None:  # noqa: F811
    page, (lesson,) = class_of(12)
    watcher.opens(page, lesson)
    watcher.until("v.currentTime > 2.5")
    with watcher.page.expect_response("**/watch"):
        end_watches(user_id=watcher.user.pk, reason="password", now=clock.now())
    watcher.until("!v.paused && v.currentTime > 3")
    expect(watcher.page.get_by_role("dialog")).to_have_count(0)
    watcher.expects_refusals()  # 410


def test_who_was_logged_out_is_asked_to_log_in_again(watcher: Watcher, class_of: Any) -> None:  # noqa: F811
    page, (lesson,) = class_of(12)
    watcher.opens(page, lesson)
    watcher.until("v.currentTime > 1")
    watcher.page.context.clear_cookies()
    link = watcher.page.get_by_role("link", name="重新登录")
    link.wait_for(timeout=20_000)
    assert not watcher.is_playing
    expect(link).to_have_attribute("href", f"/login/?next={watcher.address(lesson).replace('/', '%2F')}")
    watcher.expects_refusals()  # 404, 401


def test_a_locked_lesson_says_why_and_leads_back(watcher: Watcher, class_of: Any) -> None:  # noqa: F811
    page, (_first, second) = class_of(6, 6)
    watcher.opens(page, second)
    watcher.says("前面还有没学完的内容，按顺序学到这里就会开放")
    back = watcher.page.get_by_role("dialog").get_by_role("link", name="返回班级")
    assert back.get_attribute("href") == f"/learn/{watcher.enrolment}/"
    watcher.expects_refusals()  # 403


def test_hiding_the_page_pauses_and_only_the_person_goes_on(watcher: Watcher, class_of: Any) -> None:  # noqa: F811
    page, (lesson,) = class_of(12)
    watcher.opens(page, lesson)
    watcher.until("v.currentTime > 2.2")
    _hide(watcher, True)
    watcher.until("v.paused")
    _hide(watcher, False)
    watcher.page.wait_for_timeout(500)
    assert not watcher.is_playing
    watcher.page.get_by_role("button", name="播放", exact=True).click()
    watcher.until("!v.paused")


def _hide(watcher: Watcher, yes: bool) -> None:  # noqa: F811
    watcher.page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        yes,
    )


def test_a_presence_check_comes_unforeseen_and_costs_nothing(watcher: Watcher, class_of: Any) -> None:  # noqa: F811
    page, (lesson,) = class_of(24, presence_minutes=1)
    watcher.enrolment = watcher.enrols(page)
    _check_at(watcher, lesson, 3_000)
    watcher.page.goto(watcher.address(lesson))
    dialog = watcher.page.get_by_role("dialog")
    dialog.wait_for(timeout=20_000)
    stood_at = watcher.second
    assert not watcher.is_playing
    watcher.page.get_by_role("radio", name="灯塔").check()
    watcher.page.get_by_role("button", name="我在，继续").click()
    watcher.until(f"!v.paused && v.currentTime > {stood_at} + 1")
    expect(dialog).to_have_count(0)
    stands_at = watcher.pauses()
    assert abs(watcher.frontier(lesson) - stands_at) < 2


def _check_at(watcher: Watcher, lesson: Any, at_ms: int) -> None:  # noqa: F811
    _watch_elsewhere(watcher, lesson)
    end_watches(user_id=watcher.user.pk, reason="left", now=clock.now())
    words = [{"id": str(at), "text": word} for at, word in enumerate(("蓝天", "灯塔", "小河"))]
    question = {
        "id": "1",
        "kind": "single",
        "stem": "请选出“灯塔”",
        "options": words,
        "right": ["1"],
        "explanation": "",
    }
    progress = LessonProgress.objects.get(lesson=lesson)
    progress.presence_checks.all().delete()
    PresenceCheck.objects.create(progress=progress, at_ms=at_ms, question=question)


def _reach(lesson: Any, frontier_ms: int) -> None:
    LessonProgress.objects.filter(lesson=lesson).update(frontier_ms=frontier_ms, position_ms=frontier_ms)


def test_no_key_is_asked_for_before_it_is_earned(watcher: Watcher, class_of: Any) -> None:  # noqa: F811
    """Three windows and a quiz in the second; on resuming near its end the next key waits for the answer."""
    page, (lesson,) = class_of((150, [("1:02", [SINGLE])]))
    watcher.enrolment = watcher.enrols(page)
    _watch_elsewhere(watcher, lesson)
    _reach(lesson, 58_000)
    watcher.page.goto(watcher.address(lesson))
    watcher.page.get_by_role("dialog").wait_for(timeout=20_000)
    assert [url[-1] for url, _ in watcher.requests if "/keys/" in url] == ["0", "1"]
    watcher.answers("100–120 次")
    watcher.page.get_by_role("button", name="继续播放").click()
    watcher.until("v.currentTime > 64")
    watcher.page.keyboard.press("Home")
    watcher.until("!v.paused && v.currentTime < 5 && v.currentTime > 1")
    assert set(watcher.statuses_of("/keys/")) == {200}


def test_a_browser_without_media_source_plays_by_itself_and_asks_no_key_too_early(
    watcher: Watcher,  # noqa: F811
    class_of: Any,  # noqa: F811
) -> None:
    page, (lesson,) = class_of((150, [("1:02", [SINGLE])]))
    watcher.enrolment = watcher.enrols(page)
    _watch_elsewhere(watcher, lesson)
    _reach(lesson, 57_000)
    watcher.page.add_init_script("delete window.MediaSource; delete window.ManagedMediaSource;")
    watcher.page.goto(watcher.address(lesson))
    watcher.page.get_by_role("dialog").wait_for(timeout=30_000)
    watcher.answers("100–120 次")
    watcher.page.get_by_role("button", name="继续播放").click()
    watcher.until("!v.paused && v.currentTime > 64", seconds=30)
    assert watcher.page.evaluate("document.querySelector('video').currentSrc").endswith("?earned=1")
    assert set(watcher.statuses_of("/keys/")) <= {200}
