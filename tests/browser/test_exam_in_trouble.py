"""Offline, another device, a browser that dies, a session that ends: no answer is lost (complaints 10, 11)."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from core import clock
from exams.services import void_attempt
from tests.browser.exam_stage import any_sitter, exam_in, only_lost_requests, phone_sitter, ready, sitter  # noqa: F401
from tests.browser.waiting import follow, serious_faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def address(he: Any) -> str:
    return f"/learn/exams/attempts/{he.attempt.public_id}/"


def first(answers: dict[str, list[str]], number: int) -> dict[str, list[str]]:
    return {name: answers[name] for name in list(answers)[:number]}


def shown_answers(page: Any) -> dict[str, list[str]]:
    """What is checked on the page."""
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("section[data-question]")]
          .map((part) => [part.dataset.question, [...part.querySelectorAll(":checked")].map((input) => input.value)])
          .filter(([, chosen]) => chosen.length))"""
    )


def killed(page: Any) -> Any:
    """The browser is gone and sends nothing more, as it would on being closed; gives what its profile keeps."""
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    profile = page.context.storage_state()
    page.context.close()
    return profile


# --- The network ------------------------------------------------------------------------------------------------------
def test_what_is_answered_offline_is_sent_when_the_network_is_back(any_sitter: Any) -> None:  # noqa: F811
    he, page = any_sitter, any_sitter.page
    he.begins(exam_in(he))
    right = he.right
    he.answers_all(first(right, 2))
    he.waits_until_kept(first(right, 2))

    page.context.set_offline(True)
    page.get_by_role("button", name="下一题").click()
    he.answers_all(dict(list(right.items())[2:]))
    expect(page.get_by_text(re.compile(r"^网络不太稳，已为你保存到 \d\d:\d\d，恢复后自动继续$"))).to_be_visible()
    assert serious_faults(page) == []
    assert he.kept == first(right, 2)
    page.context.set_offline(False)

    he.waits_until_kept(right)
    expect(page.get_by_text("网络恢复了，答案都已保存")).to_be_visible()
    he.hands_in()
    assert he.attempt.right == 5
    only_lost_requests(page)


