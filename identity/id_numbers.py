"""ID numbers (证件号码): how they are typed, checked, shown and looked up. Never in the clear at rest or in logs."""

import re
import unicodedata
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum.cn import ric

from core import crypto
from identity.errors import IdNumberInvalid

RESIDENT = "resident"
PASSPORT = "passport"
MILITARY = "military"
PERMIT = "permit"
ID_TYPES: tuple[tuple[str, str | Promise], ...] = (
    (RESIDENT, _("身份证")),
    (PASSPORT, _("护照")),
    (MILITARY, _("军官证")),
    (PERMIT, _("港澳台通行证")),
)
"""Code and label (P2); the code table `id_type` holds the same."""

MOST_CHARS = 40
_OTHER = re.compile(r"[0-9A-Z一-鿿()-]{5,30}")
_PURPOSE = "id-number"


def normalise(number: str) -> str:
    """Full-width made half-width, blanks stripped, lower case made upper case, as people really type (P5)."""
    return "".join(unicodedata.normalize("NFKC", number).split()).upper()


def validate(id_type: str, number: str, *, attr: str = "id_number") -> str:
    """The normalised number, or IdNumberInvalid with a reason one can act on (P2; GB 11643 for 身份证)."""
    number = normalise(number)
    if id_type not in dict(ID_TYPES):
        raise IdNumberInvalid("id_type", reason=_("选择证件类型"))
    if id_type != RESIDENT:
        if not _OTHER.fullmatch(number):
            raise IdNumberInvalid(attr, reason=_("证件号码应是 5 到 30 位的数字和字母"))
        return number
    if re.fullmatch(r"[0-9]{15}", number):
        raise IdNumberInvalid(attr, reason=_("这是 15 位的旧身份证号码，请填写 18 位的"))
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise IdNumberInvalid(attr, reason=_("身份证号码应是 18 位，最后一位可以是 X"))
    # Check digit and date; not the place: tables of county codes age, and nobody may be refused for that.
    if number[-1] != ric.calc_check_digit(number) or not _is_date(number[6:14]):
        raise IdNumberInvalid(attr, reason=_("身份证号码不对，请逐位核对"))
    return number


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def mask(number: str) -> str:
    """The number as it is shown: `110101********0134`; short ones keep two at each end, or nothing."""
    head, tail = (6, 4) if len(number) >= 15 else (2, 2) if len(number) >= 7 else (0, 0)
    return number[:head] + "*" * (len(number) - head - tail) + number[len(number) - tail :]


def digest(id_type: str, number: str) -> bytes:
    """What finds a person by his number: keyed HMAC over type and normalised number, 32 bytes."""
    return crypto.digest(f"{id_type}:{normalise(number)}", _PURPOSE)


def mobile_digest(mobile: str) -> bytes | None:
    """What finds who gave the same mobile: a keyed HMAC over its digits, None for none."""
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", mobile))
    return crypto.digest(digits, "mobile") if digits else None


def mask_mobile(mobile: str) -> str:
    """The mobile as it is shown to others: `138****2207`."""
    return mobile[:3] + "*" * (len(mobile) - 7) + mobile[-4:] if len(mobile) >= 9 else "*" * len(mobile)


def birth_date(number: str) -> date:
    """The birth date in a valid 身份证 number."""
    return ric.get_birth_date(number)


def sex(number: str) -> str:
    """`M` or `F`, from a valid 身份证 number."""
    return "M" if int(number[16]) % 2 else "F"
