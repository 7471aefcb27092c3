"""Opening a workbook that somebody sent: what it really is, how large it unpacks, before a library looks at it."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from cms.errors import QuestionFileRefused

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 256 * 1024 * 1024
MOST_SHARED = 64 * 1024 * 1024
"""Texts that cells share are held in memory while the sheet is read."""
_MOST_PARTS = 5_000
_MOST_MERGES = 1_000
_CHUNK = 1024 * 1024
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']\$?[A-Z]{1,3}\$?(\d+)(?::\$?[A-Z]{1,3}\$?(\d+))?[\"']")
_LONGEST_MERGE = 200
SHEET = "题目"
_NOTES = "填写说明"


@dataclass(frozen=True)
class Workbook:
    """An opened workbook: its sheet, about how many rows that has, row ranges of merged cells as (first, last), what is
    to be told about it.
    """

    sheet: Any
    rows: int
    merged: tuple[tuple[int, int], ...]
    notes: tuple[str, ...]


@contextmanager
def opened(file: IO[bytes]) -> Iterator[Workbook]:
    """The workbook in a file. Raises QuestionFileRefused, saying what to do."""
    refuse_unless_workbook(file)
    try:
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
    except Exception:  # noqa: BLE001  the library raises whatever a broken file makes it
        raise _broken() from None
    try:
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible" and sheet.title != _NOTES]
        if not sheets:
            raise QuestionFileRefused(reason=_("这个文件里没有可以导入的工作表"))
        sheet = next((sheet for sheet in sheets if sheet.title == SHEET), sheets[0])
        rows = sheet.max_row or 0
        sheet.reset_dimensions()  # some programs write them wrong
        yield Workbook(sheet, rows, _merged_rows(file, sheet), tuple(_notes(file, sheets, sheet)))
    finally:
        book.close()


def refuse_unless_workbook(file: IO[bytes]) -> None:
    """Raises QuestionFileRefused for what isn't an xlsx, is locked, broken, or too large, packed or unpacked."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if size > MOST_BYTES:
        limit = MOST_BYTES // 1024 // 1024
        raise QuestionFileRefused(reason=_("文件超过 %d MB：请分成几个文件，图片请导入后在题目里添加") % limit)
    head = file.read(8)
    if not head.startswith(b"PK\x03\x04"):
        raise QuestionFileRefused(reason=_what_it_is(file, head))
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            _judge(archive)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError):
        raise _broken() from None
    finally:
        file.seek(0)


def _broken() -> QuestionFileRefused:
    return QuestionFileRefused(reason=_("文件已损坏，打不开：请用 Excel 或 WPS 打开后另存一次，再导入"))


def _what_it_is(file: IO[bytes], head: bytes) -> str:
    if not head:
        return _("这个文件是空的")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        file.seek(0)
        if "EncryptedPackage".encode("utf-16-le") in file.read():
            return _("文件加了打开密码：请去掉密码后再导入")
        return _("这是旧的 .xls 文件：请用 Excel 或 WPS 另存为 .xlsx 再导入")
    if b"\x00" not in head and not head.startswith((b"MZ", b"%PDF", b"\x7fELF")):
        return _("这不是 .xlsx 文件，像是文本或 csv：请用 Excel 或 WPS 打开后另存为 .xlsx 再导入")
    return _("这不是 .xlsx 文件：请下载模板，在模板里填写")


def _judge(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise QuestionFileRefused(reason=_("文件加了打开密码：请去掉密码后再导入"))
    if "xl/workbook.bin" in names:
        raise QuestionFileRefused(reason=_("这是 .xlsb 文件：请用 Excel 另存为 .xlsx 再导入"))
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise QuestionFileRefused(reason=_("这不是 .xlsx 文件：请下载模板，在模板里填写"))
    # An entry never unpacks to more than it says: Python's zipfile stops there.
    shared = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    total = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or shared > MOST_SHARED or total > MOST_UNPACKED:
        raise QuestionFileRefused(reason=_("文件解压后太大：请删掉多余的空行、格式和图片，或者分成几个文件"))
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as opened_part:
                if b"<!DOCTYPE" in opened_part.read(1024):
                    raise QuestionFileRefused(reason=_("文件里有不允许的内容：请用 Excel 或 WPS 另存一次再导入"))


def _merged_rows(file: IO[bytes], sheet: Any) -> tuple[tuple[int, int], ...]:
    """Looked for in the bytes: a workbook that is read as a stream doesn't tell of merged cells."""
    found: list[tuple[int, int]] = []
    with zipfile.ZipFile(file) as archive, archive.open(sheet._worksheet_path) as part:
        rest = b""
        while chunk := part.read(_CHUNK):
            window = rest + chunk
            last = 0
            for match in _MERGE.finditer(window):
                first, end = int(match.group(1)), int(match.group(2) or match.group(1))
                found.append((first, end))
                last = match.end()
            if len(found) > _MOST_MERGES:
                raise QuestionFileRefused(reason=_("合并的单元格太多：请全选后取消合并，再导入"))
            rest = window[max(last, len(window) - _LONGEST_MERGE) :]
    return tuple(found)


def _notes(file: IO[bytes], sheets: list[Any], taken: Any) -> Iterator[str]:
    if len(sheets) > 1:
        yield _("文件里有 %(count)d 个工作表，只导入了“%(title)s”") % {"count": len(sheets), "title": taken.title}
    with zipfile.ZipFile(file) as archive:
        pictures = sum(name.startswith("xl/media/") for name in archive.namelist())
    if pictures:
        yield _("表格里的 %d 张图片没有导入：请在题目页面里添加图片") % pictures
