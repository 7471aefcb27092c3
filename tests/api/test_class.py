"""GET classes/{slug}: one class with its syllabus, for a visitor and for whoever is learning (L1, L3)."""

from datetime import timedelta

import pytest

pytestmark = pytest.mark.django_db


def states(body):
    return [(course["state"], [lesson["state"] for lesson in course["lessons"]]) for course in body["courses"]]


def test_a_visitor_sees_everything_but_may_not_enrol(client, class_of, city, clock):
    today = clock.now().date()
    page, lessons = class_of([60], [90], regions=[city], starts_on=today, ends_on=today + timedelta(days=9))

    body = client.get(f"/api/v1/classes/{page.slug}").json()

    courses = body.pop("courses")
    assert body == {
        "slug": page.slug,
        "title": page.title,
        "subject": "public",
        "specialty": None,
        "hours": float(page.hours),
        "price_fen": 0,
        "original_price_fen": None,
        "regions": [city.name],
        "title_series": [],
        "starts_on": "2026-03-02",
        "ends_on": "2026-03-11",
        "enrolled": False,
        "can_enrol": False,
        "why_not": "not_a_learner",
        "why_not_detail": "先登录，再报名",
    }
    assert [course["state"] for course in courses] == ["locked", "locked"]
    assert courses[0]["has_exam"] is False
    assert courses[0]["lessons"] == [
        {"id": str(lessons[0].pk), "title": lessons[0].title, "duration": 60, "state": "locked", "preview": False}
    ]
    assert all(isinstance(course["id"], str) and isinstance(course["hours"], float) for course in courses)


def test_a_learner_sees_what_is_open_and_what_is_done(learner, class_of, clock):
    page, lessons = class_of([30], [30])
    assert states(learner.get(f"classes/{page.slug}").json()) == [("locked", ["locked"]), ("locked", ["locked"])]

    learner.enrols(page)
    assert states(learner.get(f"classes/{page.slug}").json()) == [("open", ["open"]), ("locked", ["locked"])]

    learner.finishes(lessons[0], 30)
    body = learner.get(f"classes/{page.slug}").json()
    assert states(body) == [("done", ["done"]), ("open", ["open"])]
    assert (body["enrolled"], body["can_enrol"], body["why_not"]) == (True, False, None)


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({}, None),
        ({"subject": "professional", "price_fen": 240, "original_price_fen": 480}, "payment_required"),
        ({"starts": 1}, "not_open"),
        ({"ends": -1}, "not_open"),
        ({"elsewhere": True}, "wrong_region"),
    ],
)
def test_what_enrolling_would_say_is_said_before(learner, class_of, other_region, clock, terms, why):
    today = clock.now().date()
    fields = {name: value for name, value in terms.items() if name not in {"starts", "ends", "elsewhere"}}
    fields |= {"starts_on": today + timedelta(days=terms["starts"])} if "starts" in terms else {}
    fields |= {"ends_on": today + timedelta(days=terms["ends"])} if "ends" in terms else {}
    fields |= {"regions": [other_region]} if "elsewhere" in terms else {}
    page, _lessons = class_of([60], **fields)

    body = learner.get(f"classes/{page.slug}").json()

    assert (body["can_enrol"], body["why_not"]) == (why is None, why)
    assert bool(body["why_not_detail"]) == (why is not None)
    tried = learner.enrols(page)
    assert tried.status_code == 201 if why is None else tried.json()["errors"][0]["code"] == why


def test_no_answer_of_a_quiz_is_in_it(learner, class_of, clock):
    page, _lessons = class_of([(60, [10, 40])])
    learner.enrols(page)

    text = learner.get(f"classes/{page.slug}").text

    assert "right" not in text
    assert "对的" not in text


@pytest.mark.parametrize("slug", ["no-such-class", "没有这个班", "x" * 300, "%00", "..%2F..%2Fetc"])
def test_an_unknown_class_is_404(client, slug):
    response = client.get(f"/api/v1/classes/{slug}")

    assert (response.status_code, response.json()["errors"][0]["code"]) == (404, "not_found")


def test_a_class_that_is_no_longer_published_is_404(client, public_class):
    page, _lessons = public_class
    page.unpublish()

    assert client.get(f"/api/v1/classes/{page.slug}").status_code == 404


@pytest.mark.parametrize("who", ["client", "learner"])
def test_as_many_queries_for_one_lesson_as_for_twenty(request, class_of, clock, queries_of, who):
    asker = getattr(request.getfixturevalue(who), "client", request.getfixturevalue(who))
    short, _ = class_of([60])
    long, _ = class_of(*[[60] * 4] * 5)

    assert queries_of(lambda: asker.get(f"/api/v1/classes/{short.slug}")) == queries_of(
        lambda: asker.get(f"/api/v1/classes/{long.slug}")
    )
