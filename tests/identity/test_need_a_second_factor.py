"""The second factor where the site makes it compulsory (P5): nothing else is open before it is set up."""

import pytest

from identity.services import has_second_factor, issue_token
from tests.identity import factories
from tests.identity.test_prove_with_a_second_factor import browser, by_api, code_of, switched_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def compulsory(settings, clock):
    settings.SECOND_FACTOR_FOR = frozenset({"staff", "administrators"})


def headers_of(user, kind: str, clock) -> dict[str, str]:
    """A token of somebody who acts as `kind`."""
    role = factories.role(user, kind)
    return {"Authorization": f"Bearer {issue_token(user=user, role=role, address=None, now=clock.now())[1]}"}


def told(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_an_administrator_is_led_to_set_it_up_first():
    client = browser(factories.administrator())

    for address in ("/console/", "/me/", "/catalogue/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/me/security/"), address
    assert "要开启两步验证才能使用" in client.get("/me/security/").content.decode()
    assert client.get("/me/security/setup/").status_code == 200


def test_what_the_browser_fetches_by_itself_is_no_page_to_lead_from():
    client = browser(factories.administrator())

    for address in ("/service-worker.js", "/manifest.webmanifest"):
        assert client.get(address).status_code == 200, address


def test_when_it_is_set_up_all_pages_are_open():
    hanmei = factories.administrator()
    client = browser(hanmei)
    client.get("/me/security/setup/")

    client.post("/me/security/setup/", {"code": code_of(hanmei, confirmed=False)})

    assert client.get("/console/").status_code == 200


def test_when_it_is_switched_off_again_they_are_closed():
    hanmei = factories.administrator()
    codes = switched_on(hanmei, "employer")
    client = browser(hanmei)
    assert client.get("/console/").status_code == 200

    client.post("/me/security/off/", {"password": factories.PASSWORD, "code": codes[0]})

    assert not has_second_factor(hanmei.pk)
    assert client.get("/console/")["Location"] == "/me/security/"


def test_staff_are_led_there_too_and_learners_are_not():
    assert browser(factories.staff(is_superuser=True)).get("/admin/")["Location"] == "/me/security/"
    assert browser(factories.learner()).get("/me/").status_code == 200


def test_a_program_of_an_administrator_is_told_to_set_it_up(client):
    answer = by_api(client, factories.administrator(), user_type="employer")

    assert told(answer) == (403, "second_factor_setup_required")


def test_a_session_of_the_pages_opens_no_api_either():
    answer = browser(factories.administrator()).get("/api/v1/administrators")

    assert told(answer) == (403, "second_factor_setup_required")


def test_coming_in_as_a_learner_is_no_way_round(client, clock):
    lilei = factories.learner()
    own = factories.membership(lilei, "employer", is_super=True)
    headers = headers_of(lilei, "technician", clock)
    assert client.get("/api/v1/me/summary", headers=headers).status_code == 200

    client.post("/api/v1/auth/role", {"role": str(own.pk)}, content_type="application/json", headers=headers)

    assert told(client.get("/api/v1/administrators", headers=headers)) == (403, "second_factor_setup_required")


def test_one_can_go_back_to_another_role(client, clock):
    lilei = factories.learner()
    factories.membership(lilei, "employer", is_super=True)
    headers = headers_of(lilei, "employer", clock)
    mine = factories.role(lilei).id

    answer = client.post("/api/v1/auth/role", {"role": mine}, content_type="application/json", headers=headers)

    assert answer.status_code == 200
    assert client.get("/api/v1/me/summary", headers=headers).status_code == 200


def test_where_nothing_is_compulsory_nothing_is_looked_up(settings, client, clock, django_assert_num_queries):
    settings.SECOND_FACTOR_FOR = frozenset()
    headers = headers_of(factories.administrator(), "employer", clock)

    with django_assert_num_queries(2):  # the token with its user; his roles
        client.get("/api/v1/me", headers=headers)
