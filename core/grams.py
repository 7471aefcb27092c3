"""How names and what people type are compared: width, case and blanks make no difference.

Chinese has no words to split at, so search indexes hold single characters and bigrams.
"""

import unicodedata


def normalise(text: str) -> str:
    """The text in half width and lower case without blanks."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(folded.split())


def terms(query: str) -> list[str]:
    """The normalised parts of a query, split at blanks, each once, the longest first."""
    folded = unicodedata.normalize("NFKC", query[:100]).casefold()
    return sorted(set(folded.split()), key=lambda part: (-len(part), part))


def grams(text: str) -> set[str]:
    """The single characters and bigrams of a normalised text."""
    return set(text) | {text[start : start + 2] for start in range(len(text) - 1)}


def narrowing_grams(term: str) -> set[str]:
    """The grams that every text containing the term has: its bigrams, or its only character."""
    return {term} if len(term) == 1 else {term[start : start + 2] for start in range(len(term) - 1)}
