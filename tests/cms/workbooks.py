"""Workbooks of questions as editors send them: made by a library, with the faults that people make."""

import io
from collections.abc import Sequence
from typing import Any

from django.test import Client
from openpyxl import Workbook, load_workbook

from cms.importing.columns import COLUMNS
from cms.models import QuestionImport
from cms.services import ask_import, bank_called, run_import
from tests.support.clock import START

SINGLE = {
    "编号": "Q-1",
    "题型": "单选题",
    "题干": "成人胸外按压每分钟多少次？",
    "选项A": "60–80 次",
    "选项B": "100–120 次",
    "选项C": "越快越好",
    "正确答案": "B",
    "解析": "100–120 次。",
    "难度": "容易",
    "用途": "只用于考试",
    "标签": "急救、复苏",
    "状态": "启用",
}
MULTIPLE = {
    "编号": "Q-2",
    "题型": "多选题",
    "题干": "高质量按压包括哪几项？",
    "选项A": "频率合适",
    "选项B": "深度合适",
    "选项C": "随意中断",
    "正确答案": "AB",
    "状态": "启用",
}
TRUE_FALSE = {"编号": "Q-3", "题型": "判断题", "题干": "每次按压后要让胸廓充分回弹。", "正确答案": "对", "状态": "启用"}


def workbook(
    rows: Sequence[dict[str, Any] | Sequence[Any]], *, header: Sequence[Any] = COLUMNS, change: Any = None
) -> io.BytesIO:
    """A workbook with these rows under a header; `change(sheet)` may spoil it."""
    book = Workbook()
    sheet = book.active
    sheet.title = "题目"
    sheet.append(list(header))
    for row in rows:
        sheet.append([row.get(column) for column in header] if isinstance(row, dict) else list(row))
    if change:
        change(sheet)
    return saved(book)


def saved(book: Workbook) -> io.BytesIO:
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def import_file(file: io.BytesIO, *, bank: str = "急救题库", name: str = "题目.xlsx", **fields: Any) -> QuestionImport:
    """The import of a workbook, done."""
    job = ask_import(
        bank_id=bank_called(title=bank), file=file, file_name=name, user_id=None, now=START, send=False, **fields
    )
    run_import(import_id=job.pk, clock=lambda: START)
    job.refresh_from_db()
    return job


def import_rows(*rows: dict[str, Any], **fields: Any) -> QuestionImport:
    return import_file(workbook(rows), **fields)


def figures(job: QuestionImport) -> tuple[int, int, int, int]:
    """New, changed, unchanged, failed."""
    return job.added, job.changed, job.unchanged, job.failed


def reasons(job: QuestionImport) -> dict[int, list[str]]:
    """Row → why it wasn't taken."""
    return dict(job.faults.order_by("row").values_list("row", "reasons"))


def rows_of(file: Any) -> list[dict[str, str]]:
    """The rows of a workbook that we made, by their headers."""
    sheet = load_workbook(file).worksheets[0]
    header, *rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    return [dict(zip(header, row, strict=True)) for row in rows]


def downloaded(client: Client, address: str) -> io.BytesIO:
    response = client.get(address)
    assert response.status_code == 200, response
    return io.BytesIO(b"".join(response.streaming_content))