def test_offline_nothing_is_handed_in_and_he_is_told(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    sitter.begins(exam_in(sitter))
    page.context.set_offline(True)
    sitter.answers_all(sitter.right)
    page.locator("[data-go='1']").click()
    dialog = page.get_by_role("dialog", name="5 题都答完了，现在交卷吗？")
    dialog.get_by_role("button", name="交卷").click()
    expect(dialog.get_by_role("alert")).to_have_text(re.compile("现在连不上服务器，还没有交卷"))
    assert sitter.attempt.state == "open"

    page.context.set_offline(False)
    dialog.get_by_role("button", name="交卷").click()

    page.wait_for_url("**/result/")
    assert sitter.attempt.right == 5, "what waited was sent first"
    only_lost_requests(page)


def test_time_that_runs_out_offline_is_told_and_leads_to_the_result_later(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    sitter.begins(exam_in(sitter))
    sitter.answers_all(first(sitter.right, 3))
    sitter.waits_until_kept(first(sitter.right, 3))
    sitter.has_left(4)
    page.reload()
    ready(page)
    page.context.set_offline(True)

    expect(page.get_by_text("时间到了。网络恢复后自动带你去看结果，已保存的答案都算数")).to_be_visible()
    expect(page.get_by_role("radio").locator("visible=true").first).to_be_disabled()
    page.context.set_offline(False)

    page.wait_for_url("**/result/")
    assert (sitter.attempt.closed_by, sitter.attempt.right) == ("deadline", 3)
    only_lost_requests(page)


def test_a_server_in_trouble_is_asked_again(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    sitter.begins(exam_in(sitter))
    page.route("**/answers", lambda route: route.fulfill(status=503, body="{}"))
    sitter.answers_all(first(sitter.right, 1))
    expect(page.get_by_text("网络不太稳，答案先记在这台设备里，恢复后自动保存")).to_be_visible()
    expect(page.get_by_text("已自动保存")).to_have_count(0)

    page.unroute("**/answers")

    sitter.waits_until_kept(first(sitter.right, 1))
    only_lost_requests(page)


def test_one_request_at_a_time_and_the_latest_state_wins(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    sitter.begins(exam_in(sitter))
    held: list[Any] = []
    page.route("**/answers", lambda route: held.append(route))
    radios = page.get_by_role("radio").locator("visible=true")
    question = sitter.questions[0]

    for number in range(4):
        radios.nth(number).check()
    page.wait_for_timeout(300)
    assert len(held) == 1, "the others wait for this one"
    held.pop().continue_()

    for _ in range(100):
        if held:
            break
        page.wait_for_timeout(50)
    assert held[0].request.post_data_json == {"answers": {question["id"]: [question["options"][3]["id"]]}}
    held.pop().continue_()
    sitter.waits_until_kept({question["id"]: [question["options"][3]["id"]]})
    assert not held


def test_an_answer_under_way_arrives_before_the_paper_is_handed_in(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    sitter.begins(exam_in(sitter, singles=1, pass_points=1))
    held: list[Any] = []
    page.route("**/answers", lambda route: held.append(route))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    sitter.answers_all(sitter.right)
    page.locator("[data-go='1']").click()
    page.get_by_role("dialog", name="现在交卷吗").get_by_role("button", name="交卷").click()
    expect(page.get_by_role("button", name="正在交卷")).to_be_disabled()
    page.wait_for_timeout(300)
    assert not [url for url in sent if url.endswith("/submit")]

    held.pop().continue_()

    page.wait_for_url("**/result/")
    assert sitter.attempt.passed


# --- The browser dies -------------------------------------------------------------------------------------------------
def test_a_browser_that_is_killed_loses_nothing_that_was_acknowledged(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    sitter.begins(exam_in(sitter))
    sitter.answers_all(first(sitter.right, 3))
    sitter.waits_until_kept(first(sitter.right, 3))
    killed(page)

    other = sitter.another_browser()
    other.goto(address(sitter))
    ready(other)

    assert shown_answers(other) == first(sitter.right, 3)
    expect(other.get_by_role("heading", name="第 4 题，共 5 题")).to_be_visible()


def test_what_waited_is_sent_by_the_same_browser_when_it_is_opened_again(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    sitter.begins(exam_in(sitter))
    sitter.answers_all(first(sitter.right, 1))
    sitter.waits_until_kept(first(sitter.right, 1))
    page.context.set_offline(True)
    page.get_by_role("button", name="下一题").click()
    sitter.answers_all(dict(list(sitter.right.items())[1:3]))
    profile = killed(page)
    only_lost_requests(page)
    assert sitter.kept == first(sitter.right, 1)

    elsewhere = sitter.another_browser()
    elsewhere.goto(address(sitter))
    ready(elsewhere)
    assert shown_answers(elsewhere) == first(sitter.right, 1), "another browser knows nothing of it"
    again = sitter.page = sitter.another_browser(storage_state=profile)
    again.goto(address(sitter))
    ready(again)

    assert shown_answers(again) == first(sitter.right, 3)
    sitter.waits_until_kept(first(sitter.right, 3))


def test_a_choice_made_while_an_earlier_one_was_under_way_survives_a_reload(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    sitter.begins(exam_in(sitter))
    held: list[Any] = []
    page.route("**/answers", lambda route: held.append(route))
    question = sitter.questions[0]
    radios = page.get_by_role("radio").locator("visible=true")
    radios.nth(0).check()
    radios.nth(1).check()
    held[0].fetch()  # the first one arrives, and nobody hears of it
    sitter.waits_until_kept({question["id"]: [question["options"][0]["id"]]})
    profile = killed(page)

    again = sitter.page = sitter.another_browser(storage_state=profile)
    again.goto(address(sitter))
    ready(again)

    assert shown_answers(again) == {question["id"]: [question["options"][1]["id"]]}
    sitter.waits_until_kept({question["id"]: [question["options"][1]["id"]]})


def test_what_waits_is_sent_along_when_the_page_goes(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    sitter.begins(exam_in(sitter))
    held: list[Any] = []
    # Once: what is sent while the page goes isn't led through here, where it might come too late.
    page.route("**/answers", lambda route: held.append(route), times=1)
    sitter.answers_all(first(sitter.right, 3))
    assert sitter.kept == {}, "they wait for the first one"

    page.goto("about:blank")

    sitter.waits_until_kept(first(sitter.right, 3))


def test_what_another_device_answered_meanwhile_isnt_undone_by_what_waited(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    sitter.begins(exam_in(sitter))
    page.context.set_offline(True)
    sitter.answers_all(first(sitter.wrong, 1))
    other = sitter.another_browser()
    other.goto(address(sitter))
    ready(other)
    sitter.answers_all(first(sitter.right, 1), other)
    sitter.waits_until_kept(first(sitter.right, 1))

    page.context.set_offline(False)

    page.wait_for_function(
        "chosen => document.querySelector('section[data-question] :checked').value === chosen",
        arg=next(iter(sitter.right.values()))[0],
    )
    assert sitter.kept == first(sitter.right, 1)
    only_lost_requests(page)


def test_nothing_is_left_in_the_browser_after_handing_in(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    sitter.begins(exam_in(sitter))
    page.get_by_role("button", name="标记").locator("visible=true").click()
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('xueshi-exam-')).length") == 1

    sitter.hands_in()

    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('xueshi-exam-')).length") == 0


# --- Another device ---------------------------------------------------------------------------------------------------
def test_the_exam_goes_on_on_another_device(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    course = exam_in(sitter)
    sitter.begins(course)
    sitter.answers_all(first(sitter.right, 2))
    sitter.waits_until_kept(first(sitter.right, 2))

    phone = sitter.another_browser(width=390, height=844, is_mobile=True, has_touch=True)
    phone.goto(f"/learn/exams/{course.pk}/")
    follow(phone.get_by_role("link", name="继续答题").first)
    ready(phone)
    assert shown_answers(phone) == first(sitter.right, 2)
    sitter.answers_all(dict(list(sitter.right.items())[2:]), phone)
    sitter.waits_until_kept(sitter.right)

    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # he comes back to the first one
    page.wait_for_function("() => document.querySelectorAll('section[data-question] :checked').length === 5")
    assert shown_answers(page) == sitter.right
    sitter.hands_in(phone)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_url("**/result/")
    assert sitter.attempt.right == 5


def test_a_paper_handed_in_elsewhere_leads_to_the_result_at_the_next_answer(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    sitter.begins(exam_in(sitter))
    other = sitter.another_browser()
    other.goto(address(sitter))
    ready(other)
    sitter.hands_in(other)

    page.get_by_role("radio").locator("visible=true").first.check()

    page.wait_for_url("**/result/")
    assert sitter.kept == {}
    only_lost_requests(page)


def test_an_attempt_that_was_voided_leads_back_with_the_reason(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    course = exam_in(sitter)
    sitter.begins(course)
    void_attempt(attempt_id=sitter.attempt.pk, reason="停电", actor_id=1, acting_as="staff", now=clock.now())

    page.get_by_role("radio").locator("visible=true").first.check()

    page.wait_for_url(f"**/learn/exams/{course.pk}/")
    expect(page.get_by_text("这次考试已经作废，不占用机会")).to_be_visible()
    only_lost_requests(page)


def test_a_session_that_ended_is_said_and_nothing_is_lost(sitter: Any) -> None:  # noqa: F811
    page = sitter.page
    sitter.begins(exam_in(sitter))
    sitter.client.session.flush()

    sitter.answers_all(first(sitter.right, 1))
    expect(page.get_by_text("登录已过期。答案都记着，重新登录就能接着答。")).to_be_visible()
    link = page.get_by_role("link", name="重新登录")
    assert link.get_attribute("href") == f"/login/?next={address(sitter).replace('/', '%2F')}"
    sitter.client.force_login(sitter.user, backend="identity.backends.LoginKeyBackend")
    sitter.log_in(page)
    page.goto(address(sitter))
    ready(page)

    sitter.waits_until_kept(first(sitter.right, 1))
    only_lost_requests(page)
