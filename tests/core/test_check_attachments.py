"""What people attach is what it says, small, and redrawn; nothing else gets in (security.md: files)."""

import io
import zipfile

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from core import attachments
from core.attachments import AttachmentRefused, as_attachment, checked, keep
from tests.support.files import PDF, picture_bytes, upload


def refused(name: str, content: bytes) -> str:
    with pytest.raises(AttachmentRefused) as refusal:
        checked(upload(name, content), attr="evidence")
    assert refusal.value.attr == "evidence"
    return str(refusal.value)


@pytest.mark.parametrize(("shape", "kind"), [("JPEG", "jpg"), ("PNG", "png"), ("GIF", "png"), ("BMP", "png")])
def test_a_picture_is_written_anew(shape, kind):
    taken = checked(upload("证明.x", picture_bytes(shape)), attr="evidence")

    assert (taken.kind, taken.name) == (kind, f"证明.{kind}")
    assert Image.open(io.BytesIO(taken.content)).size == (8, 6)


def test_a_pdf_is_kept_as_it_is():
    taken = checked(upload("批复.pdf", PDF), attr="evidence")

    assert (taken.kind, taken.content) == ("pdf", PDF)


def test_what_hides_behind_a_picture_is_left_behind():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("evil.html", "<script>alert(1)</script>")

    taken = checked(upload("a.png", picture_bytes() + archive.getvalue()), attr="evidence")

    assert not zipfile.is_zipfile(io.BytesIO(taken.content))


def test_where_a_photo_was_taken_is_left_behind():
    written = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "somewhere"
    Image.new("RGB", (8, 6)).save(written, "JPEG", exif=exif)

    taken = checked(upload("a.jpg", written.getvalue()), attr="evidence")

    assert b"somewhere" in written.getvalue()
    assert b"somewhere" not in taken.content


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jpg", b"MZ\x90\x00 a program"),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("a.pdf", b"<html><script>alert(1)</script>"),
        ("a.pdf", b"\n\n" + PDF),
        ("a.docx", b"PK\x03\x04 an archive"),
    ],
)
def test_a_file_that_is_something_else_is_refused(name, content):
    assert "只收" in refused(name, content)


def test_an_empty_file_and_none_are_refused():
    assert "空的" in refused("a.png", b"")
    with pytest.raises(AttachmentRefused, match="选一个文件"):
        checked(None, attr="evidence")


def test_more_than_four_megabytes_are_refused():
    assert "4 MB" in refused("a.pdf", PDF + b" " * attachments.MOST_BYTES)


def test_a_damaged_picture_is_refused():
    assert "打不开" in refused("a.png", picture_bytes()[:40])


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(attachments, "MOST_PIXELS", 40)

    assert "太大" in refused("a.png", picture_bytes(size=(8, 6)))


def test_a_pdf_that_acts_or_is_cut_off_is_refused():
    assert "脚本" in refused("a.pdf", PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript>>"))
    assert "不完整" in refused("a.pdf", PDF.replace(b"%%EOF", b""))


def test_a_name_is_shown_without_folders_and_control_characters():
    taken = checked(upload("x.png"), attr="evidence")
    shown = attachments.clean_name("C:\\tmp\\..\\证\u202e明\x00.png")

    assert shown == "证明.png"
    assert taken.name == "x.png"


def test_it_is_kept_under_a_name_of_ours_and_handed_out_as_a_download():
    stored = keep(checked(upload("证明.png"), attr="evidence"))

    answer = as_attachment(stored=stored, kind="png", name="证明.png")
    answer.file_to_stream.close()

    assert stored.startswith("private/")
    assert "证明" not in stored
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    default_storage.delete(stored)


@pytest.mark.django_db
def test_no_public_address_serves_it(client):
    stored = keep(checked(upload(), attr="evidence"))

    assert client.get(f"/media/{stored}").status_code == 404
    default_storage.delete(stored)
