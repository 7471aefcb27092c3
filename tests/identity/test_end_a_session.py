"""Sessions and tokens end: by logging out, by not being used, by their term (P5, P6)."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from core.models import AuditEntry
from identity import tokens
from identity.models import AccessToken, Membership, User
from identity.services import on_session_end
from tests.identity.driving import Browser, Program, code_of

pytestmark = pytest.mark.django_db
TWO_HOURS = 2 * 3600
WEEK = 7 * 24 * 3600


@pytest.fixture
def ended():
    """What a higher room is told when somebody stops acting."""
    told = []
    take_back = on_session_end(lambda **what: told.append(what))
    yield told
    take_back()


# --- Logging out ------------------------------------------------------------------------------------------------------
def test_logging_out_ends_the_session(browser, lilei):
    browser.logs_in(lilei)
    old_cookie = browser.client.cookies["sessionid"].value

    assert browser.post("auth/logout").status_code == 204

    browser.client.cookies["sessionid"] = old_cookie
    assert browser.get("me").status_code == 401
    assert not Session.objects.exists()


def test_logging_out_revokes_the_token(program, lilei):
    program.logs_in(lilei)

    assert program.post("auth/logout").status_code == 204

    assert program.get("me").status_code == 401
    assert not AccessToken.objects.exists()


def test_logging_out_leaves_other_devices_in(program, lilei):
    other = Program()
    other.logs_in(lilei)
    program.logs_in(lilei)

    program.post("auth/logout")

    assert other.get("me").status_code == 200


def test_logging_out_ends_what_runs(program, browser, lilei, clock, ended):
    program.logs_in(lilei)
    program.post("auth/logout")
    browser.logs_in(lilei)
    browser.post("auth/logout")

    assert ended == [{"user_id": lilei.pk, "reason": "logout", "now": clock.now()}] * 2


def test_logging_out_is_written_down(browser, lilei):
    browser.logs_in(lilei)
    browser.post("auth/logout")

    acts = list(AuditEntry.objects.order_by("pk").values_list("act", "actor_id"))
    assert acts == [("login", lilei.pk), ("logout", lilei.pk)]


def test_a_visitor_has_nothing_to_log_out_of(browser):
    assert browser.post("auth/logout").status_code == 401


# --- Not being used ---------------------------------------------------------------------------------------------------
def test_a_session_that_idled_has_ended(browser, lilei, clock):
    browser.logs_in(lilei)
    clock.tick(TWO_HOURS + 1)

    assert browser.get("me").status_code == 401
    assert not browser.is_logged_in


def test_a_session_in_use_goes_on(browser, lilei, clock):
    browser.logs_in(lilei)
    for _ in range(10):
        clock.tick(TWO_HOURS / 2)
        assert browser.get("me").status_code == 200


def test_a_remembered_session_lasts_a_week(browser, lilei, clock):
    browser.logs_in(lilei, remember=True)
    clock.tick(WEEK - 1)
    assert browser.get("me").status_code == 200

    clock.tick(WEEK + 1)
    assert browser.get("me").status_code == 401


def test_a_remembered_cookie_is_kept_for_a_week(browser, lilei, clock):
    browser.logs_in(lilei, remember=True)
    clock.tick(600)

    answer = browser.get("me")

    assert answer.cookies["sessionid"]["max-age"] == WEEK


def test_using_a_session_writes_it_every_five_minutes_at_most(browser, lilei, clock, django_assert_num_queries):
    browser.logs_in(lilei)
    clock.tick(299)
    assert "sessionid" not in browser.get("me").cookies

    clock.tick(2)
    assert "sessionid" in browser.get("me").cookies

    clock.tick(1)
    assert "sessionid" not in browser.get("me").cookies


def test_a_new_login_has_a_new_session_key(browser, lilei):
    first = Browser()
    first.logs_in(lilei)
    browser.logs_in(lilei)

    assert first.client.cookies["sessionid"].value != browser.client.cookies["sessionid"].value


# --- Tokens -----------------------------------------------------------------------------------------------------------
def test_a_token_expires(program, lilei, clock):
    program.logs_in(lilei)
    clock.tick(timedelta(hours=12).total_seconds() - 1)
    assert program.get("me").status_code == 200

    clock.tick(1)
    assert program.get("me").status_code == 401


def test_expired_tokens_are_swept_away_at_the_next_login(program, lilei, clock):
    program.logs_in(lilei)
    clock.tick(timedelta(hours=13).total_seconds())
    program.token = ""
    program.logs_in(lilei)

    assert AccessToken.objects.count() == 1


def test_a_token_is_kept_as_a_hash(program, lilei):
    program.logs_in(lilei)

    assert program.token not in str(AccessToken.objects.values().get())


@pytest.mark.parametrize(
    "header",
    ["Bearer nonsense", "Bearer ", "Bearer", "bearer x y", "Bearer \xff\xfe", "Bearer " + "a" * 10_000, "Bearer a\tb"],
)
def test_what_is_no_token_is_401(client, header, db):
    answer = client.get("/api/v1/me", headers={"authorization": header})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_wins_over_the_cookie(program, browser, lilei, hanmei):
    browser.logs_in(lilei)
    program.client = browser.client
    program.logs_in(hanmei, user_type="employer")

    assert program.get("me").json()["name"] == "韩梅"


def test_a_closed_account_is_out_at_once(program, browser, lilei):
    program.logs_in(lilei)
    browser.logs_in(lilei)
    User.objects.update(is_active=False)

    assert program.get("me").status_code == browser.get("me").status_code == 401


def test_a_token_of_a_role_that_ended_is_void(program, lilei):
    program.logs_in(lilei)
    Membership.objects.update(state="ended")

    answer = program.get("me")

    assert (answer.status_code, code_of(answer)) == (401, "authentication_failed")


def test_a_token_takes_one_query(program, lilei, clock, django_assert_num_queries):
    program.logs_in(lilei)

    with django_assert_num_queries(1):
        assert tokens.find(program.token, clock.now()) is not None


def test_a_cookie_needs_the_csrf_token_to_write(browser, lilei):
    browser.logs_in(lilei)
    browser.client.handler.enforce_csrf_checks = True

    answer = browser.post("auth/logout")

    assert answer.status_code == 403
    assert browser.get("me").status_code == 200
