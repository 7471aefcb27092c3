"""An exam from the list to its result, at both widths: passed at first; failed twice, learned again, passed."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from cms.services import ExamDraft, ExamRule
from learning.models import CourseProgress, LessonProgress
from registry.hours.models import HourEntry
from tests.browser.exam_stage import any_sitter, exam_in, phone_sitter, sitter  # noqa: F401
from tests.browser.waiting import follow, serious_faults
from tests.exams import classes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sound(page: Any) -> None:
    """Nothing serious for axe-core, nothing wider than the screen."""
    assert serious_faults(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_learner_passes_at_his_first_attempt(any_sitter: Any) -> None:  # noqa: F811
    he, page = any_sitter, any_sitter.page
    course = exam_in(he)

    page.goto("/learn/")
    expect(page.get_by_role("heading", name="下一步：考试")).to_be_visible()
    follow(page.get_by_role("link", name=re.compile("^考试")).first)
    page.wait_for_url("**/learn/exams/")
    sound(page)
    follow(page.get_by_role("link", name="去考试").first)
    page.wait_for_url(f"**/learn/exams/{course.pk}/")
    expect(page.get_by_text("一开始就用掉一次机会")).to_be_visible()
    sound(page)
    he.begins(course)
    sound(page)
    he.answers_all(he.right)
    he.waits_until_kept(he.right)
    expect(page.get_by_text(re.compile(r"^已自动保存 \d\d:\d\d$"))).to_be_visible()
    he.hands_in()

    expect(page.get_by_role("heading", name="考试通过，这个班学完了")).to_be_visible()
    expect(page.get_by_text("1 学时已记入你的年度完成情况。")).to_be_visible()
    sound(page)
    assert HourEntry.objects.get().recognised == 1
    follow(page.get_by_role("link", name="查看年度完成情况"))
    page.wait_for_url("**/me/years/")
    page.goto("/learn/exams/")
    expect(page.get_by_role("heading", name="已通过")).to_be_visible()


def test_failed_twice_learned_again_and_passed(any_sitter: Any) -> None:  # noqa: F811
    he, page = any_sitter, any_sitter.page
    course = exam_in(he)

    for number, words in ((1, "再考一次"), (2, "重新学习再考试")):
        he.begins(course)
        he.answers_all(he.wrong)
        he.hands_in()
        expect(page.get_by_text(f"{number}/2")).to_be_visible()
        expect(page.get_by_role("link", name=words)).to_be_visible()
        sound(page)
    expect(page.get_by_role("heading", name="还差 3 题，再学一遍会更稳")).to_be_visible()
    expect(page.get_by_text("两次机会已用完，本小节进度已清零")).to_be_visible()
    assert LessonProgress.objects.get().frontier_ms == 0
    assert (
        page.get_by_role("link", name="重新学习再考试").get_attribute("href").endswith(f"/{course.lessons.get().pk}/")
    )

    page.goto("/learn/exams/")
    expect(page.get_by_text("重新学完 1 个视频，就有 2 次新的机会")).to_be_visible()
    he.studies(course.class_page, course)
    he.begins(course)
    assert CourseProgress.objects.get().round == 2
    he.answers_all(he.right)
    he.hands_in()
    expect(page.get_by_role("heading", name="考试通过，这个班学完了")).to_be_visible()

    page.goto(f"/learn/exams/{course.pk}/")
    expect(page.get_by_role("link", name=re.compile("^看结果 第 . 轮第 . 次$"))).to_have_count(3)
    sound(page)


def test_the_answers_are_explained_with_formulas(any_sitter: Any) -> None:  # noqa: F811
    he, page = any_sitter, any_sitter.page
    from cms.services import BankQuestionDraft, write_bank, write_bank_question

    bank = write_bank(title="公式题库")
    draft = BankQuestionDraft("single", r"当 $x^2 = 4$ 时，$x$ 是？", [r"$\pm 2$", "2"], [0], r"因为 $\sqrt{4} = 2$。")
    write_bank_question(bank_id=bank, draft=draft)
    terms = ExamDraft(rules=[ExamRule(1, bank)], pass_points=1, minutes=5, answers_shown="finished")
    class_page, (course,) = classes.exam_class(terms)
    he.studies(class_page, course)

    he.begins(course)
    expect(page.locator("legend math")).to_have_count(2)
    expect(page.locator("label math")).to_have_count(1)
    he.answers_all(he.wrong)
    he.hands_in()

    expect(page.locator("#answers math")).to_have_count(4)
    expect(page.locator("#answers").get_by_text("答错")).to_be_visible()
    sound(page)
