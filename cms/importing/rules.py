"""What a row of a workbook means as a question of the bank, or every reason why it means none."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cms.importing.columns import (
    ANSWER,
    CODE,
    DIFFICULTY,
    EXPLANATION,
    FALSE_WORDS,
    KIND,
    LETTERS,
    MORE_OPTIONS,
    OPTIONS,
    POOL,
    STATE,
    STEM,
    TAGS,
    TRUE_WORDS,
    folded,
    split_picture,
    split_tags,
    value_of,
)
from cms.importing.reading import SheetRow
from cms.questions import QuestionKind, faults_of_question
from core.grams import normalise

_LONGEST = {CODE: 40, STEM: 1000, EXPLANATION: 1000}
_LONGEST_OPTION = 300
_LONGEST_TAG = 100
_MOST_TAGS = 20
_BETWEEN = re.compile(r"[\s,，、;；/|.．和]+")


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A row that makes a question. What is None was left empty and stays as it is, or becomes the default."""

    number: int
    code: str
    kind: str
    stem: str
    picture: int | None
    options: tuple[tuple[str, int | None], ...]
    right: tuple[int, ...]
    explanation: str | None
    difficulty: int | None
    pool: str | None
    state: str | None
    tags: tuple[str, ...] | None


def question_of(row: SheetRow) -> tuple[QuestionRow | None, tuple[str, ...]]:
    """(the question, no reasons) or (None, every reason why the row makes none)."""
    faults = list(row.faults)
    if faults:  # what a formula or a date stood for can only be guessed
        return None, tuple(faults)
    values: dict[str, Any] = {}
    for column in (KIND, DIFFICULTY, POOL, STATE):
        try:
            values[column] = value_of(column, row.cells.get(column, ""))
        except ValueError as reason:
            faults.append(str(reason))
    if not row.cells.get(KIND):
        faults.append(_("没有填题型"))
    kind = values.get(KIND) or ""
    stem, picture = split_picture(row.cells[STEM])
    options, amiss = _options(row, kind)
    faults += amiss
    if kind and not amiss:
        right, missing = _right(row.cells.get(ANSWER, ""), kind, [text for text, _picture in options])
        faults += missing
        if not missing:
            named = [(text or f"[{shown}]", at in right) for at, (text, shown) in enumerate(options)]
            faults += faults_of_question(kind, stem, named)
            faults += _alike(options)
    tags = split_tags(row.cells[TAGS]) if TAGS in row.cells else None
    faults += _too_long(row, options, tags or ())
    if faults:
        return None, tuple(dict.fromkeys(faults))
    question = QuestionRow(
        number=row.number,
        code=unicodedata.normalize("NFKC", row.cells.get(CODE, "")).strip(),
        kind=kind,
        stem=stem,
        picture=picture,
        options=tuple(options),
        right=tuple(right),
        explanation=row.cells.get(EXPLANATION),
        difficulty=values[DIFFICULTY],
        pool=values[POOL],
        state=values[STATE],
        tags=tags,
    )
    return question, ()


def _options(row: SheetRow, kind: str) -> tuple[list[tuple[str, int | None]], list[str]]:
    """The options in order, and what is wrong with them as columns."""
    if any(row.cells.get(column) for column in MORE_OPTIONS):
        return [], [_("选项太多，最多 8 个")]
    cells = [row.cells.get(column, "") for column in OPTIONS]
    while cells and not cells[-1]:
        cells.pop()
    if kind == QuestionKind.TRUE_FALSE and not cells:
        cells = [_("对"), _("错")]
    if "" in cells:
        letter = LETTERS[cells.index("")]
        return [], [_("选项%(letter)s 是空的，它后面却还有选项") % {"letter": letter}]
    return [split_picture(cell) for cell in cells], []


def _right(answer: str, kind: str, options: list[str]) -> tuple[list[int], list[str]]:
    """The places of the right options, and what is wrong with the answer."""
    if not answer:
        return [], [_("没有填正确答案")]
    if kind == QuestionKind.TRUE_FALSE:
        place = _place_of_truth(answer, options)
        wrong = _("判断题的正确答案填“对”或“错”，不能是“%s”") % answer[:20]
        return ([], [wrong]) if place is None else ([place], [])
    letters = _BETWEEN.sub("", unicodedata.normalize("NFKC", answer).upper())
    if not letters.isascii() or not letters.isalpha():
        return [], [_("正确答案填选项的字母，比如 A 或 AC，不能是“%s”") % answer[:20]]
    places = [LETTERS.index(letter) for letter in letters]
    if len(set(places)) < len(places):
        return [], [_("正确答案里同一个字母写了两次")]
    beyond = [LETTERS[place] for place in places if place >= len(options)]
    if beyond:
        return [], [_("正确答案 %s 没有对应的选项") % "、".join(beyond)]
    return sorted(places), []


def _place_of_truth(answer: str, options: list[str]) -> int | None:
    """Which of two options 对, 错, A or the option's own words mean."""
    wanted = folded(answer)
    meaning = [_truth(text) for text in options]
    if (said := _truth(answer)) is not None and said in meaning:
        return meaning.index(said)
    texts = [folded(text) for text in options]
    if wanted in texts:
        return texts.index(wanted)
    return "ab".index(wanted) if wanted in {"a", "b"} and len(options) == 2 else None


def _truth(text: str) -> bool | None:
    word = folded(text).rstrip("。.")
    return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None


def _alike(options: list[tuple[str, int | None]]) -> list[str]:
    """Options that differ by blanks or width alone are the same to whoever reads them."""
    told = {(normalise(text), picture) for text, picture in options}
    return [str(_("选项不能相同"))] if len(told) < len(options) else []


def _too_long(row: SheetRow, options: list[tuple[str, int | None]], tags: tuple[str, ...]) -> Iterator[str]:
    for column, most in _LONGEST.items():
        if len(row.cells.get(column, "")) > most:
            yield _("%(column)s太长，最多 %(most)d 字") % {"column": column, "most": most}
    for at, (text, _picture) in enumerate(options):
        if len(text) > _LONGEST_OPTION:
            yield _("选项%(letter)s太长，最多 %(most)d 字") % {"letter": LETTERS[at], "most": _LONGEST_OPTION}
    if len(tags) > _MOST_TAGS or any(len(tag) > _LONGEST_TAG for tag in tags):
        yield _("标签太多或太长：最多 20 个，每个最多 100 字")
