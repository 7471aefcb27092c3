"""ID numbers, mobiles and passwords are nowhere in the clear (security.md); keys can be changed."""

import base64
import logging
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core import crypto
from identity.models import User
from tests.identity import factories
from tests.identity.driving import Program, code_of
from tests.support.dump import dump

pytestmark = pytest.mark.django_db
MOBILE = "13900001234"


def key(kid: str) -> str:
    return f"{kid}:{base64.urlsafe_b64encode(kid.encode().ljust(32, b'.')).decode()}"


def test_the_database_and_the_logs_hold_no_number_mobile_or_password(clock, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    user = factories.learner(mobile=MOBILE)
    program = Program()
    program.logs_in(user)
    program.get("me")
    program.post("me/password", {"old_password": "Another-2026", "new_password": "Lanhua-8848-xi"})
    for _ in range(6):  # into the lock
        Program().tries(user, password="Another-2026")
    Program().tries(user, user_type="staff")
    program.client.post("/admin/login/", {"username": user.id_number, "password": factories.PASSWORD})
    program.post("auth/logout")

    said = capsys.readouterr()
    everything = dump() + caplog.text + said.out + said.err
    assert "login.token" in everything  # it is a dump indeed
    for secret in (user.id_number, MOBILE, factories.PASSWORD, "Another-2026", program.token):
        assert secret not in everything


def test_the_same_number_is_sealed_differently_each_time():
    assert crypto.encrypt("110101199003070134") != crypto.encrypt("110101199003070134")


@pytest.fixture
def two_people(settings, clock):
    settings.ID_ENCRYPTION_KEYS = [key("old")]
    return [factories.learner(mobile=MOBILE), factories.administrator()]


def sealed() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, mobile FROM identity_user ORDER BY id")
        return [value for row in cursor.fetchall() for value in row if value]


def reencrypt(**options) -> str:
    out = StringIO()
    call_command("reencrypt_ids", stdout=out, **options)
    return out.getvalue().strip()


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_a_new_key_takes_over_everything(settings, two_people, batch):
    settings.ID_ENCRYPTION_KEYS = [key("new"), key("old")]

    assert reencrypt(batch=batch) == "2 of 2 re-encrypted"

    assert [text.partition("$")[0] for text in sealed()] == ["new"] * 3
    user = User.objects.get(name="李雷")
    assert (user.id_number, user.mobile) == (factories.id_number(13), MOBILE)
    assert Program().tries(user).status_code == 200


def test_a_second_run_has_nothing_to_do(settings, two_people):
    settings.ID_ENCRYPTION_KEYS = [key("new"), key("old")]
    reencrypt()
    before = sealed()

    assert reencrypt() == "0 of 2 re-encrypted"
    assert sealed() == before


def test_it_goes_on_where_it_was_stopped(settings, two_people):
    settings.ID_ENCRYPTION_KEYS = [key("new"), key("old")]

    assert reencrypt(after=two_people[0].pk) == "1 of 1 re-encrypted"


def test_the_last_key_can_be_retired(settings, two_people):
    settings.ID_ENCRYPTION_KEYS = [key("new"), key("old")]
    reencrypt()
    settings.ID_ENCRYPTION_KEYS = [key("new")]
    lilei = User.objects.get(name="李雷")
    assert code_of(Program().tries(lilei)) == "bad_credentials"

    assert reencrypt() == "2 of 2 re-encrypted"

    assert Program().tries(lilei).status_code == 200


def test_a_key_that_is_missing_is_named(settings, two_people):
    settings.ID_ENCRYPTION_KEYS = [key("new")]

    with pytest.raises(CommandError, match="old"):
        reencrypt()
