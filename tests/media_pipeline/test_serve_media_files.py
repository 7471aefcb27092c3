"""/media/: what is public is served in ranges and kept for ever; nothing else has an address."""

import contextlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

pytestmark = pytest.mark.django_db  # the page that says 404 greets who is logged in

UUID = "0b9f6a5e-1111-4222-8333-944445555666"
SEGMENT = f"hls/{UUID}/a1b2c3/360p/7.ts"
CONTENT = bytes(range(256)) * 4

PUBLIC = {
    SEGMENT: "video/mp2t",
    f"hls/{UUID}/a1b2c3/poster.jpg": "image/jpeg",
    f"captions/{UUID}/00ff.vtt": "text/vtt; charset=utf-8",
    "images/cover.width-800.png": "image/png",
    "images/photo_2.max-165x165.jpg": "image/jpeg",
}
HIDDEN = [
    f"sources/{UUID}",
    "original_images/cover.png",
    "documents/list.pdf",
    "avatar_images/me.png",
    f"hls/{UUID}/a1b2c3/360p/index.m3u8",
    f"hls/{UUID}/a1b2c3/360p/7.ts.html",
    "images/page.svg",
    "images/page.html",
    "images/sub/cover.png",
    "db.sqlite3",
]


@pytest.fixture(params=["file", pytest.param("s3", marks=pytest.mark.s3)])
def storage(request: pytest.FixtureRequest, media_folder: Path) -> Any:
    if request.param == "s3":
        request.getfixturevalue("media_on_s3")
    return default_storage


def get(path: str, **headers: str) -> Any:
    return Client(headers=headers).get(f"/media/{path}")


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("path", PUBLIC)
def test_what_is_public_is_served_under_its_own_type(storage: Any, path: str) -> None:
    storage.save(path, ContentFile(CONTENT))

    response = get(path)

    assert (response.status_code, body(response)) == (200, CONTENT)
    assert response["Content-Type"] == PUBLIC[path]
    assert response["Content-Length"] == "1024"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Accept-Ranges"] == "bytes"
    assert "Set-Cookie" not in response


def test_segments_are_kept_for_ever(storage: Any) -> None:
    storage.save(SEGMENT, ContentFile(CONTENT))

    with contextlib.closing(get(SEGMENT)) as response:
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=1000-", 1000, 1023),
        ("bytes=-24", 1000, 1023),
        ("bytes=1000-9999", 1000, 1023),
        ("bytes=-9999", 0, 1023),
    ],
)
def test_a_range_is_served_alone(storage: Any, asked: str, first: int, last: int) -> None:
    storage.save(SEGMENT, ContentFile(CONTENT))

    response = get(SEGMENT, range=asked)

    assert (response.status_code, body(response)) == (206, CONTENT[first : last + 1])
    assert response["Content-Range"] == f"bytes {first}-{last}/1024"
    assert response["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=2000-3000", "bytes=-0", "bytes=9-3"])
def test_a_range_that_is_not_there_is_told(storage: Any, asked: str) -> None:
    storage.save(SEGMENT, ContentFile(CONTENT))

    response = get(SEGMENT, range=asked)

    assert (response.status_code, response["Content-Range"]) == (416, "bytes */1024")
    assert "Cache-Control" not in response or "immutable" not in response["Cache-Control"]


@pytest.mark.parametrize("asked", ["bytes=", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,4-5", "bytes=٣-٤"])
def test_what_is_no_single_range_gets_the_whole(storage: Any, asked: str) -> None:
    storage.save(SEGMENT, ContentFile(CONTENT))

    response = Client().get(f"/media/{SEGMENT}", HTTP_RANGE=asked)

    assert (response.status_code, body(response)) == (200, CONTENT)


@pytest.mark.parametrize("path", HIDDEN)
def test_originals_documents_and_all_else_have_no_address(storage: Any, path: str) -> None:
    storage.save(path, ContentFile(CONTENT))

    assert get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [SEGMENT, f"hls/{UUID}/../../../etc/passwd", "../settings.py", f"hls/{UUID}/a1b2c3/360p/", "images/", "images/.."],
)
def test_what_is_not_there_is_not_found(storage: Any, path: str) -> None:
    assert get(path).status_code == 404


def test_only_reading_is_allowed(storage: Any) -> None:
    storage.save(SEGMENT, ContentFile(CONTENT))

    assert Client().post(f"/media/{SEGMENT}").status_code == 405
    with contextlib.closing(Client().head(f"/media/{SEGMENT}")) as response:
        assert response["Content-Length"] == "1024"


@pytest.mark.s3
def test_a_bucket_is_never_named_to_a_browser(media_on_s3: str, settings: Any) -> None:
    default_storage.save("images/cover.png", ContentFile(CONTENT))

    assert default_storage.url("images/cover.png") == "/media/images/cover.png"
    settings.MEDIA_BASE_URL = "https://cdn.example.com"
    assert default_storage.url("images/cover.png") == "https://cdn.example.com/images/cover.png"
