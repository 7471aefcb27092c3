"""What can be right in a technician's data (P2, T1): title and dates. Texts, contacts and codes: `identity.rules`."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from core.errors import FieldRefusal
from identity import id_numbers
from identity import queries as identity
from identity.errors import Missing
from registry.people.errors import DateUnlikely, IdNumberDisagrees, NotOfThisSeries

LEAST_AGE = 16
"""Nobody works before (劳动法 art. 15)."""
MOST_AGE = 110
USUAL_GRADUATION_AGE = 14
"""Whoever left his last school younger may have mistyped a date; the reviewer is told."""


# --- Codes ------------------------------------------------------------------------------------------------------------
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
