"""What can be right in a technician's data (P2, T1): texts, codes, dates. Each function gives the faults it finds."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from core.errors import FieldRefusal
from identity import id_numbers
from identity import queries as identity
from registry.people.errors import (
    DateUnlikely,
    IdNumberDisagrees,
    Missing,
    NotAChoice,
    NotOfThisSeries,
    Unreadable,
)

LEAST_AGE = 16
"""Nobody works before (劳动法 art. 15)."""
MOST_AGE = 110
USUAL_GRADUATION_AGE = 14
"""Whoever left his last school younger may have mistyped a date; the reviewer is told."""

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_MAINLAND_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_ANY_MOBILE = re.compile(r"\+?[0-9]{6,15}")
_LANDLINE = re.compile(r"\+?[0-9][0-9()（）\- ]{4,28}[0-9]")


# --- Texts ------------------------------------------------------------------------------------------------------------
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


def name_faults(name: str) -> Iterator[FieldRefusal]:
    """A name has at least one character of some script; dots and blanks between its parts are usual."""
    # Characters newer than Python's tables are unassigned (Cn) to it: they count as letters.
    if not any(unicodedata.category(character)[0] == "L" or _is_new(character) for character in name):
        yield Unreadable("name", reason=_("填写证件上的姓名"))
    elif any(character.isdigit() for character in name):
        yield Unreadable("name", reason=_("姓名里不能有数字"))


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
    if landline and not _LANDLINE.fullmatch(unicodedata.normalize("NFKC", landline)):
        yield Unreadable("landline", reason=_("电话只写数字和短横线，比如 010-5550100"))


# --- Codes ------------------------------------------------------------------------------------------------------------
def code_faults(codes: Mapping[str, str], optional: Iterable[str] = ()) -> Iterator[FieldRefusal]:
    """Of `{field: code}`, where each field is named as its table: what is missing, and what can't be chosen."""
    unknown = set(identity.unknown_codes(codes))
    for attr, code in codes.items():
        if not code and attr not in optional:
            yield Missing(attr)
        elif attr in unknown:
            yield NotAChoice(attr)


def title_faults(*, title_series: str, qualification: str) -> Iterator[FieldRefusal]:
    """A qualification belongs to one series; 无 of one is 无 of both. Unknown codes are `code_faults`' to say."""
    facts = identity.qualification_facts(qualification)
    if facts and title_series and facts.series != title_series:
        yield NotOfThisSeries("qualification")


# --- Dates ------------------------------------------------------------------------------------------------------------
def age_on(born_on: date, day: date) -> int:
    """Completed years."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def birth_faults(*, born_on: date | None, today: date) -> Iterator[FieldRefusal]:
    """Who works is between 16 and 110."""
    if born_on is None:
        yield Missing("born_on")
    elif born_on > today:
        yield DateUnlikely("born_on", reason=_("出生日期还没到"))
    elif not LEAST_AGE <= age_on(born_on, today) <= MOST_AGE:
        yield DateUnlikely("born_on", reason=_("注册的人应满 16 周岁，请核对出生日期"))


def later_date_faults(
    attr: str, day: date | None, *, born_on: date | None, today: date, required: bool
) -> Iterator[FieldRefusal]:
    """A graduation or a title comes after birth and not after today."""
    if day is None:
        if required:
            yield Missing(attr)
    elif day > today:
        yield DateUnlikely(attr, reason=_("日期还没到，请核对"))
    elif born_on and day <= born_on:
        yield DateUnlikely(attr, reason=_("早于出生日期，请核对"))


def id_number_faults(*, number: str, sex: str, born_on: date | None) -> Iterator[FieldRefusal]:
    """Birth date and sex agree with a valid 身份证 number; what is left empty is taken from it."""
    if born_on and born_on != id_numbers.birth_date(number):
        yield IdNumberDisagrees("born_on")
    if sex and sex != id_numbers.sex(number):
        yield IdNumberDisagrees("sex")


def retires_at(sex: str, born_on: date) -> int:
    """The statutory age in months: 60 for men and 55 for women, from 2025 on a month later for every four months by
    which somebody was born later, up to three years (2024 decision on raising the retirement age).
    """
    years, first = (60, 1965) if sex == "M" else (55, 1970)
    since = (born_on.year - first) * 12 + born_on.month - 1
    return years * 12 + (min(36, since // 4 + 1) if since >= 0 else 0)


def is_past_retirement(sex: str, born_on: date, today: date) -> bool:
    """Whether somebody has reached his statutory age."""
    months = (today.year - born_on.year) * 12 + today.month - born_on.month - (today.day < born_on.day)
    return months >= retires_at(sex, born_on)
