"""Sending jobs again: what a crash lost, and what an editor wants to try once more."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from media_pipeline.errors import CannotRetry
from media_pipeline.models import VideoAsset
from media_pipeline.services.upload import SENT_AGAIN_AFTER, send_job

_AT_ONCE = 100


@transaction.atomic
def retry_transcode(*, video_id: int, now: datetime) -> None:
    """Try a failed video again, with all its attempts. Raises CannotRetry."""
    failed = VideoAsset.objects.filter(pk=video_id, state=VideoAsset.State.FAILED)
    if not failed.update(
        state=VideoAsset.State.UPLOADED,
        attempts=0,
        progress_pct=0,
        failure_code="",
        failure_reason="",
        lease_until=now + SENT_AGAIN_AFTER,
    ):
        raise CannotRetry
    send_job(video_id)


def sweep_videos(*, now: datetime, worker_is_new: bool = False) -> list[int]:
    """Send the jobs that nobody works on; gives their ids.

    Abandoned videos wait again first. A waiting one is sent when its message should have arrived long ago, or when a
    worker has just come up: what the broker held may have died with the old one.
    """
    VideoAsset.objects.abandoned(now).update(
        state=VideoAsset.State.UPLOADED, lease_token="", lease_until=now, progress_pct=0
    )
    waiting = VideoAsset.objects.filter(state=VideoAsset.State.UPLOADED)
    if not worker_is_new:
        waiting = waiting.filter(Q(lease_until__lte=now) | Q(lease_until__isnull=True))
    sent = []
    for pk in waiting.order_by("uploaded_at", "pk").values_list("pk", flat=True)[:_AT_ONCE]:
        with transaction.atomic():
            if waiting.filter(pk=pk).update(lease_until=now + SENT_AGAIN_AFTER):
                send_job(pk)
                sent.append(pk)
    return sent
