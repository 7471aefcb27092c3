"""Changing the password (P6): the old one is needed, weak ones are refused, everything else ends."""

import pytest

from core.models import AuditEntry
from identity.models import AccessToken, User
from identity.passwords import IdentityDerivedValidator
from identity.services import on_session_end
from tests.identity import factories
from tests.identity.driving import Browser, Program, code_of

pytestmark = pytest.mark.django_db
NEW = "Lanhua-8848-xi"


def change(who, old=factories.PASSWORD, new=NEW):
    return who.post("me/password", {"old_password": old, "new_password": new})


def test_the_new_password_logs_in_and_the_old_no_more(program, lilei):
    program.logs_in(lilei)

    assert change(program).status_code == 204

    assert code_of(Program().tries(lilei)) == "bad_credentials"
    assert Program().tries(lilei, password=NEW).status_code == 200


def test_other_sessions_and_tokens_end(program, browser, lilei):
    other_program, other_browser = Program(), Browser()
    other_program.logs_in(lilei)
    other_browser.logs_in(lilei)
    browser.logs_in(lilei)

    change(browser)

    assert other_program.get("me").status_code == other_browser.get("me").status_code == 401
    assert browser.get("me").status_code == 200


def test_the_token_that_asked_goes_on(program, browser, lilei):
    program.logs_in(lilei)
    browser.logs_in(lilei)

    change(program)

    assert program.get("me").status_code == 200
    assert browser.get("me").status_code == 401
    assert AccessToken.objects.count() == 1


def test_a_password_changed_in_any_other_way_voids_tokens(program, lilei):
    program.logs_in(lilei)
    lilei.set_password(NEW)
    lilei.save()

    assert program.get("me").status_code == 401


def test_what_runs_ends_and_it_is_written_down(program, lilei, clock):
    told = []
    take_back = on_session_end(lambda **what: told.append(what))
    program.logs_in(lilei)

    change(program)

    take_back()
    assert told == [{"user_id": lilei.pk, "reason": "password", "now": clock.now()}]
    entry = AuditEntry.objects.get(act="password.change")
    assert entry.actor_id == lilei.pk
    assert NEW not in str(vars(entry))
    assert factories.PASSWORD not in str(vars(entry))


def test_a_one_time_password_need_not_be_changed_again(program, lilei, clock):
    User.objects.update(must_change_password=True)
    program.logs_in(lilei)
    assert program.get("me").json()["must_change_password"] is True

    change(program)

    assert program.get("me").json()["must_change_password"] is False
    lilei.refresh_from_db()
    assert lilei.password_changed_at == clock.now()


def test_the_old_password_is_needed(program, lilei):
    program.logs_in(lilei)

    answer = change(program, old="Another-2026")

    assert (answer.status_code, code_of(answer)) == (400, "wrong_password")
    assert answer.json()["errors"][0]["attr"] == "old_password"
    assert Program().tries(lilei).status_code == 200


def test_the_old_password_cannot_be_guessed_here_either(program, lilei):
    program.logs_in(lilei)
    for n in range(5):
        change(program, old=f"Guess-{n:04}")

    answer = change(program)

    assert (answer.status_code, code_of(answer)) == (429, "locked")
    assert Program().tries(lilei, password=NEW).status_code == 429


@pytest.mark.parametrize(
    "weak",
    [
        pytest.param("abc-123", id="short"),
        pytest.param("password123", id="common"),
        pytest.param("9173826450", id="digits only"),
        pytest.param("Li-19900307", id="birth date"),
        pytest.param("Li-900307-x", id="short birth date"),
        pytest.param("x-{tail6}-Y", id="last six of the number"),
        pytest.param("x-{tail8}-Y", id="last eight of the number"),
        pytest.param("{head6}-hello", id="first six of the number"),
        pytest.param("x139{mobile8}", id="mobile"),
        pytest.param("李雷的密码2026", id="name"),
        pytest.param("leilei.work", id="e-mail name"),
    ],
)
def test_a_weak_password_is_refused(program, clock, weak):
    user = factories.learner(mobile="13900001234", email="leilei.work@example.com")
    number = user.id_number
    program.logs_in(user)

    new = weak.format(tail6=number[-6:], tail8=number[-8:], head6=number[:6], mobile8=user.mobile[-8:])
    answer = change(program, new=new)

    assert (answer.status_code, code_of(answer)) == (400, "weak_password")
    assert answer.json()["errors"][0]["attr"] == "new_password"
    user.refresh_from_db()
    assert user.check_password(factories.PASSWORD)


def test_staff_may_not_use_their_login_name(db):
    editor = factories.staff("editor")

    with pytest.raises(Exception, match="登录名"):
        IdentityDerivedValidator().validate("the-Editor-2026", editor)


def test_a_visitor_has_no_password_to_change(program):
    assert change(program).status_code == 401


@pytest.mark.parametrize("body", [{}, {"old_password": "x"}, {"old_password": "x", "new_password": "y" * 129}])
def test_bad_input_is_a_400(program, lilei, body):
    program.logs_in(lilei)

    assert program.post("me/password", body).status_code == 400
