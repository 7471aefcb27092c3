"""消息 by its pages (S2): everybody's inbox, whatever he acts as."""

from datetime import timedelta

import pytest

from identity.models import User
from registry.inbox.models import Message
from registry.inbox.services import send
from tests.identity import factories as people
from tests.support.clock import START, FakeClock
from tests.web.pages import browser, queries, read, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(clock: FakeClock) -> FakeClock:
    return clock


@pytest.fixture
def user(db) -> User:
    return people.learner(email="lilei@example.org")


def told(user, title="职称变更已通过", *, after=0, **fields) -> int:
    return send(user_id=user.pk, kind="case_passed", title=title, now=START + timedelta(minutes=after), **fields)


def rows(page) -> list[str]:
    return [words(row) for row in page.select(".xs-inbox li")]


def test_the_inbox_shows_the_newest_first_and_what_is_unread(user):
    told(user, "先来的", body="说明")
    told(user, "后来的", after=1)

    page = read(browser(user), "/me/messages/")

    assert rows(page) == ["后来的（未读）今天09:01", "先来的（未读）说明今天09:00"]
    assert len(page.select("[data-unread]")) == 2


def test_opening_one_marks_it_read_and_leads_to_what_it_tells_of(user):
    message = told(user, link="/me/cases/")
    me = browser(user)

    assert me.get(f"/me/messages/{message}/")["Location"] == "/me/cases/"

    assert rows(read(me, "/me/messages/?show=unread")) == []
    assert "都读过了" in words(read(me, "/me/messages/?show=unread"))
    assert len(rows(read(me, "/me/messages/"))) == 1


def test_one_that_leads_nowhere_is_shown_whole(user):
    message = told(user, body="很长的说明" * 40)

    assert "很长的说明" * 40 in words(read(browser(user), f"/me/messages/{message}/"))


def test_a_link_never_leads_off_the_site(user):
    message = told(user, link="//evil.example/")

    assert browser(user).get(f"/me/messages/{message}/").status_code == 200


def test_somebody_else_s_message_is_not_there(user):
    message = told(user)

    assert browser(people.stranger()).get(f"/me/messages/{message}/").status_code == 404
    assert Message.objects.get().read_at is None


def test_all_are_marked_read(user):
    told(user), told(user)
    me = browser(user)

    me.post("/me/messages/read/")

    assert not Message.objects.filter(read_at__isnull=True).exists()
    assert me.get("/me/messages/read/").status_code == 405


def test_mail_is_switched_off_and_on(user):
    me = browser(user)

    me.post("/me/messages/mail/", {"wants_mail": "0"})
    user.refresh_from_db()
    assert user.wants_mail is False
    assert "也发到lilei@example.org" in words(read(me, "/me/messages/"))
    me.post("/me/messages/mail/", {"wants_mail": "1"})

    user.refresh_from_db()
    assert user.wants_mail is True


def test_the_bar_and_the_menu_count_what_is_unread(user):
    told(user), told(user)

    page = browser(user).get("/me/messages/").content.decode()

    assert 'aria-label="消息，2 条未读"' in page


def test_an_administrator_has_the_same_inbox_with_the_way_back_to_his_console():
    hanmei = people.administrator()
    told(hanmei, "李雷催办职称变更")

    page = browser(hanmei).get("/me/messages/").content.decode()

    assert "李雷催办职称变更" in page
    assert 'href="/console/"' in page
    assert "/me/profile/" not in page


def test_a_page_takes_the_same_queries_for_one_and_for_many(user):
    me = browser(user)
    told(user)
    few = queries(me, "/me/messages/")
    for number in range(30):
        told(user, after=number)

    assert queries(me, "/me/messages/") == few
    assert len(rows(read(me, "/me/messages/?page=2"))) == 11
    assert len(rows(read(me, "/me/messages/?page=x"))) == 20
