"""What a request's line in the log must not hold (security.md: an ID number is never logged in the clear)."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_query_is_not_logged(client, clock, capsys):
    client.get("/help/?q=110101199003070134")

    assert "/help/" in (logged := capsys.readouterr().out)
    assert "110101199003070134" not in logged


def test_a_mailed_link_is_not_logged(client, clock, capsys):
    client.get("/password/reset/MQ/c0ffee-secret/")

    assert "/password/reset/…" in (logged := capsys.readouterr().out)
    assert "c0ffee-secret" not in logged
