"""GET me/summary?year=: what the 学习 page says (L8)."""

from decimal import Decimal

import pytest

from registry.hours.services import credit

pytestmark = pytest.mark.django_db


def test_who_has_done_nothing_sees_his_target(learner, clock):
    assert learner.get("me/summary").json() == {
        "year": 2026,
        "target_hours": 90,
        "public_hours": 0,
        "professional_hours": 0,
        "in_progress": [],
        "latest": None,
    }


def test_hours_are_those_of_the_year_asked_for(learner, clock):
    credit(
        user_id=learner.user.pk,
        subject="professional",
        hours=Decimal("2.5"),
        title="课程",
        source_kind="course",
        source_key="1",
        year=2025,
        now=clock.now(),
    )

    assert learner.get("me/summary?year=2025").json()["professional_hours"] == 2.5
    assert learner.get("me/summary").json()["professional_hours"] == 0


def test_a_class_is_in_progress_from_its_first_lesson_on(learner, class_of, clock):
    page, lessons = class_of([60, 60])
    learner.enrols(page)
    assert learner.get("me/summary").json()["in_progress"] == []

    learner.watches_to(learner.starts(lessons[0]), 30)

    body = learner.get("me/summary").json()
    assert body["latest"] == body["in_progress"][0]
    studied = body["latest"]
    assert (studied["slug"], studied["title"], studied["percent"]) == (page.slug, page.title, 25)
    assert (studied["lessons_done"], studied["lessons_total"]) == (0, 2)
    assert studied["lesson"] == {"id": str(lessons[0].pk), "title": lessons[0].title}
    assert studied["last_studied_at"].endswith("+08:00")
    assert isinstance(studied["id"], str)


def test_a_finished_class_is_no_longer_in_progress(learner, class_of, clock):
    page, lessons = class_of([30])
    learner.enrols(page)
    learner.finishes(lessons[0], 30)

    body = learner.get("me/summary").json()

    assert body["in_progress"] == []
    assert body["public_hours"] == float(page.hours)


@pytest.mark.parametrize("year", ["x", "1999", "3000", "2026.5", "%00"])
def test_a_bad_year_names_itself(learner, clock, year):
    response = learner.get(f"me/summary?year={year}")

    assert (response.status_code, response.json()["errors"][0]["attr"]) == (400, "year")


def test_a_visitor_is_asked_to_log_in(client):
    assert client.get("/api/v1/me/summary").status_code == 401


def test_as_many_queries_for_one_class_as_for_twenty(learner, class_of, clock, queries_of):
    def studies_one():
        page, lessons = class_of([60])
        learner.enrols(page)
        learner.starts(lessons[0]).beat(1)

    studies_one()
    for_one = queries_of(lambda: learner.get("me/summary"))
    for _ in range(19):
        studies_one()

    assert queries_of(lambda: learner.get("me/summary")) == for_one
    assert len(learner.get("me/summary").json()["in_progress"]) == 20
