"""What tests of the API share."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


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
