"""/learn/exams/attempts/<uuid>/result/: figures, words, the way on, answers where they may be seen (L2)."""

from datetime import timedelta
from typing import Any

import pytest

from cms.services import ExamDraft, ExamRule
from exams.models import Attempt, Paper
from tests.exams import classes
from tests.exams.conftest import candidate, exam_of  # noqa: F401
from tests.web.pages import browser, read, words

pytestmark = pytest.mark.django_db


def result(who: Any, attempt: Attempt, query: str = "") -> Any:
    return read(browser(who.user), f"/learn/exams/attempts/{attempt.public_id}/result/{query}")


def act(page: Any) -> tuple[str, str]:
    """The primary button: what it says and where it leads."""
    button = page.select_one(".xs-actionbar .btn-primary")
    return words(button), button["href"]


def forty_questions(who: Any, **fields: Any) -> Any:
    """The product's example: 40 questions, 90 minutes, 28 to pass; a second course follows."""
    bank = classes.bank(singles=40, multiples=24, true_false=16)
    rules = [ExamRule(20, bank), ExamRule(12, bank, kind="multiple"), ExamRule(8, bank, kind="true_false")]
    draft = ExamDraft(rules=rules, pass_points=28, minutes=90, **fields)
    page, (first, second) = classes.exam_class(draft, draft)
    who.enrols(page)
    classes.watch_all(who, first)
    return first


def sits_with(who: Any, course: Any, right: int, seconds: int = 2430) -> Attempt:
    """An attempt with so many right answers, the rest wrong, handed in after so many seconds."""
    attempt = who.sits(course)
    answers = classes.wrong_answers(str(attempt.public_id))
    who.answers(attempt, answers | classes.right_answers(str(attempt.public_id), most=right))
    who.clock.tick(seconds)
    return who.hands_in(attempt)


# --- Figures ----------------------------------------------------------------------------------------------------------
def test_a_failed_attempt_in_words_and_figures(candidate) -> None:  # noqa: F811
    course = forty_questions(candidate)

    page = result(candidate, sits_with(candidate, course, 25))

    assert words(page.h1) == "还差3题，看准弱项再考一次"
    assert "本次未通过" in words(page)
    assert page.svg["aria-label"] == "答对 25 题，共 40 题，28 题及格"
    assert words(page.dl) == "答对题数25/40用时40分30秒/90分钟已考次数1/2"
    assert [words(row) for row in page.select(".xs-facts dd")] == ["20/20", "5/12", "0/8"]
    assert "错得多的是判断题" in words(page)
    assert "还有1次机会" in words(page)
    assert act(page) == ("再考一次", f"/learn/exams/{course.pk}/")


def test_the_ring_has_a_tick_a_question_and_shows_what_was_missing(candidate) -> None:  # noqa: F811
    page = result(candidate, sits_with(candidate, forty_questions(candidate), 25))

    ring = page.select_one("svg.xs-ring")
    assert ring.select_one("mask circle")["pathlength"] == "40"
    assert ring.select_one(".short")["stroke-dasharray"] == "3 40"
    assert ring.select_one(".short")["stroke-dashoffset"] == "-25"
    assert ring.select_one(".pub")["stroke-dasharray"] == "25 40"
    assert ring.select_one(".mark")["transform"] == "rotate(252.00 120 120)"


def test_after_the_second_failure_it_is_learned_again(candidate) -> None:  # noqa: F811
    course = forty_questions(candidate)
    sits_with(candidate, course, 20)

    page = result(candidate, sits_with(candidate, course, 25))

    assert words(page.h1) == "还差3题，再学一遍会更稳"
    assert "已考次数2/2" in words(page)
    assert "两次机会已用完，本小节进度已清零" in words(page)
    label, address = act(page)
    assert label == "重新学习再考试"
    lesson = course.lessons.order_by("position")[0]
    assert address.endswith(f"/lessons/{lesson.pk}/")
    assert browser(candidate.user).get(address).status_code == 200


def test_once_learned_again_an_old_result_leads_to_the_exam(candidate) -> None:  # noqa: F811
    course = forty_questions(candidate)
    sits_with(candidate, course, 20)
    second = sits_with(candidate, course, 25)
    classes.watch_all(candidate, course)

    page = result(candidate, second)

    assert "进度已清零" not in words(page)
    assert "还有2次机会" in words(page)
    assert act(page) == ("再考一次", f"/learn/exams/{course.pk}/")


def test_a_pass_leads_to_the_next_course(candidate) -> None:  # noqa: F811
    course = forty_questions(candidate)

    page = result(candidate, sits_with(candidate, course, 36))

    assert words(page.h1) == "考试通过，接着往下学"
    assert "已通过" in words(page)
    label, address = act(page)
    assert label == "接着学小节二课程2"
    assert browser(candidate.user).get(address).status_code == 200


