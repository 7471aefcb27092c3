"""The mistakes book: what enters it, what leaves it, whatever two devices do at once (L9)."""

import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.services import void_question
from core.clock import now as server_now
from exams.models import PracticeRecord
from exams.queries import mistakes_book, mistakes_page, practice_batch, practice_questions
from exams.services import answer_practice
from learning.models import Enrolment
from tests.exams import classes
from tests.exams.practising import add_questions, chosen, course_with_practice, ids_of, practises, standing
from tests.support.threads import in_threads


def in_book(candidate: Any, **asked: Any) -> list[int]:
    return [record.question_id for record in mistakes_page(candidate.role, **asked).records]


# --- In and out -------------------------------------------------------------------------------------------------------
def test_a_wrong_answer_enters_the_book_and_a_right_one_does_not(candidate):
    course, (first, second) = course_with_practice(candidate, 2)

    (wrong,) = practises(candidate, course, first, False)
    (right,) = practises(candidate, course, second, True)

    assert (wrong.is_mistake, wrong.to_go, right.is_mistake, right.to_go) == (True, 2, False, 0)
    assert in_book(candidate) == [first.pk]


def test_two_right_answers_in_a_row_take_a_question_out(candidate):
    course, (question,) = course_with_practice(candidate, 1)

    wrong, once, twice = practises(candidate, course, question, False, True, True)

    assert [(result.to_go, result.leaves_book) for result in (wrong, once, twice)] == [
        (2, False),
        (1, False),
        (0, True),
    ]
    assert in_book(candidate) == []
    assert standing(question) == (3, 1, 2, False)


def test_a_wrong_answer_in_between_begins_the_count_anew(candidate):
    course, (question,) = course_with_practice(candidate, 1)

    practises(candidate, course, question, False, True, False, True)
    assert in_book(candidate) == [question.pk]

    (last,) = practises(candidate, course, question, True)
    assert (last.leaves_book, in_book(candidate)) == (True, [])


def test_a_question_that_left_comes_back_with_the_next_wrong_answer(candidate):
    course, (question,) = course_with_practice(candidate, 1)

    results = practises(candidate, course, question, False, True, True, True, False)

    assert [result.is_mistake for result in results] == [True, True, False, False, True]
    assert [result.leaves_book for result in results] == [False, False, True, False, False]


def test_an_exam_answered_wrong_does_not_enter_the_book(candidate):
    bank_id = classes.bank(singles=5, pool="both")
    page, (course,) = classes.exam_class(classes.exam(bank_id))
    candidate.enrols(page)
    classes.watch_all(candidate, course)

    candidate.fails(course)

    assert in_book(candidate) == []
    assert not PracticeRecord.objects.exists()


# --- What it shows ----------------------------------------------------------------------------------------------------
def test_the_book_is_its_owner_s_alone(candidate, stranger):
    course, (question,) = course_with_practice(candidate, 1)
    stranger.enrols(course.class_page)
    practises(candidate, course, question, False)

    assert in_book(stranger) == []
    assert mistakes_book(stranger.role, course.pk) == []


def test_the_latest_mistake_comes_first_and_parts_follow_one_another(candidate):
    course, questions = course_with_practice(candidate, 5)
    for question in questions:
        practises(candidate, course, question, False)
        candidate.clock.tick(60)
    newest_first = [question.pk for question in reversed(questions)]

    assert in_book(candidate) == newest_first
    assert [in_book(candidate, page=page, most=2) for page in (1, 2, 3, 4)] == [
        newest_first[:2],
        newest_first[2:4],
        newest_first[4:],
        newest_first[4:],
    ]
    assert mistakes_page(candidate.role, page=2, most=2).count == 5


