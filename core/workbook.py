"""A workbook (xlsx) written row by row as it is sent: of any length in the memory of a few rows.

Its cells are texts and amounts of money. What begins like a formula gets an apostrophe before it, so that no table
program takes what somebody typed for an order to itself.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_CELL = 32_767
_ROWS_AT_ONCE = 500
_LEVEL = 3
"""Of compression: a third of the time of the usual one, a tenth more bytes."""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_AMOUNT, _HEADER = 1, 2
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/></font>'
    '<font><b/><sz val="11"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="49"/><xf numFmtId="4" applyNumberFormat="1"/><xf fontId="1" applyFont="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's name, and its columns: the head of each with its width in characters."""

    name: str
    columns: Sequence[tuple[str, int]]


def written(sheet: Sheet, rows: Iterable[Sequence[str | int]]) -> Iterator[bytes]:
    """The bytes of a workbook of one sheet. A text is written as text, an int as an amount: fen, shown in yuan."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as book:
        for name, part in _PARTS.items():
            book.writestr(name, _HEAD + part)
        book.writestr("xl/workbook.xml", _HEAD + _book(sheet.name))
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part_:
            part_.write((_HEAD + _opening(sheet)).encode())
            for lines in _in_portions(rows, len(sheet.columns)):
                part_.write(lines.encode())
                yield from sink.taken()
            part_.write(b"</sheetData></worksheet>")
    yield from sink.taken()


def sent(name: str, sheet: Sheet, rows: Iterable[Sequence[str | int]]) -> StreamingHttpResponse:
    """The answer that sends it as a download of this name, made while it goes."""
    response = StreamingHttpResponse(written(sheet, rows), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


class _Sink:
    """What the archive writes to: kept until it is sent."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits behind it."""

    def close(self) -> None:
        """There is nothing to close."""

    def taken(self) -> Iterator[bytes]:
        parts, self._parts = self._parts, []
        if parts:
            yield b"".join(parts)


def _book(name: str) -> str:
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{_escaped(name)}" sheetId="1" r:id="r1"/></sheets></workbook>'
    )


def _opening(sheet: Sheet) -> str:
    widths = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
        for at, (_head, width) in enumerate(sheet.columns, 1)
    )
    heads = "".join(_text(f"{_letter(at)}1", head, _HEADER) for at, (head, _width) in enumerate(sheet.columns))
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        f'<cols>{widths}</cols><sheetData><row r="1">{heads}</row>'
    )


def _in_portions(rows: Iterable[Sequence[str | int]], columns: int) -> Iterator[str]:
    letters = [_letter(at) for at in range(columns)]
    lines: list[str] = []
    for number, row in enumerate(rows, 2):
        cells = "".join(_cell(f"{letter}{number}", value) for letter, value in zip(letters, row, strict=True))
        lines.append(f'<row r="{number}">{cells}</row>')
        if len(lines) == _ROWS_AT_ONCE:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


def _letter(column: int) -> str:
    """A for 0, AA for 26."""
    return (_letter(column // 26 - 1) if column >= 26 else "") + chr(65 + column % 26)


def _cell(place: str, value: str | int) -> str:
    if isinstance(value, int):
        sign = "-" if value < 0 else ""
        return f'<c r="{place}" s="{_AMOUNT}"><v>{sign}{abs(value) // 100}.{abs(value) % 100:02}</v></c>'
    return _text(place, f"'{value}" if value.startswith(_FORMULA) else value)


def _text(place: str, text: str, style: int = 0) -> str:
    if not text:
        return ""
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{_escaped(text)}</t></is></c>'


def _escaped(text: str) -> str:
    plain = _ILLEGAL.sub("", text)[:_LONGEST_CELL]
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
