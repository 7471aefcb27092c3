"""The ways that lead to an exam: 学习, the class, the player's list (L2, L8)."""

from typing import Any

import pytest
from django.utils import timezone

from learning.models import Enrolment
from tests.exams import classes
from tests.exams.conftest import candidate, exam_of  # noqa: F401
from tests.web.pages import browser, read, words

pytestmark = pytest.mark.django_db


def page_of(who: Any, address: str) -> Any:
    return read(browser(who.user), address)


def my_class(who: Any) -> str:
    return f"/learn/{Enrolment.objects.get(user=who.user).pk}/"


# --- 学习 -------------------------------------------------------------------------------------------------------------
def test_when_the_videos_are_done_the_exam_comes_next(candidate, exam_of) -> None:  # noqa: F811
    course = exam_of()

    page = page_of(candidate, "/learn/")

    assert words(page.find(id="next-up")) == "下一步：考试"
    assert page.select_one("[aria-labelledby=next-up] .btn")["href"] == f"/learn/exams/{course.pk}/"
    assert "考试1，1场待考" in words(page.select_one(".xs-shortcuts"))


def test_a_paper_that_is_being_answered_comes_before_all(candidate, exam_of) -> None:  # noqa: F811
    attempt = candidate.sits(exam_of(minutes=30))

    panel = page_of(candidate, "/learn/").select_one("[aria-labelledby=next-up]")

    assert words(panel).startswith("考试进行中")
    assert f"{timezone.localtime(attempt.deadline_at):%H:%M}自动交卷，答案都已保存" in words(panel)
    assert (words(panel.select_one(".btn")), panel.select_one(".btn")["href"]) == (
        "继续答题",
        f"/learn/exams/attempts/{attempt.public_id}/",
    )


def test_a_paper_whose_time_is_over_isnt_gone_on_with(candidate, exam_of) -> None:  # noqa: F811
    candidate.sits(exam_of(minutes=30))
    candidate.clock.tick(1801)

    assert words(page_of(candidate, "/learn/").find(id="next-up")) == "下一步：考试"


def test_after_two_failures_it_goes_on_with_the_first_video_not_the_one_watched_last(candidate) -> None:  # noqa: F811
    page, (course,) = classes.exam_class(classes.exam(classes.bank()), seconds=(20, 30))
    candidate.enrols(page)
    classes.watch_all(candidate, course)
    candidate.fails(course)
    candidate.fails(course)

    panel = page_of(candidate, "/learn/").select_one("[aria-labelledby=next-up]")

    first = course.lessons.order_by("position")[0]
    assert "视频1.1，共20秒" in words(panel)
    assert panel.select_one(".btn")["href"].endswith(f"/lessons/{first.pk}/")


def test_when_the_exam_is_passed_nothing_of_it_waits(candidate, exam_of) -> None:  # noqa: F811
    candidate.passes(exam_of())

    page = page_of(candidate, "/learn/")

    assert words(page.find(id="next-up")) == "在学的班都学完了"
    assert "待考" not in words(page.select_one(".xs-shortcuts"))


def test_while_the_videos_arent_done_the_lesson_comes_next(candidate) -> None:  # noqa: F811
    page, _courses = classes.exam_class(classes.exam(classes.bank()))
    candidate.enrols(page)

    panel = page_of(candidate, "/learn/").select_one("[aria-labelledby=next-up]")

    assert "/lessons/" in panel.select_one(".btn")["href"]


# --- The class --------------------------------------------------------------------------------------------------------
def exam_line(who: Any) -> Any:
    return page_of(who, my_class(who)).select("[aria-labelledby=syllabus] li")[-1]


def test_my_class_lists_the_exam_after_its_videos_and_leads_there(candidate, exam_of) -> None:  # noqa: F811
    course = exam_of()

    page = page_of(candidate, my_class(candidate))

    assert "考试可以考了去考试" in words(exam_line(candidate))
    assert {link["href"] for link in page.select(".btn-primary")} == {f"/learn/exams/{course.pk}/"}


def test_my_class_says_in_words_how_the_exam_stands(candidate) -> None:  # noqa: F811
    page, (course,) = classes.exam_class(classes.exam(classes.bank()))
    candidate.enrols(page)
    assert "视频学完就开放" in words(exam_line(candidate))
    classes.watch_all(candidate, course)
    candidate.fails(course)
    assert "可以考了" in words(exam_line(candidate))
    candidate.fails(course)
    assert "重新学完视频再考" in words(exam_line(candidate))
    classes.watch_all(candidate, course)
    candidate.passes(course)
    assert "已通过" in words(exam_line(candidate))


def test_the_class_page_leads_to_the_exam_too(candidate, exam_of) -> None:  # noqa: F811
    course = exam_of()

    page = page_of(candidate, f"/classes/{course.class_page.slug}/")

    assert "下一步：考试" in words(page)
    assert f"/learn/exams/{course.pk}/" in {link["href"] for link in page.select("a.btn-primary")}


# --- The player -------------------------------------------------------------------------------------------------------
def test_the_players_list_has_the_exam_and_knows_which_lessons_lead_to_it(candidate, exam_of) -> None:  # noqa: F811
    course = exam_of()
    lesson = course.lessons.get()
    address = f"{my_class(candidate)}lessons/{lesson.pk}/"

    items = page_of(candidate, address).select(".xs-lessons a")
    assert [words(item.select_one("[data-progress]")) for item in items] == ["已学完", "可以考了"]
    assert [item.get("data-exam") for item in items] == [f"/learn/exams/{course.pk}/", None]
    assert items[1]["href"] == f"/learn/exams/{course.pk}/"

    candidate.passes(course)

    items = page_of(candidate, address).select(".xs-lessons a")
    assert words(items[1].select_one("[data-progress]")) == "已通过"
    assert items[0].get("data-exam") is None


def test_me_leads_to_the_exams(candidate) -> None:  # noqa: F811
    assert "/learn/exams/" in {link["href"] for link in page_of(candidate, "/me/").select("a")}
