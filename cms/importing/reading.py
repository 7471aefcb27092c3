"""Reading a sheet of questions as a stream of rows of text; cells that can't be taken for text say why."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import IO, Any

from django.utils.translation import gettext as _

from cms.errors import QuestionFileRefused
from cms.importing.columns import NEEDED, REASON, column_of, unescaped
from cms.importing.opening import opened

MOST_ROWS = 100_000
_HEADER_WITHIN = 10
_MOST_COLUMNS = 60
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_LONGEST_EXACT = 10**15
"""A spreadsheet keeps fifteen digits of a number."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row as it stands: column → text, and what is wrong with its cells."""

    number: int
    cells: dict[str, str]
    faults: tuple[str, ...] = ()


@dataclass
class Reading:
    """A sheet being read. `notes` is complete when the rows have been gone through."""

    rows: Iterator[SheetRow]
    expected: int
    columns: frozenset[str]
    notes: list[str] = field(default_factory=list)


class reading:  # noqa: N801  a context manager, used like a function
    """`with reading(file) as sheet: for row in sheet.rows: …` Raises QuestionFileRefused, also while rows are read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._opened = opened(file)

    def __enter__(self) -> Reading:
        book = self._opened.__enter__()
        try:
            first_rows = book.sheet.iter_rows(max_row=_HEADER_WITHIN, max_col=_MOST_COLUMNS)
            header_at, header, unknown = _header(_safely(first_rows))
            places = {at: name for at, name in header.items() if name != REASON}
            # No wider than the header: a million empty rows are as many empty cells more for each column.
            raw = book.sheet.iter_rows(min_row=header_at + 1, max_col=max(places) + 1)
            rows = _rows(_safely(raw), header_at + 1, places, book.merged)
            notes = list(book.notes)
            if unknown:
                notes.append(_("没有用到的列：%s") % "、".join(unknown))
            return Reading(rows, max(book.rows - header_at, 0), frozenset(places.values()), notes)
        except BaseException:
            self._opened.__exit__(None, None, None)
            raise

    def __exit__(self, *raised: Any) -> None:
        self._opened.__exit__(*raised)


def _safely(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """What breaks in the middle of a file is a broken file."""
    try:
        yield from rows
    except QuestionFileRefused:
        raise
    except Exception:  # noqa: BLE001  the library raises whatever a broken file makes it
        raise QuestionFileRefused(
            reason=_("文件读到一半出错，可能已损坏：请用 Excel 或 WPS 打开后另存一次，再导入")
        ) from None


def _header(rows: Iterator[tuple[Any, ...]]) -> tuple[int, dict[int, str], list[str]]:
    """(row number, place → column, headers that mean nothing here) of the first row that looks like a header."""
    best: set[str] = set()
    for number, cells in enumerate(rows, 1):
        titles = {at: text for at, cell in enumerate(cells) if (text := _text_of(cell)[0])}
        known = {at: name for at, title in titles.items() if (name := _named(title))}
        if set(NEEDED) <= set(known.values()):
            names = list(known.values())
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise QuestionFileRefused(reason=_("表头里有重复的列：%s") % "、".join(twice))
            return number, known, [title for at, title in titles.items() if at not in known]
        best = max(best, set(known.values()), key=len)
    if not best & set(NEEDED):
        raise QuestionFileRefused(reason=_("前 10 行里没找到表头：请下载模板，在模板里填写"))
    missing = "、".join(name for name in NEEDED if name not in best)
    raise QuestionFileRefused(reason=_("表头缺少这些列：%s。请下载模板，对照补上") % missing)


def _named(title: str) -> str | None:
    return REASON if title == REASON else column_of(title)


def _rows(
    raw: Iterator[tuple[Any, ...]], first: int, places: dict[int, str], merged: tuple[tuple[int, int], ...]
) -> Iterator[SheetRow]:
    taken = 0
    merges = [(low, high) for low, high in merged if high >= first]
    for number, cells in enumerate(raw, first):
        if all(cells[at].value is None for at in places):
            continue
        told = {name: _text_of(cells[at]) for at, name in places.items()}
        texts = {name: text for name, (text, _fault) in told.items()}
        faults = [f"{name}：{fault}" for name, (_text, fault) in told.items() if fault]
        if not any(texts.values()) and not faults:
            continue
        if any(low <= number <= high for low, high in merges):
            faults.insert(0, _("这一行有合并的单元格：请取消合并，每行填一道题"))
        taken += 1
        if taken > MOST_ROWS:
            raise QuestionFileRefused(
                reason=_("一个文件最多 %d 题：前面的已经导入，其余的请放到另一个文件") % MOST_ROWS
            )
        yield SheetRow(number, texts, tuple(faults))


def _text_of(cell: Any) -> tuple[str, str]:
    """(text, what is wrong) of a cell."""
    value = cell.value
    if value is None:
        return "", ""
    if cell.data_type == "f":
        return str(value) if isinstance(value, str) else "=", _("是公式，请粘贴成数值")
    if cell.data_type == "e":
        return str(value), _("是错误值（%s），请改成文字") % value
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), ""
    if isinstance(value, int | float):
        return _number(value, cell)
    if isinstance(value, datetime | date | time | timedelta):
        return str(value), _("是日期或时间：表格软件把文字改成了日期，请把单元格设成文本再填一遍")
    return cleaned(str(value)), ""


def _number(value: float, cell: Any) -> tuple[str, str]:
    if abs(value) >= _LONGEST_EXACT:
        return f"{value:.0f}", _("数字超过 15 位，表格软件已经改掉了后几位：请把单元格设成文本再填一遍")
    if "%" in (cell.number_format or ""):
        return f"{value * 100:.15g}%", ""
    return f"{value:.15g}" if isinstance(value, float) and not value.is_integer() else str(int(value)), ""


def cleaned(text: str) -> str:
    """The text without blanks around it, invisible signs, and the apostrophe that keeps it from being a formula."""
    if not text.isprintable():  # most are
        lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
        text = "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) not in _INVISIBLE)
    return unescaped(text.strip())
