"""登录设备 (P6): the list, ending one, ending all others."""

import pytest
from django.test import Client

from identity.models import LoginSession
from identity.services import issue_token
from tests.identity import factories
from tests.identity.driving import captcha_fields

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"


def logged_in(user, agent: str = PHONE) -> Client:
    client = Client(headers={"User-Agent": agent})
    data = {"side": "technician", "id_type": "resident", "id_number": user.id_number, "password": factories.PASSWORD}
    client.post("/login/", {**data, **captcha_fields()})
    assert client.get("/me/").status_code == 200
    return client


@pytest.fixture
def lilei():
    return factories.learner()


def end(client, device):
    return client.post("/me/security/end/", {"device": device})


def test_each_browser_stands_in_the_list_in_words(lilei, clock):
    client = logged_in(lilei)

    page = client.get("/me/security/").content.decode()

    assert "安卓 · Chrome" in page
    assert "这台设备" in page


def test_another_browser_is_logged_out_at_once(lilei, clock):
    here, there = logged_in(lilei), logged_in(lilei)
    row = LoginSession.objects.get(session_key=there.session.session_key)

    end(here, f"s{row.pk}")

    assert there.get("/me/").status_code == 302
    assert here.get("/me/").status_code == 200


def test_all_others_are_logged_out_together(lilei, clock):
    here, others = logged_in(lilei), [logged_in(lilei) for _ in range(2)]

    end(here, "others")

    assert [one.get("/me/").status_code for one in others] == [302, 302]
    assert here.get("/me/").status_code == 200
    assert LoginSession.objects.count() == 1


def test_a_program_is_logged_out(lilei, client, clock):
    token, text = issue_token(user=lilei, role=factories.role(lilei), address=None, now=clock.now())
    headers = {"Authorization": f"Bearer {text}"}
    assert client.get("/api/v1/me", headers=headers).status_code == 200

    end(logged_in(lilei), f"t{token.token_key}")

    assert client.get("/api/v1/me", headers=headers).status_code == 401


def test_nobody_ends_anothers(lilei, clock):
    here = logged_in(lilei)
    stranger = logged_in(factories.stranger())
    row = LoginSession.objects.get(session_key=here.session.session_key)

    for device in (f"s{row.pk}", "s999999", "x", "s" + "9" * 30):
        assert end(stranger, device).status_code == 404
    assert here.get("/me/").status_code == 200


def test_logging_out_takes_the_browser_off_the_list(lilei, clock):
    logged_in(lilei).post("/logout/")

    assert not LoginSession.objects.exists()


def test_a_new_password_ends_the_others(lilei, clock):
    here, there = logged_in(lilei), logged_in(lilei)

    here.post(
        "/me/password/",
        {"old_password": factories.PASSWORD, "new_password": "Another-1-word", "again": "Another-1-word"},
    )

    assert there.get("/me/").status_code == 302
    assert LoginSession.objects.count() == 1
