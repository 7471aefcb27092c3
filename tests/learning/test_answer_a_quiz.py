"""Pop-up quizzes pause and must be right (L6); answers never reach the browser before they are given."""

import json

import pytest

from learning.models import QuizTry
from tests.learning.driving import frontier

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(learner, class_of, clock):
    """A learner before the quiz at 30 s of a lesson of 60 s: (sitting, quiz, lesson)."""
    page, lessons = class_of([(60, [30])])
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    return sitting, learner.watches_to(sitting, 60)["quiz"], lessons[0]


def option(quiz, right: bool) -> dict[str, list[str]]:
    question = quiz["questions"][0]
    found = next(item for item in question["options"] if item["text"].startswith("对的") is right)
    return {question["id"]: [found["id"]]}


def test_the_video_stops_at_the_quiz(learner, waiting, clock):
    sitting, quiz, lesson = waiting

    clock.tick(20)
    answer = sitting.beat(50).json()

    assert answer["quiz"] == quiz
    assert answer["position"] == 30
    assert frontier(learner, lesson) == 30


def test_a_right_answer_explains_and_lets_the_video_go_on(learner, waiting, clock):
    sitting, quiz, lesson = waiting

    result = sitting.answer(quiz, option(quiz, right=True)).json()

    assert (result["correct"], result["wrong"], result["next_stop"]) == (True, [], None)
    assert result["explanation"]
    clock.tick(10)
    assert sitting.beat(40).json()["frontier"] == 40


def test_a_wrong_answer_names_the_question_and_explains_nothing(learner, waiting, clock):
    sitting, quiz, lesson = waiting

    result = sitting.answer(quiz, option(quiz, right=False)).json()

    assert (result["correct"], result["wrong"], result["explanation"]) == (False, [quiz["questions"][0]["id"]], "")
    clock.tick(10)
    assert sitting.beat(40).json()["position"] == 30


def test_after_a_wrong_answer_the_right_one_is_taken(waiting):
    sitting, quiz, _lesson = waiting
    sitting.answer(quiz, option(quiz, right=False))

    assert sitting.answer(quiz, option(quiz, right=True)).json()["correct"]
    assert list(QuizTry.objects.order_by("pk").values_list("correct", flat=True)) == [False, True]


def test_which_option_is_right_is_told_nowhere_before(learner, waiting):
    sitting, quiz, lesson = waiting
    shown = json.dumps([sitting.opened, quiz, sitting.beat(30).json()], ensure_ascii=False)
    shown += learner.get(sitting.opened["playlist"]).content.decode()

    assert "right" not in shown
    assert "correct" not in shown
    assert "因为" not in shown, "the explanation gives the answer away"
    assert all(set(item) == {"id", "text"} for question in quiz["questions"] for item in question["options"])


def test_looking_back_does_not_ask_again(learner, waiting, clock):
    sitting, quiz, _lesson = waiting
    sitting.answer(quiz, option(quiz, right=True))
    sitting.beat(5)
    clock.tick(30)

    assert sitting.beat(35).json()["quiz"] is None


def test_another_device_is_asked_the_same_quiz_by_other_names(learner, waiting):
    sitting, quiz, lesson = waiting
    other = learner.another_device().starts(lesson)

    again = other.beat(30).json()["quiz"]

    assert again["id"] == quiz["id"]
    assert other.answer(again, option(quiz, right=True)).status_code == 400
    assert other.answer(again, option(again, right=True)).json()["correct"]


def test_a_quiz_at_the_end_stands_before_done(learner, class_of):
    page, lessons = class_of([(60, [60])])
    learner.enrols(page)
    sitting = learner.starts(lessons[0])

    answer = learner.watches_to(sitting, 60)

    assert (answer["frontier"], answer["lesson_done"]) == (60, False)
    assert learner.answers_right(sitting, answer["quiz"])["lesson_done"]


def test_going_back_from_the_quiz_at_the_end_or_sitting_down_anew_does_not_get_around_it(learner, class_of):
    page, lessons = class_of([(60, [60])])
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    learner.watches_to(sitting, 60)

    assert not sitting.beat(10).json()["lesson_done"]
    assert not learner.starts(lessons[0]).opened["done"]


def test_two_quizzes_at_the_same_second_are_asked_one_after_the_other(learner, class_of):
    page, lessons = class_of([(60, [30, 30])])
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    first = learner.watches_to(sitting, 60)["quiz"]
    learner.answers_right(sitting, first)

    second = sitting.beat(30).json()["quiz"]

    assert second["id"] != first["id"]


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"x": ["y"]},
        None,
        "A",
        {"question": "A"},
        {"question": [1]},
        {"question": []},
    ],
)
def test_an_answer_of_the_wrong_shape_is_refused_at_its_field(waiting, answers):
    sitting, quiz, _lesson = waiting
    if isinstance(answers, dict) and "question" in answers:
        answers = {quiz["questions"][0]["id"]: answers["question"]}

    response = sitting.learner.post(f"watches/{sitting.id}/quizzes/{quiz['id']}/answers", answers=answers)

    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"].startswith("answers")
    assert not QuizTry.objects.exists()


def test_two_options_of_a_single_choice_are_refused(waiting):
    sitting, quiz, _lesson = waiting
    question = quiz["questions"][0]

    response = sitting.answer(quiz, {question["id"]: [item["id"] for item in question["options"]]})

    assert response.status_code == 400


def test_a_quiz_of_another_lesson_is_refused(learner, waiting, class_of, clock):
    sitting, quiz, _lesson = waiting
    page, lessons = class_of([(60, [30])])
    learner.enrols(page)
    other = learner.starts(lessons[0])
    learner.watches_to(other, 60)

    response = other.answer(quiz, option(quiz, right=True))

    assert response.status_code == 404


@pytest.mark.parametrize("quiz_id", ["q0", "x", "q", "p1", "q99999999999999999999", "..."])
def test_an_unknown_quiz_is_refused(waiting, quiz_id):
    sitting, quiz, _lesson = waiting

    assert sitting.answer({**quiz, "id": quiz_id}, option(quiz, right=True)).status_code == 404


def test_a_quiz_cannot_be_answered_before_it_is_reached(learner, class_of, clock):
    page, lessons = class_of([(60, [10, 40])])
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    first = learner.watches_to(sitting, 60)["quiz"]
    learner.answers_right(sitting, first)

    from cms.models import QuizPoint

    later = QuizPoint.objects.get(lesson=lessons[0], at_ms=40_000)
    response = sitting.answer({**first, "id": f"q{later.pk}"}, {})

    assert (response.status_code, response.json()["errors"][0]["code"]) == (409, "quiz_not_due")


def test_an_answer_to_a_superseded_watch_is_refused(learner, waiting):
    sitting, quiz, lesson = waiting
    learner.another_device().starts(lesson)

    assert sitting.answer(quiz, option(quiz, right=True)).status_code == 409
    assert not QuizTry.objects.exists()
