"""What comes out of real files: sizes, sound, rate, length, segments on the windows' borders."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core import clock
from media_pipeline.keys import WINDOW_MS, window_key
from media_pipeline.models import VideoAsset
from media_pipeline.services import transcode
from tests.media_pipeline.factories import transcoded_video
from tests.media_pipeline.playing import decrypt, decrypted, tone_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

slow = pytest.mark.slow


def streams(video: VideoAsset, folder: Path, rendition: str | None = None) -> dict[str, dict[str, Any]]:
    """ffprobe's word on the decrypted rendition, the largest unless said otherwise, by kind of stream."""
    path = decrypted(video, rendition or video.renditions[-1]["name"], folder)
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_streams", str(path)]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return {stream["codec_type"]: stream for stream in answer["streams"]}


def sizes(video: VideoAsset) -> list[tuple[str, int, int]]:
    return [(item["name"], item["width"], item["height"]) for item in video.renditions]


def test_a_video_becomes_ready(stored: Callable[..., list[str]], media_folder: Path, tmp_path: Path) -> None:
    video = transcoded_video("plain")

    assert (video.state, video.progress_pct, video.failure_code) == ("ready", 100, "")
    assert abs(video.duration_ms - 2000) < 120
    base = f"hls/{video.public_id}/{video.build}"
    assert stored("hls") == [f"{base}/180p/0.ts", f"{base}/poster.jpg"]
    assert (media_folder / video.poster).read_bytes()[:3] == b"\xff\xd8\xff"
    found = streams(video, tmp_path)
    assert (found["video"]["width"], found["video"]["height"]) == (320, 180)
    assert (found["video"]["profile"], found["video"]["level"]) == ("Main", 30)
    assert video.renditions[0]["codecs"] == "avc1.4d401e,mp4a.40.2"
    assert (found["audio"]["codec_name"], found["audio"]["profile"]) == ("aac", "LC")


def test_what_lies_in_the_storage_is_encrypted(media_folder: Path, tmp_path: Path) -> None:
    video = transcoded_video("plain")
    segment = (media_folder / f"hls/{video.public_id}/{video.build}/180p/0.ts").read_bytes()

    assert b"FFmpeg" not in segment
    assert segment[0] != 0x47 or segment[188] != 0x47
    clear = decrypted(video, "180p", tmp_path).read_bytes()
    assert clear[0] == clear[188] == 0x47


def test_a_ready_video_is_not_transcoded_again() -> None:
    video = transcoded_video("plain")

    assert not transcode(video_id=video.pk, clock=clock.now)

    build = video.build
    video.refresh_from_db()
    assert video.build == build


@slow
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("large", [("360p", 640, 360), ("720p", 1280, 720)]),
        ("upright", [("180p", 180, 320)]),
        ("upright_large", [("360p", 360, 640), ("720p", 720, 1280)]),
        ("four_to_three", [("360p", 480, 360), ("480p", 640, 480)]),
        ("odd_sides", [("240p", 426, 240)]),
        ("turned", [("180p", 180, 320)]),
    ],
)
def test_the_picture_keeps_its_shape_and_is_never_enlarged(
    kind: str, expected: list[tuple[str, int, int]], tmp_path: Path
) -> None:
    video = transcoded_video(kind)

    assert (video.state, sizes(video)) == ("ready", expected)
    shown = streams(video, tmp_path)["video"]
    assert (shown["width"], shown["height"]) == expected[-1][1:]
    assert shown.get("sample_aspect_ratio", "1:1") == "1:1"
    assert "rotation" not in str(shown.get("side_data_list", ""))


@slow
def test_of_five_sound_tracks_the_default_one_is_heard(tmp_path: Path) -> None:
    video = transcoded_video("five_tracks")

    path = decrypted(video, "180p", tmp_path)

    assert abs(tone_of(path) - 500) < 10


@slow
def test_a_video_without_sound_plays_in_silence(tmp_path: Path) -> None:
    video = transcoded_video("silent")

    assert video.state == "ready"
    assert "audio" not in streams(video, tmp_path)
    assert video.renditions[0]["codecs"] == "avc1.4d401e"


@slow
@pytest.mark.parametrize(("kind", "rate"), [("uneven", None), ("fifty_frames", "25/1"), ("plain", "25/1")])
def test_the_frame_rate_is_steady(kind: str, rate: str | None, tmp_path: Path) -> None:
    video = transcoded_video(kind)

    shown = streams(video, tmp_path)["video"]

    assert video.state == "ready"
    assert shown["avg_frame_rate"] == shown["r_frame_rate"]
    assert rate is None or shown["avg_frame_rate"] == rate


@slow
@pytest.mark.parametrize(
    ("kind", "seconds"), [("uneven", 10), ("long_sound", 8), ("late_sound", 5), ("recording", 2), ("fifty_frames", 2)]
)
def test_nothing_is_lost_at_the_end(kind: str, seconds: int) -> None:
    video = transcoded_video(kind)

    assert video.state == "ready"
    assert abs(video.duration_ms - seconds * 1000) < 150


@slow
def test_segments_begin_on_the_windows_borders_at_any_frame_rate(tmp_path: Path, media_folder: Path) -> None:
    video = transcoded_video("cinema_rate")

    (rendition,) = video.renditions
    starts = [sum(rendition["segments"][:number]) for number in range(len(rendition["segments"]))]
    assert len(starts) == 22
    assert all(0 <= start - number * 6000 <= 34 for number, start in enumerate(starts))
    # The second window's first segment opens with the second key, and with no other.
    folder = f"hls/{video.public_id}/{video.build}/90p"
    for number, window in ((9, 0), (10, 1), (19, 1), (20, 2)):
        sealed = (media_folder / f"{folder}/{number}.ts").read_bytes()
        opened = [key for key in range(3) if _opens(sealed, video, key, number)]
        assert opened == [window] == [starts[number] // WINDOW_MS]


def _opens(sealed: bytes, video: VideoAsset, window: int, sequence: int) -> bool:
    return decrypt(sealed, window_key(bytes(video.secret), video.build, window), sequence)[:1] == b"\x47"
