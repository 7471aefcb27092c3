"""Guessing is stopped (security.md): a lock on the account that grows, a brake on the address."""

from datetime import timedelta

import pytest
from axes.models import AccessFailureLog
from django.test import Client

from core.models import AuditEntry
from identity import lockout
from identity.models import LoginTries
from tests.identity import factories
from tests.identity.driving import Program, code_of, plain_request
from tests.support.threads import in_threads

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WRONG = "Another-2026"


def guesses(program, user, times, **changed):
    """So many wrong tries; gives the last answer."""
    for _ in range(times):
        answer = program.tries(user, password=WRONG, **changed)
    return answer


def test_of_100_tries_none_gets_in_and_the_right_password_is_refused(program, lilei):
    codes = [code_of(program.tries(lilei, password=f"Guess-{n:04}")) for n in range(100)]

    assert codes == ["bad_credentials"] * 5 + ["locked"] * 95
    right = program.tries(lilei)
    assert (right.status_code, code_of(right)) == (429, "locked")
    assert right.headers["Retry-After"] == "60"


def test_a_locked_account_says_how_long(program, lilei):
    guesses(program, lilei, 5)

    assert "1 分钟" in program.tries(lilei).json()["errors"][0]["detail"]


def test_the_right_password_works_again_after_the_wait(program, lilei, clock):
    guesses(program, lilei, 5)
    clock.tick(60)

    assert program.tries(lilei).status_code == 200


def test_waits_grow_within_a_day(program, lilei, clock):
    for minutes in (1, 5, 30, 24 * 60):
        guesses(program, lilei, 5)
        clock.tick(minutes * 60 - 1)
        assert code_of(program.tries(lilei)) == "locked"
        clock.tick(1)

    assert program.tries(lilei).status_code == 200


def test_slow_guessing_is_counted_too(program, lilei, clock):
    for _ in range(5):
        guesses(program, lilei, 1)
        clock.tick(3600)
    guesses(program, lilei, 4)
    clock.tick(3600)
    guesses(program, lilei, 1)

    assert LoginTries.objects.get().tries == 10
    assert code_of(program.tries(lilei)) == "locked"


def test_a_day_without_failures_forgets_them(program, lilei, clock):
    guesses(program, lilei, 4)
    clock.tick(24 * 3600)

    assert code_of(guesses(program, lilei, 2)) == "bad_credentials"
    assert LoginTries.objects.get().tries == 2


def test_success_forgets_the_failures_before_it(program, lilei):
    guesses(program, lilei, 4)
    program.logs_in(lilei)

    assert code_of(guesses(program, lilei, 4)) == "bad_credentials"


def test_an_unknown_account_locks_the_same(program, lilei):
    known = [guesses(program, lilei, 1).content for _ in range(7)]
    unknown = [guesses(program, lilei, 1, id_number=factories.id_number(77)).content for _ in range(7)]

    assert known == unknown


def test_from_many_addresses_and_browsers_it_is_one_account(program, lilei):
    for n in range(5):
        guesses(Program(), lilei, 1, REMOTE_ADDR=f"203.0.113.{n}", HTTP_USER_AGENT=f"browser {n}")

    assert code_of(program.tries(lilei, REMOTE_ADDR="203.0.113.99")) == "locked"


def test_one_account_locked_leaves_others_open(program, lilei, hanmei):
    guesses(program, lilei, 6)

    assert program.tries(hanmei, user_type="employer").status_code == 200


def test_an_address_that_tries_many_accounts_is_braked(program, lilei, clock):
    for n in range(lockout.ADDRESS_FAILURES):
        program.tries(lilei, id_number=factories.id_number(100 + n), password=WRONG)

    assert code_of(program.tries(lilei)) == "locked"
    assert program.tries(lilei, REMOTE_ADDR="203.0.113.99").status_code == 200
    clock.tick(lockout.ADDRESS_WINDOW_SECONDS)
    assert program.tries(lilei).status_code == 200


def test_an_office_behind_one_address_may_mistype(program, lilei, hanmei, db):
    for n in range(20):
        program.tries(lilei, id_number=factories.id_number(100 + n), password=WRONG)

    assert program.tries(hanmei, user_type="employer").status_code == 200


def test_a_refused_try_at_a_locked_account_is_written_down(program, lilei):
    guesses(program, lilei, 6, REMOTE_ADDR="203.0.113.7")

    entry = AuditEntry.objects.get(act="login.locked")
    assert entry.address == "203.0.113.7"
    assert lilei.id_number not in str(vars(entry))


def test_the_failure_log_holds_no_id_number(program, lilei):
    guesses(program, lilei, 1)
    guesses(program, lilei, 1, user_type="staff")  # the number typed where staff give their name

    assert AccessFailureLog.objects.count() == 2
    kept = str(list(AccessFailureLog.objects.values())) + str(list(LoginTries.objects.values()))
    assert lilei.id_number not in kept


@pytest.mark.parametrize("door", ["/admin/login/"])
def test_the_lock_holds_at_the_editors_door(door, clock):
    editor = factories.staff()
    client = Client()
    for n in range(5):
        client.post(door, {"username": editor.username, "password": f"Guess-{n}"})

    locked = client.post(door, {"username": editor.username, "password": factories.PASSWORD})

    assert locked.status_code == 429
    assert locked.headers["Retry-After"] == "60"
    assert "1 分钟" in locked.content.decode()
    clock.tick(60)
    assert client.post(door, {"username": editor.username, "password": factories.PASSWORD}).status_code == 302
    assert not LoginTries.objects.exists()


def test_rows_of_garbage_accounts_are_swept_away(clock):
    lockout.claim_try("nobody", clock.now())
    clock.tick(25 * 3600)
    lockout.claim_try("nobody2", clock.now())

    assert list(LoginTries.objects.values_list("account", flat=True)) == ["nobody2"]


# --- Addresses --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.7", "10.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7", "198.51.100.1"),
        (2, "203.0.113.7", "10.0.0.1"),
        (1, "unknown", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_only_trusted_proxies_say_where_somebody_is(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    request = plain_request("10.0.0.1")
    request.META["HTTP_X_FORWARDED_FOR"] = forwarded

    assert lockout.address_of(request) == address


def test_a_request_without_address_has_none():
    assert lockout.address_of(plain_request("")) is None


# --- Races ------------------------------------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_parallel_tries_do_not_outrun_the_lock(clock):
    def claims(_number: int) -> int:
        return sum(not lockout.claim_try("id:resident:00", clock.now()) for _ in range(4))

    assert sum(in_threads(claims, 16)) == lockout.TRIES
    assert LoginTries.objects.get().locked_until == clock.now() + timedelta(minutes=1)
