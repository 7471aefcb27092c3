"""Texts in bodies that must be texts: DRF's own fields take a number for one, the schema doesn't."""

from typing import Any

from django.utils.translation import gettext_lazy as _
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


class ByQuestion(serializers.DictField):
    """Question → what is said of it. A key that can't be an id is refused unnamed: an answer could hardly repeat it."""

    default_error_messages = {"unknown": _("题目的 id 不对")}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and not all(isinstance(key, str) and key.isascii() for key in data):
            self.fail("unknown")
        return super().to_internal_value(data)
