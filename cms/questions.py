"""Questions as plain data: their kinds, what makes one sound, what papers freeze of it, what tells one from another."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.grams import normalise
from core.likeness import bands, comparable

MOST_OPTIONS = 8


class QuestionKind(models.TextChoices):
    """题型, in the order of a paper."""

    SINGLE = "single", _("单选题")
    MULTIPLE = "multiple", _("多选题")
    TRUE_FALSE = "true_false", _("判断题")


class Difficulty(models.IntegerChoices):
    """难度."""

    EASY = 1, _("容易")
    MEDIUM = 2, _("中等")
    HARD = 3, _("较难")


def faults_of_question(kind: str, stem: str, options: Iterable[tuple[str, bool]]) -> list[str]:
    """What keeps a question from being asked, a sentence each. `options`: (text, whether it is right)."""
    drafts = list(options)
    texts = [text for text, _is_right in drafts]
    right = sum(is_right for _text, is_right in drafts)
    found = []
    if not stem.strip():
        found.append(_("题干不能为空"))
    if not all(texts):
        found.append(_("选项不能为空"))
    if len({text.casefold() for text in texts}) < len(texts):
        found.append(_("选项不能相同"))
    if kind == QuestionKind.TRUE_FALSE and len(texts) != 2:
        found.append(_("判断题要有两个选项"))
    elif len(texts) < 2:
        found.append(_("至少要有两个选项"))
    elif len(texts) > MOST_OPTIONS:
        found.append(_("选项太多，最多 8 个"))
    if kind == QuestionKind.MULTIPLE and right < 1:
        found.append(_("多选题至少要有一个正确选项"))
    elif kind != QuestionKind.MULTIPLE and right != 1:
        found.append(_("单选题和判断题要有且只有一个正确选项"))
    return [str(fault) for fault in found]


def question_content(
    *,
    kind: str,
    stem: str,
    options: Iterable[tuple[str, str, dict[str, Any] | None]],
    right: Iterable[bool],
    explanation: str,
    picture: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A question as papers freeze it, right answers and explanation in it: never for a browser as it is.

    `{"kind", "stem", "picture", "options": [{"id", "text", "picture"}], "right": [id], "explanation"}`; a picture is
    `{"id", "alt"}` or None.
    """
    listed = [{"id": key, "text": text.strip(), "picture": shown} for key, text, shown in options]
    return {
        "kind": kind,
        "stem": stem.strip(),
        "picture": picture,
        "options": listed,
        "right": [option["id"] for option, is_right in zip(listed, right, strict=True) if is_right],
        "explanation": explanation.strip(),
    }


def _picture_id(told: dict[str, Any]) -> str:
    return str(told["picture"]["id"]) if told["picture"] else ""


def keys_of(content: dict[str, Any]) -> dict[str, Any]:
    """The derived columns of a question with this content. `words` is what the list of questions searches in."""
    stem = comparable(content["stem"])
    # Signs count here: x > 5 asks otherwise than x < 5.
    options = sorted([normalise(option["text"]), _picture_id(option)] for option in content["options"])
    said = [content["kind"], normalise(content["stem"]), _picture_id(content), options]
    first, second, third, fourth = bands(stem)
    return {
        "content_key": hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest(),
        "stem_key": hashlib.sha256(stem.encode()).hexdigest(),
        "band_1": first,
        "band_2": second,
        "band_3": third,
        "band_4": fourth,
        "words": "\n".join(
            normalise(text) for text in (content["stem"], *(option["text"] for option in content["options"]))
        ),
    }
