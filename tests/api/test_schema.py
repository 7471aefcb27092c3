"""The OpenAPI description is what is committed, and its pages work under the site's own content security policy."""

import json
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

pytestmark = pytest.mark.slow

SNAPSHOT = Path(settings.BASE_DIR, "docs/openapi.yaml")

# Method and path of every operation of contract.md that stands.
CONTRACT = [
    "post /auth/captcha",
    "post /auth/login",
    "post /auth/role",
    "post /auth/logout",
    "get /me",
    "get /me/summary",
    "get /me/years",
    "get /me/years/{year}",
    "get /specialties",
    "get /classes",
    "get /classes/{slug}",
    "post /classes/{slug}/enrolment",
    "post /lessons/{lesson}/watch",
    "get /lessons/{lesson}/preview",
    "post /watches/{watch}/heartbeat",
    "post /watches/{watch}/quizzes/{quiz}/answers",
    "get /exams",
    "post /courses/{course}/exam-attempts",
    "get /exam-attempts/{attempt}",
    "patch /exam-attempts/{attempt}/answers",
    "post /exam-attempts/{attempt}/submit",
    "get /practice",
    "post /practice/{course}/answers",
    "get /mistakes",
    "get /codes/{table}",
]


def test_the_description_is_the_committed_one(tmp_path):
    fresh = tmp_path / "openapi.yaml"
    call_command("spectacular", file=str(fresh), validate=True, fail_on_warn=True)

    assert fresh.read_text() == SNAPSHOT.read_text(), "run: manage.py spectacular --file docs/openapi.yaml"


@pytest.mark.django_db
@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/yaml"])
def test_the_description_is_served_to_everybody(client, accept):
    response = client.get("/api/v1/schema/", headers={"accept": accept})

    assert response.status_code == 200
    schema = yaml.safe_load(response.content)
    assert schema["openapi"].startswith("3.1")


@pytest.mark.django_db
@pytest.mark.parametrize("operation", CONTRACT)
def test_an_operation_of_the_contract_is_described(client, operation):
    method, path = operation.split()

    assert method in json.loads(client.get("/api/v1/schema/").content)["paths"][f"/api/v1{path}"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_browsable_pages_work_under_the_policy(page):
    page.goto("/api/v1/docs/")
    page.get_by_role("button", name="GET /api/v1/specialties", exact=False).first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()

    page.get_by_text("Response headers").wait_for()
