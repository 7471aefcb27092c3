"""A player that knows nothing of us plays what is served: playlists, keys and segments over HTTP."""

import json
import subprocess
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client

from media_pipeline.queries import key_for
from media_pipeline.storage import build_folder
from tests.identity import factories as people
from tests.media_pipeline.factories import transcoded_video
from tests.web.pages import browser

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def editor() -> Client:
    return browser(people.staff(is_superuser=True))


def ffmpeg_plays(address: str, client: Client) -> tuple[float, str]:
    """Seconds that ffmpeg decoded from an address, with the cookies of a client; and what it complained of."""
    name = project.SESSION_COOKIE_NAME
    cookie = ["-headers", f"Cookie: {name}={client.cookies[name].value}\r\n"]
    allowed = ["-allowed_extensions", "ALL", "-protocol_whitelist", "http,tcp,crypto,data"]
    command = ["ffmpeg", "-v", "error", *cookie, *allowed, "-i", address, "-map", "0:v:0", "-map", "0:a:0"]
    done = subprocess.run(
        [*command, "-progress", "pipe:1", "-f", "null", "-"], capture_output=True, text=True, timeout=120, check=True
    )
    times = [line for line in done.stdout.splitlines() if line.startswith("out_time_us=")]
    return int(times[-1].partition("=")[2]) / 1_000_000, done.stderr


@pytest.fixture(params=["file", pytest.param("s3", marks=pytest.mark.s3)])
def storage(request: pytest.FixtureRequest, media_folder: Any) -> str:
    if request.param == "s3":
        request.getfixturevalue("media_on_s3")
    return request.param


def test_a_video_plays_to_its_end_across_a_change_of_keys(storage: str, editor: Client, live_server: Any) -> None:
    video = transcoded_video("minute")
    assert video.state == "ready"

    played, complaints = ffmpeg_plays(f"{live_server.url}/admin/videos/preview/{video.pk}/master.m3u8", editor)

    assert abs(played - 66) < 0.5
    assert complaints == ""


def test_a_key_opens_its_own_window_only(editor: Client, live_server: Any, tmp_path: Any) -> None:
    video = transcoded_video("minute")
    folder = build_folder(video.public_id, video.build)
    playlist = tmp_path / "one.m3u8"

    def plays(segment: int, window: int) -> bool:
        (tmp_path / "key").write_bytes(key_for(video.pk, window))
        playlist.write_text(
            "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:6\n"
            f'#EXT-X-MEDIA-SEQUENCE:{segment}\n#EXT-X-KEY:METHOD=AES-128,URI="{tmp_path}/key"\n'
            f"#EXTINF:6,\n{live_server.url}/media/{folder}/90p/{segment}.ts\n#EXT-X-ENDLIST\n"
        )
        allowed = ["-allowed_extensions", "ALL", "-protocol_whitelist", "file,http,tcp,crypto,data"]
        command = ["ffprobe", "-v", "quiet", *allowed, "-of", "json", "-show_streams", str(playlist)]
        answer = json.loads(subprocess.run(command, capture_output=True, timeout=60).stdout or "{}")
        return any(stream.get("width") == 160 for stream in answer.get("streams", []))

    assert [plays(9, 0), plays(9, 1), plays(10, 1), plays(10, 0)] == [True, False, True, False]
