"""The columns of a workbook of questions and the words in them, the same for template, import and export."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from cms.models import BankQuestion
from cms.questions import MOST_OPTIONS, Difficulty, QuestionKind

CODE, KIND, STEM, ANSWER, EXPLANATION = "编号", "题型", "题干", "正确答案", "解析"
DIFFICULTY, POOL, TAGS, STATE = "难度", "用途", "标签", "状态"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
OPTIONS = tuple(f"选项{letter}" for letter in LETTERS[:MOST_OPTIONS])
MORE_OPTIONS = tuple(f"选项{letter}" for letter in LETTERS[MOST_OPTIONS:])
"""Columns of options that no question may have; read, so that what is in them isn't lost without a word."""
COLUMNS = (CODE, KIND, STEM, *OPTIONS, ANSWER, EXPLANATION, DIFFICULTY, POOL, TAGS, STATE)
NEEDED = (KIND, STEM, ANSWER)
REASON = "问题"
"""The column of reasons in a workbook of rows that weren't taken; an import passes over it."""

_ALIASES = {
    "题号": CODE,
    "序号": CODE,
    "题目": STEM,
    "答案": ANSWER,
    "标准答案": ANSWER,
    "答案解析": EXPLANATION,
    "试题解析": EXPLANATION,
}
_SYNONYMS: dict[str, dict[str, str | int]] = {
    KIND: {
        "单选": "single",
        "单项选择题": "single",
        "多选": "multiple",
        "多项选择题": "multiple",
        "判断": "true_false",
    },
    DIFFICULTY: {"易": 1, "简单": 1, "中": 2, "一般": 2, "难": 3, "困难": 3},
    POOL: {"考试": "exam", "练习": "practice", "都可以": "both"},
    STATE: {"在用": "active"},
}
_CHOICES: dict[str, Any] = {
    KIND: QuestionKind.choices,
    DIFFICULTY: Difficulty.choices,
    POOL: BankQuestion.Pool.choices,
    STATE: BankQuestion.State.choices,
}
TRUE_WORDS = frozenset({"对", "正确", "是", "√", "✓", "t", "true", "yes"})
FALSE_WORDS = frozenset({"错", "错误", "否", "×", "x", "✗", "f", "false", "no"})


def folded(text: str) -> str:
    """The text as labels are compared: half width, lower case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


_BY_FOLDED = {folded(name): name for name in (*COLUMNS, *MORE_OPTIONS)} | _ALIASES


def column_of(header: str) -> str | None:
    """The column that a header means, or None."""
    return _BY_FOLDED.get(folded(header).rstrip("*:"))


def labels(column: str) -> list[str]:
    """What may stand in a column with a drop-down, in order."""
    return [str(label) for _value, label in _CHOICES[column]]


def label_of(column: str, value: object) -> str:
    """The word for a value: 单选题 for `single`."""
    return str(dict(_CHOICES[column])[value])


def value_of(column: str, text: str) -> str | int | None:
    """The value that a cell of a column with a drop-down means; None for an empty one. Raises ValueError, why."""
    if not text:
        return None
    found = _values(column).get(folded(text))
    if found is None:
        words = "、".join(labels(column))
        raise ValueError(
            _("%(column)s“%(text)s”不认识，可以填：%(words)s") % {"column": column, "text": text[:20], "words": words}
        )
    return found


@lru_cache
def _values(column: str) -> dict[str, str | int]:
    return _SYNONYMS[column] | {folded(str(label)): value for value, label in _CHOICES[column]}


def split_tags(text: str) -> tuple[str, ...]:
    """急救、复苏 → (急救, 复苏), each once."""
    parts = (part.strip() for part in re.split(r"[,，、;；\n]", text))
    return tuple(dict.fromkeys(part for part in parts if part))


# --- Pictures ---------------------------------------------------------------------------------------------------------
_PICTURE = re.compile(r"\s*\[图片\s*(\d{1,9})\]\s*$")


def with_picture(text: str, picture: int | None) -> str:
    """The text of a cell with the number of the picture that belongs to it: 看图回答[图片 12]."""
    return f"{text}[图片 {picture}]" if picture else text


def split_picture(text: str) -> tuple[str, int | None]:
    """What `with_picture` put together."""
    found = _PICTURE.search(text)
    return (text[: found.start()], int(found.group(1))) if found else (text, None)


# --- What a spreadsheet might take for a formula ----------------------------------------------------------------------
_RISKY = re.compile(r"'?[=+\-@\t\r]")


def escaped(text: str) -> str:
    """The text as it is written into a cell: what begins like a formula gets an apostrophe before it."""
    return f"'{text}" if _RISKY.match(text) else text


def unescaped(text: str) -> str:
    """What `escaped` made safe, as it was."""
    return text[1:] if text.startswith("'") and _RISKY.match(text[1:]) else text
