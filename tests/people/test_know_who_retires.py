"""The statutory age of retirement, which rises by birth month from 2025 on: a reviewer is told who has reached it."""

from datetime import date

import pytest

from registry.people.rules import is_past_retirement, retires_at


@pytest.mark.parametrize(
    ("sex", "born_on", "years", "months"),
    [
        ("M", date(1964, 12, 31), 60, 0),
        ("M", date(1965, 1, 1), 60, 1),
        ("M", date(1965, 4, 30), 60, 1),
        ("M", date(1965, 5, 1), 60, 2),
        ("M", date(1976, 9, 1), 63, 0),
        ("M", date(1990, 1, 1), 63, 0),
        ("F", date(1969, 12, 31), 55, 0),
        ("F", date(1970, 1, 1), 55, 1),
        ("F", date(1981, 9, 1), 58, 0),
        ("F", date(1990, 1, 1), 58, 0),
    ],
)
def test_the_age_rises_by_a_month_for_every_four_months_of_birth(sex, born_on, years, months):
    assert retires_at(sex, born_on) == years * 12 + months


def test_the_age_is_reached_on_the_day():
    assert not is_past_retirement("M", date(1965, 1, 15), date(2025, 2, 14))
    assert is_past_retirement("M", date(1965, 1, 15), date(2025, 2, 15))
