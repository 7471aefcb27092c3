"""People of the content room."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from cms.services import EDITORS, REVIEWERS
from tests.cms.factories import set_up_site
from tests.identity import factories as people


@pytest.fixture
def site(db: None) -> None:
    """The pages, groups and workflow that every installation has."""
    set_up_site()


def _client(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="identity.backends.LoginKeyBackend")
    client.user = user  # type: ignore[attr-defined]
    return client


@pytest.fixture
def editor(site: None) -> Client:
    """An editor at her browser; `editor.user` is who she is."""
    user = people.staff("editor", "编辑甲")
    user.groups.add(Group.objects.get(name=EDITORS))
    return _client(user)


@pytest.fixture
def reviewer(site: None) -> Client:
    """A reviewer at his browser."""
    user = people.staff("reviewer", "审核乙")
    user.groups.add(Group.objects.get(name=REVIEWERS))
    return _client(user)


@pytest.fixture
def root(site: None) -> Client:
    """The platform's superuser."""
    return _client(people.staff("root", "管理员", is_superuser=True))


@pytest.fixture
def messages_of() -> Callable[[Any], list[str]]:
    """The messages that wait for the person after a response."""

    def read(response: Any) -> list[str]:
        from django.contrib.messages import get_messages

        return [str(message) for message in get_messages(response.wsgi_request)]

    return read
