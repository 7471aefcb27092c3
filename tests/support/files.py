"""Files of the tests: small, real, and some that aren't what they say."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core.attachments import Attachment, checked


def picture_bytes(shape: str = "PNG", size: tuple[int, int] = (8, 6)) -> bytes:
    """A plain picture of that format."""
    written = io.BytesIO()
    Image.new("RGB", size, "white").save(written, shape)
    return written.getvalue()


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def upload(name: str = "evidence.png", content: bytes | None = None) -> SimpleUploadedFile:
    """What a browser sends."""
    return SimpleUploadedFile(name, picture_bytes() if content is None else content)


def attachment(name: str = "证明.png") -> Attachment:
    """A file that has passed the check."""
    return checked(upload(name), attr="evidence")
