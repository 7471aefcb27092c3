"""An editor uploads in a real browser, sees how it goes, and plays what came out."""

import re
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from core import clock
from media_pipeline.models import VideoAsset
from media_pipeline.services import transcode
from tests.browser.waiting import follow, serious_faults
from tests.identity import factories as people
from tests.media_pipeline.factories import sample_file
from tests.web.pages import browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=["page", "phone"])
def screen(request: pytest.FixtureRequest, transactional_db: None, live_server: Any) -> Any:
    """A browser page at 1280, then one at 390 pixels, with an editor logged in."""
    screen = request.getfixturevalue(request.param)
    name = settings.SESSION_COOKIE_NAME
    session = browser(people.staff(is_superuser=True)).cookies[name].value
    screen.context.add_cookies([{"name": name, "value": session, "url": live_server.url}])
    return screen


def row(screen: Any, name: str) -> Any:
    return screen.locator(".video-queue__row").filter(has_text=name)


def work() -> None:
    """What a worker would do meanwhile."""
    for pk in VideoAsset.objects.filter(state="uploaded").values_list("pk", flat=True):
        transcode(video_id=pk, clock=clock.now)


def test_files_are_uploaded_transcoded_and_played(screen: Any) -> None:
    screen.goto("/admin/videos/new/")
    screen.get_by_label("把视频拖到这里").set_input_files([sample_file(kind) for kind in ("plain", "text", "empty")])

    expect(row(screen, "plain.mp4")).to_contain_text("等待转码")
    expect(row(screen, "text.mp4")).to_contain_text("等待转码")
    expect(row(screen, "empty.mp4")).to_contain_text("这个文件是空的")
    work()
    expect(row(screen, "plain.mp4")).to_contain_text("可用")
    expect(row(screen, "text.mp4")).to_contain_text("这不是视频文件")
    assert serious_faults(screen, ".video-upload") == []

    follow(row(screen, "plain.mp4").get_by_role("link", name="查看"))
    video = screen.locator("video")
    expect(video).to_have_js_property("readyState", 4)
    assert serious_faults(screen, ".video-page") == []
    video.evaluate("video => { video.muted = true; return video.play(); }")
    expect(video).to_have_js_property("ended", True)
    assert video.evaluate("video => video.currentTime") > 1.8


def test_an_upload_shows_its_progress_and_can_be_cancelled_and_tried_again(screen: Any) -> None:
    screen.goto("/admin/videos/new/")
    network = screen.context.new_cdp_session(screen)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", slow)
    screen.get_by_label("把视频拖到这里").set_input_files(sample_file("large"))
    upload = row(screen, "large.mp4")
    expect(upload).to_contain_text(re.compile(r"已传 \d+%，.*/秒，还要约"))

    upload.get_by_role("button", name="取消").click()

    expect(upload).to_contain_text("已取消")
    network.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": -1})
    upload.get_by_role("button", name="再试一次").click()
    expect(upload).to_contain_text("等待转码")
    assert VideoAsset.objects.get().source_bytes == sample_file("large").stat().st_size


def test_the_list_follows_the_work(screen: Any) -> None:
    screen.goto("/admin/videos/new/")
    screen.get_by_label("把视频拖到这里").set_input_files(sample_file("plain"))
    expect(row(screen, "plain.mp4")).to_contain_text("等待转码")
    screen.goto("/admin/videos/")
    listed = screen.get_by_role("row").filter(has_text="plain")
    expect(listed).to_contain_text("等待转码")
    VideoAsset.objects.update(state="processing", progress_pct=45)

    expect(listed).to_contain_text("转码中 45%")
    VideoAsset.objects.update(state="uploaded")
    work()

    expect(listed).to_contain_text("可用")
