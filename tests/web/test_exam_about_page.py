"""/learn/exams/<course>/: what counts is said before an attempt is used up, and every attempt is kept in sight (L2)."""

from typing import Any

import pytest
from django.test import Client

from exams.models import Attempt
from exams.services import grant_extra_time, void_attempt
from tests.exams import classes
from tests.exams.conftest import candidate, exam_of, stranger  # noqa: F401
from tests.identity import factories as people
from tests.web.pages import browser, read, words

pytestmark = pytest.mark.django_db


def about(who: Any, course: Any) -> Any:
    return read(browser(who.user), f"/learn/exams/{course.pk}/")


def history(page: Any) -> list[str]:
    return [words(row) for row in page.select("tbody tr")]


def test_it_says_what_counts_before_it_begins(candidate, exam_of) -> None:  # noqa: F811
    course = exam_of(singles=5, pass_points=3, minutes=30)

    page = about(candidate, course)

    facts = words(page.dl)
    assert "题数5题限时30分钟及格3题还有机会2/2次" in facts
    assert "单选题5题" in words(page)
    rules = words(page.select("ul")[1])
    for sentence in (
        "一开始就用掉一次机会",
        "关掉页面或断网，时间照走，到时自动交卷",
        "自动保存",
        "3题及格",
        "视频要重新学一遍",
    ):
        assert sentence in rules
    assert words(page.form.button) == "开始第1次考试"
    assert not Attempt.objects.exists(), "reading it uses nothing up"


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ("passed", "考试通过以后，可以看每题的答案和解析"),
        ("finished", "每次交卷以后，可以看每题的答案和解析"),
        ("never", "不公布答案"),
    ],
)
def test_it_says_when_answers_are_shown(candidate, exam_of, policy: str, says: str) -> None:  # noqa: F811
    assert says in words(about(candidate, exam_of(answers_shown=policy)))


def test_extra_time_is_told(candidate, exam_of) -> None:  # noqa: F811
    course = exam_of(minutes=30)
    grant_extra_time(
        user_id=candidate.user.pk, percent=50, reason="视力", actor_id=1, acting_as="staff", now=candidate.clock.now()
    )

    page = words(about(candidate, course))

    assert "限时45分钟" in page
    assert "你的时间已延长50%" in page


def test_one_click_begins_and_leads_to_the_paper(candidate, exam_of) -> None:  # noqa: F811
    course = exam_of()

    response = browser(candidate.user).post(f"/learn/exams/{course.pk}/")

    attempt = Attempt.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/learn/exams/attempts/{attempt.public_id}/")
    again = browser(candidate.user).post(f"/learn/exams/{course.pk}/")
    assert again["Location"] == response["Location"]
    assert Attempt.objects.count() == 1


def test_while_one_is_open_it_leads_back_to_it(candidate, exam_of) -> None:  # noqa: F811
    course = exam_of()
    attempt = candidate.sits(course)

    page = about(candidate, course)

    assert not page.form
    button = page.select_one(".xs-actionbar .btn-primary")
    assert (words(button), button["href"]) == ("继续答题", f"/learn/exams/attempts/{attempt.public_id}/")


def test_a_locked_one_says_what_is_missing_and_cant_be_begun(candidate) -> None:  # noqa: F811
    page_, (course,) = classes.exam_class(classes.exam(classes.bank()), seconds=(20, 20))
    candidate.enrols(page_)

    page = about(candidate, course)
    assert "还有2个视频没学完" in words(page)
    assert not page.form
    response = browser(candidate.user).post(f"/learn/exams/{course.pk}/", follow=True)

    assert "视频还没有学完" in response.content.decode()
    assert not Attempt.objects.exists()


def test_all_attempts_stay_in_sight_a_voided_one_with_the_word(candidate, exam_of) -> None:  # noqa: F811
    course = exam_of()
    first = candidate.fails(course)
    void_attempt(attempt_id=first.pk, reason="停电", actor_id=1, acting_as="staff", now=candidate.clock.now())
    candidate.fails(course)
    candidate.fails(course)
    classes.watch_all(candidate, course)
    candidate.clock.tick(60)
    candidate.passes(course)

    rows = history(about(candidate, course))

    assert [row[:6] for row in rows] == ["第2轮第1次", "第1轮第2次", "第1轮第1次", "第1轮第1次"]
    assert ["已通过" in row for row in rows] == [True, False, False, False]
    assert ["未通过" in row for row in rows] == [False, True, True, False]
    assert "已作废" in rows[3]
    assert "不占用机会" in rows[3]
    assert "5/5" in rows[0]


def test_a_passed_one_can_be_read_and_not_begun(candidate, exam_of) -> None:  # noqa: F811
    course = exam_of()
    candidate.passes(course)

    page = about(candidate, course)

    assert not page.form
    assert "不用再考" in words(page)
    browser(candidate.user).post(f"/learn/exams/{course.pk}/")
    assert Attempt.objects.count() == 1


def test_a_class_that_is_over_shows_the_button_disabled_with_the_reason(candidate) -> None:  # noqa: F811
    page_, (course,) = classes.exam_class(classes.exam(classes.bank()), ends_on=candidate.clock.now().date())
    candidate.enrols(page_)
    classes.watch_all(candidate, course)
    candidate.clock.tick(48 * 3600)

    page = about(candidate, course)

    assert page.select_one("button[disabled]")
    assert not page.form
    assert "结束" in words(page)


def test_somebody_elses_exam_and_a_course_without_one_are_unknown(candidate, stranger, exam_of) -> None:  # noqa: F811
    course = exam_of()
    page_, (bare,) = classes.exam_class(None)
    candidate.enrols(page_)

    assert browser(stranger.user).get(f"/learn/exams/{course.pk}/").status_code == 404
    assert browser(stranger.user).post(f"/learn/exams/{course.pk}/").status_code == 404
    assert browser(candidate.user).get(f"/learn/exams/{bare.pk}/").status_code == 404
    assert not Attempt.objects.exists()


def test_a_visitor_logs_in_and_an_administrator_is_told_to_switch(candidate, exam_of) -> None:  # noqa: F811
    address = f"/learn/exams/{exam_of().pk}/"

    assert Client().get(address)["Location"] == f"/login/?next={address}"
    assert browser(people.administrator()).post(address).status_code == 403
    assert not Attempt.objects.exists()
