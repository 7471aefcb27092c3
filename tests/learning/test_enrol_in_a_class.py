"""One click enrols, free (L1); every refusal has its reason (L3)."""

from datetime import date, datetime, timedelta

import pytest

from learning.models import Enrolment
from tests.support.clock import SHANGHAI

pytestmark = pytest.mark.django_db


def code(response) -> str:
    return response.json()["errors"][0]["code"]


def test_one_click_enrols(learner, public_class):
    page, _lessons = public_class

    response = learner.enrols(page)

    assert response.status_code == 201
    assert response.json()["id"] == str(Enrolment.objects.get(user=learner.user, class_page=page).pk)


def test_a_second_click_gives_the_same_enrolment(learner, public_class):
    page, _lessons = public_class
    first = learner.enrols(page).json()

    again = learner.enrols(page)

    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    assert Enrolment.objects.count() == 1


def test_a_paid_class_asks_for_payment(learner, class_of):
    page, _lessons = class_of([60], subject="professional", price_fen=240)

    response = learner.enrols(page)

    assert (response.status_code, code(response)) == (402, "payment_required")
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize(("begins", "ends"), [(1, 30), (-30, -1)])
def test_outside_its_dates_a_class_is_not_open(learner, class_of, clock, begins, ends):
    today = clock.now().date()
    page, _lessons = class_of([60], starts_on=today + timedelta(days=begins), ends_on=today + timedelta(days=ends))

    response = learner.enrols(page)

    assert (response.status_code, code(response)) == (403, "not_open")
    assert not Enrolment.objects.exists()


def test_the_last_day_ends_at_midnight_in_shanghai(learner, stranger, class_of, clock):
    page, lessons = class_of([60], ends_on=date(2026, 12, 31))
    clock.set(datetime(2026, 12, 31, 23, 59, 59, tzinfo=SHANGHAI))
    assert learner.another_device().enrols(page).status_code == 201

    clock.set(datetime(2027, 1, 1, 0, 0, 0, tzinfo=SHANGHAI))
    assert code(stranger.another_device().enrols(page)) == "not_open"
    assert code(learner.another_device().tries_to_start(lessons[0])) == "not_open"


def test_the_first_day_begins_at_midnight_in_shanghai(learner, class_of, clock):
    page, _lessons = class_of([60], starts_on=date(2026, 5, 1))
    clock.set(datetime(2026, 4, 30, 23, 59, 59, tzinfo=SHANGHAI))
    assert code(learner.another_device().enrols(page)) == "not_open"

    clock.set(datetime(2026, 5, 1, 0, 0, 0, tzinfo=SHANGHAI))
    assert learner.another_device().enrols(page).status_code == 201


def test_who_watches_across_midnight_of_the_last_day_ends_his_lesson(learner, class_of, clock):
    page, lessons = class_of([60], ends_on=date(2026, 12, 31))
    clock.set(datetime(2026, 12, 31, 23, 59, 30, tzinfo=SHANGHAI))
    browser = learner.another_device()
    browser.enrols(page)
    sitting = browser.starts(lessons[0])

    assert browser.watches_to(sitting, 60)["lesson_done"]


def test_a_class_of_another_region_is_refused_with_the_regions_name(learner, class_of, other_region):
    page, _lessons = class_of([60], regions=[other_region])

    response = learner.enrols(page)

    assert (response.status_code, code(response)) == (403, "wrong_region")
    assert other_region.name in response.json()["errors"][0]["detail"]


def test_a_class_of_the_city_is_open_to_its_districts(learner, class_of, city):
    page, _lessons = class_of([60], regions=[city])

    assert learner.enrols(page).status_code == 201


def test_who_is_no_learner_cannot_enrol(administrator, public_class):
    page, _lessons = public_class

    response = administrator.enrols(page)

    assert (response.status_code, code(response)) == (403, "not_a_learner")


def test_a_visitor_is_asked_to_log_in(client, public_class):
    page, _lessons = public_class

    assert client.post(f"/api/v1/classes/{page.slug}/enrolment").status_code == 401


def test_an_unknown_class_is_404(learner):
    assert learner.post("classes/no-such-class/enrolment").status_code == 404


def test_who_is_enrolled_may_study_on_until_the_grace_date(learner, class_of, clock):
    today = clock.now().date()
    page, lessons = class_of([60], ends_on=today, grace_until=today + timedelta(days=10))
    learner.enrols(page)

    clock.tick(5 * 24 * 3600)
    assert learner.another_device().tries_to_start(lessons[0]).status_code == 201
    clock.tick(10 * 24 * 3600)
    assert code(learner.another_device().tries_to_start(lessons[0])) == "not_open"
