"""考试记录 in Wagtail's admin: who sat what, and voiding an attempt with a reason."""

from datetime import timedelta
from typing import Any

import pytest

from cms.services import EDITORS, REVIEWERS
from core.models import AuditEntry
from exams.models import Attempt
from exams.services import regrade, void_question
from learning.models import CourseProgress
from registry.inbox.models import Message
from registry.people.services import SUPPORT
from tests.exams import classes
from tests.exams.conftest import Candidate
from tests.exams.office import staff_of, text
from tests.identity import factories

pytestmark = pytest.mark.django_db
LIST = "/admin/exams/attempts/"


@pytest.fixture
def failed(candidate: Any, exam_of: Any) -> Attempt:
    """李雷 failed once."""
    return candidate.fails(exam_of())


def page_of(attempt: Attempt, act: str = "") -> str:
    return f"{LIST}{attempt.pk}/{act}"


@pytest.mark.parametrize("group", [REVIEWERS, SUPPORT])
def test_attempts_are_listed_by_name_and_masked_number(failed, group):
    page = text(staff_of(group).get(LIST))

    assert "李雷" in page
    assert "110101********" in page
    assert failed.user.id_number not in page
    assert "课程 1" in page
    assert "未通过 0/5" in page


def test_it_is_searched_by_whole_name_or_title_and_never_by_number(failed, candidate, stranger):
    course = Attempt.objects.get().course
    stranger.enrols(course.class_page)
    classes.watch_all(stranger, course)
    other = stranger.sits(course)
    browser = staff_of(SUPPORT)

    def listed(q: str) -> str:
        return text(browser.get(LIST, {"q": q}))

    assert page_of(failed) in listed("李雷")
    assert page_of(other) not in listed("李雷")
    assert page_of(failed) in listed("课程 1")
    assert page_of(failed) in listed("班级 1")
    for q in ("李", failed.user.id_number, "\0"):
        assert page_of(failed) not in listed(q) or q == "\0"


def test_it_is_filtered_and_sorted(failed, candidate):
    browser = staff_of(SUPPORT)
    passed = candidate.passes(failed.course)

    def listed(**query: Any) -> str:
        return text(browser.get(LIST, query))

    assert page_of(failed) not in listed(passed="true")
    assert page_of(passed) in listed(passed="true")
    assert page_of(failed) not in listed(state="voided")
    day = candidate.clock.now().date()
    assert page_of(failed) in listed(opened_at_from=str(day), opened_at_to=str(day))
    assert page_of(failed) not in listed(opened_at_from=str(day + timedelta(days=1)))
    for key in ("opened_at", "-closed_at", "state", "points"):
        assert browser.get(LIST, {"ordering": key}).status_code == 200


def test_pages_are_bounded_and_cost_the_same_for_one_row_and_twenty(failed, candidate, django_assert_max_num_queries):
    browser = staff_of(SUPPORT)
    browser.get(LIST)
    with django_assert_max_num_queries(40) as few:
        browser.get(LIST)
    for_one = len(few)
    for number in range(21):
        learner = Candidate(factories.learner(f"学员{number}", 500 + number), candidate.clock)
        learner.enrols(failed.course.class_page)
        classes.watch_all(learner, failed.course)
        learner.sits(failed.course)
    browser.get(LIST)  # time has passed: the session is written anew
    with django_assert_max_num_queries(40) as many:
        page = text(browser.get(LIST))

    assert len(many) == for_one
    assert page.count("110101********") == 20


def test_its_page_tells_what_happened_and_shows_no_question(failed, candidate):
    paper = failed.paper.questions
    void_question(question_id=paper[0]["question"], reason="有误", actor_id=1, acting_as="staff", now=failed.closed_at)
    regrade(question_id=paper[0]["question"], clock=candidate.clock)
    page = text(staff_of(SUPPORT).get(page_of(failed)))

    for words in ("开始考试", "已答 5/5 题", "本人交卷", "改判", "0 分 → 1 分", "未通过 1/5", "第 1 轮第 1 次"):
        assert words in page
    assert "对的做法" not in page
    assert failed.user.id_number not in page


def test_opening_it_is_written_down_for_its_learner_to_read(failed):
    staff_of(SUPPORT).get(page_of(failed))

    entry = AuditEntry.objects.get(act="person.look_up")
    assert (entry.target_id, entry.after["reason"]) == (str(failed.user_id), "查看考试记录")


def test_support_voids_it_with_a_reason(failed):
    browser = staff_of(SUPPORT)
    assert "确认作废" in text(browser.get(page_of(failed, "void/")))

    answer = browser.post(page_of(failed, "void/"), {"reason": "考点停电"})

    assert answer["location"] == page_of(failed)
    assert Attempt.objects.get().state == "voided"
    entry = AuditEntry.objects.get(act="exam.attempt_voided")
    assert (entry.actor_id, entry.after["reason"]) == (browser.user.pk, "考点停电")
    assert Message.objects.get(kind="exam_voided").body == "原因：考点停电"
    page = text(browser.get(page_of(failed)))
    assert f"考点停电（{SUPPORT}甲）" in page
    assert "作废这次考试" not in page


def test_it_says_that_a_cleared_course_comes_back_and_it_does(failed, candidate):
    last = candidate.fails(failed.course)
    browser = staff_of(REVIEWERS)
    assert "作废后进度恢复" in text(browser.get(page_of(last, "void/")))
    assert CourseProgress.objects.get().round == 2

    browser.post(page_of(last, "void/"), {"reason": "生病"})

    assert CourseProgress.objects.get().round == 1


def test_without_a_reason_nothing_is_voided(failed):
    page = text(staff_of(SUPPORT).post(page_of(failed, "void/"), {"reason": ""}))

    assert "写上原因" in page
    assert Attempt.objects.get().state == "finished"
    assert not AuditEntry.objects.filter(act="exam.attempt_voided").exists()


def test_what_was_passed_or_voided_is_refused_in_words(candidate, exam_of):
    attempt = candidate.passes(exam_of())
    browser = staff_of(SUPPORT)

    assert browser.get(page_of(attempt, "void/")).status_code == 404
    assert "不能作废" in text(browser.post(page_of(attempt, "void/"), {"reason": "停电"}))
    assert Attempt.objects.get().passed


def test_editors_learners_and_strangers_do_not_get_in(failed, candidate, client):
    for browser in (staff_of(EDITORS), candidate.client, client):
        for address in (LIST, page_of(failed), page_of(failed, "void/")):
            assert browser.get(address).status_code in {302, 403}
        assert browser.post(page_of(failed, "void/"), {"reason": "停电"}).status_code in {302, 403, 404}
    assert Attempt.objects.get().state == "finished"


def test_what_is_no_attempt_is_not_there(failed):
    browser = staff_of(SUPPORT)
    assert browser.get(f"{LIST}0/").status_code == 404
    assert browser.post(f"{LIST}0/void/", {"reason": "停电"}).status_code == 404
