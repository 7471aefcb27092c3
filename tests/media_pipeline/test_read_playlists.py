"""Playlists and keys as a player reads them."""

import re
from typing import Any

import pytest

from media_pipeline import playlists
from media_pipeline.errors import VideoNotReady
from media_pipeline.queries import is_ready, key_for, media_of, states_of, window_of
from tests.media_pipeline.factories import ready_video

pytestmark = pytest.mark.django_db


def keys(text: str) -> list[str]:
    return re.findall(r'#EXT-X-KEY:METHOD=AES-128,URI="(.*?)"', text)


def lengths(text: str) -> list[float]:
    return [float(length) for length in re.findall(r"#EXTINF:([\d.]+),", text)]


def rendition(duration_ms: int, until_ms: int | None = None) -> str:
    media = media_of(ready_video(duration_ms).pk)
    return playlists.rendition(media, "360p", lambda window: f"keys/{window}", until_ms=until_ms)


def test_the_master_playlist_names_every_rendition() -> None:
    text = playlists.master(media_of(ready_video().pk), lambda name: f"{name}.m3u8")

    assert text.splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-STREAM-INF:BANDWIDTH=900000,AVERAGE-BANDWIDTH=900000,RESOLUTION=640x360,CODECS="avc1.4d401e,mp4a.40.2"',
        "360p.m3u8",
        "#EXT-X-STREAM-INF:BANDWIDTH=2500000,AVERAGE-BANDWIDTH=2500000,"
        'RESOLUTION=1280x720,CODECS="avc1.4d401f,mp4a.40.2"',
        "720p.m3u8",
    ]


def test_a_rendition_is_complete_with_one_key_a_window() -> None:
    video = ready_video(130_500)
    media = media_of(video.pk)

    lines = playlists.rendition(media, "720p", lambda window: f"keys/{window}").splitlines()

    assert (lines[0], lines[-1]) == ("#EXTM3U", "#EXT-X-ENDLIST")
    assert "#EXT-X-TARGETDURATION:6" in lines
    assert "#EXT-X-MEDIA-SEQUENCE:0" in lines
    text = "\n".join(lines)
    assert keys(text) == ["keys/0", "keys/1", "keys/2"]
    assert sum(lengths(text)) == 130.5
    base = f"/media/hls/{video.public_id}/b1/720p"
    assert [line for line in lines if line.startswith("/")] == [f"{base}/{number}.ts" for number in range(22)]
    second = lines.index('#EXT-X-KEY:METHOD=AES-128,URI="keys/1"')
    assert lines[second - 1 : second + 3] == [
        f"{base}/9.ts",
        '#EXT-X-KEY:METHOD=AES-128,URI="keys/1"',
        "#EXTINF:6.000,",
        f"{base}/10.ts",
    ]


@pytest.mark.parametrize(
    ("duration_ms", "windows", "seconds"),
    [(400_000, 3, 180), (180_000, 3, 180), (179_500, 3, 179.5), (185_000, 3, 180), (30_000, 1, 30), (240_000, 3, 180)],
)
def test_a_preview_is_cut_to_the_windows_that_end_by_then(duration_ms: int, windows: int, seconds: float) -> None:
    text = rendition(duration_ms, until_ms=180_000)

    assert keys(text) == [f"keys/{number}" for number in range(windows)]
    assert sum(lengths(text)) == seconds


def test_a_cdn_in_front_is_named(settings: Any) -> None:
    settings.MEDIA_BASE_URL = "https://cdn.example.com/x"
    video = ready_video(poster="hls/p/b/poster.jpg", captions="captions/p/c.vtt")

    media = media_of(video.pk)

    assert media.base_url == f"https://cdn.example.com/x/hls/{video.public_id}/b1"
    assert media.poster_url == "https://cdn.example.com/x/hls/p/b/poster.jpg"
    assert media.captions_url == "https://cdn.example.com/x/captions/p/c.vtt"


def test_keys_differ_by_window_video_and_build() -> None:
    video, other, rebuilt = ready_video(), ready_video(), ready_video(build="b2")
    rebuilt.secret = video.secret
    rebuilt.save()
    found = {key_for(v.pk, window) for v in (video, other, rebuilt) for window in range(3)}

    assert len(found) == 9
    assert {len(key) for key in found} == {16}
    assert key_for(video.pk, 1) == key_for(video.pk, 1)


def test_keys_and_media_are_read_from_the_database_once(django_assert_num_queries: Any) -> None:
    video = ready_video()

    with django_assert_num_queries(1):
        for window in range(50):
            key_for(video.pk, window)
            media_of(video.pk)


def test_a_video_that_is_not_ready_has_neither() -> None:
    video = ready_video(state="processing")

    assert not is_ready(video.pk)
    with pytest.raises(VideoNotReady):
        media_of(video.pk)
    with pytest.raises(VideoNotReady):
        key_for(video.pk, 0)


def test_states_tell_why_a_video_cannot_be_published(django_assert_num_queries: Any) -> None:
    good = ready_video()
    bad = ready_video(title="坏的", state="failed", duration_ms=0, failure_reason="没有画面")

    with django_assert_num_queries(1):
        found = states_of([good.pk, bad.pk, 999_999])

    assert set(found) == {good.pk, bad.pk}
    assert (found[good.pk].is_ready, found[bad.pk].is_ready, found[bad.pk].reason) == (True, False, "没有画面")


@pytest.mark.parametrize(("ms", "window"), [(0, 0), (59_999, 0), (60_000, 1), (600_001, 10)])
def test_a_moment_lies_in_its_window(ms: int, window: int) -> None:
    assert window_of(ms) == window
