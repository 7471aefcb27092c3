"""登录设备 (P6): the list, ending one, ending all others."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from identity.models import AccessToken, LoginSession
from identity.services import devices_of, issue_token, on_session_end
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


def test_a_watch_that_runs_there_ends_too(lilei, clock):
    here, there = logged_in(lilei), logged_in(lilei)
    row = LoginSession.objects.get(session_key=there.session.session_key)
    told = []
    take_back = on_session_end(lambda **what: told.append(what["reason"]))

    end(here, f"s{row.pk}")
    end(here, "others")
    take_back()

    assert told == ["logout", "logout"]


def test_all_others_are_logged_out_together(lilei, clock):
    here, others = logged_in(lilei), [logged_in(lilei) for _ in range(2)]

    end(here, "others")

    assert [one.get("/me/").status_code for one in others] == [302, 302]
    assert here.get("/me/").status_code == 200
    assert LoginSession.objects.count() == 1


def test_programs_are_logged_out_with_all_others(lilei, client, clock):
    headers = {"Authorization": f"Bearer {token_of(lilei, clock)[1]}"}

    end(logged_in(lilei), "others")

    assert client.get("/api/v1/me", headers=headers).status_code == 401


def token_of(user, clock):
    return issue_token(user=user, role=factories.role(user), address="192.0.2.7", device="学时助手", now=clock.now())


def test_a_program_stands_in_the_list_with_where_it_runs_and_when_it_was_used(lilei, client, clock):
    text = token_of(lilei, clock)[1]
    clock.tick(3600)
    client.get("/api/v1/me", headers={"Authorization": f"Bearer {text}"})

    (one,) = devices_of(user_id=lilei.pk, session_key=None, now=clock.now())

    assert (one.device, one.address, one.is_program) == ("学时助手", "192.0.2.7", True)
    assert one.seen_at == clock.now()


def test_a_program_that_logs_in_is_named_by_its_own_words(program, lilei):
    program.logs_in(lilei, HTTP_USER_AGENT=PHONE)

    assert AccessToken.objects.get().device == "安卓 · Chrome"


def test_the_list_costs_the_same_for_many(lilei, clock, django_assert_num_queries):
    for count in (1, 19):
        for _ in range(count):
            logged_in(lilei)
        with django_assert_num_queries(2):
            devices_of(user_id=lilei.pk, session_key=None, now=clock.now())


def test_what_is_over_leaves_the_list(lilei, clock):
    gone = logged_in(lilei)
    Session.objects.filter(session_key=gone.session.session_key).update(expire_date=clock.now())

    assert devices_of(user_id=lilei.pk, session_key=None, now=clock.now()) == []
    logged_in(lilei)
    assert LoginSession.objects.count() == 1


def test_an_ended_session_is_out_at_once_where_a_cache_stands_before_the_database(lilei, clock, settings, tmp_path):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "sessions"}}
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    here, there = logged_in(lilei), logged_in(lilei)
    row = LoginSession.objects.get(session_key=there.session.session_key)

    end(here, f"s{row.pk}")

    assert there.get("/me/").status_code == 302
    assert here.get("/me/").status_code == 200


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
    assert "这台设备" in here.get("/me/security/").content.decode()
