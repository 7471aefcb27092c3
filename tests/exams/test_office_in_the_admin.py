"""Exams' pages of Wagtail's admin in a real browser, at both widths: they work, and axe-core finds no serious fault."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from cms.models import BankQuestion
from cms.services import REVIEWERS
from exams.models import Attempt, ExtraTime, QuestionFigures
from exams.services import count_attempts, regrade
from tests.browser.waiting import follow, serious_faults
from tests.exams import classes
from tests.exams.conftest import Candidate
from tests.exams.office import staff_of
from tests.identity import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = pytest.mark.parametrize("width", [1280, 390])
OURS = "#main"


@pytest.fixture
def reviewer(candidate: Any, exam_of: Any) -> Any:
    """A reviewer, where 李雷 and a colleague failed an exam of five questions that many have sat before."""
    course = exam_of(in_bank=5, pass_points=4)
    colleague = Candidate(factories.learner("何敏", 44), candidate.clock)
    colleague.enrols(course.class_page)
    classes.watch_all(colleague, course)
    for learner, right in ((candidate, 3), (colleague, 1)):
        attempt = learner.sits(course)
        ids = classes.wrong_answers(str(attempt.public_id)) | classes.right_answers(str(attempt.public_id), right)
        learner.answers(attempt, ids)
        learner.clock.tick(600)
        learner.hands_in(attempt)
    count_attempts(now=candidate.clock.now())
    for place, question in enumerate(BankQuestion.objects.order_by("pk")):
        right = [12, 70, 99, 46, 30][place]
        options = [option["id"] for option in question.content["options"]]
        chosen = dict(zip(options, [right, 60 - right // 2, 9, 3], strict=True))
        sums = {
            "score_sum": 66.0,
            "score_square_sum": 50.0,
            "right_score_sum": right * [0.71, 0.79, 0.67, 0.66, 0.76][place],
        }
        QuestionFigures.objects.filter(pk=question.pk).update(shown=100, right=right, blank=2, chosen=chosen, **sums)
    return staff_of(REVIEWERS)


@pytest.fixture
def opened(open_page: Any, live_server: Any, reviewer: Any) -> Any:
    """`opened(width)`: a page in the reviewer's session."""

    def open_one(width: int) -> Any:
        page = open_page(width=width, height=844, is_mobile=width < 500, has_touch=width < 500)
        key = settings.SESSION_COOKIE_NAME
        value = reviewer.cookies[key].value
        page.context.add_cookies([{"name": key, "value": value, "url": live_server.url}])
        return page

    return open_one


def judged(page: Any, name: str, width: int) -> None:
    """No serious fault in what is ours; with EXAM_PICTURES a picture is kept in that folder."""
    folder = os.environ.get("EXAM_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    assert serious_faults(page, OURS) == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than the screen"


@WIDTHS
def test_every_page_is_without_serious_fault(opened, candidate, width):
    page = opened(width)
    question, attempt = BankQuestion.objects.order_by("pk")[0], Attempt.objects.order_by("pk")[0]
    granted = ExtraTime.objects.create(
        user=candidate.user, percent=50, reason="视力障碍", granted_by_id=1, granted_at=candidate.clock.now()
    )
    for name, address in {
        "questions": "questions/",
        "question": f"questions/{question.pk}/",
        "void-question": f"questions/{question.pk}/void/",
        "attempts": "attempts/",
        "attempt": f"attempts/{attempt.pk}/",
        "void-attempt": f"attempts/{attempt.pk}/void/",
        "extra-time": "extra-time/",
        "find": "extra-time/new/",
        "grant": f"extra-time/new/{candidate.user.pk}/",
        "end": f"extra-time/{granted.pk}/",
    }.items():
        page.goto(f"/admin/exams/{address}")
        judged(page, name, width)


@WIDTHS
def test_a_wrong_question_is_found_and_voided(opened, candidate, width):
    page = opened(width)
    page.goto("/admin/exams/questions/?doubtful=yes")
    question = BankQuestion.objects.order_by("pk")[0]
    follow(page.get_by_role("link", name=question.stem))
    expect(page.get_by_text("太难")).to_be_visible()
    follow(page.get_by_role("link", name="作废这道题"))
    expect(page.get_by_text("只升不降")).to_be_visible()
    page.get_by_label("原因").fill("两个选项都对")

    follow(page.get_by_role("button", name="确认作废"))

    expect(page.get_by_text("已作废，正在改判受影响的试卷")).to_be_visible()
    regrade(question_id=question.pk, clock=candidate.clock)
    page.reload()
    expect(page.get_by_text("改判完成")).to_be_visible()
    judged(page, "voided-question", width)


@WIDTHS
def test_an_attempt_is_voided_and_more_time_given(opened, candidate, width):
    page = opened(width)
    page.goto("/admin/exams/attempts/?q=李雷")
    follow(page.get_by_role("link", name="李雷", exact=True))
    follow(page.get_by_role("link", name="作废这次考试"))
    page.get_by_label("原因").fill("考点停电")
    follow(page.get_by_role("button", name="确认作废"))
    expect(page.get_by_text("机会已还给他")).to_be_visible()
    expect(page.get_by_text("考点停电")).to_be_visible()

    page.goto("/admin/exams/extra-time/new/")
    page.get_by_label("证件号码或姓名").fill("李雷")
    follow(page.get_by_role("button", name="查找"))
    follow(page.get_by_role("link", name="给他延时"))
    page.get_by_label("延长（%）").fill("50")
    page.get_by_label("原因").fill("视力障碍")
    follow(page.get_by_role("button", name="延时", exact=True))

    expect(page.get_by_text("已延时，正在考的试也一起延长")).to_be_visible()
    assert ExtraTime.objects.get().percent == 50
    assert Attempt.objects.filter(state="voided").count() == 1
