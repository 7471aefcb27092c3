"""The code tables of a fresh site, as files: see README.md beside them for where each comes from."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class ReferenceRow:
    """One value; `sort` is its line. `parent` and `level` as `identity.models.Code` has them."""

    table: str
    code: str
    label: str
    parent: str
    level: str
    sort: int


@cache
def tables() -> tuple[str, ...]:
    """The tables there are files for, by name."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.csv")))


def rows(table: str) -> list[ReferenceRow]:
    """The values of one table in their order."""
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return [
            ReferenceRow(table, line["code"], line["label"], line.get("parent", ""), line.get("level", ""), sort)
            for sort, line in enumerate(csv.DictReader(file), start=1)
        ]
