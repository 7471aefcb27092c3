"""Messages by mail (S2): to whom wants them, once, also when a server or a worker fails."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from identity.models import User
from registry.inbox import tasks
from registry.inbox.models import Message
from registry.inbox.services import send, send_waiting_mails
from registry.inbox.services.mailing import DELAYS, LEASE
from tests.identity import factories as people
from tests.support.clock import START
from tests.support.threads import in_threads

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(db) -> User:
    return people.learner(email="lilei@example.org")


def told(user, **fields) -> Message:
    pk = send(user_id=user.pk, kind="notice", title="职称变更\n已通过", body="现在生效", now=START, **fields)
    return Message.objects.get(pk=pk)


class Failing(EmailBackend):
    """A mail server that is down."""

    down = True

    def send_messages(self, messages):
        if Failing.down:
            raise ConnectionRefusedError
        return super().send_messages(messages)


@pytest.fixture
def server(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Failing"
    Failing.down = True
    return Failing


def test_a_message_is_mailed_with_its_link_and_how_to_stop(user, clock, settings):
    settings.SITE_URL = "https://xueshi.example"
    told(user, link="/me/cases/7/")

    assert tasks.send_mails() == 1

    (letter,) = mail.outbox
    assert letter.to == ["lilei@example.org"]
    assert letter.subject.endswith("职称变更 已通过")
    assert "https://xueshi.example/me/cases/7/" in letter.body
    assert "https://xueshi.example/me/messages/" in letter.body
    assert Message.objects.get().mail == "sent"


def test_it_is_sent_once(user):
    told(user)

    send_waiting_mails(now=START)
    send_waiting_mails(now=START + timedelta(days=1))

    assert len(mail.outbox) == 1


@pytest.mark.parametrize("change", [{"wants_mail": False}, {"email": ""}, {"is_active": False}])
def test_who_wants_none_has_no_address_or_is_closed_gets_none(user, change):
    told(user)
    User.objects.filter(pk=user.pk).update(**change)

    assert send_waiting_mails(now=START) == 0

    assert (mail.outbox, Message.objects.get().mail) == ([], "none")


def test_what_is_for_the_site_alone_is_not_mailed(user):
    told(user, by_mail=False)

    assert send_waiting_mails(now=START) == 0


def test_a_failure_is_tried_again_later_and_later(user, server):
    message = told(user)
    now = START
    for delay in DELAYS:
        assert send_waiting_mails(now=now) == 0
        message.refresh_from_db()
        assert (message.mail, message.mail_after) == ("waiting", now + delay)
        assert send_waiting_mails(now=now + delay - timedelta(seconds=1)) == 0
        now += delay
    server.down = False

    assert send_waiting_mails(now=now) == 1
    assert Message.objects.get().mail == "sent"


def test_after_the_last_try_it_is_given_up_and_stays_in_the_inbox(user, server):
    told(user)
    now = START
    for delay in (*DELAYS, timedelta(0)):
        send_waiting_mails(now=now)
        now += delay
    server.down = False

    assert send_waiting_mails(now=now + timedelta(days=9)) == 0
    assert (Message.objects.get().mail, mail.outbox) == ("failed", [])


def test_one_failure_does_not_hold_up_the_others(user, monkeypatch):
    bad = people.learner("坏地址", 15, email="bad@example.org")
    told(bad), told(user)
    real = EmailBackend.send_messages

    def picky(self, messages):
        if messages[0].to == ["bad@example.org"]:
            raise OSError("no such mailbox")
        return real(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", picky)

    assert send_waiting_mails(now=START) == 1
    assert [letter.to for letter in mail.outbox] == [["lilei@example.org"]]


def test_what_a_killed_worker_had_claimed_is_sent_when_its_lease_is_over(user, monkeypatch):
    told(user)

    def killed(self, messages):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", killed)
        with pytest.raises(KeyboardInterrupt):
            send_waiting_mails(now=START)

    assert send_waiting_mails(now=START + timedelta(minutes=1)) == 0
    assert send_waiting_mails(now=START + LEASE) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_mail_once(user):
    for _number in range(10):
        told(user)

    sent = in_threads(lambda number: send_waiting_mails(now=START), 4)

    assert sum(sent) == len(mail.outbox) == 10
