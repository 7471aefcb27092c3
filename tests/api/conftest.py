"""What tests of the API share."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from identity.services import issue_token
from tests.exams.conftest import examinee, rival  # noqa: F401
from tests.identity import factories
from tests.learning.conftest import (  # noqa: F401
    administrator,
    city,
    class_of,
    learner,
    lesson,
    other_region,
    public_class,
    stranger,
)
from tests.learning.driving import Learner


@pytest.fixture
def queries_of() -> Callable[[Callable[[], Any]], int]:
    """`queries_of(call)`: how many queries a call makes; it is made once before, so that caches are warm."""

    def count(call: Callable[[], Any]) -> int:
        call()
        with CaptureQueriesContext(connection) as captured:
            response = call()
        assert response.status_code == 200, response.content
        return len(captured)

    return count


@pytest.fixture
def browsers(learner: Learner) -> dict[str, Client]:  # noqa: F811
    """A logged-in browser for each kind of role, and one of nobody."""
    bureau = factories.organisation("示例市人力资源和社会保障局", kind="bureau")
    units = {
        "employer": factories.organisation(),
        "department": factories.organisation("示例市卫生健康委员会", kind="department", parent=bureau),
        "bureau": bureau,
        "base": factories.organisation("示例市继续教育基地", kind="base", parent=bureau),
    }
    found = {"visitor": Client(), "technician": learner.client}
    for serial, (kind, unit) in enumerate(units.items(), start=50):
        found[kind] = _browser(factories.administrator(f"管理员{serial}", serial, unit, kind))
    found["staff"] = _browser(factories.staff("root", "超级管理员", is_superuser=True))
    return found


def _browser(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="identity.backends.LoginKeyBackend")
    return client


@pytest.fixture
def learner_token(learner: Learner, clock: Any) -> str:  # noqa: F811
    """A token that 李雷 logged in with by API."""
    role = factories.role(learner.user)
    return issue_token(user=learner.user, role=role, address=None, now=clock.now())[1]
