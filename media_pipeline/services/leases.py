"""Holding a video while it is transcoded: claimed by a conditional update, lost by silence."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from media_pipeline.errors import GaveUp, LeaseLost, VideoFault
from media_pipeline.models import VideoAsset

LEASE = timedelta(seconds=45)
EXTEND_EVERY = timedelta(seconds=5)
MOST_ATTEMPTS = 3
WAIT_AFTER_FAILURE = timedelta(seconds=20)

Clock = Callable[[], datetime]


class Lease:
    """One worker's hold on one video. Its token names the build, so two workers never write the same file."""

    def __init__(self, video: VideoAsset, token: str, clock: Clock) -> None:
        self.video = video
        self.token = token
        self._clock = clock
        self._said_at = clock()
        self._said_pct = 0

    def extend(self, progress_pct: int = 0) -> None:
        """Say that the work goes on, at most every few seconds. Raises LeaseLost."""
        now = self._clock()
        if now - self._said_at < EXTEND_EVERY:
            return
        self._said_at, self._said_pct = now, max(progress_pct, self._said_pct)
        self._update(lease_until=now + LEASE, progress_pct=self._said_pct)

    def finish(self, **fields: object) -> None:
        """The video is ready. This one update publishes the build. Raises LeaseLost."""
        self._end(VideoAsset.State.READY, progress_pct=100, failure_code="", failure_reason="", **fields)

    def fail(self, fault: VideoFault) -> None:
        """The video can't be used as it is."""
        self._end(VideoAsset.State.FAILED, failure_code=fault.code, failure_reason=str(fault)[:500])

    def postpone(self, detail: str) -> None:
        """Something that may pass went wrong: wait and try again, but not for ever."""
        if self.video.attempts >= MOST_ATTEMPTS:
            reason = f"{GaveUp()}（{detail}）" if detail else str(GaveUp())
            self._end(VideoAsset.State.FAILED, failure_code=GaveUp.code, failure_reason=reason[:500])
            return
        self._update(
            state=VideoAsset.State.UPLOADED,
            lease_token="",
            lease_until=self._clock() + WAIT_AFTER_FAILURE * self.video.attempts,
            progress_pct=0,
        )

    def _end(self, state: VideoAsset.State, **fields: object) -> None:
        self._update(state=state, lease_token="", lease_until=None, **fields)

    def _update(self, **fields: object) -> None:
        if not VideoAsset.objects.held_by(self.token).filter(pk=self.video.pk).update(**fields):
            raise LeaseLost


def claim(*, video_id: int, clock: Clock) -> Lease | None:
    """Take a waiting or abandoned video; None where there is nothing to do or another worker was first."""
    now = clock()
    token = secrets.token_hex(8)
    video = VideoAsset.objects.claimable(now).filter(pk=video_id).first()
    if video is None:
        return None
    claimed = (
        VideoAsset.objects.claimable(now)
        .filter(pk=video_id, attempts=video.attempts, lease_token=video.lease_token)
        .update(
            state=VideoAsset.State.PROCESSING,
            lease_token=token,
            lease_until=now + LEASE,
            attempts=video.attempts + 1,
            progress_pct=0,
        )
    )
    if not claimed:
        return None
    video.attempts += 1
    lease = Lease(video, token, clock)
    if video.attempts > MOST_ATTEMPTS:
        lease.fail(GaveUp())
        return None
    return lease
