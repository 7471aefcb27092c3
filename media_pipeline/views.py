"""Public media files: encrypted segments, posters, captions, Wagtail's picture renditions. Nothing else is reachable.

Serves local files, and a bucket that has no CDN in front. Originals (`sources/`, `original_images/`) and documents
(Wagtail checks who may read those) have no address here. Whatever is served says its own fixed type.
"""

import re
from typing import IO

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_FOREVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"
_PICTURES = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}
# What may be asked for, and how long browsers and CDNs may keep it. Names are ours, so a changed file has a new name.
_SERVED = (
    (re.compile(rf"hls/{_UUID}/[0-9a-f]+/[0-9]+p/[0-9]+\.(?P<kind>ts)"), _FOREVER),
    (re.compile(rf"hls/{_UUID}/[0-9a-f]+/poster\.(?P<kind>jpg)"), _FOREVER),
    (re.compile(rf"captions/{_UUID}/[0-9a-f]+\.(?P<kind>vtt)"), _FOREVER),
    (re.compile(rf"images/[\w.\-]+\.(?P<kind>{'|'.join(_PICTURES)})", re.ASCII), _A_DAY),
)
_TYPES = _PICTURES | {"ts": "video/mp2t", "vtt": "text/vtt; charset=utf-8"}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


@require_safe
def media_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """GET /media/<path>, whole or one range of it; 404 for all that isn't public."""
    for pattern, keep in _SERVED:
        if found := pattern.fullmatch(path):
            return _serve(request, path, _TYPES[found["kind"]], keep)
    raise Http404


def _serve(request: HttpRequest, path: str, content_type: str, keep: str) -> HttpResponseBase:
    try:
        file = default_storage.open(path)
        size = file.size
    except (FileNotFoundError, IsADirectoryError):
        raise Http404 from None
    response = _body(request, file, size)
    response["Content-Type"] = content_type
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    # A CDN may hand these to a page of ours under another name; they are public or encrypted.
    response["Access-Control-Allow-Origin"] = "*"
    if response.status_code < 400:
        response["Cache-Control"] = keep
    return response


def _body(request: HttpRequest, file: IO[bytes], size: int) -> HttpResponseBase:
    # Several ranges at once, or what isn't a range, are answered with the whole file, as RFC 9110 allows.
    asked = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if not asked or not any(asked.groups()):
        response: HttpResponseBase = FileResponse(file)
        response["Content-Length"] = str(size)
        return response
    start, end = _bounds(asked[1], asked[2], size)
    if start > end:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = FileResponse(_Part(file, start, end), status=206)
    response["Content-Range"] = f"bytes {start}-{end}/{size}"
    response["Content-Length"] = str(end - start + 1)
    return response


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """First and last byte; the first lies after the last where the range can't be met."""
    if not first:  # the last n bytes
        count = min(int(last), size)
        return (size - count, size - 1) if count else (1, 0)
    return int(first), min(int(last), size - 1) if last else size - 1


class _Part:
    """Some bytes of a file, read like a file of their own."""

    def __init__(self, file: IO[bytes], first: int, last: int) -> None:
        file.seek(first)
        self._file = file
        self._left = last - first + 1
        self.close = file.close

    def read(self, size: int) -> bytes:
        chunk = self._file.read(min(size, self._left))
        self._left -= len(chunk)
        return chunk
