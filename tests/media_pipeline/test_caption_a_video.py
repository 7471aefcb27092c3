"""Captions: WebVTT, and nothing that only claims to be."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from media_pipeline.errors import CaptionsRefused
from media_pipeline.models import VideoAsset
from media_pipeline.queries import media_of
from media_pipeline.services import remove_captions, set_captions
from tests.media_pipeline.factories import ready_video

pytestmark = pytest.mark.django_db

GOOD = "WEBVTT\n\n1\n00:01.000 --> 00:04.000 align:start\n双手交叠，垂直向下按压\n"


def captions_of(video: VideoAsset) -> str:
    return VideoAsset.objects.values_list("captions", flat=True).get(pk=video.pk)


def test_captions_are_kept_and_told_to_the_player(media_folder: Path) -> None:
    video = ready_video()
    assert media_of(video.pk).captions_url == ""

    set_captions(video_id=video.pk, content=BytesIO(GOOD.encode()))

    name = captions_of(video)
    assert name.startswith(f"captions/{video.public_id}/")
    assert (media_folder / name).read_text() == GOOD
    assert media_of(video.pk).captions_url == f"/media/{name}"


@pytest.mark.parametrize(
    "written",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
    ],
)
def test_marks_and_line_ends_of_other_systems_go(written: bytes, media_folder: Path) -> None:
    video = ready_video()

    set_captions(video_id=video.pk, content=BytesIO(written))

    assert (media_folder / captions_of(video)).read_text() == GOOD


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "WebVTT"),
        (b"1\n00:00:01,000 --> 00:00:04,000\nSubRip\n", "WebVTT"),
        (b"WEBVTTX\n\n00:01.000 --> 00:02.000\nx", "WebVTT"),
        (b"<html><script>alert(1)</script></html>", "WebVTT"),
        (GOOD.encode("gb18030"), "UTF-8"),
        (GOOD.encode("utf-16"), "UTF-8"),
        (b"WEBVTT\n\nNOTE nothing else\n", "一句字幕也没有"),
        (b"WEBVTT\n\n00:01,000 --> 00:04,000\nx\n", "第 3 行"),
        (b"WEBVTT\n\n00:01.000 --> soon\nx\n", "第 3 行"),
        (b"WEBVTT\n\n00:99.000 --> 00:04.000\nx\n", "第 3 行"),
        (GOOD.encode() + b"\0", "WebVTT"),
        (GOOD.encode() + b"x" * 1024 * 1024, "1 MB"),
    ],
)
def test_other_files_are_refused_and_the_old_captions_stay(
    content: bytes, why: str, stored: Callable[..., list[str]]
) -> None:
    video = ready_video()
    set_captions(video_id=video.pk, content=BytesIO(GOOD.encode()))
    before = captions_of(video)

    with pytest.raises(CaptionsRefused, match=why):
        set_captions(video_id=video.pk, content=BytesIO(content))

    assert captions_of(video) == before
    assert stored("captions") == [before]


def test_new_captions_take_the_place_of_the_old(
    django_capture_on_commit_callbacks: Any, stored: Callable[..., list[str]]
) -> None:
    video = ready_video()
    with django_capture_on_commit_callbacks(execute=True):
        set_captions(video_id=video.pk, content=BytesIO(GOOD.encode()))
        set_captions(video_id=video.pk, content=BytesIO(GOOD.replace("双手", "单手").encode()))

    assert stored("captions") == [captions_of(video)]


def test_captions_can_be_taken_away(django_capture_on_commit_callbacks: Any, stored: Callable[..., list[str]]) -> None:
    video = ready_video()
    with django_capture_on_commit_callbacks(execute=True):
        set_captions(video_id=video.pk, content=BytesIO(GOOD.encode()))
        remove_captions(video_id=video.pk)
        remove_captions(video_id=video.pk)

    assert (captions_of(video), stored("captions"), media_of(video.pk).captions_url) == ("", [], "")
