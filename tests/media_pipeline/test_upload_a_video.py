"""Receiving a video: what the browser says is shown, never believed."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from media_pipeline import tasks
from media_pipeline.errors import EmptyUpload, UploadIncomplete, UploadTooLarge
from media_pipeline.models import VideoAsset
from media_pipeline.services import receive_upload
from tests.support.clock import START

pytestmark = pytest.mark.django_db


def upload(content: bytes = b"some bytes", name: str = "lesson.mp4", **fields: Any) -> VideoAsset:
    return receive_upload(content=BytesIO(content), name=name, **{"uploaded_by_id": None, "now": START} | fields)


def test_an_upload_waits_for_its_worker_under_a_name_of_ours(stored: Callable[..., list[str]]) -> None:
    video = upload(name="../../etc/passwd\\心肺复苏 第一讲.mp4", size=10)

    assert (video.state, video.source_bytes) == ("uploaded", 10)
    assert video.source == f"sources/{video.public_id}"
    assert stored() == [video.source]
    assert (video.source_name, video.title) == ("心肺复苏 第一讲.mp4", "心肺复苏 第一讲")


def test_control_characters_in_names_go_and_long_ones_are_cut() -> None:
    video = upload(name="a\x00b\u202egpj.mp4" + "长" * 300, title="题\n目" * 100)

    assert video.source_name.startswith("abgpj.mp4")
    assert len(video.source_name) == 255
    assert len(video.title) == 120
    assert "\n" not in video.title


def test_a_file_without_a_name_has_a_title() -> None:
    assert upload(name="").title == "视频"


def test_the_job_is_sent_once_the_row_is_there(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(tasks.transcode_video, "delay", sent.append)

    with django_capture_on_commit_callbacks(execute=True):
        video = upload()
        assert sent == []

    assert sent == [video.pk]


def test_a_broker_that_is_down_does_not_lose_the_upload(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def down(video_id: int) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.transcode_video, "delay", down)
    with django_capture_on_commit_callbacks(execute=True):
        video = upload()

    assert VideoAsset.objects.filter(pk=video.pk, state="uploaded").exists()


def test_an_empty_file_is_refused(stored: Callable[..., list[str]]) -> None:
    with pytest.raises(EmptyUpload):
        upload(b"")

    assert (stored(), VideoAsset.objects.count()) == ([], 0)


@pytest.mark.parametrize("said", [None, 3, 31])
def test_a_file_above_the_limit_is_refused_whatever_size_it_said(
    said: int | None, settings: Any, stored: Callable[..., list[str]]
) -> None:
    settings.VIDEO_MAX_BYTES = 30

    with pytest.raises(UploadTooLarge, match="30"):
        upload(b"x" * 31, size=said)

    assert (stored(), VideoAsset.objects.count()) == ([], 0)


def test_a_file_of_the_largest_size_is_taken(settings: Any) -> None:
    settings.VIDEO_MAX_BYTES = 30

    assert upload(b"x" * 30, size=30).source_bytes == 30


def test_an_upload_that_broke_off_is_refused(stored: Callable[..., list[str]]) -> None:
    with pytest.raises(UploadIncomplete):
        upload(b"half", size=8)

    assert (stored(), VideoAsset.objects.count()) == ([], 0)
