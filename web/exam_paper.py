"""A paper as its page shows it: questions with letters and what is chosen, and the answer sheet (L2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from cms.queries import shown_pictures
from cms.questions import QuestionKind

LETTERS = "ABCDEFGH"


@dataclass(frozen=True)
class OptionRow:
    """An option; `result`: ok or bad where the right answers are shown, else empty."""

    id: str
    letter: str
    text: str
    picture: Mapping[str, Any] | None
    is_chosen: bool
    result: str = ""


@dataclass(frozen=True)
class QuestionRow:
    """A question with its place on the paper. `explanation`, `correct`… are set only where answers are shown."""

    id: str
    number: int
    kind: str
    stem: str
    picture: Mapping[str, Any] | None
    options: tuple[OptionRow, ...]
    explanation: str = ""
    correct: bool = False
    excused: bool = False

    @property
    def kind_label(self) -> str:
        return str(QuestionKind(self.kind).label)

    @property
    def is_multiple(self) -> bool:
        return self.kind == QuestionKind.MULTIPLE

    @property
    def is_answered(self) -> bool:
        return any(option.is_chosen for option in self.options)

    @property
    def chosen_letters(self) -> str:
        """What was chosen: AC; for true and false the words themselves."""
        return self._letters(option for option in self.options if option.is_chosen)

    @property
    def right_letters(self) -> str:
        return self._letters(option for option in self.options if option.result == "ok")

    def _letters(self, options: Iterable[OptionRow]) -> str:
        if self.kind == QuestionKind.TRUE_FALSE:
            return "".join(option.text for option in options)
        return "".join(option.letter for option in options)


@dataclass(frozen=True)
class SheetGroup:
    """The part of the answer sheet for one kind: 单选题 1–20."""

    label: str
    questions: tuple[QuestionRow, ...]

    @property
    def span(self) -> str:
        first, last = self.questions[0].number, self.questions[-1].number
        return str(first) if first == last else f"{first}–{last}"


def question_rows(questions: list[dict[str, Any]], answers: Mapping[str, list[str]]) -> list[QuestionRow]:
    """The questions of `paper_for_browser`, with what is chosen so far."""
    return [
        QuestionRow(
            id=question["id"],
            number=number,
            kind=question["kind"],
            stem=question["stem"],
            picture=question["picture"],
            options=_options(question, answers.get(question["id"], ())),
        )
        for number, question in enumerate(shown_pictures(questions), 1)
    ]


def answer_rows(questions: list[dict[str, Any]]) -> list[QuestionRow]:
    """The questions of `answers_of`: each option says whether it is right, or was chosen and isn't."""
    return [
        QuestionRow(
            id=question["id"],
            number=number,
            kind=question["kind"],
            stem=question["stem"],
            picture=question["picture"],
            options=_options(question, question["chosen"], question["right"]),
            explanation=question["explanation"],
            correct=question["correct"],
            excused=question["excused"],
        )
        for number, question in enumerate(shown_pictures(questions), 1)
    ]


def _options(question: dict[str, Any], chosen: Iterable[str], right: Iterable[str] = ()) -> tuple[OptionRow, ...]:
    picked, good = set(chosen), set(right)
    rows = []
    for letter, option in zip(LETTERS, question["options"], strict=False):
        is_chosen = option["id"] in picked
        result = "ok" if option["id"] in good else "bad" if is_chosen and good else ""
        rows.append(OptionRow(option["id"], letter, option["text"], option["picture"], is_chosen, result))
    return tuple(rows)


def sheet_groups(questions: Iterable[QuestionRow]) -> list[SheetGroup]:
    """The answer sheet; kinds stand together on a paper."""
    grouped = groupby(questions, key=lambda question: question.kind_label)
    return [SheetGroup(label, tuple(rows)) for label, rows in grouped]


def paper_words() -> dict[str, str]:
    """The sentences of the paper's page (assets/js/exam/words.js reads them by name; {places} are filled there)."""
    return {
        "saved": _("已自动保存 {at}"),
        "network": _("网络不太稳，已为你保存到 {at}，恢复后自动继续"),
        "network_start": _("网络不太稳，答案先记在这台设备里，恢复后自动保存"),
        "network_back": _("网络恢复了，答案都已保存"),
        "login": _("登录已过期。答案都记着，重新登录就能接着答。"),
        "login_again": _("重新登录"),
        "left": _("还剩 {left}"),
        "minutes": _("{minutes} 分钟"),
        "seconds": _("{seconds} 秒"),
        "question_done": _("第 {number} 题，已答"),
        "question_left": _("第 {number} 题，未答"),
        "question_flag": _("{words}，有标记"),
        "flag": _("标记"),
        "flagged": _("已标记"),
        "next": _("下一题"),
        "hand_in": _("交卷"),
        "ask_left": _("还有 {count} 题没答，现在交卷吗？"),
        "ask_done": _("{count} 题都答完了，现在交卷吗？"),
        "ask_left_time": _("还剩 {left}，交卷后不能再改。"),
        "ask_flags": _("有 {count} 题做了标记。"),
        "handing_in": _("正在交卷"),
        "not_handed_in": _("现在连不上服务器，还没有交卷。答案都记着，网络恢复后请再点交卷。"),
        "time_up": _("时间到，正在交卷，已保存的答案都算数"),
        "time_up_network": _("时间到了。网络恢复后自动带你去看结果，已保存的答案都算数"),
        "deadline": _("{at} 自动交卷"),
    }
