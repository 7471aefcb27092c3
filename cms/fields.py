"""Money in fen, typed in yuan."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_YUAN = Decimal("99999.99")


class YuanFormField(forms.DecimalField):
    """Shows 240 as 2.40 and reads 2.40 as 240."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.NumberInput(attrs={"step": "0.01", "min": "0"}))
        super().__init__(min_value=0, max_value=MOST_YUAN, decimal_places=2, **options)

    def prepare_value(self, value: Any) -> Any:
        """Fen from the model become yuan; what somebody typed stays as it is."""
        return f"{Decimal(value) / 100:.2f}" if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Whole fen, or None for nothing typed."""
        yuan = super().clean(value)
        return None if yuan is None else int(yuan * 100)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compares money with money: 2.4 is 2.40."""
        try:
            typed = Decimal(data) * 100 if data not in (None, "") else None
        except InvalidOperation:
            return True
        return typed != (None if initial is None else Decimal(initial))


class FenField(models.PositiveIntegerField):
    """An amount in fen, edited in yuan."""

    def formfield(self, **options: Any) -> forms.Field | None:
        required = not self.blank
        initial = self.default if self.has_default() else None
        return YuanFormField(required=required, label=self.verbose_name, help_text=self.help_text, initial=initial)


def parse_moment(text: str) -> int:
    """Milliseconds of "mm:ss" or "h:mm:ss". Raises ValidationError for anything else."""
    parts = text.strip().replace("：", ":").split(":")
    if not 2 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts):
        raise ValidationError(_("时刻写成 分:秒，比如 3:20；超过一小时写成 1:03:20"))
    numbers = [int(part) for part in parts]
    if numbers[-1] > 59 or (len(numbers) == 3 and numbers[1] > 59):
        raise ValidationError(_("时刻里的秒（和小时后的分）不能大于 59"))
    seconds = 0
    for number in numbers:
        seconds = seconds * 60 + number
    return seconds * 1000
