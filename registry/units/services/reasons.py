"""Why support did something: in words, always."""

from core.errors import FieldRefusals
from identity import rules
from registry.units.errors import ReasonMissing

MOST_CHARS = 300


def stated(reason: str, attr: str = "reason") -> str:
    """The reason as it is kept. Raises ReasonMissing, FieldRefusals where nobody could read it."""
    words = reason.strip()
    if not words:
        raise ReasonMissing(attr)
    faults = [*rules.text_faults({attr: (words, MOST_CHARS)})]
    if faults:
        raise FieldRefusals(faults)
    return words
