"""Practice: which questions it gives, in which order, what an answer tells (L9)."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist

from cms.models import BankQuestion
from exams.errors import AnswersInvalid
from exams.models import PracticeRecord
from exams.queries import practice_batch, practice_list, practice_overview, practice_questions, told_answers
from exams.services import answer_practice
from learning.models import Enrolment
from tests.exams import classes
from tests.exams.practising import add_questions, chosen, course_with_practice, ids_of, practises, standing


# --- Which questions --------------------------------------------------------------------------------------------------
def test_practice_gives_the_practice_pool_and_never_the_exam_s(candidate):
    course, practice = course_with_practice(candidate, 3)
    both = add_questions(practice[0].bank_id, 2, pool="both")

    shown = ids_of(practice_batch(candidate.role, course.pk))

    assert sorted(shown) == sorted(question.pk for question in [*practice, *both])
    assert BankQuestion.objects.filter(pool="exam").count() == 12


def test_practice_gives_what_fits_the_rules_of_the_exam_and_nothing_else(candidate):
    course, practice = course_with_practice(candidate, 1)
    add_questions(practice[0].bank_id, 1, kind="multiple")
    add_questions(classes.bank("别的题库", 0), 1)
    add_questions(practice[0].bank_id, 1, state="draft")

    assert ids_of(practice_batch(candidate.role, course.pk)) == [practice[0].pk]


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ({"tags": ["按压"]}, "a"),
        ({"tags": ["按压", "气道"]}, "ab"),
        ({"difficulty": 3}, "b"),
        ({}, "abc"),
        ({"bank_id": None, "tags": ["气道"]}, "bd"),
    ],
)
def test_a_rule_s_tags_difficulty_and_bank_hold_in_practice_too(candidate, rule, fits):
    bank_id, other = classes.bank("甲库", 0), classes.bank("乙库", 0)
    for bank, fields in (
        (bank_id, {"tags": ["按压"], "difficulty": 3, "pool": "exam"}),
        (bank_id, {"tags": ["气道"], "difficulty": 3, "pool": "exam"}),
    ):
        add_questions(bank, 1, **fields)
    questions = [
        *add_questions(bank_id, 1, tags=["按压"], difficulty=1),
        *add_questions(bank_id, 1, tags=["气道"], difficulty=3),
        *add_questions(bank_id, 1),
        *add_questions(other, 1, tags=["气道"]),
    ]
    terms = {"bank_id": bank_id, "count": 1} | rule
    page, (course,) = classes.exam_class(
        classes.ExamDraft(rules=[classes.ExamRule(**terms)], pass_points=1, minutes=10)
    )
    candidate.enrols(page)

    shown = ids_of(practice_batch(candidate.role, course.pk))

    names = {question.pk: name for question, name in zip(questions, "abcd", strict=True)}
    assert "".join(sorted(names[pk] for pk in shown)) == fits


@pytest.mark.parametrize("change", [{"state": "retired"}, {"state": "draft"}, {"pool": "exam"}])
def test_a_question_taken_out_of_use_leaves_practice_at_once(candidate, change):
    course, (first, second) = course_with_practice(candidate, 2)
    assert len(practice_batch(candidate.role, course.pk)) == 2

    for name, value in change.items():
        setattr(first, name, value)
    first.save()

    assert ids_of(practice_batch(candidate.role, course.pk)) == [second.pk]
    with pytest.raises(ObjectDoesNotExist):
        answer_practice(
            actor=candidate.role, course_id=course.pk, answers={str(first.pk): ["x"]}, now=candidate.clock.now()
        )
    assert not PracticeRecord.objects.exists()


def test_a_question_of_an_attempt_in_progress_is_away_from_every_course(candidate):
    bank_id = classes.bank(singles=5, pool="both")
    first_page, (first,) = classes.exam_class(classes.exam(bank_id))
    second_page, (second,) = classes.exam_class(classes.exam(bank_id))
    for page in (first_page, second_page):
        candidate.enrols(page)
    classes.watch_all(candidate, first)
    (before,) = practice_questions(candidate.role, second.pk, [BankQuestion.objects.order_by("pk")[0].pk])
    practises(candidate, second, int(before["id"]), False)
    extra = add_questions(bank_id, 1)[0]

    attempt = candidate.sits(first)

    assert ids_of(practice_batch(candidate.role, second.pk)) == [extra.pk]
    assert ids_of(practice_batch(candidate.role, first.pk)) == [extra.pk]
    assert told_answers(candidate.role, second.pk, [int(before["id"])], {}) == []
    with pytest.raises(ObjectDoesNotExist):
        answer_practice(
            actor=candidate.role,
            course_id=second.pk,
            answers={before["id"]: chosen(before)},
            now=candidate.clock.now(),
        )
    assert PracticeRecord.objects.get().tries == 1

    candidate.hands_in(attempt)

    assert len(practice_batch(candidate.role, second.pk)) == 6


def test_another_s_attempt_in_progress_hides_nothing(candidate, stranger):
    bank_id = classes.bank(singles=5, pool="both")
    page, (course,) = classes.exam_class(classes.exam(bank_id))
    for learner in (candidate, stranger):
        learner.enrols(page)
    classes.watch_all(stranger, course)

    stranger.sits(course)

    assert len(practice_batch(candidate.role, course.pk)) == 5


def test_a_locked_course_cannot_be_practised_until_it_opens(candidate):
    bank_id = classes.bank("第二门", singles=5, pool="both")
    page, (first, second) = classes.exam_class(None, classes.exam(bank_id))
    candidate.enrols(page)
    question = BankQuestion.objects.first()

    assert practice_batch(candidate.role, second.pk) == []
    assert practice_overview(candidate.role).cards == []
    assert practice_overview(candidate.role).locked == 1
    with pytest.raises(ObjectDoesNotExist):
        answer_practice(
            actor=candidate.role, course_id=second.pk, answers={str(question.pk): ["x"]}, now=candidate.clock.now()
        )

    classes.watch_all(candidate, first)

    assert len(practice_batch(candidate.role, second.pk)) == 5
    assert practice_overview(candidate.role).locked == 0


def test_a_course_of_a_class_one_isn_t_in_is_unknown(candidate, stranger):
    course, (question,) = course_with_practice(candidate, 1)

    for read in (practice_batch, lambda role, course_id: practice_questions(role, course_id, [question.pk])):
        with pytest.raises(ObjectDoesNotExist):
            read(stranger.role, course.pk)
    with pytest.raises(ObjectDoesNotExist):
        answer_practice(
            actor=stranger.role, course_id=course.pk, answers={str(question.pk): ["x"]}, now=stranger.clock.now()
        )
    assert practice_list(stranger.role) == []
    assert not PracticeRecord.objects.exists()


def test_a_class_given_back_is_practised_no_more(candidate):
    course, _questions = course_with_practice(candidate, 1)
    Enrolment.objects.update(state="ended")

    assert practice_list(candidate.role) == []
    with pytest.raises(ObjectDoesNotExist):
        practice_batch(candidate.role, course.pk)


# --- In which order ---------------------------------------------------------------------------------------------------
def test_what_was_never_practised_comes_first_then_what_was_longest_ago(candidate):
    course, questions = course_with_practice(candidate, 13)
    for question in (questions[4], questions[2], questions[9], questions[7]):
        practises(candidate, course, question, True)
        candidate.clock.tick(60)

    shown = ids_of(practice_batch(candidate.role, course.pk))

    new = {question.pk for place, question in enumerate(questions) if place not in (4, 2, 9, 7)}
    assert (set(shown[:9]), shown[9:]) == (new, [questions[4].pk])
    practises(candidate, course, questions[4], True)
    assert ids_of(practice_batch(candidate.role, course.pk))[9:] == [questions[2].pk]


def test_every_new_question_is_as_likely_to_come_first(candidate):
    course, questions = course_with_practice(candidate, 4)

    first = Counter(ids_of(practice_batch(candidate.role, course.pk, most=1))[0] for _ in range(120))

    assert set(first) == {question.pk for question in questions}
    assert max(first.values()) < 60


# --- Options ----------------------------------------------------------------------------------------------------------
def test_options_have_other_names_for_every_learner_and_say_nothing(candidate, stranger):
    course, (question,) = course_with_practice(candidate, 1)
    stranger.enrols(course.class_page)

    names = [
        {option["text"]: option["id"] for option in practice_batch(learner.role, course.pk)[0]["options"]}
        for learner in (candidate, stranger)
    ]

    own = {option["id"] for option in question.content["options"]}
    assert names[0].keys() == names[1].keys()
    assert len({*names[0].values(), *names[1].values(), *own}) == 12


def test_options_stand_in_another_order_after_each_answer_and_in_the_same_until_then(candidate):
    course, (question,) = course_with_practice(candidate, 1)
    orders = []
    for _ in range(12):
        (shown,) = practice_batch(candidate.role, course.pk)
        assert practice_batch(candidate.role, course.pk) == [shown]
        orders.append(tuple(option["text"] for option in shown["options"]))
        practises(candidate, course, question, True)
        (told,) = told_answers(candidate.role, course.pk, [question.pk], {question.pk: shown["times"]})
        assert told["options"] == shown["options"]

    assert len(set(orders)) > 4
    assert len({order.index("对的做法") for order in orders}) > 1


def test_true_and_false_keep_their_order(candidate):
    bank_id = classes.bank(singles=0, true_false=1)
    page, (course,) = classes.exam_class(
        classes.ExamDraft(rules=[classes.ExamRule(1, bank_id, kind="true_false")], pass_points=1, minutes=10)
    )
    candidate.enrols(page)
    add_questions(bank_id, 8, kind="true_false")

    shown = practice_batch(candidate.role, course.pk)

    assert [[option["text"] for option in question["options"]] for question in shown] == [["对", "错"]] * 8


# --- An answer --------------------------------------------------------------------------------------------------------
def test_a_shown_question_tells_nothing_of_what_is_right(candidate):
    course, (question,) = course_with_practice(candidate, 1)

    (shown,) = practice_batch(candidate.role, course.pk)

    assert shown.keys() == {"id", "kind", "stem", "picture", "options", "times"}
    assert all(option.keys() == {"id", "text", "picture"} for option in shown["options"])
    assert question.explanation not in str(shown)
    assert told_answers(candidate.role, course.pk, [question.pk], {}) == [], "nor is it told before it is answered"


@pytest.mark.parametrize("right", [True, False])
def test_an_answer_tells_what_is_right_and_why(candidate, right):
    course, (question,) = course_with_practice(candidate, 1)
    (shown,) = practice_batch(candidate.role, course.pk)

    (result,) = practises(candidate, course, question, right)

    assert (result.correct, result.explanation) == (right, question.explanation)
    assert result.right == chosen(shown)
    assert standing(question) == (1, int(not right), int(right), not right)
    assert PracticeRecord.objects.get().tried_at == candidate.clock.now()


def test_a_multiple_choice_is_right_with_all_right_options_and_no_other(candidate):
    bank_id = classes.bank(singles=0, multiples=1)
    page, (course,) = classes.exam_class(
        classes.ExamDraft(rules=[classes.ExamRule(1, bank_id, kind="multiple")], pass_points=1, minutes=10)
    )
    candidate.enrols(page)
    (question,) = add_questions(bank_id, 1, kind="multiple")
    (shown,) = practice_batch(candidate.role, course.pk)
    good = chosen(shown)
    wrong = chosen(shown, right=False)

    def correct(given: list[str]) -> bool:
        answers = {shown["id"]: given}
        (result,) = answer_practice(
            actor=candidate.role, course_id=course.pk, answers=answers, now=candidate.clock.now()
        )
        return result.correct

    assert [correct(given) for given in (good, good[:1], good[::-1], good + wrong)] == [True, False, True, False]


@pytest.mark.parametrize("given", [[], ["no-such-option"], "two", "twice"])
def test_what_is_no_answer_is_refused_and_counts_for_nothing(candidate, given: Any):
    course, questions = course_with_practice(candidate, 2)
    shown = {question["id"]: question for question in practice_batch(candidate.role, course.pk)}
    good = chosen(shown[str(questions[1].pk)])
    given = {"two": good + chosen(shown[str(questions[1].pk)], right=False), "twice": good * 2}.get(str(given), given)
    answers = {str(questions[0].pk): chosen(shown[str(questions[0].pk)]), str(questions[1].pk): given}

    with pytest.raises(AnswersInvalid) as refusal:
        answer_practice(actor=candidate.role, course_id=course.pk, answers=answers, now=candidate.clock.now())

    assert (refusal.value.code, refusal.value.attr) == ("invalid", f"answers.{questions[1].pk}")
    assert not PracticeRecord.objects.exists()


@pytest.mark.parametrize("name", ["", "abc", "-1", "999999", "1" * 30, "١"])
def test_an_answer_to_no_question_is_unknown(candidate, name):
    course, _questions = course_with_practice(candidate, 1)

    with pytest.raises(ObjectDoesNotExist):
        answer_practice(actor=candidate.role, course_id=course.pk, answers={name: ["x"]}, now=candidate.clock.now())
    assert not PracticeRecord.objects.exists()


def test_an_answer_that_is_sent_again_is_told_again_and_counts_once(candidate):
    course, (question,) = course_with_practice(candidate, 1)
    (first,) = practises(candidate, course, question, False, times=0)
    candidate.clock.tick(60)

    (again,) = practises(candidate, course, question, False, times=0)

    assert (first.counted, again.counted) == (True, False)
    assert (again.correct, again.explanation) == (False, question.explanation)
    assert standing(question) == (1, 1, 0, True)
    assert PracticeRecord.objects.get().tried_at == candidate.clock.now() - timedelta(seconds=60)
    (third,) = practises(candidate, course, question, True, times=1)
    assert (third.counted, third.to_go) == (True, 1)


def test_a_first_answer_counts_whatever_it_says_of_earlier_ones(candidate):
    course, (question,) = course_with_practice(candidate, 1)

    (result,) = practises(candidate, course, question, False, times=7)

    assert result.counted
    assert standing(question) == (1, 1, 0, True)


def test_practice_is_unlimited(candidate):
    course, (question,) = course_with_practice(candidate, 1)

    practises(candidate, course, question, *[True] * 30)

    assert standing(question) == (30, 0, 30, False)
    assert ids_of(practice_batch(candidate.role, course.pk)) == [question.pk]
