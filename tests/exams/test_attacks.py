"""How exams are cheated (facts/cheats.md, rows 11–17), tried on ours over HTTP: a test for each row.

The browser is the attacker's. What it isn't to know it is never sent, and what it sends counts once.
"""

import re
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exams.drawing import draw
from exams.models import Attempt, Paper
from exams.queries import result_of
from tests.exams import classes
from tests.exams.driving import Examinee, code_of, open_exam
from tests.exams.leaks import blueprint_of, everything_before_the_end, with_another_key
from tests.support.threads import in_threads

pytestmark = pytest.mark.django_db

_WHEN = re.compile(r"'\d{4}-\d\d-\d\d [^']*'")


# --- Row 11: answers inside the exam's answer -------------------------------------------------------------------------
def test_row_11_nothing_sent_before_the_end_depends_on_what_is_right(examinee):
    """The same paper with another key, and another explanation, answers byte for byte the same."""
    course = open_exam(examinee)
    paper = examinee.opens(course)
    # The first look also warms what is kept of the session.
    everything_before_the_end(examinee, course, paper)
    before = everything_before_the_end(examinee, course, paper)
    with_another_key(Attempt.objects.get())

    after = everything_before_the_end(examinee, course, paper)

    assert len(before) > 10
    assert after == before


def test_row_11_no_reason_and_no_source_is_sent_before_the_end(examinee):
    course = open_exam(examinee)
    paper = examinee.opens(course)
    questions = Paper.objects.get().questions
    secrets = {question["explanation"] for question in questions}
    secrets |= {source for question in questions for source in question["sources"].values()}
    secrets |= {Paper.objects.get().seed, "sources", "explanation", "is_right"}

    told = everything_before_the_end(examinee, course, paper)

    assert {(what, secret) for what, text in told.items() for secret in secrets if secret in text} == set()


def test_row_11_no_answer_has_a_mark_by_which_two_could_be_compared(examinee):
    paper = examinee.opens(open_exam(examinee))
    answers = [
        examinee.reads(paper["id"]),
        examinee.saves(paper["id"], classes.right_answers(paper["id"])),
        examinee.get("exams"),
        examinee.get(f"/learn/exams/attempts/{paper['id']}/"),
    ]

    marks = {"ETag", "Last-Modified", "Content-MD5", "Age"}
    assert [marks & set(answer.headers) for answer in answers] == [set()] * len(answers)
    assert ["no-store" in answer.headers["Cache-Control"] for answer in answers] == [True] * len(answers)


def test_row_11_saving_a_right_answer_and_a_wrong_one_are_the_same_work(examinee):
    paper = examinee.opens(open_exam(examinee))
    right, wrong = classes.right_answers(paper["id"], 1), classes.wrong_answers(paper["id"])
    (question,) = right

    def save(chosen):
        with CaptureQueriesContext(connection) as captured:
            response = examinee.saves(paper["id"], {question: chosen})
        statements = [_WHEN.sub("'when'", query["sql"].replace(chosen[0], "?")) for query in captured]
        return statements, response.content, dict(response.headers)

    save(right[question])

    assert save(wrong[question]) == save(right[question])


# --- Row 12: shared answers, look-up services -------------------------------------------------------------------------
def test_row_12_another_paper_s_names_are_worth_nothing_on_mine(examinee, rival):
    course = open_exam(examinee, in_bank=5)
    rival.enrols(course.class_page)
    classes.watch_all(rival, course)
    theirs, mine = rival.opens(course), examinee.opens(course)

    assert {q["stem"] for q in theirs["questions"]} == {q["stem"] for q in mine["questions"]}
    assert names(theirs) & names(mine) == set()
    assert code_of(examinee.saves(mine["id"], classes.right_answers(theirs["id"]))) == (400, "invalid")
    assert Attempt.objects.get(public_id=mine["id"]).answers == {}


