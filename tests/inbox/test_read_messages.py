"""Reading one's messages (S2): one's own alone, read once, a page at a time, kept for a year."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.inbox import tasks
from registry.inbox.models import Message
from registry.inbox.queries import message_of, messages_of, unread_count
from registry.inbox.services import forget, mark_all_read, mark_read, send
from tests.identity import factories as people
from tests.support.clock import START

pytestmark = pytest.mark.django_db


def told(user, title="职称变更已通过", *, after=0, **fields) -> int:
    return send(user_id=user.pk, kind="notice", title=title, now=START + timedelta(minutes=after), **fields)


def test_the_newest_message_stands_first_and_unread_ones_are_counted():
    user = people.learner()
    first, second = told(user, "先来的"), told(user, "后来的", after=1)

    assert [message.id for message in messages_of(user.pk)] == [second, first]
    assert unread_count(user.pk) == 2


def test_reading_one_is_kept_with_its_time_and_a_second_time_changes_nothing():
    user = people.learner()
    message = told(user)

    mark_read(user_id=user.pk, message_id=message, now=START)
    mark_read(user_id=user.pk, message_id=message, now=START + timedelta(days=1))

    assert Message.objects.get().read_at == START
    assert (unread_count(user.pk), list(messages_of(user.pk, unread=True))) == (0, [])


def test_somebody_else_s_message_is_unknown():
    message = told(people.learner())
    other = people.stranger()

    assert message_of(other.pk, message) is None
    with pytest.raises(Message.DoesNotExist):
        mark_read(user_id=other.pk, message_id=message, now=START)
    assert Message.objects.get().read_at is None


def test_all_are_read_at_once_but_nobody_else_s():
    user, other = people.learner(), people.stranger()
    told(user), told(user), told(other)

    assert mark_all_read(user_id=user.pk, now=START) == 2
    assert (unread_count(user.pk), unread_count(other.pk)) == (0, 1)


def test_a_page_takes_the_same_queries_for_one_and_for_many():
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            list(messages_of(user.pk))
        return len(captured)

    user = people.learner()
    told(user)
    few = queries()
    for number in range(40):
        told(user, after=number)

    assert queries() == few == 2
    page = messages_of(user.pk, page=99)
    assert (page.number, len(page)) == (3, 1)


def test_a_title_too_long_is_cut_and_a_link_too_long_left_out():
    user = people.learner()

    told(user, "长" * 300, link="/" + "x" * 300)

    message = Message.objects.get()
    assert (len(message.title), message.link) == (120, "")


def test_messages_older_than_a_year_go(clock):
    user = people.learner()
    told(user, "去年的")
    clock.tick(timedelta(days=366).total_seconds())
    send(user_id=user.pk, kind="notice", title="今天的", now=clock.now())

    assert tasks.drop_old() == 1
    assert Message.objects.get().title == "今天的"


def test_all_of_somebody_s_go_with_his_account():
    user, other = people.learner(), people.stranger()
    told(user), told(other)

    forget(user_id=user.pk)

    assert Message.objects.get().user == other
