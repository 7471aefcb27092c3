"""What tests of identity share."""

from typing import Any

import pytest

from identity.models import User
from tests.identity import factories
from tests.identity.driving import Browser, Program


@pytest.fixture
def lilei(db: Any, clock: Any) -> User:
    """李雷, a learner of the hospital."""
    return factories.learner()


@pytest.fixture
def hanmei(db: Any, clock: Any) -> User:
    """韩梅, who administers the hospital."""
    return factories.administrator()


@pytest.fixture
def program(clock: Any) -> Program:
    """A client of the REST API."""
    return Program()


@pytest.fixture
def browser(clock: Any) -> Browser:
    """A browser that keeps cookies, and a service's request in it."""
    return Browser()
