"""/learn/exams/attempts/<uuid>/: the paper, also without JavaScript, and where a closed one leads (L2)."""

import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client

from cms.services import BankQuestionDraft, ExamDraft, ExamRule, write_bank, write_bank_question
from exams.models import Attempt, Paper
from exams.services import void_attempt
from tests.exams import classes
from tests.exams.conftest import candidate, exam_of, stranger  # noqa: F401
from tests.identity import factories as people
from tests.web.pages import browser, queries, read, words
from web.exam_paper import paper_words

pytestmark = pytest.mark.django_db


def address(attempt: Attempt) -> str:
    return f"/learn/exams/attempts/{attempt.public_id}/"


def paper(who: Any, attempt: Attempt) -> BeautifulSoup:
    return read(browser(who.user), address(attempt))


def posted(who: Any, attempt: Attempt, answers: dict[str, list[str]], act: str = "save") -> Any:
    return browser(who.user).post(address(attempt), {**answers, "act": act})


def course_of_all_kinds(who: Any) -> Any:
    """Two questions of each kind."""
    bank = classes.bank(singles=4, multiples=4, true_false=4)
    rules = [ExamRule(2, bank, kind=kind) for kind in classes.KINDS]
    page, (course,) = classes.exam_class(ExamDraft(rules=rules, pass_points=4, minutes=30))
    who.enrols(page)
    classes.watch_all(who, course)
    return course


# --- What it shows ----------------------------------------------------------------------------------------------------
def test_every_question_is_a_fieldset_with_real_radios_or_checkboxes(candidate) -> None:  # noqa: F811
    attempt = candidate.sits(course_of_all_kinds(candidate))
    questions = Paper.objects.get(attempt=attempt).questions

    sections = paper(candidate, attempt).select("section[data-question]")

    assert [section["data-question"] for section in sections] == [question["id"] for question in questions]
    for section, question in zip(sections, questions, strict=True):
        inputs = section.fieldset.select("label > input")
        assert {field["type"] for field in inputs} == {"checkbox" if question["kind"] == "multiple" else "radio"}
        assert [field["value"] for field in inputs] == [option["id"] for option in question["options"]]
        assert question["stem"] in section.legend.get_text()


def test_the_sheet_is_grouped_by_kind_and_says_what_is_answered(candidate) -> None:  # noqa: F811
    attempt = candidate.sits(course_of_all_kinds(candidate))
    candidate.answers(attempt, classes.right_answers(str(attempt.public_id), most=3))

    page = paper(candidate, attempt)

    assert [words(title) for title in page.select("#sheet h3")] == ["单选题1–2", "多选题3–4", "判断题5–6"]
    labels = [link["aria-label"] for link in page.select(".xs-sheet a")]
    assert labels[2:4] == ["第 3 题，已答", "第 4 题，未答"]
    assert {words(count) for count in page.select("[data-answered]")} == {"3"}


def test_what_is_saved_is_checked_on_every_device(candidate) -> None:  # noqa: F811
    attempt = candidate.sits(course_of_all_kinds(candidate))
    answers = classes.right_answers(str(attempt.public_id))
    candidate.answers(attempt, answers)

    inputs = paper(candidate, attempt).select("fieldset input[checked]")

    found: dict[str, list[str]] = {}
    for field in inputs:
        found.setdefault(field["name"], []).append(field["value"])
    assert {name: set(chosen) for name, chosen in found.items()} == {
        name: set(chosen) for name, chosen in answers.items()
    }


def test_the_page_holds_the_servers_time_and_the_deadline(candidate, exam_of) -> None:  # noqa: F811
    attempt = candidate.sits(exam_of(minutes=30))
    candidate.clock.tick(60)

    form = paper(candidate, attempt).select_one("form[data-exam]")

    assert form["data-exam"] == str(attempt.public_id)
    assert form["data-now"] == candidate.clock.now().isoformat(timespec="milliseconds")
    assert form["data-deadline"] == attempt.deadline_at.astimezone(candidate.clock.now().tzinfo).isoformat(
        timespec="milliseconds"
    )
    assert form["data-zone"] == "Asia/Shanghai"


def test_nothing_on_it_tells_what_is_right(candidate) -> None:  # noqa: F811
    attempt = candidate.sits(course_of_all_kinds(candidate))
    questions = Paper.objects.get(attempt=attempt).questions

    response = browser(candidate.user).get(address(attempt))

    text = response.content.decode()
    assert all(question["explanation"] not in text for question in questions)
    assert all(source not in text for question in questions for source in question["sources"].values())
    # Beside ids and words every option is written alike.
    forms = set()
    for label in BeautifulSoup(text, "html.parser").select("fieldset label"):
        field = label.input
        forms.add(tuple(sorted(set(field.attrs) - {"value", "name"})) + (" ".join(label["class"]),))
    assert len(forms) == 1
    assert not {"ETag", "Last-Modified"} & set(response.headers)
    assert "no-store" in response["Cache-Control"]


def test_formulas_are_marked_and_lines_kept(candidate) -> None:  # noqa: F811
    bank = write_bank(title="公式")
    draft = BankQuestionDraft("single", "算一算\n$x^2 < 4$", ["$x<2$", "<b>不对</b>"], [0], "")
    write_bank_question(bank_id=bank, draft=draft)
    page, (course,) = classes.exam_class(ExamDraft(rules=[ExamRule(1, bank)], pass_points=1, minutes=5))
    candidate.enrols(page)
    classes.watch_all(candidate, course)

    section = paper(candidate, candidate.sits(course)).select_one("section[data-question]")

    assert "data-formulas" in section.legend.attrs
    assert section.legend.br
    assert "$x^2 < 4$" in section.legend.get_text()
    assert not section.select("label b b"), "what an editor writes is text"
    assert "<b>不对</b>" in section.fieldset.get_text()


