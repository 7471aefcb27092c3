"""What one room lets another put into its statement: a condition in SQL, written by the room whose tables it names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class NoLongerSo(Exception):
    """Nothing was written: the condition that came along doesn't hold any more."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Must hold in the same statement that writes. The names of its values begin with the room's word."""

    sql: str
    values: Mapping[str, Any]


ALWAYS = Condition("1 = 1", {})
