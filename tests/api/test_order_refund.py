"""POST orders/{no}/refund: one's own money back while one hasn't begun (F3)."""

from datetime import timedelta

import pytest

from cms.models import Lesson
from learning.models import Enrolment, LessonProgress
from payments.models import Refund
from tests.identity import factories as people
from tests.learning.driving import Learner
from tests.payments import shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def learner(transactional_db, clock):
    return Learner(people.learner(), clock)


@pytest.fixture
def order(sandbox, learner):
    return shop.paid(learner.user, shop.paid_class())


def code_of(answer):
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_all_of_it_is_asked_back_and_waits_for_finance(learner, order):
    answer = learner.post(f"orders/{order.no}/refund", reason="报错了班")
    assert answer.status_code == 201
    assert answer.json()["status"] == "paid"
    (refund,) = answer.json()["refunds"]
    assert (refund["amount_fen"], refund["state"], refund["reason"]) == (240, "asked", "报错了班")
    assert Enrolment.objects.get().state == Enrolment.State.ACTIVE


def test_a_second_wish_is_refused(learner, order):
    learner.post(f"orders/{order.no}/refund", reason="报错了班")
    assert code_of(learner.post(f"orders/{order.no}/refund", reason="还是")) == (409, "refund_not_allowed")
    assert Refund.objects.count() == 1


def test_who_has_begun_is_refused(learner, order):
    enrolment = Enrolment.objects.get()
    lesson = Lesson.objects.get(course__class_page=enrolment.class_page)
    LessonProgress.objects.create(enrolment=enrolment, lesson=lesson, duration_ms=60_000, frontier_ms=1, beat_at_ms=1)
    assert code_of(learner.post(f"orders/{order.no}/refund", reason="不想学")) == (409, "refund_not_allowed")
    assert not Refund.objects.exists()


def test_it_is_too_late_after_seven_days(learner, order, clock):
    clock.set(clock.now() + timedelta(days=7, minutes=1))
    answer = learner.post(f"orders/{order.no}/refund", reason="不想学")
    assert code_of(answer) == (409, "refund_not_allowed")
    assert "7 天" in answer.json()["errors"][0]["detail"]
    assert not Refund.objects.exists()


def test_an_unpaid_order_has_nothing_to_give_back(sandbox, learner):
    order = shop.ordered(learner.user, shop.paid_class())
    assert code_of(learner.post(f"orders/{order.no}/refund", reason="不想学")) == (409, "refund_not_allowed")


def test_it_needs_a_reason(learner, order):
    answer = learner.post(f"orders/{order.no}/refund")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "reason")
    assert not Refund.objects.exists()


def test_another_does_not_find_it_and_a_visitor_logs_in(learner, order, clock, client):
    assert Learner(people.stranger(), clock).post(f"orders/{order.no}/refund", reason="1").status_code == 404
    assert client.post(f"/api/v1/orders/{order.no}/refund").status_code == 401
    assert not Refund.objects.exists()
