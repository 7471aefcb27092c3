"""What examinees of such platforms complain about (facts/complaints.md), rows 10–12: not here. Over HTTP."""

from datetime import timedelta

import pytest

from exams.models import Attempt
from exams.services import close_overdue, void_attempt
from tests.exams import classes
from tests.exams.driving import code_of, open_exam

pytestmark = pytest.mark.django_db


# --- Row 10: power or network lost at the end, and all answers gone ---------------------------------------------------
def test_row_10_every_acknowledged_answer_survives_a_browser_that_dies(examinee):
    paper = examinee.opens(open_exam(examinee))
    right = classes.right_answers(paper["id"])
    for question, chosen in right.items():
        assert examinee.saves(paper["id"], {question: chosen}).json()["saved_at"]

    elsewhere = examinee.another_device()

    assert elsewhere.reads(paper["id"]).json()["answers"] == right
    assert elsewhere.submits(paper["id"]).json()["right"] == 5


def test_row_10_nobody_there_at_the_end_and_what_is_saved_counts(examinee, clock):
    course = open_exam(examinee)
    paper = examinee.opens(course)
    examinee.saves(paper["id"], classes.right_answers(paper["id"], 3))
    clock.tick(6 * 3600)

    close_overdue(now=clock.now())

    result = examinee.another_device().reads(paper["id"]).json()
    assert (result["passed"], result["right"], result["closed_by"]) == (True, 3, "deadline")


def test_row_10_what_waited_offline_is_sent_again_as_often_as_need_be(examinee, clock):
    """The same answers twice, late ones after earlier ones: the paper is as the learner left it."""
    paper = examinee.opens(open_exam(examinee))
    waiting = classes.right_answers(paper["id"])
    clock.tick(600)

    replies = [examinee.saves(paper["id"], waiting) for _ in range(3)]

    assert [reply.status_code for reply in replies] == [200] * 3
    assert Attempt.objects.get().answers == waiting


def test_row_10_an_answer_that_comes_too_late_takes_none_away(examinee, clock):
    paper = examinee.opens(open_exam(examinee))
    examinee.saves(paper["id"], classes.right_answers(paper["id"], 4))
    clock.tick(1800)

    late = examinee.saves(paper["id"], classes.wrong_answers(paper["id"]))

    assert code_of(late) == (409, "closed")
    assert "已保存的答案都算数" in late.json()["errors"][0]["detail"]
    assert examinee.reads(paper["id"]).json()["right"] == 4


def test_row_10_a_submit_whose_reply_was_lost_can_be_said_again(examinee, clock):
    paper = examinee.opens(open_exam(examinee))
    examinee.saves(paper["id"], classes.right_answers(paper["id"], 4))
    lost = examinee.submits(paper["id"])
    clock.tick(120)

    assert examinee.submits(paper["id"]).json() == lost.json()


# --- Row 11: connection lost at the start, and the attempt is used up with everything blank ---------------------------
def test_row_11_a_start_whose_reply_was_lost_gives_the_same_paper(examinee, clock):
    course = open_exam(examinee)
    lost = examinee.opens(course)
    clock.tick(45)

    again = examinee.another_device().tries_to_open(course)

    assert again.status_code == 200
    assert (again.json()["id"], again.json()["number"]) == (lost["id"], 1)
    assert again.json()["questions"] == lost["questions"]
    assert Attempt.objects.count() == 1


def test_row_11_an_attempt_may_be_voided_with_a_reason_and_is_given_back(examinee, clock):
    course = open_exam(examinee)
    examinee.opens(course)
    clock.tick(1800)
    assert examinee.get("exams").json()[0]["attempts_left"] == 1

    void_attempt(attempt_id=Attempt.objects.get().pk, reason="全楼停电", actor_id=1, acting_as="staff", now=clock.now())

    (row,) = examinee.get("exams").json()
    assert (row["state"], row["attempts_left"], row["attempts"][0]["state"]) == ("to_sit", 2, "voided")
    (message,) = examinee.get("messages").json()["results"][:1]
    assert "全楼停电" in message["body"]


def test_row_11_a_second_failure_that_was_voided_gives_the_course_back(examinee, clock):
    course = open_exam(examinee)
    examinee.sits(course, right=0)
    last = examinee.sits(course, right=0)
    assert code_of(examinee.tries_to_open(course)) == (409, "no_attempts_left")

    void_attempt(
        attempt_id=Attempt.objects.get(public_id=last["id"]).pk,
        reason="突发疾病",
        actor_id=1,
        acting_as="staff",
        now=clock.now(),
    )

    assert examinee.opens(course)["number"] == 2


# --- Row 12: the clock stops in another tab, or nobody knows whether it does ------------------------------------------
def test_row_12_time_is_the_server_s_and_runs_on_whoever_looks(examinee, clock):
    course = open_exam(examinee)
    paper = examinee.opens(course)
    clock.tick(1700)

    elsewhere = examinee.another_device().reads(paper["id"]).json()

    assert elsewhere["deadline"] == paper["deadline"]
    assert elsewhere["server_time"] == "2026-03-02T09:28:40+08:00"
    clock.tick(101)
    assert code_of(examinee.saves(paper["id"], {})) == (409, "closed")


def test_row_12_every_save_tells_the_server_s_time_and_the_end(examinee, clock):
    paper = examinee.opens(open_exam(examinee))
    for minutes in (5, 10):
        clock.set(clock.now() + timedelta(minutes=minutes))

        told = examinee.saves(paper["id"], {}).json()

        assert (told["deadline"], told["server_time"]) == (paper["deadline"], clock.now().isoformat())


def test_row_12_before_the_start_it_is_said_that_time_runs_on(examinee):
    course = open_exam(examinee)

    page = examinee.get(f"/learn/exams/{course.pk}/").text

    assert "30 分钟" in page
    assert "时间照走" in page
