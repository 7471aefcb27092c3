"""PATCH exam-attempts/{id}/answers: saving, the same answer by the fast lane and by the ordinary way (L2)."""

import pytest

from exams.models import Attempt
from tests.exams import classes
from tests.exams.driving import code_of, open_exam, went_fast

pytestmark = pytest.mark.django_db

WAYS = ["browser", "program", "ordinary"]


@pytest.fixture
def paper(examinee):
    return examinee.opens(open_exam(examinee))


@pytest.fixture(params=WAYS)
def sitting(request, examinee, paper):
    """李雷 before his paper: in a browser and by a program, both served fast, and the long way round."""
    if request.param == "browser":
        return examinee
    if request.param == "program":
        return examinee.with_token()
    return by_the_ordinary_way(examinee)


def by_the_ordinary_way(examinee):
    """A session that doesn't say which role it acts in: the fast lane leaves it to the others."""
    other = examinee.another_device()
    session = other.client.session
    del session["role"]
    session.save()
    return other


def saved():
    return Attempt.objects.get().answers


def first(paper):
    question = paper["questions"][0]
    return question["id"], [option["id"] for option in question["options"]]


def test_each_way_is_the_one_it_is_called(request, sitting, paper):
    question, options = first(paper)

    response = sitting.saves(paper["id"], {question: options[:1]})

    assert went_fast(response) == ("ordinary" not in request.node.callspec.id)


def test_what_is_saved_is_acknowledged_with_the_server_s_time(sitting, paper, clock):
    question, options = first(paper)
    clock.tick(40)

    response = sitting.saves(paper["id"], {question: options[1:2]})

    assert response.status_code == 200
    assert response.json() == {
        "saved_at": "2026-03-02T09:01:00+08:00",
        "server_time": "2026-03-02T09:01:00+08:00",
        "deadline": paper["deadline"],
    }
    assert saved() == {question: options[1:2]}


def test_a_question_that_is_not_sent_stays_and_an_empty_list_takes_back(sitting, paper):
    chosen = classes.right_answers(paper["id"], 2)
    one, other = chosen
    sitting.saves(paper["id"], chosen)

    sitting.saves(paper["id"], {one: []})

    assert saved() == {one: [], other: chosen[other]}


def test_an_option_of_another_question_is_refused_by_name(sitting, paper):
    question, options = first(paper)
    elsewhere = paper["questions"][1]["options"][0]["id"]
    sitting.saves(paper["id"], {question: options[:1]})

    response = sitting.saves(paper["id"], {question: [elsewhere]})

    assert code_of(response) == (400, "invalid")
    assert response.json()["errors"][0]["attr"] == f"answers.{question}"
    assert saved() == {question: options[:1]}


def test_what_the_paper_does_not_allow_is_refused_whole(sitting, paper):
    question, options = first(paper)
    refused = {
        "two of a single choice": {question: options[:2]},
        "one twice": {question: [options[0], options[0]]},
        "an unknown question": {"0123456789ab": [options[0]]},
        "one good, one bad": {question: options[:1], paper["questions"][1]["id"]: ["x"]},
    }

    codes = {how: code_of(sitting.saves(paper["id"], answers)) for how, answers in refused.items()}

    assert codes == dict.fromkeys(refused, (400, "invalid"))
    assert saved() == {}


NO_ANSWERS = {
    "answers": ("parse_error", None),
    "[]": ("invalid", None),
    "{}": ("invalid", "answers"),
    '{"answers": []}': ("invalid", "answers"),
    '{"answers": {"a": "b"}}': ("invalid", "answers"),
    '{"answers": {"a": [1]}}': ("invalid", "answers"),
    '{"answers": {"\\ud800": ["\\u0000"]}}': ("invalid", "answers"),
    '{"answers": {}, "x": "' + "x" * 65_536 + '"}': ("too_large", None),
    "[" * 30_000: ("parse_error", None),
}


def test_what_is_no_set_of_answers_is_refused(sitting, paper):
    for body, (code, attr) in NO_ANSWERS.items():
        response = sitting.sends(paper["id"], body)

        assert code_of(response) == (400, code), body[:40]
        assert response.json()["errors"][0]["attr"] == attr, body[:40]
    assert saved() == {}


def test_a_form_is_no_json(sitting, paper):
    response = sitting.sends(paper["id"], "answers=1", content_type="application/x-www-form-urlencoded")

    assert code_of(response) == (415, "unsupported_media_type")


def test_at_the_deadline_the_paper_closes_with_what_was_saved(sitting, paper, clock):
    sitting.saves(paper["id"], classes.right_answers(paper["id"], 3))
    clock.tick(30 * 60)

    response = sitting.saves(paper["id"], classes.wrong_answers(paper["id"]))

    assert code_of(response) == (409, "closed")
    attempt = Attempt.objects.get()
    assert (attempt.state, attempt.closed_by, attempt.right) == ("finished", "deadline", 3)


def test_after_handing_in_nothing_can_be_changed(sitting, paper):
    sitting.saves(paper["id"], classes.right_answers(paper["id"], 3))
    sitting.submits(paper["id"])

    assert code_of(sitting.saves(paper["id"], classes.wrong_answers(paper["id"]))) == (409, "closed")
    assert Attempt.objects.get().right == 3
    assert saved() == classes.right_answers(paper["id"], 3)


def test_somebody_else_s_attempt_is_unknown(rival, examinee, paper):
    question, options = first(paper)
    for other in (rival, rival.with_token(), by_the_ordinary_way(rival)):
        assert code_of(other.saves(paper["id"], {question: options[:1]})) == (404, "not_found")
    assert saved() == {}


def test_an_unknown_attempt_is_404(sitting):
    for attempt in ("1", "0" * 32, "0" * 36, "-" * 36, "00000000-0000-0000-0000-000000000000", "x"):
        assert code_of(sitting.saves(attempt, {})) == (404, "not_found"), attempt


def test_only_patch_saves(examinee, paper):
    for method in ("get", "post", "put", "delete"):
        response = getattr(examinee.client, method)(f"/api/v1/exam-attempts/{paper['id']}/answers")
        assert response.status_code == 405, method


@pytest.mark.parametrize("way", ["browser", "program"])
def test_saving_is_one_statement(examinee, paper, queries_of, way):
    question, options = first(paper)
    sitting = examinee if way == "browser" else examinee.with_token()

    assert queries_of(lambda: sitting.saves(paper["id"], {question: options[:1]})) == 1
