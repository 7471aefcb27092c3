"""Practise, be wrong, see why, find it in the mistakes book, be right twice: it is gone. By mouse, by keyboard, on a
phone, without a network for a moment, and without JavaScript (L9).
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.images import ImageFile
from PIL import Image as Pillow
from playwright.sync_api import expect
from wagtail.images.models import Image

from cms.models import BankQuestion
from exams.models import PracticeRecord
from tests.browser.waiting import follow, serious_faults
from tests.exams import classes
from tests.exams.conftest import Candidate
from tests.exams.practising import course_with_practice, practises
from tests.identity import factories as people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def candidate(transactional_db: None, clock: Any) -> Candidate:
    return Candidate(people.learner(), clock)


@pytest.fixture
def opened(open_page: Callable[..., Any], candidate: Candidate, live_server: Any) -> Callable[..., Any]:
    """`opened(width=390)`: a page of the candidate's, logged in."""

    def open_one(**options: Any) -> Any:
        page = open_page(**options)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies(
            [{"name": name, "value": candidate.client.cookies[name].value, "url": live_server.url}]
        )
        return page

    return open_one


PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def is_sound(page: Any) -> None:
    """Nothing for axe to find, nothing wider than the screen."""
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def answers(page: Any, option: str) -> None:
    page.locator("label.xs-option", has_text=option).click()
    page.get_by_role("button", name="看答案").click()


@pytest.mark.parametrize("screen", [{"width": 1280, "height": 800}, PHONE], ids=["1280", "390"])
def test_a_mistake_is_explained_kept_and_learned(candidate: Candidate, opened: Any, screen: dict[str, Any]) -> None:
    course, (question,) = course_with_practice(candidate, 1)
    page = opened(**screen)
    page.goto("/learn/practice/")
    is_sound(page)
    follow(page.get_by_role("link", name="去练习"))
    is_sound(page)

    answers(page, "错的甲")

    told = page.locator(".xs-told")
    expect(told).to_contain_text("答错了，正确答案是")
    expect(told).to_contain_text("已收进错题本，连续答对 2 次就移出")
    expect(told).to_be_focused()
    expect(page.get_by_text(question.explanation)).to_be_visible()
    expect(page.locator("#practice-count")).to_have_text("答了 1 题，对 0 题")
    expect(page.locator("[data-result=ok]")).to_contain_text("正确答案")
    expect(page.locator("[data-result=bad]")).to_contain_text("你选的")
    is_sound(page)

    page.get_by_role("button", name="看这一组的结果").click()
    expect(page.get_by_role("heading", name="这一组答了 1 题，对 0 题")).to_be_focused()
    is_sound(page)

    page.goto("/learn/mistakes/")
    expect(page.get_by_text("错过 1 次，再答对 2 次就移出")).to_be_visible()
    page.get_by_text("看答案和解析").click()
    expect(page.get_by_text(question.explanation)).to_be_visible()
    is_sound(page)

    follow(page.get_by_role("link", name="练错题"))
    answers(page, "对的做法")
    expect(told).to_contain_text("再答对 1 次就移出错题本")
    page.get_by_role("button", name="看这一组的结果").click()
    follow(page.get_by_role("button", name="再来一组"))
    answers(page, "对的做法")
    expect(told).to_contain_text("连续答对 2 次，已移出错题本")
    page.get_by_role("button", name="看这一组的结果").click()
    expect(page.get_by_text("这门课程的错题都练会了。")).to_be_visible()

    page.goto("/learn/mistakes/")
    expect(page.get_by_text("错题本是空的")).to_be_visible()
    is_sound(page)
    record = PracticeRecord.objects.get()
    assert (record.tries, record.wrong, record.is_mistake) == (3, 1, False)


