"""Error pages: what happened, the way back, whom to call; and nothing that can break once more."""

from typing import Any

import pytest
from django.test import Client, RequestFactory

from cms.services import set_support
from tests.cms.factories import set_up_site
from tests.identity import factories as people
from web import errors


@pytest.fixture
def site(db: Any, clock: Any) -> None:
    set_up_site()
    set_support(phone="000-12345")


def browser_of(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="identity.backends.LoginKeyBackend")
    return client


def test_a_page_that_is_gone_offers_a_visitor_to_log_in(client, site):
    answer = client.get("/nowhere/")

    page = answer.content.decode()
    assert answer.status_code == 404
    assert "这一页不见了" in page
    assert 'href="/login/"' in page
    assert "000-12345" in page


def test_a_page_that_is_gone_offers_others_to_switch_the_role(site):
    page = browser_of(people.learner()).get("/nowhere/").content.decode()

    assert 'href="/role/"' in page


def test_a_page_of_another_role_says_which_role_one_has_and_how_to_switch(site):
    answer = browser_of(people.administrator()).get("/learn/")

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "你现在的身份是用人单位管理员。" in page
    assert 'href="/role/"' in page


def test_a_broken_page_is_answered_without_database_context_or_session():
    answer = errors.server_error(RequestFactory().get("/"))

    page = answer.content.decode()
    assert answer.status_code == 500
    assert "这一页暂时打不开" in page
    assert "再试一次" in page


def test_a_broken_page_reaches_that_answer(site, monkeypatch):
    def broken() -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("web.account.this_year", broken)
    client = Client(raise_request_exception=False)

    answer = client.get("/login/")

    assert answer.status_code == 500
    assert "这一页暂时打不开" in answer.content.decode()
