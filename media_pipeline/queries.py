"""What others ask of videos. Watching asks for every playlist and key, so answers are kept in the process.

A ready video never changes but for its captions, which are looked at again after half a minute.
"""

import time
from dataclasses import dataclass
from typing import Any

from media_pipeline import keys
from media_pipeline.errors import VideoNotReady
from media_pipeline.keys import window_of
from media_pipeline.models import VideoAsset
from media_pipeline.storage import build_folder, public_url

__all__ = ["Media", "VideoState", "find_by_name", "forget", "is_ready", "key_for", "media_of", "states_of", "window_of"]

_KEPT_SECONDS = 30.0
_MOST_KEPT = 1024


@dataclass(frozen=True)
class Media:
    """What a player needs of a ready video. `base_url` is where the renditions' folders lie."""

    public_id: str
    duration_ms: int
    window_ms: int
    renditions: tuple[dict[str, Any], ...]
    base_url: str
    poster_url: str
    captions_url: str


@dataclass(frozen=True)
class VideoState:
    """Whether a video can be published, and why not yet."""

    id: int
    title: str
    is_ready: bool
    label: str
    reason: str
    duration_ms: int


@dataclass(frozen=True)
class _Kept:
    media: Media
    secret: bytes
    build: str
    until: float


_kept: dict[int, _Kept] = {}


def media_of(video_id: int) -> Media:
    """A ready video's media. Raises VideoNotReady."""
    kept = _kept.get(video_id)
    if kept is None or kept.until < time.monotonic():
        kept = _load(video_id)
    return kept.media


def key_for(video_id: int, window: int) -> bytes:
    """The 16 bytes that open a window. The caller has checked that it is earned. Raises VideoNotReady."""
    kept = _kept.get(video_id) or _load(video_id)
    return keys.window_key(kept.secret, kept.build, window)


def is_ready(video_id: int) -> bool:
    """Whether a video can be played."""
    return VideoAsset.objects.filter(pk=video_id, state=VideoAsset.State.READY).exists()


def states_of(video_ids: list[int]) -> dict[int, VideoState]:
    """States by id, in one query; an id that is missing is no video of ours."""
    fields = VideoAsset.objects.filter(pk__in=video_ids).only("title", "state", "failure_reason", "duration_ms")
    return {
        video.pk: VideoState(
            id=video.pk,
            title=video.title,
            is_ready=video.state == VideoAsset.State.READY,
            label=video.get_state_display(),
            reason=video.failure_reason,
            duration_ms=video.duration_ms,
        )
        for video in fields
    }


def forget(video_id: int) -> None:
    """Look at a video anew; after a change by this process."""
    _kept.pop(video_id, None)


def _load(video_id: int) -> _Kept:
    video = VideoAsset.objects.filter(pk=video_id, state=VideoAsset.State.READY).first()
    if video is None:
        raise VideoNotReady
    media = Media(
        public_id=str(video.public_id),
        duration_ms=video.duration_ms,
        window_ms=video.window_ms,
        renditions=tuple(video.renditions),
        base_url=public_url(build_folder(video.public_id, video.build)),
        poster_url=public_url(video.poster) if video.poster else "",
        captions_url=public_url(video.captions) if video.captions else "",
    )
    kept = _Kept(media, bytes(video.secret), video.build, time.monotonic() + _KEPT_SECONDS)
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[video_id] = kept
    return kept


def find_by_name(source_name: str) -> tuple[int, bool] | None:
    """(id, whether it is ready) of the newest video uploaded under this file name, None for none."""
    found = VideoAsset.objects.filter(source_name=source_name).order_by("-pk").values_list("pk", "state").first()
    return (found[0], found[1] == VideoAsset.State.READY) if found else None
