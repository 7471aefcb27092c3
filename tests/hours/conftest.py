"""People whose hours are counted."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from tests.identity import factories

_serials = count()


@pytest.fixture
def people(db: None) -> Callable[[], Any]:
    """`people()`: one more person."""
    return lambda: factories.person("学员", 100 + next(_serials) % 800)


@pytest.fixture
def person(people: Callable[[], Any]) -> Any:
    return people()
