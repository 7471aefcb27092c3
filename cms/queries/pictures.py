"""Pictures of questions as a browser gets them: by an address that names the picture, never its file.

A file's name is the editor's (`right-answer.png`), so neither the address nor the answer may carry it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.images.utils import generate_signature

_MOST_PIXELS = 1200
"""A picture is served no wider and no higher: sharp on a phone, and never the camera's own file."""
_FILTER = f"max-{_MOST_PIXELS}x{_MOST_PIXELS}"


def shown_pictures(questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same questions with their own and their options' pictures as `{"url", "alt", "width", "height"}`, or None.

    Width and height are the pixels it is served with, None for a picture that is gone: its words are shown instead.
    One query for all, none where there is no picture.
    """
    ids = {picture["id"] for question in questions for picture in _pictures(question)}
    sizes = _sizes(ids) if ids else {}
    return [
        question
        | {
            "picture": _shown(question["picture"], sizes),
            "options": [option | {"picture": _shown(option["picture"], sizes)} for option in question["options"]],
        }
        for question in questions
    ]


def _pictures(question: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for holder in (question, *question["options"]):
        if holder["picture"]:
            yield holder["picture"]


def _sizes(ids: set[int]) -> dict[int, tuple[int, int]]:
    rows = get_image_model().objects.filter(pk__in=ids).values_list("pk", "width", "height")
    return {pk: _within(width, height) for pk, width, height in rows}


def _within(width: int, height: int) -> tuple[int, int]:
    """What Wagtail makes of these pixels by `_FILTER`."""
    if max(width, height) <= _MOST_PIXELS:
        return width, height
    scale = min(_MOST_PIXELS / width, _MOST_PIXELS / height)
    return max(int(width * scale), 1), max(int(height * scale), 1)


def _shown(picture: dict[str, Any] | None, sizes: dict[int, tuple[int, int]]) -> dict[str, Any] | None:
    if not picture:
        return None
    pk = picture["id"]
    width, height = sizes.get(pk, (None, None))
    url = reverse("question-picture", args=(generate_signature(pk, _FILTER), pk, _FILTER))
    return {"url": url, "alt": picture["alt"], "width": width, "height": height}
