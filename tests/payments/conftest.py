"""Providers in memory, and a letter box in front of the site."""

from collections.abc import Iterator
from typing import Any

import pytest

from payments.sandbox import Sandbox
from tests.payments.fakes import FakeProvider, Jobs, put_on_offer
from tests.payments.post import Post
from tests.payments.sandbox.merchant import Inbox


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> dict[str, FakeProvider]:
    """Both providers are on offer, and they are in memory."""
    return put_on_offer(monkeypatch)


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> Jobs:
    """Tasks wait until the test works them off."""
    return Jobs(monkeypatch)


@pytest.fixture
def post(sandbox: Sandbox, settings: Any) -> Iterator[Post]:
    """The sandbox's callbacks are kept for the test to hand in."""
    inbox = Inbox()
    settings.SITE_URL = inbox.url.removesuffix("/callback")
    yield Post(sandbox, inbox)
    inbox.close()
