"""The second factor (P5): setting up, asked for at every door, recovery codes, compulsory where the site says so."""

import time

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from identity.errors import SecondFactorWrong
from identity.services import begin_setup, confirm_setup, has_second_factor, recovery_codes_left, switch_off, verify
from tests.identity import factories
from tests.identity.driving import captcha_fields
from tests.support.clock import START

pytestmark = pytest.mark.django_db


def code_of(user, *, confirmed: bool = True, drift: int = 0) -> str:
    """What the authenticator shows now; `drift` periods on, for a code works once."""
    device = TOTPDevice.objects.get(user=user, confirmed=confirmed)
    totp = TOTP(device.bin_key)
    totp.time = time.time() + drift * 30
    return f"{totp.token():06}"


def wait(user) -> None:
    """Let the time pass for which wrong codes slow the next one down."""
    for device in (TOTPDevice, StaticDevice):
        device.objects.filter(user=user).update(throttling_failure_timestamp=None, throttling_failure_count=0)


@pytest.fixture
def lilei():
    return factories.learner()


@pytest.fixture
def protected(lilei):
    """李雷 with a second factor; its recovery codes."""
    begin_setup(user_id=lilei.pk)
    codes = confirm_setup(actor=factories.role(lilei), code=code_of(lilei, confirmed=False), now=START)
    TOTPDevice.objects.filter(user=lilei).update(last_t=-1)
    return codes


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


def test_switched_off_nothing_is_left(lilei, protected):
    switch_off(actor=factories.role(lilei), now=START)

    assert not has_second_factor(lilei.pk)
    assert recovery_codes_left(lilei.pk) == 0


# --- Codes ------------------------------------------------------------------------------------------------------------
def test_a_code_works_once(lilei, protected):
    code = code_of(lilei)

    assert verify(user_id=lilei.pk, code=code)
    assert not verify(user_id=lilei.pk, code=code)


def test_a_recovery_code_works_once(lilei, protected):
    assert verify(user_id=lilei.pk, code=f" {protected[0].upper()} ")
    assert not verify(user_id=lilei.pk, code=protected[0])
    assert recovery_codes_left(lilei.pk) == 7


def test_anothers_code_is_none(lilei, protected):
    other = factories.learner("韩梅梅", 44)
    begin_setup(user_id=other.pk)

    assert not verify(user_id=other.pk, code=protected[0])


def test_wrong_codes_slow_the_next_one_down(lilei, protected):
    for _ in range(3):
        assert not verify(user_id=lilei.pk, code="000000")

    assert not verify(user_id=lilei.pk, code=code_of(lilei))


# --- The doors --------------------------------------------------------------------------------------------------------
def test_a_program_is_asked_for_the_code(client, lilei, protected):
    answer = by_api(client, lilei)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "second_factor_required")
    assert by_api(client, lilei, otp=code_of(lilei)).status_code == 200


def test_a_wrong_code_gives_a_program_no_token(client, lilei, protected):
    answer = by_api(client, lilei, otp="000000")

    assert answer.json()["errors"][0]["attr"] == "otp"
    assert "token" not in answer.json()


def test_with_a_wrong_password_the_code_is_not_even_asked_for(client, lilei, protected):
    answer = by_api(client, lilei, password="Wrong-password-1", otp=code_of(lilei))

    assert answer.json()["errors"][0]["code"] == "bad_credentials"


def test_a_browser_is_asked_on_a_page_of_its_own(client, lilei, protected):
    first = by_page(client, lilei)
    assert (first.status_code, first["Location"]) == (302, "/login/code/")
    assert client.get("/me/").status_code == 302

    assert "动态验证码不对" in client.post("/login/code/", {"code": "000000"}).content.decode()
    assert client.get("/me/").status_code == 302
    wait(lilei)
    client.post("/login/code/", {"code": protected[1]})
    assert client.get("/me/").status_code == 200


def test_the_code_is_taken_for_five_minutes(client, lilei, protected, clock):
    by_page(client, lilei)
    clock.tick(301)

    answer = client.post("/login/code/", {"code": protected[1]})

    assert (answer.status_code, answer["Location"]) == (302, "/login/")
    assert client.get("/me/").status_code == 302


def test_without_a_first_step_there_is_no_second(client, db):
    assert client.get("/login/code/")["Location"] == "/login/"


def test_staff_cannot_go_round_it_by_the_admins_own_login(client, db):
    editor = factories.staff(is_superuser=True)
    begin_setup(user_id=editor.pk)
    codes = confirm_setup(actor=factories.role(editor, "staff"), code=code_of(editor, confirmed=False), now=START)
    data = {"username": "editor", "password": factories.PASSWORD}

    for otp in ("", "000000"):
        client.post("/admin/login/", {**data, "otp": otp})
        assert client.get("/admin/").status_code == 302
        wait(editor)
    client.post("/admin/login/", {**data, "otp": codes[0]})
    assert client.get("/admin/").status_code == 200


# --- Compulsory -------------------------------------------------------------------------------------------------------
@pytest.fixture
def compulsory(settings):
    settings.SECOND_FACTOR_FOR = frozenset({"staff", "administrators"})


def browser(user) -> Client:
    client = Client()
    client.force_login(user, backend="identity.backends.LoginKeyBackend")
    return client


def test_an_administrator_is_led_to_set_it_up_first(compulsory):
    client = browser(factories.administrator())

    for address in ("/console/", "/me/", "/catalogue/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/me/security/"), address
    assert client.get("/me/security/").status_code == 200
    assert client.get("/me/security/setup/").status_code == 200


def test_when_it_is_set_up_all_pages_are_open(compulsory):
    hanmei = factories.administrator()
    client = browser(hanmei)
    client.get("/me/security/setup/")

    client.post("/me/security/setup/", {"code": code_of(hanmei, confirmed=False)})

    assert client.get("/console/").status_code == 200


def test_staff_are_led_there_too_and_learners_are_not(compulsory, lilei):
    assert browser(factories.staff(is_superuser=True)).get("/admin/")["Location"] == "/me/security/"
    assert browser(lilei).get("/me/").status_code == 200


def test_a_program_of_an_administrator_is_told_to_set_it_up(compulsory, client):
    hanmei = factories.administrator()

    answer = by_api(client, hanmei, user_type="employer")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "second_factor_setup_required")


# --- The pages --------------------------------------------------------------------------------------------------------
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
    wait(lilei)
    client.post("/me/security/off/", {"password": factories.PASSWORD, "code": protected[0]})
    assert not has_second_factor(lilei.pk)
