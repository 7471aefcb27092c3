"""Bad files end in a reason that the editor can read, and leave nothing behind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core import clock
from media_pipeline.services import transcode
from tests.media_pipeline.factories import transcoded_video, uploaded_video

pytestmark = pytest.mark.django_db

FAST = {"text": "not_a_video", "sound_only": "no_video_track", "playlist": "not_a_video"}
SLOW = {
    "with_cover": "no_video_track",
    "broken_off": "corrupt",
    "headless": "not_a_video",
    "concat": "not_a_video",
    "script": "not_a_video",
    "blink": "too_short",
    "wide": "picture_too_large",
    "tiny": "picture_too_small",
}
CASES = [*FAST.items(), *(pytest.param(kind, code, marks=pytest.mark.slow) for kind, code in SLOW.items())]


@pytest.mark.parametrize(("kind", "code"), CASES)
def test_what_is_no_video_fails_with_its_reason(
    kind: str, code: str, stored: Callable[..., list[str]], left_in_work: Callable[[Any], list[Path]]
) -> None:
    video = transcoded_video(kind)

    assert (video.state, video.failure_code) == ("failed", code)
    assert any("一" <= letter <= "鿿" for letter in video.failure_reason)
    assert (video.lease_token, video.build, video.renditions) == ("", "", [])
    assert stored() == [video.source]
    assert left_in_work(video) == []


def test_a_file_that_lost_its_content_in_the_storage_is_told_so(media_folder: Path) -> None:
    video = uploaded_video("text")
    (media_folder / video.source).write_bytes(b"")

    assert not transcode(video_id=video.pk, clock=clock.now)

    video.refresh_from_db()
    assert (video.state, video.failure_code) == ("failed", "empty")


def test_a_source_that_is_gone_is_told_so(media_folder: Path) -> None:
    video = uploaded_video("text")
    (media_folder / video.source).unlink()

    transcode(video_id=video.pk, clock=clock.now)

    video.refresh_from_db()
    assert (video.state, video.failure_code) == ("failed", "source_missing")


def test_a_bad_file_is_not_tried_again() -> None:
    video = transcoded_video("text")

    assert not transcode(video_id=video.pk, clock=clock.now)

    video.refresh_from_db()
    assert video.attempts == 1
