"""How texts that say nearly the same are found among a hundred thousand: MinHash over bigrams, in bands.

Two texts whose bigrams overlap by the part *s* (Jaccard) share at least one of four bands of two with probability
1 − (1 − s²)⁴: 0.98 at 0.8, 0.76 at 0.55. Whoever finds a candidate measures it with `likeness`.
"""

import unicodedata
import zlib

BANDS = 4
_ROWS = 2
_PRIME = (1 << 61) - 1
_POSITIVE = (1 << 63) - 1
# Fixed multipliers and offsets, odd and large: eight hash functions that never change, for what they made is stored.
_FUNCTIONS = tuple(
    ((0x9E3779B97F4A7C15 * (2 * at + 1)) % _PRIME, (0xC2B2AE3D27D4EB4F * (at + 1)) % _PRIME)
    for at in range(BANDS * _ROWS)
)


def comparable(text: str) -> str:
    """The text as it is compared: half width, lower case, letters and digits alone."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, folded))


def bigrams(text: str) -> set[str]:
    """The pairs of neighbouring signs of a comparable text; a single sign stands for itself."""
    return {text[at : at + 2] for at in range(len(text) - 1)} or {text}


def bands(text: str) -> tuple[int, int, int, int]:
    """Four numbers (63 bits) of a comparable text; texts that are alike share one of them, most likely."""
    hashed = [zlib.crc32(gram.encode()) for gram in bigrams(text)]
    # A list where a generator would do: twenty thousand questions are an import.
    least = [min([(factor * value + offset) % _PRIME for value in hashed]) for factor, offset in _FUNCTIONS]
    first, second, third, fourth = (
        (least[at * _ROWS] * 1_000_003 + least[at * _ROWS + 1] + at) & _POSITIVE for at in range(BANDS)
    )
    return first, second, third, fourth


def likeness(one: str, other: str) -> float:
    """The part of their bigrams that two comparable texts share, 0 to 1."""
    left, right = bigrams(one), bigrams(other)
    return len(left & right) / len(left | right)
