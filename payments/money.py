"""Fen and yuan. Amounts are integers; a float never holds money."""


def yuan(fen: int) -> str:
    """240 → "2.40"; thousands are grouped."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02}"
