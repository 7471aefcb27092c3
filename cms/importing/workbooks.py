"""Workbooks that we make: the template, an export, the rows that an import couldn't take. Written as a stream."""

import re
from collections.abc import Collection, Iterable, Sequence
from tempfile import TemporaryFile
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from cms.importing.columns import (
    ANSWER,
    CODE,
    COLUMNS,
    DIFFICULTY,
    EXPLANATION,
    KIND,
    LETTERS,
    MORE_OPTIONS,
    NEEDED,
    OPTIONS,
    POOL,
    REASON,
    STATE,
    STEM,
    TAGS,
    escaped,
    label_of,
    labels,
    with_picture,
)
from cms.importing.opening import SHEET

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = {CODE: 14, KIND: 10, STEM: 52, ANSWER: 12, EXPLANATION: 40, DIFFICULTY: 10, POOL: 14, TAGS: 20, STATE: 10}
_OPTION_WIDTH = 22
_LAST_ROW = 5_000
"""Down to here the template's columns have drop-downs."""
_ILLEGAL = re.compile(r"[\000-\010\013\014\016-\037]")
_LONGEST_CELL = 32_767

_EXAMPLES: tuple[dict[str, str], ...] = (
    {
        CODE: "AI-001",
        KIND: "单选题",
        STEM: "把数据分成练习集和检验集，主要是为了什么？",
        "选项A": "让数据看起来更多",
        "选项B": "检验模型面对没见过的数据时表现如何",
        "选项C": "节省存储空间",
        ANSWER: "B",
        EXPLANATION: "只看练习集上的成绩，分不清是学会了还是背下来了。",
        DIFFICULTY: "中等",
        POOL: "只用于考试",
        TAGS: "人工智能、入门",
        STATE: "草稿",
    },
    {
        CODE: "AI-002",
        KIND: "判断题",
        STEM: "若准确率 $p=0.9$，平均 10 个样本里约有 1 个判断错误。",
        ANSWER: "对",
        EXPLANATION: "错误率是 $1-p=0.1$。",
        DIFFICULTY: "容易",
        POOL: "只用于练习",
        TAGS: "人工智能",
        STATE: "草稿",
    },
)


def template() -> IO[bytes]:
    """The workbook to fill in: drop-downs, two example rows, a sheet of notes. An open file, to be read."""
    book, sheet = _book(COLUMNS)
    for column in (KIND, DIFFICULTY, POOL, STATE):
        letter = get_column_letter(COLUMNS.index(column) + 1)
        rule = DataValidation("list", formula1=f'"{",".join(labels(column))}"', allow_blank=True)
        rule.error, rule.errorTitle = _("请从下拉列表里选"), column
        rule.add(f"{letter}2:{letter}{_LAST_ROW}")
        sheet.data_validations.append(rule)
    for example in _EXAMPLES:
        sheet.append([_cell(sheet, example.get(column, "")) for column in COLUMNS])
    _write_notes(book)
    return _saved(book)


def questions(rows: Iterable[dict[str, Any]]) -> IO[bytes]:
    """A workbook of questions, as an import reads it. `rows` as `cms.queries.questions_to_export` gives them."""
    book, sheet = _book(COLUMNS)
    for row in rows:
        sheet.append([_cell(sheet, text) for text in _texts(row)])
    return _saved(book)


def faults(rows: Iterable[tuple[dict[str, str], Sequence[str]]], columns: Collection[str]) -> IO[bytes]:
    """The rows that weren't taken, as they stood, with the reasons in a last column: mended, it can be imported.

    `columns`: those that any of the rows has.
    """
    named = (*COLUMNS, *(column for column in MORE_OPTIONS if column in columns))
    book, sheet = _book((*named, REASON))
    for cells, reasons in rows:
        told = [cells.get(column, "") for column in named]
        sheet.append([_cell(sheet, text) for text in (*told, "；".join(reasons))])
    return _saved(book)


