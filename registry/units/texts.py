"""What can be right in the texts that administrators type: visible characters, not too many, a mobile that rings."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from registry.units.errors import TextUnreadable

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_MOBILE = re.compile(r"\+?[0-9]{6,15}")


def plain(attr: str, text: str, most: int) -> str:
    """The text without blanks around it. Raises TextUnreadable for control characters and for too many.

    Rare characters such as 𬭎 and 㛃 and the dot in names of minorities are none.
    """
    text = text.strip()
    if any(unicodedata.category(character) in _INVISIBLE for character in text):
        raise TextUnreadable(attr, reason=_("含有看不见的控制字符，删掉重新输入"))
    if len(text) > most:
        raise TextUnreadable(attr, reason=_("最多 %(most)s 个字") % {"most": most})
    return text


def person_name(attr: str, text: str) -> str:
    """A human's name: some letter in it, no digit. Raises TextUnreadable."""
    name = plain(attr, text, 60)
    if not name or name.isdigit() or any(character.isdigit() for character in name):
        raise TextUnreadable(attr, reason=_("填写证件上的姓名"))
    return name


def mobile_number(attr: str, text: str) -> str:
    """A mobile in half width without blanks and hyphens. Raises TextUnreadable."""
    number = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text))
    number = re.sub(r"^(\+86|0086)(?=1[0-9]{10}$)", "", number)
    if not _MOBILE.fullmatch(number):
        raise TextUnreadable(attr, reason=_("手机号应是 11 位数字"))
    return number


def mail_address(attr: str, text: str) -> str:
    """An e-mail address. Raises TextUnreadable."""
    address = text.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise TextUnreadable(attr, reason=_("邮箱地址不对，检查 @ 前后")) from None
    if len(address) > 254:
        raise TextUnreadable(attr, reason=_("最多 %(most)s 个字") % {"most": 254})
    return address
