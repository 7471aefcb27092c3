"""The whole way on a real S3-compatible server."""

from collections.abc import Callable
from typing import Any

import pytest

from core import clock
from media_pipeline import services
from media_pipeline.services import leases, transcode
from tests.media_pipeline.factories import transcoded_video, uploaded_video
from tests.media_pipeline.playing import decrypted
from tests.support.clock import FakeClock

pytestmark = [pytest.mark.s3, pytest.mark.django_db]


def test_a_video_is_received_transcoded_and_deleted_on_s3(
    media_on_s3: str,
    stored: Callable[..., list[str]],
    tmp_path: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    video = transcoded_video("plain")

    base = f"hls/{video.public_id}/{video.build}"
    assert stored() == [f"{base}/180p/0.ts", f"{base}/poster.jpg", video.source]
    assert decrypted(video, "180p", tmp_path).read_bytes()[:1] == b"\x47"
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_video(video_id=video.pk, actor_id=None, now=clock.now())
    assert stored() == []


def test_a_source_that_is_gone_from_the_bucket_is_told_so(media_on_s3: str, s3_server: Any) -> None:
    video = uploaded_video("text")
    s3_server.client().delete_object(Bucket=media_on_s3, Key=video.source)

    transcode(video_id=video.pk, clock=clock.now)

    video.refresh_from_db()
    assert (video.state, video.failure_code) == ("failed", "source_missing")


def test_what_a_dead_worker_left_in_the_bucket_goes(
    media_on_s3: str, stored: Callable[..., list[str]], clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = uploaded_video("plain")

    def dies(self: leases.Lease, **fields: object) -> None:
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(leases.Lease, "finish", dies)
        with pytest.raises(SystemExit):
            transcode(video_id=video.pk, clock=clock)
    assert len(stored("hls")) == 2
    clock.tick(60)

    assert transcode(video_id=video.pk, clock=clock)

    video.refresh_from_db()
    assert {name.split("/")[2] for name in stored("hls")} == {video.build}
