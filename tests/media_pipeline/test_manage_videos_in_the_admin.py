"""Videos in Wagtail's admin: the list, uploads, states, retries, captions, deletion, preview; and whom it lets in."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from media_pipeline.models import VideoAsset
from media_pipeline.queries import key_for
from tests.cms import factories as content
from tests.identity import factories as people
from tests.media_pipeline.factories import ready_video, uploaded_video
from tests.web.pages import browser

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

XHR = {"x-requested-with": "XMLHttpRequest"}


def staff_with(*codenames: str) -> Client:
    """One of the platform's people with these permissions."""
    user = people.staff()
    found = Permission.objects.filter(codename__in=["access_admin", *codenames])
    user.user_permissions.add(*found)
    return browser(user)


@pytest.fixture
def editor() -> Client:
    return staff_with("add_videoasset", "change_videoasset", "delete_videoasset")


def upload(client: Client, content: bytes = b"bytes", name: str = "第一讲.mp4") -> Any:
    address = f"/admin/videos/upload/?name={quote(name)}"
    return client.post(address, content, content_type="application/octet-stream", headers=XHR)


def page(client: Client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def failed_video() -> VideoAsset:
    return ready_video(title="坏的", state="failed", duration_ms=0, failure_code="corrupt", failure_reason="内容不完整")


# --- The list ---------------------------------------------------------------------------------------------------------
def test_the_list_tells_how_every_video_is_doing(editor: Client) -> None:
    ready_video(title="心肺复苏", duration_ms=245_000, uploaded_by=people.staff("editor2", "编辑乙"))
    ready_video(title="转着的", state="processing", progress_pct=45, duration_ms=0)
    failed = failed_video()

    rows = {
        row.a.get_text(strip=True): row for row in page(editor, "/admin/videos/").select("#listing-results tbody tr")
    }

    told = rows["心肺复苏"].get_text(" ", strip=True)
    assert all(part in told for part in ("可用", "4:05", "2.9 MB", "编辑乙", "2026-03-02 09:00"))
    assert "转码中 45%" in rows["转着的"].get_text(" ", strip=True)
    assert rows["转着的"].progress["value"] == "45"
    assert "内容不完整" in rows["坏的"].get_text()
    assert rows["坏的"].form["action"] == f"/admin/videos/retry/{failed.pk}/"


def test_an_empty_list_says_what_to_do(editor: Client) -> None:
    assert "还没有视频" in page(editor, "/admin/videos/").get_text()


def test_the_list_is_searched_and_filtered(editor: Client) -> None:
    ready_video(title="心肺复苏")
    failed_video()

    def titles(query: str) -> list[str]:
        return [
            row.a.get_text(strip=True)
            for row in page(editor, f"/admin/videos/?{quote(query, safe='=')}").select("#listing-results tbody tr")
        ]

    assert titles("q=心肺") == ["心肺复苏"]
    assert sorted(titles("q=按压")) == ["坏的", "心肺复苏"]  # the file's name
    assert titles("state=failed") == ["坏的"]


def test_the_list_asks_the_database_as_often_for_twenty_as_for_one(editor: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(editor, "/admin/videos/")
        return len(queries)

    ready_video(uploaded_by=people.staff("e1", "甲"))
    count()
    one = count()
    for number in range(19):
        state = ["ready", "failed", "processing"][number % 3]
        ready_video(state=state, uploaded_by=people.staff(f"u{number}", "乙"))

    assert count() == one


# --- Uploading --------------------------------------------------------------------------------------------------------
def test_an_upload_is_taken_and_its_page_named(editor: Client) -> None:
    response = upload(editor)

    video = VideoAsset.objects.get()
    assert response.status_code == 201
    answer = response.json()
    assert (answer["id"], answer["title"], answer["edit_url"]) == (
        video.pk,
        "第一讲",
        f"/admin/videos/edit/{video.pk}/",
    )
    assert "等待转码" in answer["html"]
    assert (video.uploaded_by.username, video.source_bytes) == ("editor", 5)


@pytest.mark.parametrize(("content", "status", "code"), [(b"", 400, "empty"), (b"x" * 11, 413, "too_large")])
def test_a_bad_upload_is_told_why(editor: Client, settings: Any, content: bytes, status: int, code: str) -> None:
    settings.VIDEO_MAX_BYTES = 10

    response = upload(editor, content)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["detail"]
    assert not VideoAsset.objects.exists()


def test_an_upload_needs_its_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    user = people.staff(is_superuser=True)
    strict.force_login(user, backend="identity.backends.LoginKeyBackend")

    assert upload(strict).status_code == 403
    assert not VideoAsset.objects.exists()


def test_the_upload_page_shows_the_limit(editor: Client, settings: Any) -> None:
    settings.VIDEO_MAX_BYTES = 3 * 1024**3

    shown = page(editor, "/admin/videos/new/")

    assert "3.0 GB" in shown.get_text()
    assert shown.select_one("[data-upload]")["data-largest"] == str(3 * 1024**3)


# --- Whom it lets in --------------------------------------------------------------------------------------------------
ADDRESSES = [
    ("get", "/admin/videos/"),
    ("get", "/admin/videos/new/"),
    ("get", "/admin/videos/edit/{pk}/"),
    ("get", "/admin/videos/delete/{pk}/"),
    ("post", "/admin/videos/delete/{pk}/"),
    ("post", "/admin/videos/upload/?name=x.mp4"),
    ("get", "/admin/videos/states/?ids={pk}"),
    ("post", "/admin/videos/retry/{pk}/"),
    ("post", "/admin/videos/captions/{pk}/"),
    ("get", "/admin/videos/preview/{pk}/master.m3u8"),
    ("get", "/admin/videos/preview/{pk}/360p.m3u8"),
    ("get", "/admin/videos/preview/{pk}/keys/0"),
]


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
@pytest.mark.parametrize("who", ["learner", "visitor", "other staff"])
def test_others_get_nowhere(who: str, method: str, address: str, settings: Any) -> None:
    video = ready_video()
    clients: dict[str, Callable[[], Client]] = {
        "learner": lambda: browser(people.learner()),
        "visitor": browser,
        "other staff": lambda: staff_with(),
    }

    response = getattr(clients[who](), method)(address.format(pk=video.pk), headers=XHR)

    assert response.status_code in {302, 403, 404}
    assert VideoAsset.objects.get().title == video.title


@pytest.mark.parametrize(
    ("method", "address", "permission"),
    [
        ("post", "/admin/videos/upload/?name=x.mp4", "change_videoasset"),
        ("post", "/admin/videos/retry/{pk}/", "add_videoasset"),
        ("post", "/admin/videos/captions/{pk}/", "add_videoasset"),
        ("post", "/admin/videos/delete/{pk}/", "change_videoasset"),
    ],
)
def test_each_act_needs_its_own_permission(method: str, address: str, permission: str) -> None:
    video = failed_video()

    response = getattr(staff_with(permission), method)(address.format(pk=video.pk), headers=XHR)

    assert response.status_code == 403
    assert VideoAsset.objects.get().state == "failed"


def test_who_may_not_retry_sees_no_button() -> None:
    failed_video()

    row = page(staff_with("add_videoasset"), "/admin/videos/").select_one("#listing-results tbody tr")

    assert "内容不完整" in row.get_text()
    assert row.form is None


# --- States -----------------------------------------------------------------------------------------------------------
def test_states_of_the_videos_asked_for_are_told(editor: Client) -> None:
    video, failed = ready_video(), failed_video()

    answer = editor.get(f"/admin/videos/states/?ids={video.pk},{failed.pk},999,x,,-1,{'9' * 30}").json()

    assert {item["id"]: item["state"] for item in answer["videos"]} == {video.pk: "ready", failed.pk: "failed"}
    assert any("内容不完整" in item["html"] for item in answer["videos"])


# --- Acts -------------------------------------------------------------------------------------------------------------
def told(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_a_failed_video_is_sent_again(editor: Client) -> None:
    video = failed_video()

    response = editor.post(f"/admin/videos/retry/{video.pk}/")

    assert (response.status_code, "重新排队" in told(response)) == (302, True)
    assert VideoAsset.objects.get().state == "uploaded"
    assert "只有失败的视频" in told(editor.post(f"/admin/videos/retry/{video.pk}/"))


def test_a_video_is_renamed_and_nothing_else(editor: Client) -> None:
    video = ready_video()

    editor.post(f"/admin/videos/edit/{video.pk}/", {"title": "新名字", "state": "failed", "source": "x"})

    video.refresh_from_db()
    assert (video.title, video.state, video.source) == ("新名字", "ready", "sources/none")


def test_captions_are_uploaded_and_removed(editor: Client) -> None:
    video = ready_video()
    address = f"/admin/videos/captions/{video.pk}/"
    file = SimpleUploadedFile("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n好\n".encode())

    assert "字幕已保存" in told(editor.post(address, {"captions": file}))
    assert VideoAsset.objects.get().captions
    assert "已有字幕" in page(editor, f"/admin/videos/edit/{video.pk}/").get_text()
    bad = SimpleUploadedFile("a.vtt", b"nothing")
    assert "不是 WebVTT" in told(editor.post(address, {"captions": bad}))
    assert "请先选择" in told(editor.post(address))
    assert "字幕已删除" in told(editor.post(address, {"remove": "1"}))
    assert not VideoAsset.objects.get().captions


def test_a_video_is_deleted(editor: Client, django_capture_on_commit_callbacks: Any) -> None:
    video = uploaded_video("text")
    assert "不能恢复" in page(editor, f"/admin/videos/delete/{video.pk}/").get_text()

    with django_capture_on_commit_callbacks(execute=True):
        response = editor.post(f"/admin/videos/delete/{video.pk}/")

    assert response["Location"] == "/admin/videos/"
    assert not VideoAsset.objects.exists()


def test_a_video_in_a_class_is_not_deleted_and_says_where(editor: Client) -> None:
    content.set_up_site()
    video = ready_video()
    content.class_page("kang-fu", [content.course("康复", [content.lesson("第一讲", video)])])

    assert "有 1 个页面正在用这个视频" in page(editor, f"/admin/videos/delete/{video.pk}/").get_text()
    response = editor.post(f"/admin/videos/delete/{video.pk}/")

    assert "有课程正在用这个视频" in told(response)
    assert response["Location"] == f"/admin/videos/edit/{video.pk}/"
    assert VideoAsset.objects.filter(pk=video.pk).exists()


# --- Preview ----------------------------------------------------------------------------------------------------------
def test_staff_preview_a_ready_video(editor: Client) -> None:
    video = ready_video(65_000)
    base = f"/admin/videos/preview/{video.pk}"

    assert "720p.m3u8" in editor.get(f"{base}/master.m3u8").content.decode()
    assert 'URI="keys/1"' in editor.get(f"{base}/360p.m3u8").content.decode()
    key = editor.get(f"{base}/keys/1")
    assert key.content == key_for(video.pk, 1)
    assert {"private", "no-store"} <= set(key["Cache-Control"].split(", "))
    for missing in (f"{base}/keys/2", f"{base}/1080p.m3u8", "/admin/videos/preview/999/master.m3u8"):
        assert editor.get(missing).status_code == 404


def test_a_video_that_is_not_ready_has_no_preview(editor: Client) -> None:
    video = failed_video()

    assert editor.get(f"/admin/videos/preview/{video.pk}/master.m3u8").status_code == 404
    assert "没有可以预览的画面" in page(editor, f"/admin/videos/edit/{video.pk}/").get_text()


# --- The chooser ------------------------------------------------------------------------------------------------------
def test_the_chooser_finds_by_title_and_shows_state_and_length(editor: Client) -> None:
    ready_video(title="心肺复苏", duration_ms=245_000)
    failed_video()

    everything = json.loads(editor.get("/admin/videos/chooser/").content)["html"]
    found = editor.get("/admin/videos/chooser/results/", {"q": "心肺"}).content.decode()

    assert all(part in everything for part in ("心肺复苏", "坏的", "可用", "失败", "4:05"))
    assert ("心肺复苏" in found, "坏的" in found) == (True, False)
