"""Reads of code tables: what pickers show, what a code is called, whether it may be chosen.

A table is small and seldom changes, so its words are kept in the process for a minute; a code that isn't among them is
looked for once more.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from identity import id_numbers
from identity.models import Code, Region

REGION_TABLE = "region"
NONE_CODE = "0"
"""无: a value of degree, major, title_series, title_level, qualification, professional_qualification and
professional_level (P2)."""

_KEPT_SECONDS = 60.0


@dataclass(frozen=True)
class _Word:
    label: str
    parent: str
    level: str
    is_active: bool


@dataclass(frozen=True)
class QualificationFacts:
    """Where a 现专业技术职务资格 stands: codes of its `title_series` and `title_level`.

    Levels are numbered from the top: 1 正高级 … 5 员级, `NONE_CODE` for none.
    """

    series: str
    level: str


_kept: dict[str, tuple[float, dict[str, _Word]]] = {}


def codes(
    table: str, q: str = "", limit: int = 100, *, parent: str = "", level: str = "", offset: int = 0
) -> list[dict[str, str]]:
    """`{code, label}` of a code table in its order, those switched off left out. Regions are a table too.

    `q` is any part of label or code, `parent` the code they stand right below (a qualification: its series), `level` a
    qualification's title level; `offset` leaves out so many, for pickers that load on.
    """
    if table == REGION_TABLE:
        found = _regions(q, parent)[offset : offset + limit]
        return [{"code": region.code, "label": region.name} for region in found]
    rows = Code.objects.filter(table=table, is_active=True).order_by("sort", "code")
    if q:
        rows = rows.filter(Q(label__icontains=q) | Q(code__icontains=q))
    if parent:
        rows = rows.filter(parent=parent)
    if level:
        rows = rows.filter(level=level)
    return [{"code": code, "label": text} for code, text in rows.values_list("code", "label")[offset : offset + limit]]


def _regions(q: str, parent: str) -> "QuerySet[Region]":
    found: QuerySet[Region] = Region.objects.filter(is_active=True).order_by("path")
    if q:
        found = found.filter(Q(name__icontains=q) | Q(code__icontains=q))
    if parent:
        above = Region.objects.filter(code=parent).first()
        found = found.filter(path__startswith=above.path, depth=above.depth + 1) if above else found.none()
    return found


def label(table: str, code: str) -> str:
    """What this code is called, also one that is switched off; the code itself where nobody knows it, "" for none."""
    if not code:
        return ""
    word = _word(table, code)
    return word.label if word else code


def labels(table: str, codes_: Iterable[str]) -> dict[str, str]:
    """What each of these codes is called; as `label` says."""
    return {code: label(table, code) for code in codes_}


def is_code(table: str, code: str) -> bool:
    """Whether this value may be chosen now: it is in the table and not switched off."""
    word = _word(table, code) if code else None
    return word is not None and word.is_active


def unknown_codes(chosen: Mapping[str, str]) -> list[str]:
    """Of `{table: code}`, the tables whose code can't be chosen; empty codes are left to whoever requires them."""
    return [table for table, code in chosen.items() if code and not is_code(table, code)]


def qualification_facts(code: str) -> QualificationFacts | None:
    """The series and level of a qualification, None for one that nobody knows."""
    word = _word("qualification", code) if code else None
    return QualificationFacts(word.parent, word.level) if word else None


def id_types() -> list[tuple[str, str]]:
    """Code and label of the ID types one may log in with, 身份证 first. Never changes while the program runs."""
    return [(code, str(text)) for code, text in id_numbers.ID_TYPES]


def id_type_label(code: str) -> str:
    """The ID type in words, nothing for none."""
    return dict(id_types()).get(code, "")


def forget_codes() -> None:
    """Look at every table anew; after a change by this process."""
    _kept.clear()


def _word(table: str, code: str) -> _Word | None:
    until, words = _kept.get(table, (0.0, {}))
    if code not in words or until < time.monotonic():
        words = _read(table)
        _kept[table] = (time.monotonic() + _KEPT_SECONDS, words)
    return words.get(code)


def _read(table: str) -> dict[str, _Word]:
    if table == REGION_TABLE:
        regions = Region.objects.values_list("code", "name", "is_active")
        return {code: _Word(name, "", "", is_active) for code, name, is_active in regions}
    rows = Code.objects.filter(table=table).values_list("code", "label", "parent", "level", "is_active")
    return {code: _Word(text, parent, level, is_active) for code, text, parent, level, is_active in rows}
