"""Logging in by ID number, password and captcha (P5), over the API."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth import hashers

from core.models import AuditEntry
from identity.models import AccessToken, Membership, User
from tests.identity import factories
from tests.identity.driving import captcha_fields, code_of, credentials, upper_width

pytestmark = pytest.mark.django_db


@pytest.fixture
def hasher_calls(settings, monkeypatch):
    """How often a password was hashed, right or wrong."""
    calls = []
    hasher = hashers.get_hasher()
    encode, verify = type(hasher).encode, type(hasher).verify
    monkeypatch.setattr(type(hasher), "encode", lambda *args: calls.append("encode") or encode(*args))
    monkeypatch.setattr(type(hasher), "verify", lambda *args: calls.append("verify") or verify(*args))
    return calls


def test_the_right_password_gives_a_token_and_the_roles(program, lilei, clock):
    answer = program.tries(lilei)

    assert answer.status_code == 200
    body = answer.json()
    membership = Membership.objects.get(user=lilei)
    role = {
        "id": str(membership.pk),
        "kind": "technician",
        "organisation": factories.HOSPITAL,
        "label": "专业技术人员",
    }
    assert (body["role"], body["roles"]) == (role, [role])
    assert datetime.fromisoformat(body["expires_at"]) == clock.now() + timedelta(hours=12)
    assert body["token"] not in str(list(AccessToken.objects.values()))


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(lambda number: f" {number[:6]} {number[6:14]} {number[14:]} ", id="with blanks"),
        pytest.param(upper_width, id="full-width"),
        pytest.param(str.lower, id="small x"),
    ],
)
def test_the_number_may_be_typed_as_people_do(program, clock, typed):
    ends_in_x = next(n for n in range(1, 99) if factories.id_number(n).endswith("X"))
    user = factories.learner(serial=ends_in_x)

    assert program.tries(user, id_number=typed(user.id_number)).status_code == 200


def test_a_wrong_password_is_refused(program, lilei):
    answer = program.tries(lilei, password="Another-2026")

    assert (answer.status_code, code_of(answer)) == (401, "bad_credentials")
    assert not AccessToken.objects.exists()


def test_nobody_can_tell_whether_an_account_exists(program, lilei):
    wrong = program.tries(lilei, password="Another-2026")
    unknown = program.tries(lilei, id_number=factories.id_number(77), password="Another-2026")
    no_number = program.tries(lilei, id_number="not a number at all", password="Another-2026")

    assert wrong.status_code == unknown.status_code == no_number.status_code == 401
    assert wrong.content == unknown.content == no_number.content


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({}, id="right"),
        pytest.param({"password": "Another-2026"}, id="wrong"),
        pytest.param({"id_number": factories.id_number(77)}, id="unknown number"),
        pytest.param({"id_type": "passport"}, id="other type"),
        pytest.param({"user_type": "staff", "id_number": "nobody"}, id="unknown staff"),
    ],
)
def test_the_password_is_hashed_once_whatever_is_wrong(program, lilei, hasher_calls, changed):
    hasher_calls.clear()

    program.tries(lilei, **changed)

    assert len(hasher_calls) == 1


def test_a_closed_account_answers_like_a_wrong_password(program, lilei, hasher_calls):
    User.objects.update(is_active=False)
    hasher_calls.clear()

    answer = program.tries(lilei)

    assert (answer.status_code, code_of(answer)) == (401, "bad_credentials")
    assert len(hasher_calls) == 1


def test_a_person_whose_password_was_never_set_cannot_log_in(program, clock):
    user = factories.learner(password=None)

    assert code_of(program.tries(user)) == "bad_credentials"


def test_staff_log_in_by_name(program, db):
    editor = factories.staff()

    body = program.logs_in(editor)

    assert (body["role"]["id"], body["role"]["kind"], body["role"]["organisation"]) == ("staff", "staff", None)


def test_a_login_name_is_no_id_number_and_the_other_way_round(program, lilei):
    by_opaque_name = program.tries(lilei, user_type="staff", id_number=lilei.username)

    assert code_of(by_opaque_name) == "bad_credentials"


# --- Not yet, not any more --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("state", "code"), [("in_review", "not_approved"), ("rejected", "rejected")])
def test_without_an_approved_role_nobody_gets_in(program, lilei, state, code):
    Membership.objects.update(state=state)

    answer = program.tries(lilei)

    assert (answer.status_code, code_of(answer)) == (403, code)
    assert not AccessToken.objects.exists()


def test_who_administers_no_more_is_known_no_more(program, hanmei):
    Membership.objects.update(state="ended")

    answer = program.tries(hanmei, user_type="employer")

    assert (answer.status_code, code_of(answer)) == (401, "bad_credentials")
    assert not AccessToken.objects.exists()


def test_who_left_his_unit_comes_in_without_a_role_to_find_a_new_one(program, lilei):
    Membership.objects.update(state="ended")

    assert program.logs_in(lilei)["role"]["kind"] == "visitor"


def test_who_waits_is_told_whom_to_remind(program, lilei):
    Membership.objects.update(state="in_review")

    detail = program.tries(lilei).json()["errors"][0]["detail"]

    assert factories.HOSPITAL in detail
    assert "010-5550100" in detail


@pytest.mark.parametrize("state", ["in_review", "rejected"])
def test_the_state_is_told_with_the_right_password_only(program, lilei, state):
    Membership.objects.update(state=state)

    assert code_of(program.tries(lilei, password="Another-2026")) == "bad_credentials"


def test_a_second_role_still_in_review_keeps_nobody_out(program, lilei):
    factories.membership(lilei, "employer", state="in_review")

    body = program.logs_in(lilei, user_type="employer")

    assert [role["kind"] for role in body["roles"]] == ["technician"]


# --- What is sent -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changed", "attr"),
    [
        ({"user_type": "king"}, "user_type"),
        ({"id_type": "library card"}, "id_type"),
        ({"id_type": ""}, "id_type"),
        ({"id_number": ""}, "id_number"),
        ({"id_number": "a\0b"}, "id_number"),
        ({"id_number": "9" * 100_000}, "id_number"),
        ({"password": ""}, "password"),
        ({"password": ["Xueshi-2026"]}, "password"),
    ],
)
def test_bad_input_names_its_field(program, lilei, changed, attr):
    answer = program.tries(lilei, **changed)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr


@pytest.mark.parametrize("number", ["𬭎" * 10, "🙂", "\x01\x02", "id:resident:00", "ＩＤ：", "%(x)s", "' OR 1=1 --"])
def test_strange_numbers_are_wrong_credentials_and_no_more(program, lilei, number):
    assert program.tries(lilei, id_number=number).status_code in (400, 401)


def test_a_login_is_written_down_without_secrets(program, lilei, clock):
    program.logs_in(lilei, REMOTE_ADDR="203.0.113.7")

    entry = AuditEntry.objects.get(act="login.token")
    assert (entry.actor_id, entry.address, entry.at) == (lilei.pk, "203.0.113.7", clock.now())
    assert entry.acting_as == f"technician:{Membership.objects.get().pk}"
    assert lilei.id_number not in str(vars(entry))


def test_a_browser_logged_in_as_another_needs_no_token_to_log_in(browser, lilei, hanmei):
    browser.logs_in(lilei)

    answer = browser.post("auth/login", captcha_fields() | credentials(hanmei, user_type="employer"))

    assert answer.status_code == 200
    assert answer.json()["role"]["kind"] == "employer"
