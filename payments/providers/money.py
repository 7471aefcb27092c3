"""Fen and yuan. Never by way of a float: providers write yuan as text, and as text they are read."""

import re
from decimal import Decimal

_YUAN = re.compile(r"-?\d{1,12}(\.\d{1,2})?", re.ASCII)


def yuan(fen: int) -> str:
    """1 → "0.01"."""
    if fen < 0:
        raise ValueError("an amount is never negative")
    return f"{fen // 100}.{fen % 100:02d}"


def fen(text: object) -> int:
    """ "0.01" → 1. Raises ValueError for anything but yuan written with at most two decimals."""
    if not isinstance(text, str) or not _YUAN.fullmatch(text):
        raise ValueError(f"not yuan: {text!r}")
    return int(Decimal(text) * 100)