def _texts(row: dict[str, Any]) -> list[str]:
    content = row["content"]
    options = [with_picture(option["text"], _id(option["picture"])) for option in content["options"]]
    right = [LETTERS[at] for at, option in enumerate(content["options"]) if option["id"] in content["right"]]
    cells = {
        CODE: row["code"],
        KIND: label_of(KIND, content["kind"]),
        STEM: with_picture(content["stem"], _id(content["picture"])),
        **dict(zip(OPTIONS, options, strict=False)),
        ANSWER: "".join(right),
        EXPLANATION: content["explanation"],
        DIFFICULTY: label_of(DIFFICULTY, row["difficulty"]),
        POOL: label_of(POOL, row["pool"]),
        TAGS: "、".join(row["tags"]),
        STATE: label_of(STATE, row["state"]),
    }
    return [cells.get(column, "") for column in COLUMNS]


def _id(picture: dict[str, Any] | None) -> int | None:
    return picture["id"] if picture else None


def _book(columns: Sequence[str]) -> tuple[Any, Any]:
    """A workbook with a sheet whose first row is the header; the rows come next."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "A2"
    for at, column in enumerate(columns, 1):
        width = 60 if column == REASON else _WIDTHS.get(column, _OPTION_WIDTH)
        sheet.column_dimensions[get_column_letter(at)].width = width
    header = []
    for column in columns:
        cell = WriteOnlyCell(sheet, column)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="B42318" if column == REASON else "0B6164")
        header.append(cell)
    sheet.append(header)
    return book, sheet


def _cell(sheet: Any, text: str) -> Any:
    """A cell that is text whatever it begins with."""
    cell = WriteOnlyCell(sheet, escaped(_ILLEGAL.sub("", text))[:_LONGEST_CELL])
    cell.number_format = "@"
    return cell


def _write_notes(book: Any) -> None:
    sheet = book.create_sheet("填写说明")
    sheet.column_dimensions["A"].width = 14
    sheet.column_dimensions["B"].width = 90
    for name, note in _notes():
        title, text = WriteOnlyCell(sheet, name), WriteOnlyCell(sheet, note)
        title.font = Font(bold=True)
        title.alignment = text.alignment = Alignment(vertical="top", wrap_text=True)
        sheet.append([title, text])


def _notes() -> list[tuple[str, str]]:
    needed = "、".join(NEEDED)
    return [
        (
            _("怎么填"),
            _("在“题目”工作表里每行填一道题，不要合并单元格，不要改表头。必填：%s。两行示例可以删掉。") % needed,
        ),
        (
            CODE,
            _(
                "自己的题号，可以不填，同一题库里不能重复。填了编号，以后用同一编号再导入就是修改这道题；没填就按题干和选项认题。"
            ),
        ),
        (KIND, _("从下拉列表里选：%s。") % "、".join(labels(KIND))),
        (STEM, _("最多 1000 字。公式写在两个 $ 之间，比如 $x^2$。图片请导入后在题目页面里添加。")),
        (
            _("选项A–H"),
            _("从选项A 起依次填，中间不能空，最多 8 个；不能有相同的选项。判断题可以不填，默认是“对”和“错”。"),
        ),
        (ANSWER, _("单选题填一个字母，比如 B；多选题填所有正确选项的字母，比如 AC；判断题填“对”或“错”。")),
        (EXPLANATION, _("答完以后给学员看的解析，最多 1000 字，可以不填。")),
        (DIFFICULTY, _("从下拉列表里选：%s。不填就是“中等”。") % "、".join(labels(DIFFICULTY))),
        (POOL, _("从下拉列表里选：%s。练习不会抽到只用于考试的题。不填就是“只用于考试”。") % "、".join(labels(POOL))),
        (TAGS, _("用顿号分开，可以不填。组卷时可以按标签抽题。")),
        (STATE, _("从下拉列表里选：%s。只有启用的题会被抽到；不填就是“草稿”。") % "、".join(labels(STATE))),
        (_("长数字"), _("18 位的号码、1-2 这样的文字会被表格软件改成别的样子：先把单元格设成“文本”再填。")),
        (_("重复导入"), _("同一个文件导入几次，结果和一次一样。没有导入的行会连同原因导出，改好后再上传即可。")),
    ]


def _saved(book: Any) -> IO[bytes]:
    file = TemporaryFile()  # noqa: SIM115  whoever sends it closes it
    book.save(file)
    file.seek(0)
    return file
