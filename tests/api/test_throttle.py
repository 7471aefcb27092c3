"""Nobody asks the API without end; a user's calls and a visitor's address are counted apart."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def tight(settings):
    settings.API_CALLS_A_MINUTE = 3
    settings.API_VISITOR_CALLS_A_MINUTE = 2


def ask(client, **headers):
    return client.get("/api/v1/specialties", **headers)


def test_a_visitor_is_told_when_to_come_back(client, tight, clock):
    clock.tick(20)
    assert [ask(client).status_code for _ in range(3)] == [200, 200, 429]

    response = ask(client)

    assert response.json()["errors"][0]["code"] == "throttled"
    assert response["Retry-After"] == "40"


def test_the_next_minute_begins_anew(client, tight, clock):
    assert [ask(client).status_code for _ in range(3)] == [200, 200, 429]
    clock.tick(60)

    assert ask(client).status_code == 200


def test_another_address_is_another_visitor(client, tight, clock):
    assert [ask(client).status_code for _ in range(3)] == [200, 200, 429]

    assert ask(client, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_a_made_up_forwarding_header_makes_nobody_another_visitor(client, tight, clock):
    assert [ask(client, HTTP_X_FORWARDED_FOR=f"203.0.113.{i}").status_code for i in range(3)] == [200, 200, 429]


def test_a_user_is_counted_wherever_he_asks_from(learner, tight, clock):
    answers = [ask(learner.client, REMOTE_ADDR=f"203.0.113.{i}").status_code for i in range(4)]

    assert answers == [200, 200, 200, 429]
