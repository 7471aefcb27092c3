"""Saving answers: each for itself, the last word counts, and nothing after the end (complaints, row 10)."""

import uuid
from datetime import timedelta

import pytest

from exams.errors import AnswersInvalid, AttemptClosed
from exams.models import Attempt, Paper
from exams.queries.shapes import forget_shapes
from exams.services import save_answers
from tests.exams import classes


def stored() -> dict[str, list[str]]:
    return Attempt.objects.get().answers


@pytest.fixture
def attempt(candidate, exam_of):
    return candidate.sits(exam_of())


@pytest.fixture
def sheet(attempt):
    """The questions of the paper: [(id, [option ids])]."""
    questions = Paper.objects.get(attempt=attempt).questions
    return [(question["id"], [option["id"] for option in question["options"]]) for question in questions]


def test_answers_of_one_question_leave_those_of_others(candidate, attempt, sheet):
    (first, of_first), (second, of_second) = sheet[:2]
    candidate.answers(attempt, {first: [of_first[0]]})
    candidate.answers(attempt, {second: [of_second[1]]})
    candidate.answers(attempt, {first: [of_first[2]]})

    assert stored() == {first: [of_first[2]], second: [of_second[1]]}


def test_an_answer_can_be_taken_back(candidate, attempt, sheet):
    name, options = sheet[0]
    candidate.answers(attempt, {name: [options[0]]})
    candidate.answers(attempt, {name: []})

    assert stored() == {name: []}
    assert candidate.hands_in(attempt).right == 0


def test_the_same_said_twice_is_the_same(candidate, attempt, sheet):
    name, options = sheet[0]
    for _ in range(2):
        candidate.answers(attempt, {name: [options[0]]})

    assert stored() == {name: [options[0]]}


def test_it_is_told_since_when_they_are_safe(candidate, attempt, sheet):
    candidate.clock.tick(95)
    name, options = sheet[0]
    told = save_answers(
        user_id=candidate.user.pk,
        attempt_id=attempt.public_id,
        answers={name: options[:1]},
        now=candidate.clock.now(),
    )

    assert told.saved_at == candidate.clock.now() == Attempt.objects.get().saved_at
    assert told.deadline_at == attempt.deadline_at


def test_what_is_no_option_of_the_question_is_refused_whole(candidate, attempt, sheet):
    (first, of_first), (second, of_second) = sheet[:2]
    candidate.answers(attempt, {first: [of_first[0]]})
    wrong = [
        {first: [of_second[0]]},  # an option, but of another question
        {first: ["对的做法"]},
        {first: of_first[:2]},  # two of a single choice
        {first: [of_first[1], of_first[1]]},
        {"000000000000": [of_first[0]]},
        {second: [of_second[0]], first: [""]},  # the sound one of two isn't kept either
    ]
    for answers in wrong:
        with pytest.raises(AnswersInvalid) as refusal:
            candidate.answers(attempt, answers)
        assert refusal.value.code == "invalid"
        assert stored() == {first: [of_first[0]]}


def test_a_multiple_choice_takes_any_of_its_options_once_each(candidate):
    bank = classes.bank(singles=0, multiples=4)
    exam = classes.ExamDraft(rules=[classes.ExamRule(2, bank, kind="multiple")], pass_points=1, minutes=30)
    page, (course,) = classes.exam_class(exam)
    candidate.enrols(page)
    classes.watch_all(candidate, course)
    attempt = candidate.sits(course)
    question = Paper.objects.get().questions[0]
    options = [option["id"] for option in question["options"]]

    candidate.answers(attempt, {question["id"]: options})
    with pytest.raises(AnswersInvalid):
        candidate.answers(attempt, {question["id"]: [options[0], options[0]]})

    assert stored() == {question["id"]: options}


def test_until_the_deadline_it_is_kept_and_from_the_deadline_on_it_is_refused(candidate, attempt, sheet):
    name, options = sheet[0]
    candidate.clock.set(attempt.deadline_at - timedelta(milliseconds=1))
    candidate.answers(attempt, {name: [options[0]]})

    candidate.clock.set(attempt.deadline_at)
    with pytest.raises(AttemptClosed) as refusal:
        candidate.answers(attempt, {name: [options[1]]})

    assert refusal.value.code == "closed"
    assert stored() == {name: [options[0]]}


def test_a_save_that_comes_too_late_hands_the_paper_in(candidate, attempt, sheet):
    candidate.clock.set(attempt.deadline_at + timedelta(hours=2))
    with pytest.raises(AttemptClosed):
        candidate.answers(attempt, {sheet[0][0]: []})

    row = Attempt.objects.get()
    assert (row.state, row.closed_by, row.closed_at) == ("finished", "deadline", attempt.deadline_at)


def test_after_handing_in_nothing_can_be_changed(candidate, attempt, sheet):
    name, options = sheet[0]
    candidate.answers(attempt, {name: [options[0]]})
    before = candidate.hands_in(attempt)

    with pytest.raises(AttemptClosed) as refusal:
        candidate.answers(attempt, {name: [options[1]]})

    after = Attempt.objects.get()
    assert refusal.value.code == "closed"
    assert (after.answers, after.points, after.saved_at) == (before.answers, before.points, before.saved_at)


def test_somebody_else_s_attempt_is_not_there(candidate, stranger, attempt, sheet):
    name, options = sheet[0]
    for user, attempt_id in ((stranger.user, attempt.public_id), (candidate.user, uuid.uuid4())):
        with pytest.raises(Attempt.DoesNotExist):
            save_answers(user_id=user.pk, attempt_id=attempt_id, answers={name: options[:1]}, now=attempt.opened_at)
    assert stored() == {}


def test_two_devices_write_on_one_sheet(candidate, attempt, sheet, django_assert_num_queries):
    """Another process knows nothing of the paper yet; from then on saving is one statement."""
    (first, of_first), (second, of_second), (third, of_third) = sheet[:3]
    candidate.answers(attempt, {first: [of_first[0]], third: [of_third[0]]})
    forget_shapes()
    with django_assert_num_queries(2):
        candidate.answers(attempt, {second: [of_second[0]], third: [of_third[1]]})
    with django_assert_num_queries(1):
        candidate.answers(attempt, {second: [of_second[1]]})

    assert stored() == {first: [of_first[0]], second: [of_second[1]], third: [of_third[1]]}


def test_a_client_s_clock_is_nobody_s_business(candidate, attempt, sheet):
    """Whatever the browser says of the time isn't asked: half an hour is the server's half hour."""
    name, options = sheet[0]
    for seconds in (1, 600, 1198):
        candidate.clock.tick(seconds)
        candidate.answers(attempt, {name: [options[0]]})
    candidate.clock.tick(1)
    with pytest.raises(AttemptClosed):
        candidate.answers(attempt, {name: [options[1]]})
    assert stored() == {name: [options[0]]}
