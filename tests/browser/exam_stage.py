"""An exam in a real browser on a real server: a learner who has watched, his paper, what the page says."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from cms.models import ClassPage, Course
from core import clock
from exams.models import Attempt, Paper
from tests.cms import factories as content
from tests.exams import classes
from tests.identity import factories as people
from tests.learning.driving import Learner
from tests.support.clock import FakeClock


class Sitter(Learner):
    """李雷 before an exam, at one or more browser pages."""

    def __init__(self, page: Any, base: str, open_page: Callable[..., Any]) -> None:
        super().__init__(people.learner(), FakeClock(clock.now()))
        self.page, self.base, self.open_page = page, base, open_page
        self.log_in(page)

    def log_in(self, page: Any) -> None:
        """The session of this person in that page's browser."""
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": self.client.cookies[name].value, "url": self.base}])

    def another_browser(self, **options: Any) -> Any:
        """A page of the same person in a browser that knows nothing yet."""
        page = self.open_page(**options)
        self.log_in(page)
        return page

    @contextmanager
    def at_his_own_pace(self) -> Iterator[None]:
        """Watching takes no time of the test's: the server's clock is the learner's, and never goes back."""
        self.clock.set(max(self.clock.now(), clock.now()))
        with clock.use(self.clock):
            yield

    def studies(self, class_page: ClassPage, course: Course) -> None:
        with self.at_his_own_pace():
            self.enrols(class_page)
            classes.watch_all(self, course)

    # What he does on the page
    def begins(self, course: Course) -> Attempt:
        self.page.goto(f"/learn/exams/{course.pk}/")
        self.page.get_by_role("button", name=re.compile("开始第 . 次考试")).click()
        self.page.wait_for_url("**/learn/exams/attempts/**")
        ready(self.page)
        return self.attempt

    def answers_all(self, answers: dict[str, list[str]], page: Any = None) -> None:
        """Question by question, as a person goes through a paper."""
        page = page or self.page
        for question, chosen in answers.items():
            section = page.locator(f"section[data-question='{question}']")
            expect(section).to_be_visible()
            for option in chosen:
                section.locator(f"input[value='{option}']").check()
            if question != list(answers)[-1]:
                page.get_by_role("button", name="下一题").click()

    def hands_in(self, page: Any = None) -> None:
        page = page or self.page
        button = page.get_by_role("button", name="交卷", exact=True).locator("visible=true")
        if not button.count():
            page.get_by_role("button", name="答题卡").click()
        button.first.click()
        page.get_by_role("dialog", name="现在交卷吗").get_by_role("button", name="交卷", exact=True).click()
        page.wait_for_url("**/result/")

    # What the server holds
    @property
    def attempt(self) -> Attempt:
        return Attempt.objects.filter(user=self.user).order_by("-pk")[0]

    @property
    def right(self) -> dict[str, list[str]]:
        return classes.right_answers(str(self.attempt.public_id))

    @property
    def wrong(self) -> dict[str, list[str]]:
        return classes.wrong_answers(str(self.attempt.public_id))

    @property
    def kept(self) -> dict[str, list[str]]:
        return self.attempt.answers

    @property
    def questions(self) -> list[dict[str, Any]]:
        return Paper.objects.get(attempt=self.attempt).questions

    def has_left(self, seconds: float) -> None:
        """The attempt in progress was begun so long ago that only this much time is left."""
        attempt = self.attempt
        left = clock.now() + timedelta(seconds=seconds)
        Attempt.objects.filter(pk=attempt.pk).update(
            deadline_at=left, opened_at=left - (attempt.deadline_at - attempt.opened_at)
        )

    def waits_until_kept(self, answers: dict[str, list[str]]) -> None:
        """Until the server holds exactly these."""
        for _ in range(300):
            if {question: chosen for question, chosen in self.kept.items() if chosen} == answers:
                return
            self.page.wait_for_timeout(50)
        assert self.kept == answers


def ready(page: Any) -> None:
    """The paper's script has taken over."""
    page.locator("form[data-exam][data-ready]").wait_for()


@pytest.fixture
def sitter(transactional_db: None, page: Any, live_server: Any, open_page: Any) -> Sitter:
    content.set_up_site()
    return Sitter(page, live_server.url, open_page)


@pytest.fixture
def phone_sitter(transactional_db: None, phone: Any, live_server: Any, open_page: Any) -> Sitter:
    content.set_up_site()
    return Sitter(phone, live_server.url, open_page)


@pytest.fixture(params=["sitter", "phone_sitter"])
def any_sitter(request: pytest.FixtureRequest, transactional_db: None) -> Sitter:
    """At 1280, then at 390 pixels."""
    return request.getfixturevalue(request.param)


def exam_in(sitter: Sitter, *, singles: int = 5, pass_points: int = 3, minutes: int = 30, **fields: Any) -> Course:
    """A course that this learner has watched, its exam open to him; twelve questions in its bank."""
    page, (course, *_rest) = classes.exam_class(
        classes.exam(classes.bank(singles=12), singles, pass_points=pass_points, minutes=minutes), **fields
    )
    sitter.studies(page, course)
    return course


def only_lost_requests(page: Any) -> None:
    """What the browser itself says of requests that failed on purpose is no fault; anything else is."""
    others = [line for line in page.complaints if "Failed to load resource" not in line]
    page.complaints[:] = others
