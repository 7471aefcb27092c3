"""Schemathesis over the whole schema, as a visitor and as a learner: no 5xx, and every answer is a described one."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.api.test_schema import SNAPSHOT

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]

api = schemathesis.openapi.from_path(str(SNAPSHOT))
api.app = get_wsgi_application()
some = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _many_calls_in_one_transaction(settings):
    """No limit of calls, and a connection that isn't closed between them, as Django's own test client keeps it."""
    settings.API_CALLS_A_MINUTE = settings.API_VISITOR_CALLS_A_MINUTE = 1_000_000
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@api.parametrize()
@some
def test_a_visitor_is_answered_as_described(case):
    case.call_and_validate(checks=CHECKS)


@api.parametrize()
@some
def test_a_learner_is_answered_as_described(case, learner_token):
    case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {learner_token}"})
