"""The totals as a workbook: together, by provider, by specialty; amounts are numbers that add up."""

import io
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from payments.office.totals_form import Asked, specialty_words
from payments.office.words import provider_words
from payments.queries.totals import MONTH, Sums, Totals, summed

_AMOUNT = "#,##0.00"
_RISKY = re.compile(r"\s*[=+\-@]")


def as_workbook(asked: Asked, found: Totals, cells: dict[tuple[date, str], Sums]) -> bytes:
    """Three sheets of the same money; the last one of all specialties, whichever is looked at."""
    book = Workbook(write_only=True)
    figures = [_("收款（元）"), _("退款（元）"), _("净额（元）"), _("收款笔数"), _("退款笔数")]
    period = _("月份") if asked.by == MONTH else _("日期")
    together = summed(cells, 0)
    _sheet(book, _("合计"), [period, *figures], ([asked.label(at), sums] for at, sums in sorted(together.items())))
    _sheet(
        book,
        _("按支付方式"),
        [period, _("支付方式"), *figures],
        ([asked.label(at), provider_words(of), sums] for (at, of), sums in sorted(cells.items())),
    )
    _sheet(book, _("按专业"), [period, _("支付方式"), _("专业"), *figures], _shares(asked, found))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _shares(asked: Asked, found: Totals) -> Iterable[list[Any]]:
    for (at, provider, of), sums in sorted(found.shares.items(), key=lambda one: (*one[0][:2], one[0][2] or "")):
        yield [asked.label(at), provider_words(provider), specialty_words(of), sums]


def _sheet(book: Workbook, title: str, heads: list[str], rows: Iterable[list[Any]]) -> None:
    """Rows end with their sums. A last row adds them up."""
    sheet = book.create_sheet(title)
    for at, head in enumerate(heads, 1):
        sheet.column_dimensions[get_column_letter(at)].width = 24 if head == _("专业") else 14
    sheet.freeze_panes = "A2"
    sheet.append([_bold(sheet, head) for head in heads])
    all_sums = Sums()
    for *words, sums in rows:
        all_sums += sums
        sheet.append([*(escaped(word) for word in words), *_figures(sheet, sums)])
    blank = [None] * (len(heads) - 6)
    sheet.append([_bold(sheet, _("合计")), *blank, *_figures(sheet, all_sums)])


def _figures(sheet: Any, sums: Sums) -> list[Any]:
    amounts = [_amount(sheet, fen) for fen in (sums.paid_fen, sums.refunded_fen, sums.net_fen)]
    return [*amounts, sums.payments, sums.refunds]


def _amount(sheet: Any, fen: int) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, Decimal(fen) / 100)
    cell.number_format = _AMOUNT
    return cell


def _bold(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def escaped(text: str) -> str:
    """What begins like a formula gets an apostrophe before it: a specialty's name is somebody's words."""
    return f"'{text}" if _RISKY.match(text) else text