# --- Where it leads ---------------------------------------------------------------------------------------------------
def test_a_finished_one_leads_to_its_result_and_an_open_one_back(candidate, exam_of) -> None:  # noqa: F811
    attempt = candidate.sits(exam_of())
    client = browser(candidate.user)
    assert client.get(f"{address(attempt)}result/")["Location"] == address(attempt)

    candidate.hands_in(attempt)

    assert client.get(address(attempt))["Location"] == f"{address(attempt)}result/"


def test_an_overdue_one_is_handed_in_by_a_look_at_it(candidate, exam_of) -> None:  # noqa: F811
    attempt = candidate.sits(exam_of(minutes=30))
    candidate.clock.tick(31 * 60)

    response = browser(candidate.user).get(address(attempt))

    assert response["Location"] == f"{address(attempt)}result/"
    assert Attempt.objects.get().closed_by == "deadline"


def test_a_voided_one_says_so_and_leads_to_what_the_exam_is_about(candidate, exam_of) -> None:  # noqa: F811
    course = exam_of()
    attempt = candidate.sits(course)
    void_attempt(attempt_id=attempt.pk, reason="停电", actor_id=1, acting_as="staff", now=candidate.clock.now())

    for where in (address(attempt), f"{address(attempt)}result/"):
        response = browser(candidate.user).get(where, follow=True)
        assert response.redirect_chain == [(f"/learn/exams/{course.pk}/", 302)]
        assert "已经作废，不占用机会" in response.content.decode()


def test_somebody_elses_is_unknown(candidate, stranger, exam_of) -> None:  # noqa: F811
    attempt = candidate.sits(exam_of())
    answers = classes.right_answers(str(attempt.public_id))

    assert browser(stranger.user).get(address(attempt)).status_code == 404
    assert browser(stranger.user).get(f"{address(attempt)}result/").status_code == 404
    assert posted(stranger, attempt, answers, "hand_in").status_code == 404
    attempt.refresh_from_db()
    assert (attempt.state, attempt.answers) == ("open", {})


def test_a_visitor_logs_in_and_comes_back_an_administrator_is_told_to_switch(candidate, exam_of) -> None:  # noqa: F811
    attempt = candidate.sits(exam_of())

    assert Client().get(address(attempt))["Location"] == f"/login/?next={address(attempt)}"
    assert browser(people.administrator()).get(address(attempt)).status_code == 403


# --- Without JavaScript -----------------------------------------------------------------------------------------------
def test_a_plain_form_saves_and_says_when(candidate) -> None:  # noqa: F811
    attempt = candidate.sits(course_of_all_kinds(candidate))
    answers = classes.right_answers(str(attempt.public_id), most=3)

    response = posted(candidate, attempt, answers)

    assert response["Location"] == address(attempt)
    attempt.refresh_from_db()
    assert {name: chosen for name, chosen in attempt.answers.items() if chosen} == answers
    assert attempt.state == "open"
    posted(candidate, attempt, {})
    attempt.refresh_from_db()
    assert not any(attempt.answers.values()), "what is unchecked is taken back"


def test_a_plain_form_hands_in_with_what_it_says(candidate) -> None:  # noqa: F811
    attempt = candidate.sits(course_of_all_kinds(candidate))
    answers = classes.right_answers(str(attempt.public_id))

    response = posted(candidate, attempt, answers, "hand_in")

    assert response["Location"] == f"{address(attempt)}result/"
    attempt.refresh_from_db()
    assert (attempt.state, attempt.passed, attempt.right) == ("finished", True, 6)
    again = posted(candidate, attempt, {}, "hand_in")
    assert again["Location"] == response["Location"]
    attempt.refresh_from_db()
    assert attempt.right == 6


def test_an_answer_that_isnt_an_option_is_refused_and_nothing_is_kept(candidate, exam_of) -> None:  # noqa: F811
    attempt = candidate.sits(exam_of())
    question = Paper.objects.get(attempt=attempt).questions[0]["id"]

    response = browser(candidate.user).post(address(attempt), {question: ["x"], "act": "hand_in"}, follow=True)

    assert "答案要从这道题给出的选项里选" in response.content.decode()
    attempt.refresh_from_db()
    assert (attempt.state, attempt.answers) == ("open", {})


# --- Words and cost ---------------------------------------------------------------------------------------------------
def _script() -> str:
    folder = Path(settings.BASE_DIR / "assets/js/exam")
    return "\n".join(path.read_text() for path in sorted(folder.glob("*.js")))


def test_the_script_and_the_page_name_the_same_sentences() -> None:
    script = _script()
    asked = set(re.findall(r'(?:words|say)\((?:[^()"]*\? )?"(\w+)"', script)) | set(
        re.findall(r'words\([^()"]*\? "\w+" : "(\w+)"', script)
    )
    asked |= set(re.findall(r'say\([^()"]*\? "\w+" : "(\w+)"', script))

    assert asked == set(paper_words())


def test_a_long_paper_takes_as_many_queries_as_a_short_one(candidate) -> None:  # noqa: F811
    counts = set()
    for number in (1, 12):
        bank = classes.bank(f"题库{number}", singles=12)
        page, (course,) = classes.exam_class(classes.exam(bank, number, pass_points=1))
        candidate.enrols(page)
        classes.watch_all(candidate, course)
        counts.add(queries(browser(candidate.user), address(candidate.sits(course))))
    assert len(counts) == 1
