"""Bounded pages of long lists: a cursor in the address says where one stands, nothing is counted or skipped over."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Q, QuerySet

Row = TypeVar("Row")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_CURSOR = re.compile(r"([on])(\d{1,16}(?:-\d{1,16})?)", re.ASCII)
_OLDER, _NEWER = "o", "n"


@dataclass(frozen=True)
class Slice(Generic[Row]):
    """A page of rows, the latest first. `newer` and `older` are the cursors of the pages beside it, empty for none."""

    rows: list[Row]
    newer: str
    older: str


def read(
    found: "QuerySet[Any, Row]",
    keys: Sequence[str],
    place: Callable[[Row], tuple[Any, ...]],
    *,
    cursor: str,
    most: int,
) -> Slice[Row]:
    """The page of `most` rows at a cursor; the first where there is none or it isn't one of this list's. One query.

    `keys`: the columns it is sorted by, the last one's values differ. `place`: their values in a row.
    """
    direction, values = _parsed(cursor, len(keys))
    is_newer = direction == _NEWER
    order = [key if is_newer else f"-{key}" for key in keys]
    if values:
        found = found.filter(_beyond(keys, values, "gt" if is_newer else "lt"))
    rows = list(found.order_by(*order)[: most + 1])
    has_more = len(rows) > most
    rows = rows[:most]
    if is_newer:
        rows.reverse()
    has_newer, has_older = (has_more, True) if is_newer else (bool(values), has_more)
    return Slice(
        rows,
        newer=_written(_NEWER, place(rows[0])) if rows and has_newer else "",
        older=_written(_OLDER, place(rows[-1])) if rows and has_older else "",
    )


def _beyond(keys: Sequence[str], values: Sequence[Any], side: str) -> Q:
    """Beyond these values, so said that an index of the first column is read from there."""
    last = Q(**{f"{keys[-1]}__{side}": values[-1]})
    if len(keys) == 1:
        return last
    first, at = keys[0], values[0]
    return Q(**{f"{first}__{side}e": at}) & (Q(**{f"{first}__{side}": at}) | last)


def _written(direction: str, values: Sequence[Any]) -> str:
    return direction + "-".join(str((at - _EPOCH) // _TICK if isinstance(at, datetime) else at) for at in values)


def _parsed(cursor: str, length: int) -> tuple[str, list[Any]]:
    """Which way and from where; of two values the first is an instant."""
    match = _CURSOR.fullmatch(cursor)
    numbers = [int(text) for text in match[2].split("-")] if match else []
    if match is None or len(numbers) != length:
        return _OLDER, []
    return match[1], [*(_EPOCH + _TICK * number for number in numbers[:-1]), numbers[-1]]
