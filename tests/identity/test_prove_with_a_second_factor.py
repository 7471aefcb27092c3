"""The second factor (P5): setting up, asked for at every door, recovery codes, compulsory where the site says so."""

from urllib.parse import unquote

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from core import clock as house_clock
from identity.errors import Locked, SecondFactorOn, SecondFactorWrong
from identity.lockout import forgive
from identity.services import begin_setup, confirm_setup, has_second_factor, recovery_codes_left, switch_off, verify
from tests.identity import factories
from tests.identity.driving import captcha_fields
from tests.support.clock import START
from tests.support.threads import in_threads

pytestmark = pytest.mark.django_db


def code_of(user, *, confirmed: bool = True) -> str:
    """What the authenticator shows now."""
    device = TOTPDevice.objects.get(user=user, confirmed=confirmed)
    totp = TOTP(device.bin_key)
    totp.time = house_clock.now().timestamp()
    return f"{totp.token():06}"


def switched_on(user, kind: str = "technician") -> list[str]:
    """Give this person a second factor, a while ago; its recovery codes."""
    begin_setup(user_id=user.pk)
    codes = confirm_setup(actor=factories.role(user, kind), code=code_of(user, confirmed=False), now=house_clock.now())
    TOTPDevice.objects.filter(user=user).update(last_t=-1)
    return codes


@pytest.fixture
def lilei(clock):
    return factories.learner()


@pytest.fixture
def protected(lilei):
    """李雷 with a second factor; its recovery codes."""
    return switched_on(lilei)


def fields(user, **more) -> dict[str, str]:
    return {
        "user_type": "technician",
        "id_type": "resident",
        "id_number": user.id_number,
        "password": factories.PASSWORD,
        **captcha_fields(),
        **more,
    }


def by_api(client, user, **more):
    return client.post("/api/v1/auth/login", fields(user, **more), content_type="application/json")


def by_page(client, user):
    return client.post("/login/", {"side": "technician", **fields(user)})


# --- Setting up -------------------------------------------------------------------------------------------------------
def test_a_first_code_switches_it_on_and_gives_recovery_codes(lilei):
    begin_setup(user_id=lilei.pk)
    assert not has_second_factor(lilei.pk)

    codes = confirm_setup(actor=factories.role(lilei), code=code_of(lilei, confirmed=False), now=START)

    assert has_second_factor(lilei.pk)
    assert len(set(codes)) == recovery_codes_left(lilei.pk) == 8


def test_a_wrong_code_leaves_it_off(lilei):
    begin_setup(user_id=lilei.pk)

    with pytest.raises(SecondFactorWrong):
        confirm_setup(actor=factories.role(lilei), code="000000", now=START)
    assert not has_second_factor(lilei.pk)


def test_a_reload_of_the_page_keeps_the_secret(lilei):
    assert begin_setup(user_id=lilei.pk) == begin_setup(user_id=lilei.pk)


def test_the_app_shows_the_site_and_the_name(lilei, settings):
    settings.SITE_NAME = "学时"

    address = unquote(begin_setup(user_id=lilei.pk).address)

    assert address.startswith("otpauth://totp/学时:李雷?secret=")
    assert address.endswith("&issuer=学时")


def test_who_finds_a_browser_open_does_not_put_his_own_phone_in(lilei, protected):
    begin_setup(user_id=lilei.pk)
    theirs = code_of(lilei, confirmed=False)

    with pytest.raises(SecondFactorOn):
        confirm_setup(actor=factories.role(lilei), code=theirs, now=START)
    assert not verify(user_id=lilei.pk, code=theirs, now=START)


def test_switched_off_nothing_is_left(lilei, protected):
    switch_off(actor=factories.role(lilei), now=START)

    assert not has_second_factor(lilei.pk)
    assert recovery_codes_left(lilei.pk) == 0


# --- Codes ------------------------------------------------------------------------------------------------------------
def test_a_code_works_once(lilei, protected):
    code = code_of(lilei)

    assert verify(user_id=lilei.pk, code=code, now=START)
    assert not verify(user_id=lilei.pk, code=code, now=START)