def names(paper):
    return {q["id"] for q in paper["questions"]} | {o["id"] for q in paper["questions"] for o in q["options"]}


def test_row_12_a_right_option_is_in_any_place_and_has_any_name(examinee):
    """Over a thousand seeded papers; each place is a coin with four sides (chi-square, three degrees, 0.1 %)."""
    blueprint = blueprint_of(open_exam(examinee, in_bank=5))
    places, ranks, orders = Counter(), Counter(), Counter()
    for seed in range(1_000):
        for question in draw(blueprint=blueprint, seed=f"seed {seed}", avoided=()):
            ids = [option["id"] for option in question["options"]]
            (right,) = question["right"]
            places[ids.index(right)] += 1
            ranks[sorted(ids).index(right)] += 1
        orders[question["stem"]] += 1

    assert is_even(places, 4)
    assert is_even(ranks, 4)
    assert len(orders) == 5


def is_even(counts, sides):
    expected = sum(counts.values()) / sides
    return sum((counts[side] - expected) ** 2 / expected for side in range(sides)) < 16.27


def test_row_12_a_second_paper_asks_what_the_first_did_not(examinee):
    course = open_exam(examinee, in_bank=10)
    first = examinee.opens(course)
    examinee.submits(first["id"])

    second = examinee.opens(course)

    assert {q["stem"] for q in first["questions"]} & {q["stem"] for q in second["questions"]} == set()


# --- Row 13: harvesting the bank --------------------------------------------------------------------------------------
def test_row_13_practice_never_shows_a_question_that_is_for_exams_alone(examinee):
    bank = classes.bank(singles=6)
    classes.bank(singles=3, pool="practice")
    page, (course,) = classes.exam_class(classes.exam(bank))
    examinee.enrols(page)
    secret = {q["stem"] for q in draw(blueprint=blueprint_of(course), seed="x", avoided=())}

    shown = {q["stem"] for _ in range(5) for q in examinee.get(f"practice?course=c{course.pk}").json()}

    assert len(shown) == 3
    assert shown & secret == set()


def test_row_13_practice_is_silent_about_an_attempt_in_progress(examinee):
    """In another course and in the mistakes book too, and again once it is over."""
    bank = classes.bank(singles=6, pool="both")
    page, (course, other) = classes.exam_class(classes.exam(bank), classes.exam(bank))
    examinee.enrols(page)
    classes.watch_all(examinee, course)
    known = {q["stem"]: q for q in examinee.get(f"practice?course=c{course.pk}").json()}
    wrong = {
        q["id"]: [next(o["id"] for o in q["options"] if o["text"].startswith("错"))] for q in list(known.values())[:6]
    }
    examinee.post(f"practice/c{course.pk}/answers", answers=wrong)

    paper = examinee.opens(course)

    asked = {q["stem"] for q in paper["questions"]}
    silent = [known[stem]["id"] for stem in asked]
    assert {q["stem"] for q in examinee.get(f"practice?course=c{course.pk}").json()} & asked == set()
    assert {q["stem"] for q in examinee.get("mistakes").json()} & asked == set()
    for question in silent:
        response = examinee.post(f"practice/c{course.pk}/answers", answers={question: wrong[question]})
        assert code_of(response) == (404, "not_found")
    examinee.submits(paper["id"])
    assert {q["stem"] for q in examinee.get("mistakes").json()} >= asked


# --- Row 14: opening an attempt just to read it -----------------------------------------------------------------------
def test_row_14_opening_uses_the_attempt_up_and_blanks_count(examinee, clock):
    course = open_exam(examinee)
    paper = examinee.opens(course)
    assert examinee.get("exams").json()[0]["attempts_left"] == 1
    clock.tick(30 * 60)

    result = examinee.reads(paper["id"]).json()

    assert (result["state"], result["right"], result["attempts_left"]) == ("finished", 0, 1)
    assert examinee.opens(course)["number"] == 2


