"""Texts in bodies that must be texts: DRF's own fields take a number for one, the schema doesn't."""

from typing import Any

from rest_framework import serializers


class StrictText(serializers.CharField):
    """A text; what only looks like one is refused, not guessed at."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class IdField(StrictText, serializers.RegexField):
    """A row's id: an opaque string, as the contract has it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"^[0-9]{1,18}$", **kwargs)
