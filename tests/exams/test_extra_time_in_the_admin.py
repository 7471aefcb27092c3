"""考试延时 in Wagtail's admin: somebody is found, given more time, and it is taken back."""

from datetime import timedelta
from typing import Any

import pytest

from cms.services import EDITORS, REVIEWERS
from core.models import AuditEntry
from exams.models import ExtraTime
from registry.people.services import SUPPORT
from tests.exams.office import staff_of, text
from tests.identity import factories

pytestmark = pytest.mark.django_db
LIST = "/admin/exams/extra-time/"
FIND = f"{LIST}new/"


@pytest.fixture
def support(clock: Any) -> Any:
    return staff_of(SUPPORT)


@pytest.fixture
def granted(support, candidate) -> ExtraTime:
    support.post(f"{FIND}{candidate.user.pk}/", {"percent": "50", "reason": "视力障碍"})
    return ExtraTime.objects.get()


def test_somebody_is_found_by_whole_number_or_name_by_post_alone(support, candidate):
    link = f"{FIND}{candidate.user.pk}/"
    for q in (candidate.user.id_number, "李雷"):
        page = text(support.post(FIND, {"q": q}))
        assert link in page
        assert candidate.user.id_number not in page.replace(f'value="{candidate.user.id_number}"', "")
    assert "没有找到" in text(support.post(FIND, {"q": "李"}))
    assert link not in text(support.get(FIND, {"q": candidate.user.id_number}))


def test_more_time_is_given_with_percent_and_reason(support, candidate, granted, exam_of):
    assert (granted.percent, granted.reason, granted.granted_by_id) == (50, "视力障碍", support.user.pk)
    attempt = candidate.sits(exam_of(minutes=30))
    assert attempt.deadline_at - attempt.opened_at == timedelta(minutes=45)
    page = text(support.get(LIST))
    for words in ("李雷", "110101********", "50%", "视力障碍", f"{SUPPORT}甲"):
        assert words in page
    assert AuditEntry.objects.filter(act="exam.extra_time_granted", actor_id=support.user.pk).count() == 1
    assert AuditEntry.objects.filter(act="person.look_up", target_id=str(candidate.user.pk)).count() == 1


@pytest.mark.parametrize(
    "data", [{"percent": "0", "reason": "x"}, {"percent": "201", "reason": "x"}, {"percent": "50", "reason": " "}]
)
def test_what_is_out_of_bounds_is_told_at_the_field(support, candidate, data):
    page = text(support.post(f"{FIND}{candidate.user.pk}/", data))

    assert "error-message" in page
    assert not ExtraTime.objects.exists()


def test_a_new_one_takes_the_place_of_the_standing_one(support, candidate, granted):
    assert "50%（视力障碍）" in text(support.get(f"{FIND}{candidate.user.pk}/"))

    support.post(f"{FIND}{candidate.user.pk}/", {"percent": "30", "reason": "复核后"})

    assert list(ExtraTime.objects.filter(ended_at__isnull=True).values_list("percent", flat=True)) == [30]
    active = text(support.get(LIST, {"ended": "no"}))
    assert "复核后" in active
    assert "视力障碍" not in active


def test_it_is_taken_back_on_a_page_that_asks(support, granted):
    address = f"{LIST}{granted.pk}/"
    assert "取消延时" in text(support.get(address))
    assert ExtraTime.objects.get().ended_at is None

    support.post(address)

    assert ExtraTime.objects.get().ended_at is not None
    assert "取消后" not in text(support.get(address))
    assert AuditEntry.objects.filter(act="exam.extra_time_ended").count() == 1
    assert "没有符合条件的延时" in text(support.get(LIST, {"ended": "no"}))


def test_a_reviewer_may_too_and_an_editor_may_not(candidate, granted):
    assert staff_of(REVIEWERS).get(LIST).status_code == 200
    editor = staff_of(EDITORS)
    for address in (LIST, FIND, f"{FIND}{candidate.user.pk}/", f"{LIST}{granted.pk}/"):
        assert editor.get(address).status_code == 302
        assert editor.post(address, {"percent": "50", "reason": "x", "q": "李雷"}).status_code in {302, 405}
    row = ExtraTime.objects.get()
    assert (row.percent, row.ended_at) == (50, None)


def test_the_list_asks_the_same_number_of_queries_for_one_row_and_twenty(
    support, granted, clock, django_assert_max_num_queries
):
    support.get(LIST)
    with django_assert_max_num_queries(40) as few:
        support.get(LIST)
    for number in range(20):
        user = factories.learner(f"学员{number}", 500 + number)
        ExtraTime.objects.create(user=user, percent=9, reason="", granted_by_id=1, granted_at=clock.now())
    with django_assert_max_num_queries(40) as many:
        support.get(LIST)
    assert len(many) == len(few)


def test_staff_and_nobody_can_not_be_given_any(support):
    for pk in (support.user.pk, 0):
        assert support.get(f"{FIND}{pk}/").status_code == 404
        assert support.post(f"{FIND}{pk}/", {"percent": "50", "reason": "x"}).status_code == 404
    assert not ExtraTime.objects.exists()
