"""Fen and yuan. Amounts are integers; a float never holds money."""

import re

_WRITTEN = re.compile(r"([0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.([0-9]{1,2}))?")
_AS_TYPED = str.maketrans("０１２３４５６７８９．，。￥", "0123456789.,.¥")


def fen_of(text: str) -> int:
    """What somebody typed as yuan, in fen: "2.4" → 240. Full-width figures, ¥ and grouping commas are understood.

    Raises ValueError for what isn't an amount of at most two decimals.
    """
    plain = text.translate(_AS_TYPED).strip().removeprefix("¥").removesuffix("元").strip()
    written = _WRITTEN.fullmatch(plain)
    if written is None:
        raise ValueError(text)
    return int(written[1].replace(",", "")) * 100 + int((written[2] or "").ljust(2, "0"))


def yuan(fen: int) -> str:
    """240 → "2.40"; thousands are grouped."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02}"