def test_row_14_reading_it_again_gives_neither_time_nor_another_paper(examinee, clock):
    course = open_exam(examinee)
    paper = examinee.opens(course)
    for _ in range(3):
        clock.tick(300)
        again = examinee.another_device().opens(course)
        assert (again["id"], again["deadline"], again["questions"]) == (
            paper["id"],
            paper["deadline"],
            paper["questions"],
        )


# --- Row 15: parallel starts and submits ------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_row_15_twenty_starts_at_once_make_one_attempt(examinee, clock):
    course = open_exam(examinee)
    devices = [Examinee(examinee.user, clock) for _ in range(20)]

    answers = in_threads(lambda at: devices[at].tries_to_open(course), 20)

    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Attempt.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_row_15_twenty_submits_at_once_are_one(examinee, clock):
    course = open_exam(examinee)
    paper = examinee.opens(course)
    devices = [Examinee(examinee.user, clock) for _ in range(20)]

    answers = in_threads(lambda at: devices[at].submits(paper["id"]), 20)

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert examinee.get("exams").json()[0]["attempts_left"] == 1


def test_row_15_no_third_attempt_comes_out_of_any_address(examinee):
    course = open_exam(examinee)
    for _ in range(2):
        examinee.submits(examinee.opens(course)["id"])

    assert code_of(examinee.tries_to_open(course)) == (409, "no_attempts_left")
    examinee.client.post(f"/learn/exams/{course.pk}/")
    for path in (f"courses/c{course.pk}/exam-attempts?round=2", f"courses/c{course.pk}/exam-attempts?force=1"):
        assert code_of(examinee.post(path, round=2, number=3)) == (409, "no_attempts_left")
    assert Attempt.objects.count() == 2


# --- Row 16: replay ---------------------------------------------------------------------------------------------------
def test_row_16_a_recorded_save_is_worth_nothing_after_the_end(examinee):
    course = open_exam(examinee)
    failed = examinee.opens(course)
    recorded = classes.right_answers(failed["id"])
    result = examinee.submits(failed["id"]).json()

    assert code_of(examinee.saves(failed["id"], recorded)) == (409, "closed")
    assert examinee.submits(failed["id"]).json() == result
    assert examinee.reads(failed["id"]).json() == result


def test_row_16_a_recorded_save_is_worth_nothing_in_the_next_attempt(examinee):
    course = open_exam(examinee, in_bank=5)
    first = examinee.opens(course)
    recorded = classes.right_answers(first["id"])
    examinee.submits(first["id"])

    second = examinee.opens(course)

    assert code_of(examinee.saves(second["id"], recorded)) == (400, "invalid")
    assert examinee.submits(second["id"]).json()["right"] == 0


# --- Row 17: an exam in no time ---------------------------------------------------------------------------------------
def test_row_17_an_exam_in_no_time_counts_and_its_time_is_on_record(examinee, clock):
    """Flagged, not blocked: who knows the matter may be quick, and a reviewer sees how quick."""
    course = open_exam(examinee)
    paper = examinee.opens(course)
    examinee.saves(paper["id"], classes.right_answers(paper["id"]))
    clock.tick(3)

    result = examinee.submits(paper["id"]).json()

    assert (result["passed"], result["seconds_used"]) == (True, 3)
    assert result_of(Attempt.objects.get()).is_hasty


def test_row_17_no_exam_can_be_sat_before_its_videos_took_their_time(examinee):
    page, (course,) = classes.exam_class(classes.exam(classes.bank()), seconds=(600,))
    examinee.enrols(page)
    sitting = examinee.starts(course.lessons.get())
    sitting.beat(600)

    assert code_of(examinee.tries_to_open(course)) == (403, "locked")


def test_row_17_what_an_honest_learner_takes_is_not_hasty(examinee, clock):
    course = open_exam(examinee)
    paper = examinee.opens(course)
    clock.tick(90)
    examinee.submits(paper["id"])

    assert not result_of(Attempt.objects.get()).is_hasty
