"""A forgotten password (P6): one answer for all, a link that works once."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from identity.errors import LinkUsed
from identity.models import PasswordReset, User
from identity.services import issue_token, reset_password
from identity.services.password_reset import send_reset, waiting_resets
from tests.identity import factories
from tests.identity.driving import captcha_fields
from tests.identity.test_prove_with_a_second_factor import switched_on
from tests.support.threads import in_threads

pytestmark = pytest.mark.django_db
NEW = "Another-1-word"


@pytest.fixture
def lilei(clock):
    return factories.learner(email="lilei@example.org")


def ask(client, number: str, email: str = "lilei@example.org", **more):
    solved = captcha_fields()
    data = {"id_type": "resident", "id_number": number, "email": email, **solved, **more}
    return client.post("/password/forgot/", data)


def send(clock) -> None:
    for reset_id in waiting_resets(now=clock.now()):
        send_reset(reset_id=reset_id, now=clock.now())


def link() -> str:
    found = re.search(r"http://[^/]+(/password/reset/\S+)", mail.outbox[-1].body)
    assert found
    return found[1]


def test_the_owner_gets_a_link_that_sets_a_new_password(client, lilei, clock):
    ask(client, lilei.id_number)
    send(clock)

    address = link()
    assert "设置新密码" in client.get(address).content.decode()
    answer = client.post(address, {"new_password": NEW, "again": NEW})

    assert answer["Location"] == "/login/"
    assert User.objects.get(pk=lilei.pk).check_password(NEW)


def test_the_link_works_once(client, lilei, clock):
    ask(client, lilei.id_number)
    send(clock)
    address = link()
    client.post(address, {"new_password": NEW, "again": NEW})

    answer = client.post(address, {"new_password": "Third-1-password", "again": "Third-1-password"})

    assert answer.status_code == 410
    assert User.objects.get(pk=lilei.pk).check_password(NEW)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_the_link_at_once_one_sets_the_password(transactional_db, client, clock):
    lilei = factories.learner(email="lilei@example.org")
    ask(client, lilei.id_number)
    send(clock)
    uid, token = link().split("/")[3:5]

    def use(number: int) -> str:
        word = f"Another-{number}-word"
        try:
            reset_password(uid=uid, token=token, new_password=word, address=None, now=clock.now())
        except LinkUsed:
            return ""
        return word

    (won,) = filter(None, in_threads(use, 4))

    assert User.objects.get(pk=lilei.pk).check_password(won)


def test_the_link_expires(client, lilei, clock, settings):
    settings.PASSWORD_RESET_TIMEOUT = -1
    ask(client, lilei.id_number)
    send(clock)

    assert client.get(link()).status_code == 410


def test_a_forged_link_is_none(client, lilei):
    for uid in ("MQ", "!!", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk"):
        assert client.get(f"/password/reset/{uid}/abc-def/").status_code == 410


@pytest.mark.parametrize("case", ["unknown number", "wrong mail", "no mail in the account"])
def test_the_answer_is_the_same_for_all_and_no_mail_goes_out(client, lilei, clock, case):
    known = ask(client, lilei.id_number).content
    PasswordReset.objects.all().delete()
    if case == "no mail in the account":
        User.objects.filter(pk=lilei.pk).update(email="")
    number = factories.id_number(77) if case == "unknown number" else lilei.id_number
    email = "other@example.org" if case == "wrong mail" else "lilei@example.org"

    answer = ask(client, number, email)
    send(clock)

    assert answer.content == known
    assert mail.outbox == []


def test_asking_does_the_same_work_for_all_and_looks_nobody_up(client, lilei):
    """The same statements for a known number and an unknown one: a row is written, no account is read."""
    client.get("/password/forgot/")  # what the process keeps in memory is read by the first page
    done = []
    for number in (lilei.id_number, factories.id_number(77)):
        with CaptureQueriesContext(connection) as captured:
            ask(client, number)
        done.append([" ".join(query["sql"].split()[:3]) for query in captured])
        assert not [query for query in captured if "identity_user" in query["sql"]]

    assert done[0] == done[1]


def test_a_wrong_mail_first_does_not_stand_in_the_way_of_the_right_one(client, lilei, clock):
    ask(client, lilei.id_number, "typo@example.org")
    send(clock)
    ask(client, lilei.id_number)
    send(clock)

    assert [letter.to for letter in mail.outbox] == [["lilei@example.org"]]


def test_after_five_minutes_another_mail_goes_out(client, lilei, clock):
    for wait in (0, 299, 2):
        clock.tick(wait)
        ask(client, lilei.id_number)
        send(clock)

    assert len(mail.outbox) == 2


def test_staff_ask_by_their_login_name(client, clock, db):
    editor = factories.staff()
    User.objects.filter(pk=editor.pk).update(email="editor@example.org")

    client.post(
        "/password/forgot/?as=staff", {"id_number": "editor", "email": "editor@example.org", **captcha_fields()}
    )
    send(clock)

    client.post(link(), {"new_password": NEW, "again": NEW})
    assert User.objects.get(pk=editor.pk).check_password(NEW)


def test_a_login_name_is_no_id_number_here_either(client, lilei, clock):
    for as_, typed in (("?as=staff", lilei.username), ("?as=staff", lilei.id_number), ("", "editor")):
        data = {"id_type": "resident", "id_number": typed, "email": lilei.email, **captcha_fields()}
        client.post(f"/password/forgot/{as_}", data)
        send(clock)

    assert mail.outbox == []
    assert not [row for row in PasswordReset.objects.all() if lilei.id_number in row.account]


def test_a_closed_account_gets_no_mail(client, lilei, clock):
    User.objects.filter(pk=lilei.pk).update(is_active=False)
    ask(client, lilei.id_number)
    send(clock)

    assert mail.outbox == []


def test_a_worker_that_dies_loses_nothing(client, lilei, clock, monkeypatch):
    ask(client, lilei.id_number)
    monkeypatch.setattr("identity.services.password_reset.send_mail", _fail)
    with pytest.raises(ConnectionError):
        send(clock)
    assert waiting_resets(now=clock.now()) == []
    monkeypatch.undo()
    clock.tick(121)

    send(clock)

    assert len(mail.outbox) == 1


def _fail(*args, **kwargs):
    raise ConnectionError


def test_the_second_factor_stays_asked_for(client, lilei, clock):
    switched_on(lilei)
    ask(client, lilei.id_number)
    send(clock)
    client.post(link(), {"new_password": NEW, "again": NEW})
    fields = {"id_type": "resident", "id_number": lilei.id_number, "password": NEW}

    assert client.post("/login/", {"side": "technician", **fields, **captcha_fields()}).url == "/login/code/"


def test_the_mail_is_found_whatever_its_case(client, lilei, clock):
    ask(client, lilei.id_number.lower(), "LiLei@Example.org")
    send(clock)

    assert len(mail.outbox) == 1


def test_asked_again_at_once_one_mail_goes_out(client, lilei, clock):
    for _ in range(3):
        ask(client, lilei.id_number)
        send(clock)

    assert len(mail.outbox) == 1


def test_a_wrong_captcha_is_told_and_nothing_is_kept(client, lilei):
    answer = ask(client, lilei.id_number, captcha="wrong")

    assert "验证码不对" in answer.content.decode()
    assert lilei.id_number in answer.content.decode()
    assert not PasswordReset.objects.exists()


def test_a_weak_password_is_told_at_the_field(client, lilei, clock):
    ask(client, lilei.id_number)
    send(clock)

    answer = client.post(link(), {"new_password": "12345678", "again": "12345678"})

    assert answer.status_code == 200
    assert User.objects.get(pk=lilei.pk).check_password(factories.PASSWORD)


def test_sessions_and_tokens_end(client, lilei, clock):
    from django.test import Client

    browser = Client()
    browser.force_login(lilei, backend="identity.backends.LoginKeyBackend")
    text = issue_token(user=lilei, role=factories.role(lilei), address=None, now=clock.now())[1]
    ask(client, lilei.id_number)
    send(clock)

    address = link()
    client.post(address, {"new_password": NEW, "again": NEW})

    assert browser.get("/me/").status_code == 302
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {text}"}).status_code == 401


def test_what_was_asked_does_not_lie_about(client, lilei, clock):
    ask(client, lilei.id_number)
    send(clock)
    assert PasswordReset.objects.get().email == ""
    clock.tick(3601)

    waiting_resets(now=clock.now())
    assert not PasswordReset.objects.exists()
