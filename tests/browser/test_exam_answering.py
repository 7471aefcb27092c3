"""At the paper: one question at a time, the sheet, marks, handing in with a question before, all of it by keyboard."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from cms.services import ExamDraft, ExamRule
from tests.browser.exam_stage import any_sitter, exam_in, phone_sitter, ready, sitter  # noqa: F401
from tests.browser.waiting import serious_faults
from tests.exams import classes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def seen(page: Any) -> Any:
    """The question that is shown."""
    return page.locator("section[data-question]:visible")


def open_sheet(page: Any) -> None:
    if not page.locator(".xs-sheet").first.is_visible():
        page.get_by_role("button", name="答题卡").click()
        page.locator("#sheet.show:not(.showing)").wait_for()


def test_one_question_at_a_time_back_and_forth(any_sitter: Any) -> None:  # noqa: F811
    he, page = any_sitter, any_sitter.page
    he.begins(exam_in(he))

    expect(seen(page)).to_have_count(1)
    expect(page.get_by_role("button", name="上一题")).to_be_disabled()
    page.get_by_role("button", name="下一题").click()
    expect(page.get_by_role("heading", name="第 2 题，共 5 题")).to_be_focused()
    expect(seen(page)).to_have_count(1)
    page.reload()
    ready(page)
    expect(page.get_by_role("heading", name="第 2 题，共 5 题")).to_be_visible()
    page.get_by_role("button", name="上一题").click()
    expect(page.get_by_role("heading", name="第 1 题，共 5 题")).to_be_focused()


def test_the_sheet_shows_and_jumps_and_marks_stay_in_this_browser(any_sitter: Any) -> None:  # noqa: F811
    he, page = any_sitter, any_sitter.page
    he.begins(exam_in(he))

    seen(page).get_by_role("radio").first.check()
    seen(page).get_by_role("button", name="标记").click()
    open_sheet(page)
    expect(page.get_by_role("link", name="第 1 题，已答，有标记")).to_be_visible()
    assert serious_faults(page) == []
    page.get_by_role("link", name="第 4 题，未答").click()
    expect(page.get_by_role("heading", name="第 4 题，共 5 题")).to_be_focused()
    expect(page.locator("[data-answered]:visible").first).to_have_text("1")
    he.waits_until_kept({he.questions[0]["id"]: [he.questions[0]["options"][0]["id"]]})

    page.goto(f"/learn/exams/attempts/{he.attempt.public_id}/")
    ready(page)
    expect(page.get_by_role("heading", name="第 2 题，共 5 题")).to_be_visible()  # the first one without an answer
    open_sheet(page)
    expect(page.get_by_role("link", name="第 1 题，已答，有标记")).to_be_visible()


def test_handing_in_asks_first_with_the_number_left(any_sitter: Any) -> None:  # noqa: F811
    he, page = any_sitter, any_sitter.page
    he.begins(exam_in(he))
    seen(page).get_by_role("radio").first.check()

    open_sheet(page)
    button = page.get_by_role("button", name="交卷", exact=True).locator("visible=true").first
    expect(button).to_have_class(re.compile("btn-outline-primary"))
    button.click()
    dialog = page.get_by_role("dialog", name="还有 4 题没答，现在交卷吗？")
    expect(dialog).to_contain_text("还剩 30 分钟，交卷后不能再改。")
    expect(dialog.get_by_role("button", name="继续答题")).to_be_focused()
    assert serious_faults(page) == []
    dialog.get_by_role("button", name="继续答题").click()
    expect(dialog).to_be_hidden()
    asked_from = page.get_by_role("button", name=re.compile("^(答题卡.*|交卷)$")).locator("visible=true").first
    expect(asked_from).to_be_focused()
    assert he.attempt.state == "open"

    he.answers_all(he.right)
    expect(page.locator("[data-go='1']")).to_have_text("交卷")
    expect(page.locator("[data-go='1']")).to_have_class(re.compile("btn-primary"))
    page.locator("[data-go='1']").click()
    dialog = page.get_by_role("dialog", name="5 题都答完了，现在交卷吗？")
    expect(dialog.get_by_role("button", name="交卷")).to_have_class(re.compile("btn-primary"))
    dialog.get_by_role("button", name="交卷").click()
    page.wait_for_url("**/result/")
    assert (he.attempt.state, he.attempt.right) == ("finished", 5)


def test_an_answer_to_several_can_be_taken_back(sitter: Any) -> None:  # noqa: F811
    bank = classes.bank(singles=0, multiples=3)
    class_page, (course,) = classes.exam_class(
        ExamDraft(rules=[ExamRule(1, bank, kind="multiple")], pass_points=1, minutes=5)
    )
    sitter.studies(class_page, course)
    sitter.begins(course)
    boxes = seen(sitter.page).get_by_role("checkbox")
    (question,) = sitter.questions

    boxes.nth(0).check()
    boxes.nth(2).check()
    sitter.waits_until_kept({question["id"]: [question["options"][0]["id"], question["options"][2]["id"]]})
    boxes.nth(0).uncheck()
    boxes.nth(2).uncheck()

    sitter.waits_until_kept({})
    expect(sitter.page.locator("[data-answered]:visible").first).to_have_text("0")


# --- By keyboard ------------------------------------------------------------------------------------------------------
def tab_to(page: Any, selector: str, key: str = "Tab", most: int = 80) -> None:
    """Go on with the key until the keyboard is on what is wanted, as somebody without a mouse does."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
    raise AssertionError(f"{key} never leads to {selector}")


def choose_by_keyboard(page: Any, question: dict[str, Any]) -> None:
    shown = f"section[data-question='{question['id']}']"
    if question["kind"] == "multiple":
        for option in question["options"]:
            tab_to(page, f"{shown} input[value='{option['id']}']")
            if option["id"] in question["right"]:
                page.keyboard.press("Space")
        return
    tab_to(page, f"{shown} input[type=radio]")
    page.keyboard.press("Space")
    wanted = f"{shown} input[value='{question['right'][0]}']:checked"
    while not page.locator(wanted).count():
        page.keyboard.press("ArrowDown")


def test_the_whole_exam_by_keyboard(sitter: Any) -> None:  # noqa: F811
    bank = classes.bank(singles=4, multiples=4, true_false=4)
    rules = [ExamRule(2, bank, kind=kind) for kind in classes.KINDS]
    class_page, (course,) = classes.exam_class(ExamDraft(rules=rules, pass_points=6, minutes=30))
    sitter.studies(class_page, course)
    page = sitter.page
    page.goto("/learn/exams/")
    tab_to(page, "a.btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/learn/exams/{course.pk}/")
    tab_to(page, "form button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/learn/exams/attempts/**")
    ready(page)

    for number, question in enumerate(sitter.questions, 1):
        choose_by_keyboard(page, question)
        if number == 2:
            page.keyboard.press("Enter")  # on an option it goes on to the next question
        else:
            tab_to(page, "[data-go='1']")
            page.keyboard.press("Enter")
        if number < 6:
            expect(page.get_by_role("heading", name=f"第 {number + 1} 题，共 6 题")).to_be_focused()

    dialog = page.get_by_role("dialog", name="6 题都答完了，现在交卷吗？")
    expect(dialog.get_by_role("button", name="继续答题")).to_be_focused()
    tab_to(page, "[data-hand-in-now]", "Shift+Tab", 3)
    page.keyboard.press("Enter")
    page.wait_for_url("**/result/")
    expect(page.get_by_role("heading", name="考试通过，这个班学完了")).to_be_visible()
    assert sitter.attempt.right == 6
