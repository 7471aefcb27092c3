"""Schemathesis over the whole schema, as a visitor and as a learner: no 5xx, and every answer is a described one."""

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
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

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]


@pytest.fixture
def described(db, settings):
    """The schema as it is served, and the application behind it."""
    settings.API_CALLS_A_MINUTE = settings.API_VISITOR_CALLS_A_MINUTE = 1_000_000
    return schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application())


api = schemathesis.pytest.from_fixture("described")
some = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@api.parametrize()
@some
def test_a_visitor_is_answered_as_described(case):
    case.call_and_validate(checks=CHECKS)


@api.parametrize()
@some
def test_a_learner_is_answered_as_described(case, learner_token):
    case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {learner_token}"})
