"""/learn/mistakes/: one's mistakes by course, with their answers, until they are right twice in a row (L9)."""

from typing import Any

import pytest
from django.test import Client

from tests.exams.conftest import Candidate
from tests.exams.practising import course_with_practice, practises
from tests.identity import factories as people
from tests.web.pages import browser, read, words
from tests.web.practising import answers, goes_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def candidate(clock: Any) -> Candidate:
    return Candidate(people.learner(), clock)


@pytest.fixture
def client(candidate: Candidate) -> Client:
    return browser(candidate.user)


def test_the_book_shows_each_mistake_with_its_answer_and_what_it_takes_to_leave(candidate, client):
    course, (question, other) = course_with_practice(candidate, 2)
    practises(candidate, course, question, False, False, True)
    practises(candidate, course, other, True)

    page = read(client, "/learn/mistakes/")

    (row,) = page.select(".xs-list li.py-3")
    assert "错过2次，已连续答对1次，再答对1次就移出" in words(row)
    assert question.explanation.replace(" ", "") in words(row.details)
    assert words(row.select_one("[data-result=ok]")).endswith("正确答案")
    assert page.select_one("section header a")["href"] == f"/learn/practice/{course.pk}/?mistakes=1"


def test_mistakes_practised_twice_right_in_a_row_leave_the_book(candidate, client):
    course, (question,) = course_with_practice(candidate, 1)
    practises(candidate, course, question, False)
    address = f"/learn/practice/{course.pk}/?mistakes=1"

    once = answers(client, address)
    assert "再答对1次就移出错题本" in words(once.select_one(".xs-told"))
    assert "答错的题在错题本里" in words(goes_on(client, address))
    twice = answers(client, address)
    assert "连续答对2次，已移出错题本" in words(twice.select_one(".xs-told"))
    assert "这门课程的错题都练会了。" in words(goes_on(client, address))

    assert "错题本是空的" in words(read(client, "/learn/mistakes/"))
    assert "这门课程没有错题" in words(read(client, address))


def test_mistakes_are_filtered_by_course_and_words(candidate, client):
    first, (one,) = course_with_practice(candidate, 1)
    second, (two,) = course_with_practice(candidate, 1)
    for course, question in ((first, one), (second, two)):
        practises(candidate, course, question, False)

    def shown(address: str) -> list[str]:
        return [stem.get_text() for stem in read(client, address).select("li h3")]

    assert sorted(shown("/learn/mistakes/")) == sorted([one.stem, two.stem])
    assert shown(f"/learn/mistakes/?course={second.pk}") == [two.stem]
    assert shown(f"/learn/mistakes/?q={one.explanation}") == [one.stem]
    none = read(client, "/learn/mistakes/?q=没有这样的字")
    assert "没有符合条件的错题" in words(none)
    assert none.select_one(".xs-empty a")["href"] == "/learn/mistakes/"


@pytest.mark.parametrize("asked", ["course=x", "course=99999999999999999999", "page=0", "page=x", "q=%00%F0%9F%98%80"])
def test_whatever_is_asked_for_the_book_answers(candidate, client, asked):
    course, (question,) = course_with_practice(candidate, 1)
    practises(candidate, course, question, False)

    assert read(client, f"/learn/mistakes/?{asked}").h1.get_text() == "错题本"


def test_a_long_book_has_pages(candidate, client):
    course, questions = course_with_practice(candidate, 21)
    for question in questions:
        practises(candidate, course, question, False)

    assert len(read(client, "/learn/mistakes/").select("li h3")) == 20
    last = read(client, "/learn/mistakes/?page=2")
    assert len(last.select("li h3")) == 1
    assert "共21道错题" in words(last)