def test_mistakes_are_found_by_course_and_by_words_of_stem_and_explanation(candidate):
    first, (one, two) = course_with_practice(candidate, 2)
    second, (three,) = course_with_practice(candidate, 1)
    one.stem, two.explanation = "胸外按压要多深？", "胸外按压五到六厘米。"
    for question in (one, two):
        question.save()
    for course, question in ((first, one), (first, two), (second, three)):
        practises(candidate, course, question, False)

    book = mistakes_page(candidate.role, course_id=first.pk)
    assert {record.question_id for record in book.records} == {one.pk, two.pk}
    assert sorted((course.place.course.id, course.count) for course in book.courses) == [(first.pk, 2), (second.pk, 1)]
    assert (book.count, book.total) == (2, 3)
    assert set(in_book(candidate, words="胸外按压")) == {one.pk, two.pk}
    assert in_book(candidate, words="多深？") == [one.pk]
    assert in_book(candidate, words="100%_没有") == []
    assert in_book(candidate, words="胸外按压", course_id=second.pk) == []


def test_those_of_a_course_stand_together_where_that_is_asked_for(candidate):
    first, (one, two) = course_with_practice(candidate, 2)
    second, (three,) = course_with_practice(candidate, 1)
    for course, question in ((first, one), (second, three), (first, two)):
        practises(candidate, course, question, False)
        candidate.clock.tick(60)

    assert in_book(candidate) == [two.pk, three.pk, one.pk]
    assert in_book(candidate, by_course=True) in ([two.pk, one.pk, three.pk], [three.pk, two.pk, one.pk])


@pytest.mark.parametrize("change", [{"state": "retired"}, {"pool": "exam"}, {"difficulty": 3}])
def test_a_question_that_is_practised_no_more_leaves_by_itself_and_may_return(candidate, change):
    bank_id = classes.bank()
    rules = [classes.ExamRule(1, bank_id, difficulty=2)]
    page, (course,) = classes.exam_class(classes.ExamDraft(rules=rules, pass_points=1, minutes=10))
    candidate.enrols(page)
    (question,) = add_questions(bank_id, 1)
    practises(candidate, course, question, False)
    before = {name: getattr(question, name) for name in change}

    for fields, expected in ((change, []), (before, [question.pk])):
        for name, value in fields.items():
            setattr(question, name, value)
        question.save()
        assert in_book(candidate) == ids_of(practice_batch(candidate.role, course.pk, mistakes=True)) == expected


def test_a_voided_question_leaves_by_itself(candidate):
    course, (question,) = course_with_practice(candidate, 1)
    practises(candidate, course, question, False)

    void_question(question_id=question.pk, reason="题干有误", actor_id=1, acting_as="staff", now=candidate.clock.now())

    assert in_book(candidate) == practice_batch(candidate.role, course.pk) == []


def test_a_question_of_an_attempt_in_progress_is_away_until_it_is_handed_in(candidate):
    bank_id = classes.bank(singles=5, pool="both")
    page, (course,) = classes.exam_class(classes.exam(bank_id))
    candidate.enrols(page)
    classes.watch_all(candidate, course)
    question = practice_batch(candidate.role, course.pk)[0]
    practises(candidate, course, int(question["id"]), False)

    attempt = candidate.sits(course)
    assert in_book(candidate) == []
    candidate.hands_in(attempt)

    assert in_book(candidate) == [int(question["id"])]


def test_a_class_given_back_takes_its_mistakes_along(candidate):
    course, (question,) = course_with_practice(candidate, 1)
    practises(candidate, course, question, False)

    Enrolment.objects.update(state="ended")

    assert in_book(candidate) == []


def test_practice_by_mistakes_gives_mistakes_alone_the_longest_ago_first(candidate):
    course, questions = course_with_practice(candidate, 4)
    for question, right in zip(questions, (False, True, False, False), strict=True):
        practises(candidate, course, question, right)
        candidate.clock.tick(60)
    practises(candidate, course, questions[0], False)

    shown = ids_of(practice_batch(candidate.role, course.pk, mistakes=True))

    assert shown == [questions[2].pk, questions[3].pk, questions[0].pk]


