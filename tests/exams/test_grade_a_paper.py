"""Grading: exactly the right options, points as the paper says, voided questions as right; a recount, however often."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.grading import Grade, grade, is_right
from exams.models import Paper
from tests.exams import classes

PAPER = [
    {"id": "s", "kind": "single", "points": 1, "right": ["s1"]},
    {"id": "m", "kind": "multiple", "points": 2, "right": ["m1", "m3"]},
    {"id": "t", "kind": "true_false", "points": 1, "right": ["t2"]},
]
RIGHT = {"s": ["s1"], "m": ["m3", "m1"], "t": ["t2"]}


@pytest.mark.parametrize(
    ("chosen", "counts"),
    [
        (["m1", "m3"], True),
        (["m3", "m1"], True),
        (["m1"], False),
        (["m1", "m2", "m3"], False),
        (["m2"], False),
        ([], False),
    ],
)
def test_of_several_right_options_all_and_no_other_are_to_be_chosen(chosen, counts):
    assert is_right(PAPER[1], {"m": chosen}) is counts


def test_the_points_of_each_question_are_the_paper_s():
    assert grade(PAPER, RIGHT) == Grade(right=3, total=3, points=4, max_points=4)
    assert grade(PAPER, RIGHT | {"m": ["m1"]}) == Grade(right=2, total=3, points=2, max_points=4)
    assert grade(PAPER, {}) == Grade(right=0, total=3, points=0, max_points=4)


def test_a_voided_question_counts_as_right_whatever_was_chosen():
    assert grade(PAPER, {}, ["m"]) == Grade(right=1, total=3, points=2, max_points=4)
    assert grade(PAPER, {"m": ["m2"]}, ["m"]).points == 2
    assert grade(PAPER, RIGHT, ["m"]) == grade(PAPER, RIGHT)


options = st.sampled_from(["s1", "s2", "m1", "m2", "m3", "t1", "t2"])
given_answers = st.dictionaries(st.sampled_from(["s", "m", "t", "?"]), st.lists(options, unique=True))


@settings(max_examples=200, deadline=None)
@given(answers=given_answers, excused=st.sets(st.sampled_from(["s", "m", "t"])))
def test_a_grade_is_the_sum_of_its_questions_and_excusing_never_lowers_it(answers, excused):
    whole = grade(PAPER, answers, excused)
    parts = [grade([question], answers, excused) for question in PAPER]
    assert (whole.right, whole.points) == (sum(part.right for part in parts), sum(part.points for part in parts))
    assert whole.points >= grade(PAPER, answers).points
    assert whole.points <= whole.max_points


def test_the_mark_itself_is_enough_and_one_less_is_not(candidate, exam_of):
    course = exam_of(pass_points=3)
    attempt = candidate.sits(course)
    candidate.answers(attempt, classes.right_answers(str(attempt.public_id), 2))
    failed = candidate.hands_in(attempt)
    assert (failed.points, failed.passed) == (2, False)

    attempt = candidate.sits(course)
    candidate.answers(attempt, classes.right_answers(str(attempt.public_id), 3))
    passed = candidate.hands_in(attempt)
    assert (passed.points, passed.passed) == (3, True)


def test_the_key_is_the_paper_s_even_when_the_bank_says_otherwise_since(candidate, exam_of):
    from cms.models import BankQuestion

    course = exam_of()
    attempt = candidate.sits(course)
    answers = classes.right_answers(str(attempt.public_id))
    for question in BankQuestion.objects.all():
        for child in question.options:
            child.value["is_right"] = not child.value["is_right"]
        question.kind = "multiple"
        question.save()

    candidate.answers(attempt, answers)

    assert candidate.hands_in(attempt).points == 5
    assert Paper.objects.get().questions[0]["kind"] == "single"
