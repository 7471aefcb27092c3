"""Credit codes of units: GB 32100 (统一社会信用代码), or the nine places of GB 11714 of who has only those."""

import unicodedata

from django.utils.translation import gettext as _
from stdnum.cn import uscc

from registry.units.errors import CreditCodeWrong

_LEGACY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_LEGACY_PLACES, _PLACES = 9, 18
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def normalise(code: str) -> str:
    """Half width, without blanks and hyphens, in capitals."""
    return "".join(unicodedata.normalize("NFKC", code).split()).replace("-", "").upper()


def validate(code: str, attr: str = "credit_code") -> str:
    """The normalised code. Raises CreditCodeWrong with what is wrong with it."""
    code = normalise(code)
    if len(code) == _LEGACY_PLACES:
        if not _is_legacy(code):
            raise CreditCodeWrong(attr, reason=_("组织机构代码不对，请逐位核对"))
        return code
    if len(code) != _PLACES:
        raise CreditCodeWrong(attr, reason=_("统一社会信用代码应是 18 位，老的组织机构代码是 9 位"))
    if not uscc.is_valid(code):
        raise CreditCodeWrong(attr, reason=_("统一社会信用代码不对，请逐位核对；代码里没有字母 I、O、S、V、Z"))
    return code


def _is_legacy(code: str) -> bool:
    body, last = code[:-1], code[-1]
    if not all(character in _LETTERS for character in body):
        return False
    total = sum(_LETTERS.index(character) * weight for character, weight in zip(body, _LEGACY_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11] == last