def test_the_last_pass_of_a_public_class_tells_its_hours_and_leads_to_the_year(candidate, exam_of) -> None:  # noqa: F811
    page = result(candidate, candidate.passes(exam_of()))

    assert words(page.h1) == "考试通过，这个班学完了"
    assert "1学时已记入你的年度完成情况" in words(page)
    assert act(page) == ("查看年度完成情况", "/me/years/")


def test_blanks_are_told_and_a_hand_in_by_the_clock(candidate, exam_of) -> None:  # noqa: F811
    attempt = candidate.sits(exam_of(minutes=30))
    candidate.answers(attempt, classes.right_answers(str(attempt.public_id), most=2))
    candidate.clock.tick(3600)

    page = result(candidate, attempt)

    assert "有3题没有作答" in words(page)
    assert "用时30分0秒/30分钟" in words(page)
    assert "时间到自动交的卷" in words(page)


def test_a_paper_left_blank_isnt_told_which_kind_went_worst(candidate) -> None:  # noqa: F811
    attempt = candidate.hands_in(candidate.sits(forty_questions(candidate)))

    page = result(candidate, attempt)

    assert "没有作答" in words(page)
    assert "错得多的是" not in words(page)


def test_points_are_told_where_questions_differ(candidate) -> None:  # noqa: F811
    bank = classes.bank(singles=4, multiples=4)
    rules = [ExamRule(2, bank), ExamRule(2, bank, kind="multiple", points=4)]
    page_, (course,) = classes.exam_class(ExamDraft(rules=rules, pass_points=6, minutes=30))
    candidate.enrols(page_)
    classes.watch_all(candidate, course)

    page = result(candidate, sits_with(candidate, course, 2))

    assert words(page.h1) == "还差4分，看准弱项再考一次"
    assert "2/42/10分" in words(page.dl)
    assert not page.select(".xs-ring .mark")


# --- Answers ----------------------------------------------------------------------------------------------------------
def test_answers_are_kept_back_until_the_exam_is_passed(candidate, exam_of) -> None:  # noqa: F811
    course = exam_of(answers_shown="passed")
    failed = candidate.fails(course)
    explanations = [question["explanation"] for question in Paper.objects.get(attempt=failed).questions]

    page = result(candidate, failed)
    assert not page.find(id="answers")
    assert "答案和解析在考试通过以后可以看" in words(page)
    assert not any(text in page.get_text() for text in explanations)

    candidate.passes(course)

    page = result(candidate, failed)
    assert all(text in page.find(id="answers").get_text() for text in explanations)


def test_where_the_exam_never_shows_them_they_stay_back(candidate, exam_of) -> None:  # noqa: F811
    page = result(candidate, candidate.passes(exam_of(answers_shown="never")))

    assert not page.find(id="answers")
    assert "不公布答案" in words(page)


def test_each_answer_says_what_was_chosen_what_is_right_and_why(candidate, exam_of) -> None:  # noqa: F811
    course = exam_of(answers_shown="finished")
    attempt = candidate.sits(course)
    names = list(classes.right_answers(str(attempt.public_id)))
    right, wrong = (call(str(attempt.public_id)) for call in (classes.right_answers, classes.wrong_answers))
    candidate.answers(attempt, {names[0]: right[names[0]], names[1]: wrong[names[1]]})
    candidate.hands_in(attempt)

    first, second, third, *_rest = result(candidate, attempt).select("#answers > ol > li")

    assert "答对" in words(first)
    assert "你选对了" in words(first)
    assert "答错" in words(second)
    assert "你选的" in words(second.select_one("[data-result=bad]"))
    assert "正确答案" in words(second.select_one("[data-result=ok]"))
    assert "未答" in words(third)
    assert "你没有作答" in words(third)
    assert all("解析：" in words(item) for item in (first, second, third))


def test_only_what_went_wrong_can_be_looked_at(candidate, exam_of) -> None:  # noqa: F811
    course = exam_of(answers_shown="finished")
    attempt = candidate.sits(course)
    candidate.answers(attempt, classes.right_answers(str(attempt.public_id), most=2))
    candidate.hands_in(attempt)

    assert len(result(candidate, attempt).select("#answers > ol > li")) == 5
    page = result(candidate, attempt, "?wrong=1")
    assert len(page.select("#answers > ol > li")) == 3
    assert "看全部5题" in words(page)


def test_a_question_that_counts_as_right_is_told(candidate, exam_of) -> None:  # noqa: F811
    attempt = candidate.fails(exam_of(answers_shown="finished"))
    name = Paper.objects.get(attempt=attempt).questions[0]["id"]
    Attempt.objects.filter(pk=attempt.pk).update(excused=[name], right=1, points=1)

    page = result(candidate, attempt)

    assert "有1题经核实有误，已按答对计分" in words(page)
    assert "有误，按答对计" in words(page.select_one("#answers li"))


def test_a_result_is_the_same_whenever_it_is_read(candidate) -> None:  # noqa: F811
    attempt = sits_with(candidate, forty_questions(candidate), 25)
    before = words(result(candidate, attempt))
    candidate.clock.set(candidate.clock.now() + timedelta(hours=1))

    assert words(result(candidate, attempt)) == before
