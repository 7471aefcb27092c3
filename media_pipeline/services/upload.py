"""Receiving a video (E2). Its name and type are only what the browser says; the transcoding job looks at the file."""

import tempfile
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Protocol

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext

from media_pipeline import tasks
from media_pipeline.errors import EmptyUpload, UploadIncomplete, UploadTooLarge
from media_pipeline.models import VideoAsset
from media_pipeline.storage import after_commit, remove

_CHUNK = 1024 * 1024
# How long a sent job may be on its way before it is sent again.
SENT_AGAIN_AFTER = timedelta(seconds=60)


class Readable(Protocol):
    """Anything the bytes can be read from: an open file, an upload, a request."""

    def read(self, size: int, /) -> bytes: ...


class _OnDisk(File):
    """Tells a local storage that the file may be moved instead of copied."""

    def temporary_file_path(self) -> str:
        return str(self.name)


def receive_upload(
    *,
    content: Readable,
    name: str,
    title: str = "",
    size: int | None = None,
    uploaded_by_id: int | None,
    now: datetime,
) -> VideoAsset:
    """Store an upload under a name of ours and send its job.

    `name` is the browser's file name, shown only; `size` in bytes, where it is known beforehand.
    Raises EmptyUpload, UploadTooLarge (settings.VIDEO_MAX_BYTES), UploadIncomplete.
    """
    if size is not None and size > settings.VIDEO_MAX_BYTES:
        raise _too_large()
    shown_name = _printable(name.replace("\\", "/").rsplit("/", 1)[-1])
    public_id = uuid.uuid4()
    work = Path(settings.VAR_DIR) / "transcode"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=work, prefix="upload-", delete=False) as spool:
        try:
            received = _copy(content, spool)
            if received == 0:
                raise EmptyUpload
            if size is not None and received != size:
                raise UploadIncomplete
            source = default_storage.save(f"sources/{public_id}", _OnDisk(spool))
        finally:
            Path(spool.name).unlink(missing_ok=True)
    fallback = Path(shown_name).stem or gettext("视频")
    try:
        return _record(
            public_id=public_id,
            title=(_printable(title) or fallback)[:120],
            source=source,
            source_name=shown_name[:255],
            source_bytes=received,
            uploaded_by_id=uploaded_by_id,
            uploaded_at=now,
        )
    except DatabaseError:
        remove([source])
        raise


@transaction.atomic
def _record(**fields: Any) -> VideoAsset:
    video = VideoAsset.objects.create(lease_until=fields["uploaded_at"] + SENT_AGAIN_AFTER, **fields)
    send_job(video.pk)
    return video


def send_job(video_id: int) -> None:
    """The fast path to a worker; where the broker is down or loses it, the sweeper sends it again."""
    after_commit(lambda: tasks.transcode_video.delay(video_id))


def _copy(content: Readable, spool: IO[bytes]) -> int:
    received = 0
    while chunk := content.read(_CHUNK):
        received += len(chunk)
        if received > settings.VIDEO_MAX_BYTES:
            raise _too_large()
        spool.write(chunk)
    spool.flush()
    return received


def _too_large() -> UploadTooLarge:
    return UploadTooLarge(limit=filesizeformat(settings.VIDEO_MAX_BYTES))


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()