def test_the_code_that_switched_it_on_is_used_up(lilei):
    begin_setup(user_id=lilei.pk)
    code = code_of(lilei, confirmed=False)
    confirm_setup(actor=factories.role(lilei), code=code, now=START)

    assert not verify(user_id=lilei.pk, code=code, now=START)


@pytest.mark.parametrize(("late", "is_right"), [(0, True), (45, True), (90, False), (-30, True), (-90, False)])
def test_a_clock_may_be_a_little_off(lilei, protected, clock, late, is_right):
    code = code_of(lilei)
    clock.tick(late)

    assert verify(user_id=lilei.pk, code=code, now=clock.now()) == is_right


def test_an_older_code_is_refused_after_a_newer_one(lilei, protected, clock):
    older = code_of(lilei)
    clock.tick(30)

    assert verify(user_id=lilei.pk, code=code_of(lilei), now=clock.now())
    assert not verify(user_id=lilei.pk, code=older, now=clock.now())


def test_a_recovery_code_works_once(lilei, protected):
    assert verify(user_id=lilei.pk, code=f" {protected[0].upper()} ", now=START)
    assert not verify(user_id=lilei.pk, code=protected[0], now=START)
    assert recovery_codes_left(lilei.pk) == 7


def test_the_database_keeps_no_recovery_code(lilei, protected):
    assert not set(protected) & set(StaticToken.objects.values_list("token", flat=True))


def test_anothers_code_is_none(lilei, protected):
    other = factories.learner("韩梅梅", 44)
    switched_on(other)

    assert not verify(user_id=other.pk, code=protected[0], now=START)
    assert not verify(user_id=other.pk, code=code_of(lilei), now=START)


@pytest.mark.parametrize("code", ["", " ", "abc", "１２３４５６", "9" * 19, "-1", "\0"])
def test_what_is_no_code_is_wrong(lilei, protected, code):
    assert not verify(user_id=lilei.pk, code=code, now=START)


def test_codes_are_not_guessed_the_fifth_wrong_one_locks(lilei, protected, clock):
    for _ in range(5):
        assert not verify(user_id=lilei.pk, code="000000", now=clock.now())

    with pytest.raises(Locked):
        verify(user_id=lilei.pk, code=code_of(lilei), now=clock.now())
    clock.tick(61)
    assert verify(user_id=lilei.pk, code=code_of(lilei), now=clock.now())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("which", ["of the app", "for a lost phone"])
def test_of_two_at_once_one_code_lets_one_in(transactional_db, clock, which):
    user = factories.learner()
    codes = switched_on(user)
    code = code_of(user) if which == "of the app" else codes[0]

    outcomes = in_threads(lambda _number: verify(user_id=user.pk, code=code, now=START), 4)

    assert sorted(outcomes) == [False, False, False, True]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_setups_at_once_have_one_secret(transactional_db, clock):
    user = factories.learner()

    secrets = in_threads(lambda _number: begin_setup(user_id=user.pk).secret, 4)

    assert len(set(secrets)) == TOTPDevice.objects.count() == 1


# --- The doors --------------------------------------------------------------------------------------------------------
def test_a_program_is_asked_for_the_code(client, lilei, protected):
    answer = by_api(client, lilei)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "second_factor_required")
    assert by_api(client, lilei, otp=code_of(lilei)).status_code == 200


def test_the_captcha_is_not_asked_for_again_with_the_code(client, lilei, protected):
    by_api(client, lilei)

    assert by_api(client, lilei, otp=code_of(lilei), captcha="", captcha_key="").status_code == 200


def test_a_wrong_code_gives_a_program_no_token(client, lilei, protected):
    answer = by_api(client, lilei, otp="000000")

    assert answer.json()["errors"][0]["attr"] == "otp"
    assert "token" not in answer.json()


def test_a_program_that_guesses_codes_is_locked_out(client, lilei, protected):
    for _ in range(5):
        by_api(client, lilei, otp="000000")

    answer = by_api(client, lilei, otp=code_of(lilei))

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (429, "locked")


