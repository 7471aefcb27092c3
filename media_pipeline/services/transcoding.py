"""The transcoding job (E2). The row is the job; it may be killed at any moment and started again."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from media_pipeline import ffmpeg, segments
from media_pipeline.errors import LeaseLost, SourceMissing, TranscoderFailed, VideoFault
from media_pipeline.keys import SEGMENTS_PER_WINDOW, WINDOW_MS, encrypt_segment, window_key
from media_pipeline.models import VideoAsset
from media_pipeline.probe import look_at
from media_pipeline.running import run_transcoder
from media_pipeline.services.leases import Clock, Lease, claim
from media_pipeline.storage import STORAGE_ERRORS, build_folder, put, remove_folder, video_folder

ENCODING_PCT = 95  # the rest is encrypting and storing
_CHUNK = 4 * 1024 * 1024

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Built:
    """What lies in the storage, not yet named by the row."""

    duration_ms: int
    renditions: list[dict[str, Any]]
    poster: str


def transcode(*, video_id: int, clock: Clock) -> bool:
    """Make a waiting video playable; True when this call did. Safe to call twice and to kill.

    What is wrong with the file ends in FAILED with the reason; what may pass is tried again, three times in all.
    `clock` tells the time again and again, for the lease is extended from the work.
    """
    lease = claim(video_id=video_id, clock=clock)
    if lease is None:
        return False
    try:
        with _work_folder(lease) as folder:
            built = _build(lease, folder)
        lease.finish(
            build=lease.token,
            window_ms=WINDOW_MS,
            duration_ms=built.duration_ms,
            renditions=built.renditions,
            poster=built.poster,
        )
    except LeaseLost:
        _discard(lease)
        return False
    except VideoFault as fault:
        _discard(lease)
        return _give_back(lease, fault)
    except (TranscoderFailed, *STORAGE_ERRORS) as trouble:
        log.warning("transcoding of video %s failed: %s", video_id, trouble)
        _discard(lease)
        return _give_back(lease, str(trouble))
    _remove_other_builds(lease)
    return True


def _give_back(lease: Lease, why: VideoFault | str) -> bool:
    try:
        if isinstance(why, VideoFault):
            lease.fail(why)
        else:
            lease.postpone(why)
    except LeaseLost:
        log.info("video %s was taken over", lease.video.pk)
    return False


def _build(lease: Lease, folder: Path) -> Built:
    path = _local_source(lease, folder)
    source = look_at(path)
    ladder = ffmpeg.ladder_for(source)
    run_transcoder(
        ffmpeg.command(path, source, ladder, folder),
        seconds=source.seconds,
        on_progress=lambda done: lease.extend(int(done / source.seconds * ENCODING_PCT)),
    )
    found = {rendition.name: segments.read(folder / rendition.name) for rendition in ladder}
    for durations in found.values():
        segments.check(durations, source)
    renditions = [_store(lease, folder, rendition, found[rendition.name]) for rendition in ladder]
    poster = f"{build_folder(lease.video.public_id, lease.token)}/{ffmpeg.POSTER}"
    put(poster, (folder / ffmpeg.POSTER).read_bytes())
    duration_ms = min(sum(rendition["segments"]) for rendition in renditions)
    return Built(duration_ms, renditions, poster)


def _store(lease: Lease, folder: Path, rendition: ffmpeg.Rendition, durations: list[int]) -> dict[str, Any]:
    """Encrypt and store one rendition's segments; gives what the row keeps of it."""
    video = lease.video
    target = f"{build_folder(video.public_id, lease.token)}/{rendition.name}"
    sizes = []
    key = b""
    for number in range(len(durations)):
        if number % SEGMENTS_PER_WINDOW == 0:
            key = window_key(bytes(video.secret), lease.token, number // SEGMENTS_PER_WINDOW)
        clear = (folder / rendition.name / f"{number}.ts").read_bytes()
        put(f"{target}/{number}.ts", encrypt_segment(clear, key, number))
        sizes.append(len(clear))
        lease.extend(ENCODING_PCT)
    # Segments of a second or more tell the peak; a short last one would exaggerate.
    peaks = [size * 8000 // ms for size, ms in zip(sizes, durations, strict=True) if ms >= 1000]
    average = sum(sizes) * 8000 // sum(durations)
    return {
        "name": rendition.name,
        "width": rendition.width,
        "height": rendition.height,
        "bandwidth": max(peaks, default=average),
        "average_bandwidth": average,
        "codecs": rendition.codecs,
        "segments": durations,
    }


def _local_source(lease: Lease, folder: Path) -> Path:
    """The source as a local file: itself, or a copy where the storage is elsewhere."""
    name = lease.video.source
    try:
        return Path(default_storage.path(name))
    except NotImplementedError:
        path = folder / "source"
    try:
        with default_storage.open(name) as remote, path.open("wb") as local:
            while chunk := remote.read(_CHUNK):
                local.write(chunk)
                lease.extend()
    except FileNotFoundError:
        raise SourceMissing from None
    return path


@contextmanager
def _work_folder(lease: Lease) -> Iterator[Path]:
    """A folder for clear segments; what a killed worker left of this video goes first."""
    base = Path(settings.VAR_DIR) / "transcode"
    folder = base / f"{lease.video.public_id}-{lease.token}"
    for old in base.glob(f"{lease.video.public_id}-*"):
        shutil.rmtree(old, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _discard(lease: Lease) -> None:
    """Throw away what this lease stored. A storage that is down keeps it until the next success or the deletion."""
    try:
        remove_folder(build_folder(lease.video.public_id, lease.token))
    except STORAGE_ERRORS as trouble:
        log.warning("build %s stays in the storage: %s", lease.token, trouble)


def _remove_other_builds(lease: Lease) -> None:
    current = VideoAsset.objects.filter(pk=lease.video.pk).values_list("build", flat=True).first() or ""
    try:
        remove_folder(video_folder(lease.video.public_id), keep=current)
    except STORAGE_ERRORS as trouble:
        log.warning("old builds of video %s stay in the storage: %s", lease.video.pk, trouble)
