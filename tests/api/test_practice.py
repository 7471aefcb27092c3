"""GET practice and POST practice/{course}/answers (L9). The rules themselves are tested in tests/exams/."""

import pytest

from exams.models import PracticeRecord
from tests.exams import classes
from tests.exams.driving import code_of

pytestmark = pytest.mark.django_db

QUESTION = {"id", "kind", "stem", "picture", "options"}


@pytest.fixture
def course(examinee):
    """An exam of five of twelve questions; three of them may be practised too, and four more only that."""
    bank = classes.bank(singles=9)
    classes.bank(singles=3, pool="both")
    classes.bank(singles=4, pool="practice")
    page, (course,) = classes.exam_class(classes.exam(bank))
    examinee.enrols(page)
    return course


def batch(learner, course, **more):
    query = "".join(f"&{name}={value}" for name, value in more.items())
    response = learner.get(f"practice?course=c{course.pk}{query}")
    assert response.status_code == 200, response.content
    return response.json()


def answer(learner, course, question, *, right):
    """Choose the right option, or a wrong one, as who knows the texts would."""
    wanted = [option["id"] for option in question["options"] if option["text"].startswith("对") == right]
    return learner.post(f"practice/c{course.pk}/answers", answers={question["id"]: wanted[:1]})


def test_courses_that_can_be_practised_are_listed(examinee, course):
    assert examinee.get("practice").json() == [
        {
            "course": f"c{course.pk}",
            "title": "课程 1",
            "class_slug": "class-1",
            "class_title": "班级 1",
            "questions": 7,
            "practised": 0,
            "mistakes": 0,
        }
    ]


def test_a_course_gives_its_next_questions_without_their_answers(examinee, course):
    questions = batch(examinee, course)

    assert len(questions) == 7
    assert [question.keys() for question in questions] == [QUESTION] * 7
    assert {option.keys() == {"id", "text", "picture"} for q in questions for option in q["options"]} == {True}


def test_an_answer_is_told_at_once_with_its_reason(examinee, course):
    question = batch(examinee, course)[0]
    right = next(option["id"] for option in question["options"] if option["text"].startswith("对"))

    response = answer(examinee, course, question, right=False)

    told = response.json()
    assert response.status_code == 200
    assert told["correct"] is False
    assert told["results"].keys() == {question["id"]}
    result = told["results"][question["id"]]
    assert result.keys() == {"correct", "right", "explanation", "is_mistake"}
    assert (result["correct"], result["right"], result["is_mistake"]) == (False, [right], True)
    assert result["explanation"].startswith("解析第")


def test_several_may_be_answered_at_once(examinee, course):
    one, other = batch(examinee, course)[:2]
    chosen = {
        question["id"]: [option["id"] for option in question["options"] if option["text"].startswith("对")]
        for question in (one, other)
    }

    told = examinee.post(f"practice/c{course.pk}/answers", answers=chosen).json()

    assert told["correct"] is True
    assert told["results"].keys() == {one["id"], other["id"]}
    assert (examinee.get("practice").json()[0]["practised"]) == 2


def test_mistakes_alone_may_be_asked_for(examinee, course):
    wrong, good = batch(examinee, course)[:2]
    answer(examinee, course, wrong, right=False)
    answer(examinee, course, good, right=True)

    assert [question["id"] for question in batch(examinee, course, mistakes=1)] == [wrong["id"]]
    assert examinee.get("practice").json()[0]["mistakes"] == 1


def test_what_is_no_option_is_refused_and_noted_nowhere(examinee, course):
    question = batch(examinee, course)[0]
    options = [option["id"] for option in question["options"]]
    for chosen in (["x"], options[:2], [options[0], options[0]]):
        response = examinee.post(f"practice/c{course.pk}/answers", answers={question["id"]: chosen})
        assert code_of(response) == (400, "invalid")
        assert response.json()["errors"][0]["attr"] == f"answers.{question['id']}"
    assert not PracticeRecord.objects.exists()


NO_ANSWERS = [{}, *({"answers": no} for no in ([], {}, {"1": []}, {"1": 1}, {"１": ["a"]}, {"1": ["a"] * 9}))]


def test_what_is_no_set_of_answers_is_refused(examinee, course):
    for body in NO_ANSWERS:
        assert examinee.post(f"practice/c{course.pk}/answers", **body).status_code == 400, body
    assert not PracticeRecord.objects.exists()


def test_too_many_answers_at_once_are_refused(examinee, course):
    answers = {str(number): ["a"] for number in range(21)}

    assert examinee.post(f"practice/c{course.pk}/answers", answers=answers).status_code == 400


def test_a_question_that_practice_does_not_show_is_unknown(examinee, course):
    for question in ("999999", "x", "-1", "9" * 30):
        response = examinee.post(f"practice/c{course.pk}/answers", answers={question: ["a"]})
        assert code_of(response) == (404, "not_found"), question


def test_somebody_else_s_course_is_unknown(examinee, rival, course):
    question = batch(examinee, course)[0]

    assert rival.get("practice").json() == []
    assert code_of(rival.get(f"practice?course=c{course.pk}")) == (404, "not_found")
    assert code_of(answer(rival, course, question, right=True)) == (404, "not_found")
    assert not PracticeRecord.objects.exists()


@pytest.mark.parametrize("query", ["course=c999999", "course=1", "course=x", "course=c%00"])
def test_an_unknown_course_is_404(examinee, query):
    assert examinee.get(f"practice?{query}").status_code in (400, 404)


def test_who_is_no_learner_is_told_so(administrator, course):
    assert code_of(administrator.get("practice")) == (403, "not_a_learner")
    assert administrator.post(f"practice/c{course.pk}/answers", answers={"1": ["a"]}).status_code == 404


def test_a_visitor_is_asked_to_log_in(client):
    assert code_of(client.get("/api/v1/practice")) == (401, "not_authenticated")
    response = client.post("/api/v1/practice/c1/answers", {"answers": {}}, "application/json")
    assert code_of(response) == (401, "not_authenticated")


def test_a_batch_takes_the_same_queries_whatever_its_length(examinee, course, queries_of):
    questions = batch(examinee, course)
    answer(examinee, course, questions[0], right=False)
    one = queries_of(lambda: examinee.get(f"practice?course=c{course.pk}&mistakes=1"))
    for question in questions[1:]:
        answer(examinee, course, question, right=False)

    assert queries_of(lambda: examinee.get(f"practice?course=c{course.pk}&mistakes=1")) == one
