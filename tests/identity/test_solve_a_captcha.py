"""The captcha: single use, expiring, heard as well as seen (P5); left out on a device that passed one lately."""

import base64
import contextlib
from io import BytesIO

import pytest
from captcha.models import CaptchaStore
from PIL import Image

from identity import captcha, devices
from identity.errors import CaptchaInvalid
from tests.identity.driving import code_of, credentials
from tests.support.threads import in_threads

pytestmark = pytest.mark.django_db


def answer_of(key):
    return CaptchaStore.objects.get(hashkey=key).challenge


def test_a_captcha_is_a_picture_to_type(program):
    response = program.post("auth/captcha")

    assert response.status_code == 201
    body = response.json()
    kind, _, data = body["image"].partition(",")
    assert kind == "data:image/png;base64"
    assert Image.open(BytesIO(base64.b64decode(data))).size == (118, 44)
    assert body["expires_in"] == 300
    assert answer_of(body["key"]) not in str(body)


@pytest.mark.parametrize("typed", [str.lower, str.upper, " {} ".format])
def test_small_and_capital_letters_are_the_same(typed, clock):
    key = captcha.new(clock.now()).key

    captcha.verify(key=key, answer=typed(answer_of(key)), now=clock.now())


def test_it_works_once(clock):
    key = captcha.new(clock.now()).key
    answer = answer_of(key)
    captcha.verify(key=key, answer=answer, now=clock.now())

    with pytest.raises(CaptchaInvalid):
        captcha.verify(key=key, answer=answer, now=clock.now())


def test_a_wrong_answer_uses_it_up_too(clock):
    key = captcha.new(clock.now()).key
    answer = answer_of(key)
    with pytest.raises(CaptchaInvalid):
        captcha.verify(key=key, answer="wrong", now=clock.now())

    with pytest.raises(CaptchaInvalid):
        captcha.verify(key=key, answer=answer, now=clock.now())


def test_it_expires(clock):
    key = captcha.new(clock.now()).key
    clock.tick(300)

    with pytest.raises(CaptchaInvalid):
        captcha.verify(key=key, answer=answer_of(key), now=clock.now())


def test_expired_ones_are_swept_away(clock):
    captcha.new(clock.now())
    clock.tick(301)
    captcha.new(clock.now())

    assert CaptchaStore.objects.count() == 1


@pytest.mark.parametrize("key", ["", "0" * 40, "a\0b", "𬭎"])
def test_a_key_that_is_none_is_refused(clock, key):
    with pytest.raises(CaptchaInvalid):
        captcha.verify(key=key, answer="ABCD", now=clock.now())


@pytest.mark.parametrize(
    "typed", [{"captcha": "0000"}, {"captcha": ""}, {"captcha_key": "unknown"}, {"captcha_key": "", "captcha": ""}]
)
def test_without_the_right_one_there_is_no_login(program, lilei, typed):
    answer = program.tries(lilei, **typed)

    assert (answer.status_code, code_of(answer)) == (400, "captcha_invalid")
    assert answer.json()["errors"][0]["attr"] == "captcha"


def test_a_wrong_captcha_is_no_try_at_the_password(program, lilei):
    for _ in range(6):
        program.tries(lilei, captcha="0000")

    assert program.tries(lilei).status_code == 200


def test_the_demo_answer_is_right_in_the_demo_alone(program, lilei, settings):
    settings.DEMO = False
    assert code_of(program.tries(lilei, captcha_key="", captcha="demo")) == "captcha_invalid"

    settings.DEMO = True
    assert program.tries(lilei, captcha_key="", captcha="demo").status_code == 200


def test_it_is_spoken_for_who_cannot_see_it(clock):
    key = captcha.new(clock.now()).key

    sound = captcha.spoken(key, clock.now())

    assert sound is not None
    assert (sound[:4], sound[8:12]) == (b"RIFF", b"WAVE")


def test_what_is_unknown_or_expired_is_not_spoken(clock):
    key = captcha.new(clock.now()).key
    clock.tick(301)

    assert captcha.spoken(key, clock.now()) is None
    assert captcha.spoken("0" * 40, clock.now()) is None


# --- Devices ----------------------------------------------------------------------------------------------------------
def test_a_device_that_logged_in_lately_needs_none(program, lilei):
    program.logs_in(lilei)

    assert program.post("auth/login", credentials(lilei)).status_code == 200


def test_it_needs_one_for_another_account(program, lilei, hanmei):
    program.logs_in(lilei)

    answer = program.post("auth/login", credentials(hanmei))

    assert code_of(answer) == "captcha_invalid"


def test_it_needs_one_again_after_half_an_hour(program, lilei, monkeypatch):
    program.logs_in(lilei)
    monkeypatch.setattr(devices, "SECONDS", -1)

    assert code_of(program.post("auth/login", credentials(lilei))) == "captcha_invalid"


def test_a_forged_device_cookie_is_worth_nothing(program, lilei):
    program.client.cookies["device"] = "id:resident:00:1:forged"

    assert code_of(program.post("auth/login", credentials(lilei))) == "captcha_invalid"


def test_a_wrong_password_marks_no_device(program, lilei):
    program.tries(lilei, password="Another-2026")

    assert devices.COOKIE not in program.client.cookies


# --- Races ------------------------------------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_threads_one_uses_it(clock):
    key = captcha.new(clock.now()).key
    answer = answer_of(key)

    def uses(_number: int) -> bool:
        with contextlib.suppress(CaptchaInvalid):
            captcha.verify(key=key, answer=answer, now=clock.now())
            return True
        return False

    assert sum(in_threads(uses, 12)) == 1
