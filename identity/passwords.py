"""Passwords that somebody who knows the person would try first are refused (security.md, Passwords)."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from identity import id_numbers

_LEAST = 5
"""Shorter parts occur by chance."""


def _parts(user: Any) -> set[str]:
    """What is known of the user, lower case: pieces of numbers, birth date in its spellings, names."""
    number = id_numbers.normalise(user.id_number or "").lower()
    parts = {number, number[-6:], number[-8:], number[:6], (user.mobile or "")[-8:], (user.mobile or "")[-6:]}
    if user.id_type == id_numbers.RESIDENT and re.fullmatch(r"\d{17}[\dx]", number):
        parts |= {number[6:14], number[8:14], number[6:12]}
    if not user.username.startswith("p-"):
        parts.add(user.username.lower())
    parts.add((user.email or "").partition("@")[0].lower())
    kept = {part for part in parts if len(part) >= _LEAST}
    name = "".join((user.name or "").split()).lower()
    return kept | ({name} if len(name) > 1 else set())


class IdentityDerivedValidator:
    """Refuses a password in which a part of the ID number, mobile, birth date, login name or name stands."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError. Without a user there is nothing to compare with."""
        if user is None:
            return
        plain = "".join(password.split()).lower()
        if any(part in plain for part in _parts(user)):
            raise ValidationError(
                _("密码里不要用姓名、登录名、生日，或证件号码、手机号里的数字"), code="password_from_identity"
            )

    def get_help_text(self) -> str:
        return str(_("不要用姓名、登录名、生日，或证件号码、手机号里的数字"))
