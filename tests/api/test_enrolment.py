"""POST classes/{slug}/enrolment: the statuses of the contract. The rules themselves are tested in tests/learning/."""

from datetime import timedelta

import pytest

from learning.models import Enrolment

pytestmark = pytest.mark.django_db


def test_the_first_call_makes_and_later_calls_give_the_same(learner, public_class, clock):
    page, _lessons = public_class

    first, again = learner.enrols(page), learner.enrols(page)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json() == {
        "id": str(Enrolment.objects.get().pk),
        "slug": page.slug,
        "title": page.title,
        "enrolled_at": "2026-03-02T09:00:00+08:00",
    }


@pytest.mark.parametrize(
    ("status", "code", "terms"),
    [
        (402, "payment_required", {"subject": "professional", "price_fen": 240}),
        (403, "not_open", {"ends_on": "yesterday"}),
        (403, "wrong_region", {"regions": "elsewhere"}),
    ],
)
def test_a_refusal_has_the_contract_s_status_and_enrols_nobody(
    learner, class_of, clock, other_region, status, code, terms
):
    if "ends_on" in terms:
        terms = {"ends_on": clock.now().date() - timedelta(days=1)}
    if "regions" in terms:
        terms = {"regions": [other_region]}
    page, _lessons = class_of([60], **terms)

    response = learner.enrols(page)

    assert (response.status_code, response.json()["errors"][0]["code"]) == (status, code)
    assert response.json()["errors"][0]["attr"] is None
    assert not Enrolment.objects.exists()


def test_who_is_no_learner_is_told_so(administrator, public_class):
    page, _lessons = public_class

    response = administrator.enrols(page)

    assert (response.status_code, response.json()["errors"][0]["code"]) == (403, "not_a_learner")


def test_a_visitor_is_asked_to_log_in(client, public_class):
    page, _lessons = public_class

    response = client.post(f"/api/v1/classes/{page.slug}/enrolment")

    assert (response.status_code, response.json()["errors"][0]["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("slug", ["no-such-class", "没有这个班", "x" * 300, "%00", "1' OR '1'='1"])
def test_an_unknown_class_is_404(learner, slug):
    assert learner.post(f"classes/{slug}/enrolment").status_code == 404


def test_a_class_that_is_no_longer_published_is_404(learner, public_class):
    page, _lessons = public_class
    page.unpublish()

    assert learner.enrols(page).status_code == 404


def test_a_cookie_without_a_csrf_token_enrols_nobody(learner, public_class):
    from django.test import Client

    page, _lessons = public_class
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = learner.client.cookies

    response = strict.post(f"/api/v1/classes/{page.slug}/enrolment")

    assert response.status_code == 403
    assert not Enrolment.objects.exists()
