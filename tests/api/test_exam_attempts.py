"""POST courses/{id}/exam-attempts and GET exam-attempts/{id}: opening a paper, coming back to it (L2)."""

from datetime import timedelta

import pytest

from cms.models import BankQuestion
from exams.models import Attempt
from exams.services import grant_extra_time, void_attempt
from tests.exams import classes
from tests.exams.driving import code_of, open_exam

pytestmark = pytest.mark.django_db

PAPER = {
    "id",
    "course",
    "title",
    "number",
    "of",
    "max_points",
    "pass_points",
    "opened_at",
    "state",
    "deadline",
    "server_time",
    "saved_at",
    "questions",
    "answers",
}
QUESTION = {"id", "kind", "points", "stem", "picture", "options"}


def test_an_attempt_opens_with_its_paper_and_its_end(examinee, clock):
    course = open_exam(examinee)

    response = examinee.tries_to_open(course)

    paper = response.json()
    assert response.status_code == 201
    assert paper.keys() == PAPER
    assert (paper["number"], paper["of"], paper["course"], paper["state"]) == (1, 2, f"c{course.pk}", "open")
    assert paper["server_time"] == "2026-03-02T09:00:20+08:00"
    assert paper["deadline"] == "2026-03-02T09:30:20+08:00"
    assert len(paper["questions"]) == 5
    for question in paper["questions"]:
        assert question.keys() == QUESTION
        assert [option.keys() for option in question["options"]] == [{"id", "text", "picture"}] * 4


def test_while_one_is_open_it_is_given_back_with_what_is_saved(examinee, clock):
    course = open_exam(examinee)
    paper = examinee.opens(course)
    chosen = classes.right_answers(paper["id"], 2)
    examinee.saves(paper["id"], chosen)
    clock.tick(60)

    again = examinee.another_device().tries_to_open(course)

    assert again.status_code == 200
    told = {"answers": chosen, "saved_at": "2026-03-02T09:00:20+08:00", "server_time": "2026-03-02T09:01:20+08:00"}
    assert again.json() == paper | told
    assert examinee.reads(paper["id"]).json() == again.json()
    assert Attempt.objects.count() == 1


def test_a_finished_one_is_read_as_its_result(examinee):
    course = open_exam(examinee)
    result = examinee.sits(course, right=3)

    assert examinee.reads(result["id"]).json() == result


def test_an_id_may_be_written_without_its_dashes(examinee):
    paper = examinee.opens(open_exam(examinee))

    assert examinee.reads(paper["id"].replace("-", "")).json()["id"] == paper["id"]


def test_a_look_after_the_deadline_hands_the_paper_in(examinee, clock):
    paper = examinee.opens(open_exam(examinee))
    examinee.saves(paper["id"], classes.right_answers(paper["id"]))
    clock.tick(31 * 60)

    result = examinee.reads(paper["id"]).json()

    assert (result["state"], result["closed_by"], result["passed"]) == ("finished", "deadline", True)
    assert result["closed_at"] == paper["deadline"]


def test_extra_time_is_in_the_deadline(examinee, clock):
    course = open_exam(examinee)
    grant_extra_time(
        user_id=examinee.user.pk, percent=50, reason="视力障碍", actor_id=1, acting_as="staff", now=clock.now()
    )

    assert examinee.opens(course)["deadline"] == "2026-03-02T09:45:20+08:00"


def test_a_voided_attempt_says_so_and_used_nothing_up(examinee, clock):
    course = open_exam(examinee)
    paper = examinee.opens(course)
    attempt = Attempt.objects.get()
    void_attempt(attempt_id=attempt.pk, reason="停电", actor_id=1, acting_as="staff", now=clock.now())

    told = examinee.reads(paper["id"]).json()

    assert (told["state"], told["passed"], told["attempts_left"], told["must_relearn"]) == ("voided", False, 2, False)
    assert examinee.opens(course)["number"] == 1


def test_a_course_whose_videos_are_not_done_is_locked(examinee):
    page, (course,) = classes.exam_class(classes.exam(classes.bank()))
    examinee.enrols(page)

    assert code_of(examinee.tries_to_open(course)) == (403, "locked")
    assert not Attempt.objects.exists()


def test_after_a_pass_there_is_nothing_to_sit(examinee):
    course = open_exam(examinee)
    examinee.sits(course, right=5)

    assert code_of(examinee.tries_to_open(course)) == (409, "passed")
    assert Attempt.objects.count() == 1


def test_after_two_failures_no_attempts_are_left(examinee):
    course = open_exam(examinee)
    examinee.sits(course, right=0)
    examinee.sits(course, right=2)

    assert code_of(examinee.tries_to_open(course)) == (409, "no_attempts_left")
    assert Attempt.objects.count() == 2


def test_a_bank_that_has_become_short_uses_nothing_up(examinee):
    course = open_exam(examinee)
    for question in BankQuestion.objects.order_by("pk")[:8]:
        question.state = BankQuestion.State.RETIRED
        question.save()

    assert code_of(examinee.tries_to_open(course)) == (409, "paper_short")
    assert not Attempt.objects.exists()


def test_a_class_that_is_over_opens_no_exam(examinee, clock):
    course = open_exam(examinee, in_bank=12)
    course.class_page.ends_on = clock.now().date() - timedelta(days=1)
    course.class_page.save_revision().publish()

    assert code_of(examinee.tries_to_open(course)) == (403, "not_open")
    assert not Attempt.objects.exists()


def test_somebody_else_s_course_and_attempt_are_unknown(examinee, rival):
    course = open_exam(examinee)
    paper = examinee.opens(course)

    assert code_of(rival.tries_to_open(course)) == (404, "not_found")
    assert code_of(rival.reads(paper["id"])) == (404, "not_found")
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize("course", ["c999999", "c0", "1", "c", "cx", "c１", "c-1", "c" + "9" * 30])
def test_an_unknown_course_is_404(examinee, course):
    assert code_of(examinee.post(f"courses/{course}/exam-attempts")) == (404, "not_found")


@pytest.mark.parametrize("attempt", ["1", "00000000-0000-0000-0000-000000000000", "0" * 32, "x" * 36])
def test_an_unknown_attempt_is_404(examinee, attempt):
    assert code_of(examinee.reads(attempt)) == (404, "not_found")


def test_who_is_no_learner_has_no_exam(examinee, administrator):
    course = open_exam(examinee)
    paper = examinee.opens(course)

    assert administrator.post(f"courses/c{course.pk}/exam-attempts").status_code == 404
    assert administrator.get(f"exam-attempts/{paper['id']}").status_code == 404


def test_a_visitor_is_asked_to_log_in(client, examinee):
    paper = examinee.opens(open_exam(examinee))

    assert code_of(client.post("/api/v1/courses/c1/exam-attempts")) == (401, "not_authenticated")
    assert code_of(client.get(f"/api/v1/exam-attempts/{paper['id']}")) == (401, "not_authenticated")
