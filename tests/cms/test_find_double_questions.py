"""查重: what is found alike, and what an editor says about it is remembered (E1)."""

import pytest
from django.urls import reverse_lazy

from cms.models import BankQuestion, DistinctQuestions
from cms.queries.doubles import doubles
from cms.services import write_bank, write_bank_question
from tests.cms.bank_forms import URLS, draft, question

pytestmark = pytest.mark.django_db
DOUBLES = reverse_lazy(f"{URLS}:doubles")
STEM = "成人胸外按压每分钟多少次？"


def pairs(**asked):
    return [(pair.first.stem, pair.second.stem) for pair in doubles(**asked)]


def test_stems_that_say_nearly_the_same_are_a_pair():
    one, other = question(STEM), question("成人胸外按压每分钟要多少次?")
    question("除颤仪的电极片贴在哪里？")

    (pair,) = doubles()

    assert (pair.first, pair.second) == (one, other)
    assert 70 <= pair.stem_percent < 100
    assert pair.options_percent == 100


def test_the_same_stem_in_two_banks_is_found_over_all_banks_only():
    one, other = question(STEM), question(STEM, bank="另一个题库")

    assert pairs() == [(STEM, STEM)]
    assert pairs(bank_id=one.bank_id) == pairs(bank_id=other.bank_id) == []


def test_the_same_stem_with_other_options_says_how_far_the_options_agree():
    one = question("下列说法正确的是哪一项？")
    other = draft("下列说法正确的是哪一项？")
    write_bank_question(
        bank_id=one.bank_id, draft=other.__class__(other.kind, other.stem, ["甲", "乙", "60–80 次"], [0])
    )

    (pair,) = doubles()

    assert (pair.stem_percent, pair.options_percent) == (100, 20)


def test_retired_questions_are_let_alone():
    question(STEM)
    question("成人胸外按压每分钟要多少次?", state="retired")

    assert pairs() == []


def test_many_stems_that_begin_alike_are_looked_through_without_end_of_pairs():
    bank_id = write_bank(title="急救题库")
    for at in range(30):
        write_bank_question(bank_id=bank_id, draft=draft(f"第 {at} 题：下列关于心肺复苏的说法，正确的是哪一项？"))

    assert len(pairs(most=25)) == 25


def test_an_editor_retires_one_of_a_pair(editor, messages_of):
    one, other = question(STEM), question("成人胸外按压每分钟要多少次?")
    assert "题干相同" in editor.get(DOUBLES).content.decode()

    response = editor.post(DOUBLES, {"first": one.pk, "second": other.pk, "retire": other.pk})

    assert messages_of(response) == ["已停用一题"]
    assert list(BankQuestion.objects.order_by("pk").values_list("state", flat=True)) == ["active", "retired"]
    assert "没有发现重复的题" in editor.get(DOUBLES).content.decode()


def test_what_an_editor_calls_distinct_is_remembered_once(editor, clock):
    one, other = question(STEM), question("成人胸外按压每分钟要多少次?")

    for first, second in ((one, other), (other, one)):
        editor.post(f"{DOUBLES}?bank={one.bank_id}", {"first": first.pk, "second": second.pk, "distinct": "1"})

    said = DistinctQuestions.objects.get()
    assert (said.first_id, said.second_id, said.said_by_id, said.said_at) == (
        one.pk, other.pk, editor.user.pk, clock.now()
    )  # fmt: skip
    assert pairs() == []


@pytest.mark.parametrize(
    "posted", [{}, {"first": "x", "second": "1", "distinct": "1"}, {"first": "9" * 30, "retire": "9"}]
)
def test_what_makes_no_sense_changes_nothing(editor, messages_of, posted):
    question(STEM)

    assert messages_of(editor.post(DOUBLES, posted)) == ["这两题已经变了，请重新查看"]
    assert not DistinctQuestions.objects.exists()
    assert BankQuestion.objects.get().state == "active"


def test_only_a_pairs_own_question_is_retired(editor):
    one, other, third = question(STEM), question("另一题？"), question("第三题？")

    editor.post(DOUBLES, {"first": one.pk, "second": other.pk, "retire": third.pk})

    assert not BankQuestion.objects.filter(state="retired").exists()