def test_the_whole_of_it_by_keyboard(candidate: Candidate, opened: Any) -> None:
    course, questions = course_with_practice(candidate, 3)
    page = opened()

    def asked(number: int) -> None:
        """The question is there, and so is the script that hears keys."""
        expect(page.get_by_text(f"第 {number} 题，这一组共 3 题")).to_be_visible()
        page.wait_for_load_state()

    page.goto(f"/learn/practice/{course.pk}/")
    for number, key in enumerate(("1", "b", "3"), 1):
        asked(number)
        page.keyboard.press(key)
        expect(page.locator("input[name=option]").nth("1b3".index(key))).to_be_checked()
        page.keyboard.press("Enter")
        expect(page.locator(".xs-told")).to_be_focused()
        page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="这一组答了 3 题")).to_be_focused()
    assert PracticeRecord.objects.count() == 3
    page.keyboard.press("Enter")
    asked(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("先选好答案，再看对不对")
    expect(page.get_by_role("alert")).to_be_focused()
    assert serious_faults(page) == []


def test_keys_choose_several_and_take_back(candidate: Candidate, opened: Any) -> None:
    bank_id = classes.bank(singles=0, multiples=1)
    rules = [classes.ExamRule(1, bank_id, kind="multiple")]
    class_page, (course,) = classes.exam_class(classes.ExamDraft(rules=rules, pass_points=1, minutes=10))
    candidate.enrols(class_page)
    BankQuestion.objects.update(pool="both")
    page = opened()
    page.goto(f"/learn/practice/{course.pk}/")

    for key in "acdc":
        page.keyboard.press(key)

    boxes = page.locator("input[name=option]")
    assert [boxes.nth(place).is_checked() for place in range(4)] == [True, False, False, True]


def test_a_lost_connection_is_told_and_the_answer_counts_once(candidate: Candidate, opened: Any) -> None:
    course, _questions = course_with_practice(candidate, 1)
    page = opened()
    page.goto(f"/learn/practice/{course.pk}/")
    page.locator("label.xs-option", has_text="错的甲").click()

    page.context.set_offline(True)
    page.get_by_role("button", name="看答案").click()
    expect(page.get_by_text("网络不太稳，没有送到。再按一次就好，不会重复计数。")).to_be_visible()
    page.context.set_offline(False)
    page.complaints.clear()  # the browser's own word about the request that failed
    expect(page.get_by_role("radio", checked=True)).to_have_count(1)
    page.get_by_role("button", name="看答案").click()

    expect(page.locator(".xs-told")).to_be_visible()
    expect(page.get_by_text("网络不太稳")).to_be_hidden()
    assert PracticeRecord.objects.get().tries == 1


def test_whoever_was_logged_out_is_led_to_the_login(candidate: Candidate, opened: Any) -> None:
    course, _questions = course_with_practice(candidate, 1)
    page = opened()
    page.goto(f"/learn/practice/{course.pk}/")
    page.locator("label.xs-option", has_text="错的甲").click()
    candidate.client.logout()

    page.get_by_role("button", name="看答案").click()

    page.wait_for_url(f"**/login/?next=/learn/practice/{course.pk}/")
    assert not PracticeRecord.objects.exists()


def test_formulas_and_pictures_are_shown_before_and_after_the_answer(candidate: Candidate, opened: Any) -> None:
    file = BytesIO()
    Pillow.new("RGB", (320, 180), "teal").save(file, "PNG")
    picture = Image.objects.create(title="图", description="心电图一段", file=ImageFile(file, name="right.png"))
    course, (question,) = course_with_practice(candidate, 1)
    question.stem = r"潮气量 $V_T = \frac{MV}{f}$ 怎样算？价格 \$5"
    question.explanation = r"因为 $a^2 + b^2$，也读 $\notacommand{x}$。"
    question.stem_picture = picture
    question.save()
    page = opened()
    page.goto(f"/learn/practice/{course.pk}/")

    expect(page.locator("legend math")).to_have_count(1)
    expect(page.locator("legend")).to_contain_text("价格 $5")
    image = page.get_by_role("img", name="心电图一段")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    assert serious_faults(page) == []
    answers(page, "对的做法")

    expect(page.locator("p.xs-stem math")).to_have_count(1)
    expect(page.locator("p:not(.xs-stem)[data-formulas] math")).to_have_count(1)
    expect(page.locator("p:not(.xs-stem)[data-formulas]")).to_contain_text(r"也读 $\notacommand{x}$")
    practises(candidate, course, question, False)
    page.goto("/learn/mistakes/")
    expect(page.locator("li h3 math")).to_have_count(1)


def test_no_library_is_fetched_where_there_is_no_formula(candidate: Candidate, opened: Any) -> None:
    course, _questions = course_with_practice(candidate, 1)
    page = opened()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))

    page.goto(f"/learn/practice/{course.pk}/")
    page.wait_for_load_state("networkidle")

    assert any(url.endswith("js/formulas.js") for url in fetched)
    assert not [url for url in fetched if "katex" in url]


def test_it_works_without_javascript(candidate: Candidate, opened: Any) -> None:
    course, (question,) = course_with_practice(candidate, 1)
    page = opened(java_script_enabled=False)
    page.goto(f"/learn/practice/{course.pk}/")

    answers(page, "错的甲")

    expect(page.locator(".xs-told")).to_contain_text("答错了")
    expect(page.get_by_text(question.explanation)).to_be_visible()
    page.get_by_role("button", name="看这一组的结果").click()
    expect(page.get_by_text("这一组答了 1 题，对 0 题")).to_be_visible()
    page.get_by_role("button", name="再来一组").click()
    expect(page.get_by_text("第 1 题，这一组共 1 题")).to_be_visible()
