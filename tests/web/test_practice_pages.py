"""/learn/practice/…: what there is to practise, and practising with plain forms (L9)."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from cms.models import BankQuestion
from exams.models import PracticeRecord
from tests.exams import classes
from tests.exams.conftest import Candidate
from tests.exams.practising import add_questions, course_with_practice, practises
from tests.identity import factories as people
from tests.web.pages import browser, queries, read, words
from tests.web.practising import answers, form_of, goes_on, option_of, posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def candidate(clock: Any) -> Candidate:
    return Candidate(people.learner(), clock)


@pytest.fixture
def client(candidate: Candidate) -> Client:
    return browser(candidate.user)


# --- The list ---------------------------------------------------------------------------------------------------------
def test_the_list_says_how_many_questions_were_practised_and_are_mistakes(candidate, client):
    course, questions = course_with_practice(candidate, 3)
    practises(candidate, course, questions[0], False)

    page = read(client, "/learn/practice/")

    row = page.select_one(".xs-list li")
    assert "小节一课程1" in words(row)
    assert "共3题·已练1题·错题1题" in words(row)
    assert row.select_one("a.btn")["href"] == f"/learn/practice/{course.pk}/"
    assert row.select_one("p a")["href"] == f"/learn/practice/{course.pk}/?mistakes=1"
    assert row.svg["aria-label"] == "已练 1 题，共 3 题"


def test_an_empty_list_says_why_and_what_next(candidate, client):
    page = read(client, "/learn/practice/")
    assert "还没有可以练的题" in words(page)
    assert page.select_one(".xs-empty a")["href"] == "/learn/"

    bank_id = classes.bank("第二门", 5, pool="both")
    class_page, _courses = classes.exam_class(None, classes.exam(bank_id))
    candidate.enrols(class_page)
    assert "学完前面的课程，后面的练习就会开放。" in words(read(client, "/learn/practice/"))


def test_courses_that_open_later_are_counted(candidate, client):
    bank_id = classes.bank(singles=5, pool="both")
    class_page, _courses = classes.exam_class(classes.exam(bank_id), classes.exam(bank_id))
    candidate.enrols(class_page)

    assert "还有1门课程，学到以后就能练。" in words(read(client, "/learn/practice/"))


@pytest.mark.slow
def test_the_list_and_the_book_take_as_many_queries_for_many_courses_as_for_one(candidate, client):
    def make(number: int) -> None:
        for _ in range(number):
            course, (question,) = course_with_practice(candidate, 1)
            practises(candidate, course, question, False)

    make(1)
    one = [queries(client, address) for address in ("/learn/practice/", "/learn/mistakes/")]
    make(4)

    assert [queries(client, address) for address in ("/learn/practice/", "/learn/mistakes/")] == one


# --- One question at a time -------------------------------------------------------------------------------------------
def test_a_question_is_shown_without_its_answer(candidate, client):
    course, (question,) = course_with_practice(candidate, 1)
    address = f"/learn/practice/{course.pk}/"

    response = client.get(address)
    page = BeautifulSoup(response.content, "html.parser")

    assert words(page.legend) == "".join(question.stem.split())
    assert "第1题，这一组共1题" in words(page)
    assert len(page.select("input[type=radio]")) == 4
    assert question.explanation not in response.text
    assert all(option["id"] not in response.text for option in question.content["options"])
    assert "data-result" not in response.text
    assert "no-store" in response["Cache-Control"]


def test_a_wrong_answer_is_told_in_words_with_the_right_option_and_why(candidate, client):
    course, (question,) = course_with_practice(candidate, 1)

    page = answers(client, f"/learn/practice/{course.pk}/", "错的甲")

    told = words(page.select_one(".xs-told"))
    assert told.startswith("答错了，正确答案是")
    assert "已收进错题本，连续答对2次就移出" in told
    good, bad = page.select_one("[data-result=ok]"), page.select_one("[data-result=bad]")
    assert "对的做法" in words(good)
    assert words(good).endswith("正确答案")
    assert "错的甲" in words(bad)
    assert words(bad).endswith("你选的")
    assert question.explanation.replace(" ", "") in words(page)
    assert words(page.select_one("#practice-count")) == "答了1题，对0题"
    assert PracticeRecord.objects.get().is_mistake


def test_a_right_answer_is_told_and_the_next_question_comes(candidate, client):
    course, _questions = course_with_practice(candidate, 2)
    address = f"/learn/practice/{course.pk}/"

    page = answers(client, address)
    assert words(page.select_one(".xs-told")) == "答对了"
    assert words(page.select_one("[data-result=ok]")).endswith("你选对了")

    following = goes_on(client, address)
    assert "第2题，这一组共2题" in words(following)
    assert following.select_one(".xs-told") is None


def test_a_reload_shows_the_same_question_and_the_same_answer(candidate, client):
    course, _questions = course_with_practice(candidate, 5)
    address = f"/learn/practice/{course.pk}/"
    first = read(client, address).select_one("#practice")
    assert words(read(client, address).select_one("#practice")) == words(first)

    told = answers(client, address).select_one("#practice")

    assert words(read(client, address).select_one("#practice")) == words(told)


def test_an_answer_sent_twice_counts_once(candidate, client):
    course, _questions = course_with_practice(candidate, 1)
    address = f"/learn/practice/{course.pk}/"
    page = read(client, address)
    sent = form_of(page) | {"option": option_of(page, "错")}

    posted(client, address, **sent)
    again = posted(client, address, **sent)

    assert words(again.select_one("#practice-count")) == "答了1题，对0题"
    assert PracticeRecord.objects.get().tries == 1


def test_the_same_answer_from_another_session_counts_once_too(candidate, client):
    course, _questions = course_with_practice(candidate, 1)
    address = f"/learn/practice/{course.pk}/"
    other = browser(candidate.user)
    pages = [read(one, address) for one in (client, other)]

    for one, page in zip((client, other), pages, strict=True):
        posted(one, address, **form_of(page), option=option_of(page, "错"))

    assert PracticeRecord.objects.get().tries == 1


@pytest.mark.parametrize("fields", [{}, {"option": "no-such-option"}])
def test_no_answer_is_asked_for_again_in_words(candidate, client, fields):
    course, (question,) = course_with_practice(candidate, 1)
    address = f"/learn/practice/{course.pk}/"
    sent = form_of(read(client, address))

    response = client.post(address, sent | fields)

    page = BeautifulSoup(response.content, "html.parser")
    assert words(page.select_one("[role=alert]")) == "先选好答案，再看对不对"
    assert page.fieldset["aria-describedby"] == "practice-error"
    assert words(page.legend) == "".join(question.stem.split())
    assert not PracticeRecord.objects.exists()


def test_a_question_can_be_skipped(candidate, client):
    course, _questions = course_with_practice(candidate, 2)
    address = f"/learn/practice/{course.pk}/"
    first = words(read(client, address).legend)

    following = posted(client, address, **form_of(read(client, address)), skip="1")

    assert words(following.legend) != first
    assert not PracticeRecord.objects.exists()


def test_the_end_of_a_batch_tells_how_it_went_and_gives_the_next(candidate, client):
    course, _questions = course_with_practice(candidate, 2)
    address = f"/learn/practice/{course.pk}/"
    answers(client, address, "错")
    goes_on(client, address)
    answers(client, address)

    done = goes_on(client, address)

    assert "这一组答了2题，对1题" in words(done)
    assert done.select_one("a.btn-outline-primary")["href"] == f"/learn/practice/{course.pk}/?mistakes=1"
    following = posted(client, address, **form_of(done))
    assert "第1题，这一组共2题" in words(following)
    assert words(following.select_one("#practice-count")) == "答了2题，对1题"


def test_whoever_comes_back_after_the_end_begins_anew(candidate, client):
    course, _questions = course_with_practice(candidate, 1)
    address = f"/learn/practice/{course.pk}/"
    answers(client, address)
    goes_on(client, address)

    page = read(client, address)

    assert "第1题，这一组共1题" in words(page)


def test_a_sitting_left_for_hours_is_over(candidate, client, clock):
    course, _questions = course_with_practice(candidate, 2)
    address = f"/learn/practice/{course.pk}/"
    answers(client, address)
    session = client.session
    session["practice"] |= {"used_at": (clock.now() - timedelta(hours=3)).timestamp()}
    session.save()

    page = read(client, address)

    assert "第1题" in words(page)
    assert page.select_one(".xs-told") is None


def test_an_answer_on_the_page_goes_once_an_exam_has_its_question(candidate, client):
    bank_id = classes.bank(singles=5, pool="both")
    class_page, (course,) = classes.exam_class(classes.exam(bank_id))
    candidate.enrols(class_page)
    classes.watch_all(candidate, course)
    address = f"/learn/practice/{course.pk}/"
    page = answers(client, address)
    explanation = next(text for text in BankQuestion.objects.values_list("explanation", flat=True) if text in str(page))

    candidate.sits(course)

    after = client.get(address)
    assert explanation not in after.text
    assert "考试进行中时，试卷里的题不能练，交卷以后再来。" in after.text


def test_a_question_retired_while_it_is_shown_gives_way_to_the_next(candidate, client):
    course, _questions = course_with_practice(candidate, 2)
    address = f"/learn/practice/{course.pk}/"
    page = read(client, address)
    sent = form_of(page) | {"option": option_of(page)}
    question = BankQuestion.objects.get(pk=sent["question"])
    question.state = "retired"
    question.save()

    following = posted(client, address, **sent)

    assert words(following.legend) != "".join(question.stem.split())
    assert "第1题，这一组共1题" in words(following)
    assert not PracticeRecord.objects.exists()


def test_htmx_gets_the_page_itself_of_which_it_takes_the_question(candidate, client):
    course, _questions = course_with_practice(candidate, 1)
    address = f"/learn/practice/{course.pk}/"
    page = read(client, address)

    response = client.post(address, form_of(page) | {"option": option_of(page)}, headers={"hx-request": "true"})

    assert response.status_code == 200
    assert BeautifulSoup(response.content, "html.parser").select_one("#practice .xs-told")


def test_several_right_options_are_check_boxes(candidate, client):
    bank_id = classes.bank(singles=0, multiples=1)
    rules = [classes.ExamRule(1, bank_id, kind="multiple")]
    class_page, (course,) = classes.exam_class(classes.ExamDraft(rules=rules, pass_points=1, minutes=10))
    candidate.enrols(class_page)
    add_questions(bank_id, 1, kind="multiple")
    address = f"/learn/practice/{course.pk}/"
    page = read(client, address)
    chosen = [option_of(page, "对的一"), option_of(page, "对的二")]

    assert len(page.select("input[type=checkbox]")) == 4
    told = posted(client, address, **form_of(page), option=chosen)

    assert words(told.select_one(".xs-told")) == "答对了"


def test_a_locked_course_says_what_to_finish_first(candidate, client):
    bank_id = classes.bank(singles=5, pool="both")
    class_page, (_first, second) = classes.exam_class(None, classes.exam(bank_id))
    candidate.enrols(class_page)

    page = read(client, f"/learn/practice/{second.pk}/")

    assert "这门课程还没有开放" in words(page)
    assert page.select_one(".xs-empty a")["href"].startswith("/learn/")


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_course_of_somebody_else_s_class_is_unknown(candidate, method):
    course, _questions = course_with_practice(candidate, 1)
    stranger = browser(people.stranger())

    assert getattr(stranger, method)(f"/learn/practice/{course.pk}/").status_code == 404
    assert getattr(stranger, method)("/learn/practice/999999999999999999999/").status_code == 404


@pytest.mark.parametrize("address", ["/learn/practice/", "/learn/practice/1/", "/learn/mistakes/"])
def test_a_visitor_logs_in_first(client, address):
    response = Client().get(address)

    assert (response.status_code, response["Location"]) == (302, f"/login/?next={address}")
