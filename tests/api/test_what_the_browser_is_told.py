"""Headers of every address, from the URL configuration itself (security.md: the browser is told)."""

import pytest

from tests.api.test_permissions import answers, world  # noqa: F401

pytestmark = pytest.mark.django_db

FILES = {"media/<path:path>"}
"""Left to whoever serves files; `tests/media_pipeline` looks at those."""
WAGTAILS = {"admin/login/", "admin/logout/"}
"""Drawn by Wagtail's admin, whose templates need what our policy refuses (security.md)."""


def faults_of(response) -> list[str]:
    """What a response fails to tell a browser."""
    kind = response.headers.get("Content-Type", "")
    faults = []
    if response.headers.get("X-Content-Type-Options") != "nosniff":
        faults.append("may be sniffed")
    if not kind.startswith("text/html") or response.status_code == 204:
        return faults
    policy = response.headers.get("Content-Security-Policy", "")
    if "default-src 'self'" not in policy or "frame-ancestors 'none'" not in policy or "unsafe" in policy:
        faults.append(f"policy: {policy}")
    if response.headers.get("X-Frame-Options") != "DENY":
        faults.append("may be framed")
    if response.headers.get("Referrer-Policy") != "same-origin":
        faults.append("tells others where one was")
    page = response.content.decode()
    if " style=" in page or " onclick=" in page or "<script>" in page or "<style" in page:
        faults.append("holds something inline")
    return faults


@pytest.mark.slow
@pytest.mark.parametrize("role", ["visitor", "technician", "bureau"])
def test_every_address_tells_the_browser_its_policy(world, role):  # noqa: F811
    clients, examples = world
    told = [(address, response) for address, _policy, response in answers(clients[role], examples)]

    faults = {address: faults_of(response) for address, response in told if address not in FILES | WAGTAILS}

    assert {address: found for address, found in faults.items() if found} == {}
    assert sum(response.headers.get("Content-Type", "").startswith("text/html") for _address, response in told) > 5


@pytest.mark.parametrize("path", ["/", "/catalogue/", "/no-such-page/", "/api/v1/no-such-thing"])
def test_pages_of_the_portal_and_unknown_ones_too(client, world, path):  # noqa: F811
    assert faults_of(client.get(path)) == []


def test_cookies_are_for_this_site_alone_and_the_session_for_no_script(client, settings, world):  # noqa: F811
    client.get("/login/")

    assert settings.SESSION_COOKIE_HTTPONLY
    assert (settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE) == ("Lax", "Lax")
    assert client.cookies["csrftoken"]["samesite"] == "Lax"
