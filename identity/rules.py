"""What can be right in texts, contacts and codes that people write of themselves and their units (P2–P4, T1, U1).

Each function gives the faults it finds; the processes of `registry` say which fields there are.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from core.errors import FieldRefusal
from identity import id_numbers
from identity.errors import Missing, NotAChoice, Unreadable
from identity.queries import unknown_codes

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_MAINLAND_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_ANY_MOBILE = re.compile(r"\+?[0-9]{6,15}")
_LANDLINE = re.compile(r"\+?[0-9][0-9()（）\- ]{4,28}[0-9]")


def has_invisible(text: str) -> bool:
    """Whether control, format or lone surrogate characters are in it; rare characters such as 𬭎 and 㛃 are none."""
    return any(unicodedata.category(character) in _INVISIBLE for character in text)


def text_faults(texts: Mapping[str, tuple[str, int]]) -> Iterator[FieldRefusal]:
    """Of `{field: (text, most characters)}`, those with characters nobody can read, and those too long."""
    for attr, (text, most) in texts.items():
        if has_invisible(text):
            yield Unreadable(attr, reason=_("含有看不见的控制字符，删掉重新输入"))
        elif len(text) > most:
            yield Unreadable(attr, reason=_("最多 %(most)s 个字") % {"most": most})


def name_faults(name: str, attr: str = "name") -> Iterator[FieldRefusal]:
    """A name has at least one character of some script; dots and blanks between its parts are usual."""
    # Characters newer than Python's tables are unassigned (Cn) to it: they count as letters.
    if not any(unicodedata.category(character)[0] == "L" or _is_new(character) for character in name):
        yield Unreadable(attr, reason=_("填写证件上的姓名"))
    elif any(character.isdigit() for character in name):
        yield Unreadable(attr, reason=_("姓名里不能有数字"))


def _is_new(character: str) -> bool:
    return unicodedata.category(character) in {"Cn", "Co"}


def normal_mobile(mobile: str) -> str:
    """A mobile as it is kept: half-width digits without blanks, hyphens and +86."""
    text = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", mobile))
    return re.sub(r"^(\+86|0086)(?=1[0-9]{10}$)", "", text)


def contact_faults(*, id_type: str, mobile: str, email: str, landline: str) -> Iterator[FieldRefusal]:
    """Mobile (as `normal_mobile` gives it), mail and landline; empty ones are left to whoever requires them."""
    form = _MAINLAND_MOBILE if id_type == id_numbers.RESIDENT else _ANY_MOBILE
    if mobile and not form.fullmatch(mobile):
        yield Unreadable("mobile", reason=_("手机号应是 11 位数字") if form is _MAINLAND_MOBILE else _("手机号不对"))
    if email:
        try:
            validate_email(email)
        except ValidationError:
            yield Unreadable("email", reason=_("邮箱地址不对，检查 @ 前后"))
    yield from phone_faults("landline", landline)


def phone_faults(attr: str, phone: str) -> Iterator[FieldRefusal]:
    """A landline or an office's number; empty is left to whoever requires it."""
    if phone and not _LANDLINE.fullmatch(unicodedata.normalize("NFKC", phone)):
        yield Unreadable(attr, reason=_("电话只写数字和短横线，比如 010-5550100"))


def code_faults(codes: Mapping[str, str], optional: Iterable[str] = ()) -> Iterator[FieldRefusal]:
    """Of `{field: code}`, where each field is named as its table: what is missing, and what can't be chosen."""
    unknown = set(unknown_codes(codes))
    for attr, code in codes.items():
        if not code and attr not in optional:
            yield Missing(attr)
        elif attr in unknown:
            yield NotAChoice(attr)