def test_with_a_wrong_password_the_code_is_not_even_asked_for(client, lilei, protected):
    answer = by_api(client, lilei, password="Wrong-password-1", otp=code_of(lilei))

    assert answer.json()["errors"][0]["code"] == "bad_credentials"
    assert verify(user_id=lilei.pk, code=code_of(lilei), now=START)


def test_a_browser_is_asked_on_a_page_of_its_own(client, lilei, protected):
    first = by_page(client, lilei)
    assert (first.status_code, first["Location"]) == (302, "/login/code/")
    assert client.get("/me/").status_code == 302

    assert "动态验证码不对" in client.post("/login/code/", {"code": "000000"}).content.decode()
    assert client.get("/me/").status_code == 302
    client.post("/login/code/", {"code": protected[1]})
    assert client.get("/me/").status_code == 200


def test_the_second_page_says_when_it_is_locked(client, lilei, protected):
    by_page(client, lilei)
    for _ in range(5):
        client.post("/login/code/", {"code": "000000"})

    answer = client.post("/login/code/", {"code": protected[1]})

    assert answer.status_code == 429
    assert "请 1 分钟后再试" in answer.content.decode()
    assert client.get("/me/").status_code == 302


def test_the_code_is_taken_for_five_minutes(client, lilei, protected, clock):
    by_page(client, lilei)
    clock.tick(301)

    answer = client.post("/login/code/", {"code": protected[1]})

    assert (answer.status_code, answer["Location"]) == (302, "/login/")
    assert "请重新登录" in client.get("/login/").content.decode()
    assert client.get("/me/").status_code == 302


def test_a_password_changed_meanwhile_makes_the_first_step_void(client, lilei, protected):
    by_page(client, lilei)
    lilei.set_password("Another-1-word")
    lilei.save()

    client.post("/login/code/", {"code": protected[1]})

    assert client.get("/me/").status_code == 302


def test_without_a_first_step_there_is_no_second(client, db):
    assert client.get("/login/code/")["Location"] == "/login/"


def test_staff_cannot_go_round_it_by_the_admins_own_login(client, clock, db):
    editor = factories.staff(is_superuser=True)
    codes = switched_on(editor, "staff")
    data = {"username": "editor", "password": factories.PASSWORD}

    for otp in ("", "000000"):
        client.post("/admin/login/", {**data, "otp": otp})
        assert client.get("/admin/").status_code == 302
    client.post("/admin/login/", {**data, "otp": codes[0]})
    assert client.get("/admin/").status_code == 200


def test_the_admins_login_locks_who_guesses_codes(client, clock, db):
    editor = factories.staff(is_superuser=True)
    codes = switched_on(editor, "staff")
    data = {"username": "editor", "password": factories.PASSWORD}
    for _ in range(5):
        client.post("/admin/login/", {**data, "otp": "000000"})
        forgive("editor")  # the password's own count

    page = client.post("/admin/login/", {**data, "otp": codes[0]}).content.decode()

    assert "请 1 分钟后再试" in page
    assert client.get("/admin/").status_code == 302


# --- The pages --------------------------------------------------------------------------------------------------------
def browser(user) -> Client:
    client = Client()
    client.force_login(user, backend="identity.backends.LoginKeyBackend")
    return client


def test_the_page_shows_a_picture_and_the_codes_once(lilei):
    client = browser(lilei)
    page = client.get("/me/security/setup/").content.decode()
    assert "data:image/svg+xml" in page

    shown = client.post("/me/security/setup/", {"code": code_of(lilei, confirmed=False)}).content.decode()

    assert "恢复码" in shown
    assert client.get("/me/security/setup/")["Location"] == "/me/security/"


def test_switching_off_needs_password_and_code(lilei, protected):
    client = browser(lilei)

    client.post("/me/security/off/", {"password": "Wrong-password-1", "code": protected[0]})
    assert has_second_factor(lilei.pk)
    client.post("/me/security/off/", {"password": factories.PASSWORD, "code": "000000"})
    assert has_second_factor(lilei.pk)
    client.post("/me/security/off/", {"password": factories.PASSWORD, "code": protected[0]})
    assert not has_second_factor(lilei.pk)
