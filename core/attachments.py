"""Files that people attach (佐证材料): judged by their bytes, pictures written anew, names ours.

Every room that takes attachments asks here, so that one rule holds for all: jpg, png, gif, bmp or pdf, up to 4 MB. They
are kept through Django's storage under `private/`, which no address serves, and are handed out by `as_attachment` only.
"""

import io
import re
import unicodedata
import uuid
import warnings
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageOps

from core.errors import FieldRefusal

MOST_BYTES = 4 * 1024 * 1024
MOST_PIXELS = 40_000_000
"""A page scanned at 600 dpi has 35 million."""
KINDS = {"jpg": "image/jpeg", "png": "image/png", "pdf": "application/pdf"}
"""What a kept file can be, with the type it is handed out as; gif and bmp are kept as png."""
ACCEPT = ".jpg,.jpeg,.png,.gif,.bmp,.pdf"
"""What a browser's file dialog offers."""
FOLDER = "private"
_MOST_NAME = 100
_WRITTEN_AS = {"JPEG": "jpg", "PNG": "png", "GIF": "png", "BMP": "png"}
_MAGIC = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"GIF87a": "GIF", b"GIF89a": "GIF", b"BM": "BMP"}
_ACTIVE_PDF = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile|RichMedia)")


class AttachmentRefused(FieldRefusal):
    """The file is too large, empty, damaged, or none of the kinds that are taken."""

    code = "attachment_refused"
    message = gettext_lazy("%(reason)s")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that passed: its bytes as they may be kept, its kind (`KINDS`), its name as people know it."""

    content: bytes
    kind: str
    name: str

    @property
    def digest(self) -> str:
        """SHA-256 of what is kept, in hex: what an audit entry can name."""
        return sha256(self.content).hexdigest()


def checked(file: IO[bytes] | None, *, attr: str) -> Attachment:
    """What was uploaded, if it may be kept. Raises AttachmentRefused at the field `attr`, saying what to do."""
    if file is None:
        raise AttachmentRefused(attr, reason=_("选一个文件作为佐证材料"))
    content = file.read(MOST_BYTES + 1)
    if not content:
        raise AttachmentRefused(attr, reason=_("这个文件是空的，换一个"))
    if len(content) > MOST_BYTES:
        raise AttachmentRefused(attr, reason=_("文件不能超过 4 MB，压缩或分开后再传"))
    shown = clean_name(str(getattr(file, "name", "") or ""))
    if content.startswith(b"%PDF-"):
        return Attachment(_pdf(content, attr), "pdf", _named(shown, "pdf"))
    shape = next((name for magic, name in _MAGIC.items() if content.startswith(magic)), None)
    if shape is None:
        raise AttachmentRefused(attr, reason=_("只收 jpg、png、gif、bmp 图片或 pdf 文件"))
    kind = _WRITTEN_AS[shape]
    return Attachment(_redrawn(content, shape, attr), kind, _named(shown, kind))


def keep(attachment: Attachment) -> str:
    """Store it under a name of ours; gives that name. In a transaction that fails the file is left over, unnamed."""
    name = f"{FOLDER}/{uuid.uuid4()}.{attachment.kind}"
    return str(default_storage.save(name, ContentFile(attachment.content)))


def as_attachment(*, stored: str, kind: str, name: str) -> FileResponse:
    """The answer that hands a kept file out: always as a download of its own fixed type. Who may ask is the caller's
    rule. Raises FileNotFoundError.
    """
    response = FileResponse(default_storage.open(stored), as_attachment=True, filename=name, content_type=KINDS[kind])
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def clean_name(name: str) -> str:
    """A file name as it may be shown: without folders, control characters and overlong tails."""
    last = re.split(r"[\\/]", name)[-1]
    visible = "".join(character for character in last if unicodedata.category(character)[0] != "C")
    return visible.strip(" .")[:_MOST_NAME]


def _named(shown: str, kind: str) -> str:
    """The name with the ending of what it really is."""
    return f"{shown.rpartition('.')[0] or shown or _('佐证材料')}.{kind}"


def _pdf(content: bytes, attr: str) -> bytes:
    if b"%%EOF" not in content[-2048:]:
        raise AttachmentRefused(attr, reason=_("这个 pdf 不完整，重新导出后再传"))
    if _ACTIVE_PDF.search(content):
        raise AttachmentRefused(attr, reason=_("这个 pdf 里有脚本或附件，打印成 pdf 后再传"))
    return content


def _redrawn(content: bytes, shape: str, attr: str) -> bytes:
    """The first frame's pixels, written anew: nothing else that was in the file is kept (place, comments, a zip)."""
    broken = AttachmentRefused(attr, reason=_("这张图片打不开，重新拍照或截图后再传"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            picture: Any = Image.open(io.BytesIO(content), formats=[shape])
            if picture.width * picture.height > MOST_PIXELS:
                raise AttachmentRefused(attr, reason=_("图片太大，缩小到 4000 万像素以内再传"))
            picture = ImageOps.exif_transpose(picture)
            written = io.BytesIO()
            if _WRITTEN_AS[shape] == "jpg":
                picture.convert("RGB").save(written, "JPEG", quality=90)
            else:
                picture.convert("RGBA" if picture.has_transparency_data else "RGB").save(written, "PNG")
        except AttachmentRefused:
            raise
        except Exception:  # noqa: BLE001  Pillow's decoders raise whatever a hostile file makes them
            raise broken from None
    return written.getvalue()
