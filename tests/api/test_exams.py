"""GET exams: a learner's list of exams (L2, L9)."""

import pytest

from tests.exams import classes
from tests.exams.driving import Examinee, code_of, open_exam
from tests.identity import factories

pytestmark = pytest.mark.django_db


def states(learner):
    return [(row["state"], row["attempts_left"]) for row in learner.get("exams").json()]


def test_an_exam_stands_with_its_terms(examinee):
    course = open_exam(examinee)

    assert examinee.get("exams").json() == [
        {
            "course": f"c{course.pk}",
            "title": "课程 1",
            "class_slug": "class-1",
            "class_title": "班级 1",
            "state": "to_sit",
            "questions": 5,
            "minutes": 30,
            "pass_points": 3,
            "max_points": 5,
            "attempts_left": 2,
            "attempt": None,
            "attempts": [],
        }
    ]


def test_an_exam_is_locked_until_its_videos_are_done(examinee):
    page, (course,) = classes.exam_class(classes.exam(classes.bank()))
    examinee.enrols(page)
    assert states(examinee) == [("locked", 2)]

    classes.watch_all(examinee, course)

    assert states(examinee) == [("to_sit", 2)]


def test_an_open_attempt_is_named_and_its_grade_is_nobodys_yet(examinee):
    paper = examinee.opens(open_exam(examinee))
    examinee.saves(paper["id"], classes.right_answers(paper["id"]))

    (row,) = examinee.get("exams").json()

    assert (row["state"], row["attempt"], row["attempts_left"]) == ("in_progress", paper["id"], 1)
    assert row["attempts"] == [
        {
            "id": paper["id"],
            "number": 1,
            "round": 1,
            "state": "open",
            "opened_at": paper["opened_at"],
            "closed_at": None,
            "passed": None,
            "right": None,
            "total": 5,
            "points": None,
        }
    ]


def test_every_attempt_is_kept_and_the_latest_comes_first(examinee, clock):
    course = open_exam(examinee)
    for right in (1, 2):
        clock.tick(60)
        examinee.sits(course, right=right)
    assert states(examinee) == [("relearn", 0)]
    classes.watch_all(examinee, course)
    assert states(examinee) == [("to_sit", 2)]
    examinee.sits(course, right=4)

    (row,) = examinee.get("exams").json()

    assert (row["state"], row["attempt"]) == ("passed", None)
    known = [(one["round"], one["number"], one["right"], one["passed"]) for one in row["attempts"]]
    assert known == [(2, 1, 4, True), (1, 2, 2, False), (1, 1, 1, False)]


def test_an_attempt_whose_time_is_over_is_not_in_progress_any_more(examinee, clock):
    examinee.opens(open_exam(examinee))
    clock.tick(30 * 60)

    (row,) = examinee.get("exams").json()

    assert (row["state"], row["attempt"], row["attempts"][0]["state"]) == ("to_sit", None, "finished")


def test_nobody_else_s_exams_are_listed(examinee, rival):
    open_exam(examinee)

    assert rival.get("exams").json() == []


def test_the_list_takes_as_many_queries_for_twenty_exams_as_for_one(examinee, clock, queries_of):
    def listing(number):
        page, courses = classes.exam_class(*[classes.exam(bank)] * number)
        who = Examinee(factories.learner(f"学员{number}", 200 + number), clock)
        who.enrols(page)
        classes.watch_all(who, courses[0])
        who.sits(courses[0], right=1)
        assert len(who.get("exams").json()) == number
        return queries_of(lambda: who.get("exams"))

    bank = classes.bank()

    assert listing(1) == listing(20)


def test_nobody_may_keep_the_list(examinee):
    assert examinee.get("exams").headers["Cache-Control"] == "no-store"


def test_who_is_no_learner_is_told_so(administrator):
    assert code_of(administrator.get("exams")) == (403, "not_a_learner")


def test_a_visitor_is_asked_to_log_in(client):
    assert code_of(client.get("/api/v1/exams")) == (401, "not_authenticated")
