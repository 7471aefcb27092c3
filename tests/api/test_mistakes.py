"""GET mistakes: the mistakes book (L9)."""

import pytest

from tests.api.test_practice import answer, batch
from tests.exams import classes
from tests.exams.driving import code_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def courses(examinee):
    """Two courses of one class, eight questions to practise in both."""
    bank = classes.bank(singles=8, pool="both")
    page, courses = classes.exam_class(classes.exam(bank), None)
    other, others = classes.exam_class(classes.exam(bank))
    examinee.enrols(page)
    examinee.enrols(other)
    return courses[0], others[0]


def mistakes(learner, query=""):
    response = learner.get(f"mistakes{query}")
    assert response.status_code == 200, response.content
    return response.json()


def test_a_wrong_answer_stands_in_the_book_with_its_question(examinee, courses, clock):
    question = batch(examinee, courses[0])[0]
    assert mistakes(examinee) == []
    clock.tick(60)

    answer(examinee, courses[0], question, right=False)

    (row,) = mistakes(examinee)
    assert {option["id"] for option in row.pop("options")} == {option["id"] for option in question["options"]}
    assert row == {
        "id": question["id"],
        "kind": "single",
        "stem": question["stem"],
        "picture": None,
        "course": f"c{courses[0].pk}",
        "course_title": "课程 1",
        "tries": 1,
        "wrong": 1,
        "right_in_a_row": 0,
        "tried_at": "2026-03-02T09:01:00+08:00",
    }


def test_two_right_answers_in_a_row_take_it_out(examinee, courses):
    question = batch(examinee, courses[0])[0]
    answer(examinee, courses[0], question, right=False)
    answer(examinee, courses[0], question, right=True)
    assert [(row["tries"], row["right_in_a_row"]) for row in mistakes(examinee)] == [(2, 1)]

    answer(examinee, courses[0], question, right=True)

    assert mistakes(examinee) == []


def test_the_book_can_be_read_by_course_the_latest_first(examinee, courses, clock):
    wrong = []
    for course in (courses[0], courses[0], courses[1]):
        clock.tick(60)
        question = next(one for one in batch(examinee, course) if one["id"] not in wrong)
        answer(examinee, course, question, right=False)
        wrong.append(question["id"])

    assert [row["id"] for row in mistakes(examinee)] == wrong[::-1]
    assert [row["id"] for row in mistakes(examinee, f"?course=c{courses[0].pk}")] == wrong[1::-1]


def test_what_is_right_is_not_told_again(examinee, courses):
    answer(examinee, courses[0], batch(examinee, courses[0])[0], right=False)

    assert "解析" not in examinee.get("mistakes").text
    assert "right" not in mistakes(examinee)[0]


def test_nobody_else_s_mistakes_are_shown(examinee, rival, courses):
    answer(examinee, courses[0], batch(examinee, courses[0])[0], right=False)

    assert mistakes(rival) == []
    assert mistakes(rival, f"?course=c{courses[0].pk}") == []


def test_a_text_that_is_no_course_is_unknown(examinee):
    assert code_of(examinee.get("mistakes?course=x")) == (404, "not_found")


def test_the_book_takes_as_many_queries_for_eight_as_for_one(examinee, courses, queries_of):
    questions = batch(examinee, courses[0])
    answer(examinee, courses[0], questions[0], right=False)
    one = queries_of(lambda: examinee.get("mistakes"))
    for question in questions[1:]:
        answer(examinee, courses[0], question, right=False)

    assert queries_of(lambda: examinee.get("mistakes")) == one


def test_who_is_no_learner_is_told_so(administrator):
    assert code_of(administrator.get("mistakes")) == (403, "not_a_learner")


def test_a_visitor_is_asked_to_log_in(client):
    assert code_of(client.get("/api/v1/mistakes")) == (401, "not_authenticated")
