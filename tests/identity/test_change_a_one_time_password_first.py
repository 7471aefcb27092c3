"""A one-time password opens nothing but the page that changes it (P6)."""

import pytest
from django.test import Client

from identity.models import User
from identity.services import issue_token
from tests.identity import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def lilei(clock):
    user = factories.learner()
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    user.refresh_from_db()
    return user


@pytest.fixture
def browser(lilei):
    client = Client()
    client.force_login(lilei, backend="identity.backends.LoginKeyBackend")
    return client


def test_every_page_leads_to_the_password(browser):
    for address in ("/me/", "/learn/", "/me/years/", "/me/security/"):
        answer = browser.get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/me/password/"), address
    assert browser.get("/me/password/").status_code == 200


def test_after_the_change_all_is_open(browser):
    data = {"old_password": factories.PASSWORD, "new_password": "Another-1-word", "again": "Another-1-word"}
    browser.post("/me/password/", data)

    assert browser.get("/me/").status_code == 200


def test_the_one_time_password_itself_is_no_new_one(browser, lilei):
    data = {"old_password": factories.PASSWORD, "new_password": factories.PASSWORD, "again": factories.PASSWORD}
    page = browser.post("/me/password/", data).content.decode()

    assert "新密码不能和原密码一样" in page
    lilei.refresh_from_db()
    assert lilei.must_change_password


def test_who_forgot_it_may_still_use_a_mailed_link(browser):
    assert browser.get("/password/forgot/").status_code == 200


def test_the_session_of_the_pages_opens_no_api_either(browser):
    answer = browser.get("/api/v1/me/summary")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "password_change_required")


def test_one_can_leave(browser):
    assert browser.post("/logout/").status_code == 302
    assert browser.get("/me/")["Location"].startswith("/login/")


def test_programs_are_told(lilei, client, clock):
    text = issue_token(user=lilei, role=factories.role(lilei), address=None, now=clock.now())[1]
    headers = {"Authorization": f"Bearer {text}"}

    answer = client.get("/api/v1/me/summary", headers=headers)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "password_change_required")
    assert client.get("/api/v1/me", headers=headers).json()["must_change_password"] is True
    assert (
        client.post(
            "/api/v1/me/password",
            {"old_password": factories.PASSWORD, "new_password": "Another-1-word"},
            content_type="application/json",
            headers=headers,
        ).status_code
        == 204
    )
    assert client.get("/api/v1/me/summary", headers=headers).status_code == 200