def test_the_book_takes_as_many_queries_for_one_mistake_as_for_many(candidate, django_assert_num_queries):
    course, (question,) = course_with_practice(candidate, 1)
    practises(candidate, course, question, False)
    mistakes_page(candidate.role)
    with CaptureQueriesContext(connection) as captured:
        mistakes_page(candidate.role)
    one = len(captured)
    for _ in range(3):
        course, questions = course_with_practice(candidate, 3)
        for question in questions:
            practises(candidate, course, question, False)
    mistakes_page(candidate.role)

    with django_assert_num_queries(one):
        assert mistakes_page(candidate.role).count == 10


# --- Whatever happens -------------------------------------------------------------------------------------------------
def recount(outcomes: list[bool]) -> tuple[int, int, int, bool]:
    """(tries, wrong, right in a row, in the book), from all answers in order."""
    row = 0
    for right in reversed(outcomes):
        if not right:
            break
        row += 1
    return len(outcomes), outcomes.count(False), row, False in outcomes and row < 2


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.booleans()), max_size=25))
def test_the_book_is_a_recount_of_the_last_answers_in_any_order(candidate_in_practice, answers):
    candidate, course, questions = candidate_in_practice
    PracticeRecord.objects.all().delete()
    outcomes_of: dict[int, list[bool]] = {0: [], 1: [], 2: []}
    for place, right, sent_twice in answers:
        times = len(outcomes_of[place])
        for _ in range(1 + sent_twice):
            practises(candidate, course, questions[place], right, times=times)
        outcomes_of[place].append(right)

    for place, outcomes in outcomes_of.items():
        if outcomes:
            assert standing(questions[place]) == recount(outcomes)
    mistakes = {questions[place].pk for place, outcomes in outcomes_of.items() if recount(outcomes)[3]}
    assert set(in_book(candidate)) == mistakes
    assert set(ids_of(practice_batch(candidate.role, course.pk, mistakes=True))) == mistakes


@pytest.fixture
def candidate_in_practice(candidate):
    course, questions = course_with_practice(candidate, 3)
    return candidate, course, questions


# --- Two devices ------------------------------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_devices_that_answer_the_same_question_at_once_all_count(candidate_in_practice):
    candidate, course, questions = candidate_in_practice
    role, question = candidate.role, questions[0]
    (shown,) = practice_questions(role, course.pk, [question.pk])

    def answer(number: int) -> None:
        for turn in range(5):
            given = chosen(shown, right=(number + turn) % 2 == 0)
            answer_practice(actor=role, course_id=course.pk, answers={shown["id"]: given}, now=server_now())

    in_threads(answer)

    tries, wrong, _row, _is_mistake = standing(question)
    assert (tries, wrong) == (40, 20)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_one_statement_answers_of_the_same_devices_are_lost(candidate_in_practice):
    """The control: read, count, save."""
    candidate, course, questions = candidate_in_practice
    practises(candidate, course, questions[0], False)

    def naive(_number: int) -> None:
        for _ in range(5):
            record = PracticeRecord.objects.get(question=questions[0])
            time.sleep(0.005)
            record.tries += 1
            record.save(update_fields=["tries"])

    in_threads(naive)

    assert standing(questions[0])[0] < 41


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_answer_sent_by_many_at_once_counts_once(candidate_in_practice):
    candidate, course, questions = candidate_in_practice
    role, question = candidate.role, questions[0]
    practises(candidate, course, question, False)
    (shown,) = practice_questions(role, course.pk, [question.pk])

    def answer(_number: int) -> bool:
        (result,) = answer_practice(
            actor=role,
            course_id=course.pk,
            answers={shown["id"]: chosen(shown)},
            times={shown["id"]: 1},
            now=server_now(),
        )
        return result.counted

    assert sorted(in_threads(answer)) == [False] * 7 + [True]
    assert standing(question) == (2, 1, 1, True)
