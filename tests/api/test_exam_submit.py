"""POST exam-attempts/{id}/submit, and GET …/review: the result in figures, and when answers may be seen (L2)."""

import pytest

from cms.models import Blueprint
from cms.services import ExamDraft, ExamRule
from exams.models import Attempt
from exams.services import void_attempt
from tests.exams import classes
from tests.exams.driving import code_of, open_exam
from tests.identity import factories

pytestmark = pytest.mark.django_db


def test_the_result_is_told_in_figures(examinee, clock):
    course = open_exam(examinee)
    paper = examinee.opens(course)
    examinee.saves(paper["id"], classes.right_answers(paper["id"], 4))
    clock.tick(630)

    response = examinee.submits(paper["id"])

    assert response.status_code == 200
    assert response.json() == {
        "id": paper["id"],
        "course": f"c{course.pk}",
        "title": "课程 1",
        "number": 1,
        "of": 2,
        "max_points": 5,
        "pass_points": 3,
        "opened_at": paper["opened_at"],
        "state": "finished",
        "closed_at": "2026-03-02T09:10:50+08:00",
        "closed_by": "learner",
        "passed": True,
        "right": 4,
        "total": 5,
        "points": 4,
        "seconds_used": 630,
        "seconds_allowed": 1800,
        "attempts_left": 0,
        "must_relearn": False,
        "by_kind": [{"kind": "single", "right": 4, "total": 5}],
    }


def test_points_are_the_blueprint_s_and_kinds_are_counted_apart(examinee):
    bank = classes.bank(singles=4, multiples=4, true_false=4)
    rules = [ExamRule(2, bank), ExamRule(2, bank, kind="multiple", points=3), ExamRule(1, bank, kind="true_false")]
    page, (course,) = classes.exam_class(ExamDraft(rules=rules, pass_points=6, minutes=30))
    examinee.enrols(page)
    classes.watch_all(examinee, course)
    paper = examinee.opens(course)
    right, wrong = classes.right_answers(paper["id"]), classes.wrong_answers(paper["id"])
    singles = [question["id"] for question in paper["questions"] if question["kind"] == "single"]
    examinee.saves(paper["id"], right | {singles[0]: wrong[singles[0]]})

    result = examinee.submits(paper["id"]).json()

    assert (result["right"], result["total"], result["points"], result["max_points"]) == (4, 5, 8, 9)
    assert result["by_kind"] == [
        {"kind": "single", "right": 1, "total": 2},
        {"kind": "multiple", "right": 2, "total": 2},
        {"kind": "true_false", "right": 1, "total": 1},
    ]


def test_a_second_submit_gives_the_same_answer(examinee, clock):
    paper = examinee.opens(open_exam(examinee))
    first = examinee.submits(paper["id"])
    clock.tick(3600)

    again = examinee.another_device().submits(paper["id"])

    assert (again.status_code, again.json()) == (200, first.json())
    assert Attempt.objects.count() == 1


def test_the_second_failure_says_to_learn_again(examinee):
    course = open_exam(examinee)
    results = [examinee.sits(course, right=2), examinee.sits(course, right=0)]

    told = [(result["attempts_left"], result["must_relearn"], result["passed"]) for result in results]
    assert told == [(1, False, False), (0, True, False)]


def test_after_the_deadline_what_was_saved_counts(examinee, clock):
    paper = examinee.opens(open_exam(examinee))
    examinee.saves(paper["id"], classes.right_answers(paper["id"], 3))
    clock.tick(3600)

    result = examinee.submits(paper["id"]).json()

    assert (result["closed_by"], result["passed"], result["seconds_used"]) == ("deadline", True, 1800)


def test_a_voided_attempt_can_not_be_handed_in(examinee, clock):
    paper = examinee.opens(open_exam(examinee))
    void_attempt(attempt_id=Attempt.objects.get().pk, reason="停电", actor_id=1, acting_as="staff", now=clock.now())

    assert code_of(examinee.submits(paper["id"])) == (404, "not_found")
    assert Attempt.objects.get().state == "voided"


def test_somebody_else_can_not_hand_it_in(examinee, rival, administrator, client):
    paper = examinee.opens(open_exam(examinee))

    assert code_of(rival.submits(paper["id"])) == (404, "not_found")
    assert administrator.post(f"exam-attempts/{paper['id']}/submit").status_code == 404
    assert code_of(client.post(f"/api/v1/exam-attempts/{paper['id']}/submit")) == (401, "not_authenticated")
    assert Attempt.objects.get().state == "open"


def test_one_s_own_attempt_is_not_to_be_handed_in_in_another_role(examinee):
    paper = examinee.opens(open_exam(examinee))
    other = factories.membership(examinee.user, "employer", factories.organisation("示例市第二医院"), is_super=True)
    examinee.post("auth/role", role=str(other.pk))

    assert code_of(examinee.submits(paper["id"])) == (404, "not_found")
    assert Attempt.objects.get().state == "open"


def review(learner, attempt_id):
    return learner.get(f"exam-attempts/{attempt_id}/review")


def test_answers_are_kept_back_until_the_course_is_passed(examinee):
    course = open_exam(examinee)
    paper = examinee.opens(course)
    assert code_of(review(examinee, paper["id"])) == (403, "not_yet_shown")
    failed = examinee.submits(paper["id"]).json()
    assert code_of(review(examinee, failed["id"])) == (403, "not_yet_shown")

    examinee.sits(course, right=5)

    shown = review(examinee, failed["id"]).json()
    assert {question["id"]: question["right"] for question in shown} == classes.right_answers(failed["id"])
    assert [question["correct"] for question in shown] == [False] * 5
    assert shown[0].keys() == {
        *("id", "kind", "stem", "picture", "options", "points"),
        *("chosen", "right", "correct", "excused", "explanation"),
    }
    assert shown[0]["explanation"].startswith("解析第")


def test_an_exam_may_show_answers_after_each_attempt(examinee):
    failed = examinee.sits(open_exam(examinee, answers_shown="finished"), right=2)

    assert sum(question["correct"] for question in review(examinee, failed["id"]).json()) == 2


def test_an_exam_may_never_show_answers(examinee):
    passed = examinee.sits(open_exam(examinee, answers_shown="never"), right=5)

    assert Blueprint.objects.get().answers_shown == "never"
    assert code_of(review(examinee, passed["id"])) == (403, "not_yet_shown")


def test_answers_are_shown_to_their_owner_alone(examinee, rival):
    passed = examinee.sits(open_exam(examinee), right=5)

    assert review(examinee, passed["id"]).status_code == 200
    assert code_of(review(rival, passed["id"])) == (404, "not_found")
