"""/learn/exams/: every exam of my classes by state, what is missing, and where it goes on (L9)."""

from typing import Any

import pytest
from django.utils import timezone

from cms.services import ExamDraft, ExamRule
from exams.models import Attempt
from tests.exams import classes
from tests.exams.conftest import candidate, exam_of, stranger  # noqa: F401
from tests.web.pages import browser, queries, read, words

pytestmark = pytest.mark.django_db


def groups(who: Any) -> dict[str, list[str]]:
    """What the page lists: the group's title → what each of its rows says."""
    page = read(browser(who.user), "/learn/exams/")
    return {words(part.h2): [words(row) for row in part.select("li")] for part in page.select(".xs-panel")}


def one(who: Any) -> tuple[str, Any]:
    """The title of the only group and its only row."""
    (panel,) = read(browser(who.user), "/learn/exams/").select(".xs-panel")
    (row,) = panel.select("li")
    return words(panel.h2), row


def test_an_exam_whose_videos_are_done_is_to_be_sat(candidate, exam_of) -> None:  # noqa: F811
    course = exam_of(singles=5, pass_points=3, minutes=30)

    group, row = one(candidate)

    assert group == "待考"
    assert "5题·30分钟·3题及格" in words(row)
    assert "还有2次机会" in words(row)
    assert row.select_one(".btn")["href"] == f"/learn/exams/{course.pk}/"


def test_one_whose_videos_arent_done_says_how_many_are_missing(candidate) -> None:  # noqa: F811
    page, (course,) = classes.exam_class(classes.exam(classes.bank()), seconds=(20, 20))
    candidate.enrols(page)

    group, row = one(candidate)

    assert group == "未开放"
    assert "还有2个视频没学完，学完就开放" in words(row)
    lesson = course.lessons.order_by("position")[0]
    assert row.select_one(".btn")["href"].endswith(f"/lessons/{lesson.pk}/")


def test_one_behind_another_exam_leads_to_that_one(candidate) -> None:  # noqa: F811
    bank = classes.bank()
    page, (first, second) = classes.exam_class(classes.exam(bank), classes.exam(bank))
    candidate.enrols(page)
    classes.watch_all(candidate, first)

    assert list(groups(candidate)) == ["待考", "未开放"]
    assert "先通过“小节一课程1”的考试" in groups(candidate)["未开放"][0]
    candidate.passes(first)
    assert "还有1个视频没学完" in groups(candidate)["未开放"][0]
    assert "答对5/5" in groups(candidate)["已通过"][0]
    assert second.pk != first.pk


def test_an_open_attempt_is_in_progress_and_leads_to_its_paper(candidate, exam_of) -> None:  # noqa: F811
    attempt = candidate.sits(exam_of(minutes=30))

    group, row = one(candidate)

    assert group == "进行中"
    assert f"{timezone.localtime(attempt.deadline_at):%H:%M}自动交卷" in words(row)
    assert row.select_one(".btn")["href"] == f"/learn/exams/attempts/{attempt.public_id}/"


def test_an_overdue_attempt_is_handed_in_by_a_look_at_the_list(candidate, exam_of) -> None:  # noqa: F811
    candidate.sits(exam_of(minutes=30))
    candidate.clock.tick(31 * 60)

    assert "还有1次机会·第1次未通过" in groups(candidate)["待考"][0]
    assert Attempt.objects.get().closed_by == "deadline"


def test_one_failed_twice_is_to_be_learned_again(candidate, exam_of) -> None:  # noqa: F811
    course = exam_of()
    candidate.fails(course)
    candidate.fails(course)

    group, row = one(candidate)

    assert group == "重新学习"
    assert "重新学完1个视频，就有2次新的机会" in words(row)
    assert words(row.select_one(".btn")).startswith("重新学习")
    classes.watch_all(candidate, course)
    assert one(candidate)[0] == "待考"


def test_an_exam_of_a_class_that_is_over_has_no_button(candidate) -> None:  # noqa: F811
    page, (course,) = classes.exam_class(classes.exam(classes.bank()), ends_on=candidate.clock.now().date())
    candidate.enrols(page)
    classes.watch_all(candidate, course)
    assert one(candidate)[1].select_one(".btn")
    candidate.clock.tick(48 * 3600)

    _group, row = one(candidate)

    assert not row.select_one(".btn")
    assert "结束" in words(row)


def test_questions_of_different_worth_tell_the_mark_in_points(candidate) -> None:  # noqa: F811
    bank = classes.bank(singles=3, multiples=3)
    draft = ExamDraft(
        rules=[ExamRule(2, bank), ExamRule(2, bank, kind="multiple", points=4)], pass_points=6, minutes=30
    )
    page, (course,) = classes.exam_class(draft)
    candidate.enrols(page)
    classes.watch_all(candidate, course)

    assert "4题·30分钟·6分及格" in words(one(candidate)[1])


def test_who_has_no_exam_is_told_when_there_will_be_one(candidate) -> None:  # noqa: F811
    page = read(browser(candidate.user), "/learn/exams/")

    assert "还没有要考的课程" in words(page)
    assert page.select_one(".xs-empty .btn")["href"] == "/learn/"


def test_exams_practice_and_mistakes_are_one_click_apart(candidate) -> None:  # noqa: F811
    links = read(browser(candidate.user), "/learn/exams/").select(".nav-underline a")

    assert [link["href"] for link in links] == ["/learn/exams/", "/learn/practice/", "/learn/mistakes/"]
    assert [link.get("aria-current") for link in links] == ["page", None, None]


def test_a_stranger_sees_none_of_it(candidate, stranger, exam_of) -> None:  # noqa: F811
    exam_of()

    assert "还没有要考的课程" in words(read(browser(stranger.user), "/learn/exams/"))


def test_the_list_takes_as_many_queries_for_many_exams_as_for_one(candidate) -> None:  # noqa: F811
    bank = classes.bank()
    page, _courses = classes.exam_class(classes.exam(bank))
    candidate.enrols(page)
    one_exam = queries(browser(candidate.user), "/learn/exams/")
    for _ in range(4):
        page, courses = classes.exam_class(classes.exam(bank), classes.exam(bank))
        candidate.enrols(page)
        classes.watch_all(candidate, courses[0])
        candidate.fails(courses[0])

    assert queries(browser(candidate.user), "/learn/exams/") == one_exam
