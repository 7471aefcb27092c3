"""The shared parts of every page, drawn from plain figures."""

from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.template import engines

from web.templatetags import components
from web.year import YearDial


def draw(source: str, **values: object) -> str:
    return engines["django"].from_string("{% load components %}" + source).render(values)


@pytest.mark.parametrize(
    ("value", "words"), [(Decimal("12.00"), "12"), (Decimal("2.5"), "2.5"), (100, "100"), (None, "0"), (0, "0")]
)
def test_hours_are_written_without_needless_zeros(value, words):
    assert components.hours(value) == words


@pytest.mark.parametrize(("fen", "words"), [(240, "¥2.40"), (5, "¥0.05"), (123456, "¥1,234.56"), (0, "¥0.00")])
def test_fen_are_written_as_yuan(fen, words):
    assert components.yuan(fen) == words


@pytest.mark.parametrize(("ms", "words"), [(522_000, "08:42"), (3_723_999, "1:02:03"), (0, "00:00")])
def test_a_place_in_a_video_is_written_as_a_clock(ms, words):
    assert components.clock(ms) == words


RING = "{% ring public=a professional=b public_target=c professional_target=d %}"


def test_the_ring_fills_each_subject_up_to_its_own_target_and_no_further():
    drawn = draw(RING, a=Decimal(45), b=Decimal("2.5"), c=Decimal(30), d=Decimal(60))

    assert 'class="pub" cx="120" cy="120" r="104" pathLength="90" stroke-dasharray="30 90"' in " ".join(drawn.split())
    assert 'stroke-dasharray="2.5 90"' in drawn
    assert "本年已完成 47.5 学时，目标 90 学时。公需 45，专业 2.5" in drawn


def test_a_ring_of_many_hours_has_no_ticks():
    few = draw(RING, a=Decimal(1), b=Decimal(1), c=Decimal(60), d=Decimal(60))
    many = draw(RING, a=Decimal(1), b=Decimal(1), c=Decimal(61), d=Decimal(60))

    assert "<mask" in few
    assert "<mask" not in many


def test_a_meter_is_full_at_most_and_empty_without_a_total():
    assert 'width="100.0%"' in draw("{% meter done=7 total=5 label='x' %}")
    assert 'width="0.0%"' in draw("{% meter done=0 total=0 label='x' %}")


def test_a_cover_shows_the_first_character_and_keeps_its_tone():
    first = draw("{% cover '《急诊急救》' 'class-1' %}")

    assert ">急<" in first
    assert first == draw("{% cover '《急诊急救》' 'class-1' %}")


def test_nothing_drawn_needs_an_inline_style():
    drawn = draw(RING + "{% meter done=1 total=2 label='x' %}{% cover 'x' %}", a=1, b=1, c=30, d=60)

    assert "style=" not in drawn


class Contact(forms.Form):
    mobile = forms.CharField(label="手机", help_text="11 位")
    landline = forms.CharField(label="座机", required=False)


def test_a_field_names_its_help_and_its_error_to_a_screen_reader():
    drawn = draw("{% field form.mobile %}", form=Contact({}))

    assert 'aria-describedby="id_mobile_helptext id_mobile_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'id="id_mobile_error"' in drawn
    assert 'id="id_mobile_helptext"' in drawn
    assert 'class="form-control is-invalid"' in drawn


def test_a_field_that_may_stay_empty_says_so():
    assert "（可不填）" in draw("{% field form.landline %}", form=Contact())
    assert "（可不填）" not in draw("{% field form.mobile %}", form=Contact())


@pytest.mark.parametrize(
    ("today", "days", "gone", "left"),
    [(date(2026, 11, 7), 365, 311, 54), (date(2028, 12, 31), 366, 366, 0), (date(2026, 1, 1), 365, 1, 364)],
)
def test_the_dial_knows_todays_place_in_the_year(today, days, gone, left):
    dial = YearDial(today=today)

    assert (dial.days, dial.gone, dial.left) == (days, gone, left)


def test_today_always_stands_where_the_hero_shows_it():
    places = {
        round((float(dial.turn) + 90 + dial.gone / dial.days * 360) % 360)
        for dial in (YearDial(today=date(2026, month, 15)) for month in range(1, 13))
    }

    assert len(places) == 1
