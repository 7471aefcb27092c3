"""/healthz, /readyz and /metrics: what watches over a machine asks of it."""

import pytest
from django.core.files.storage import FileSystemStorage

from web import probes


def test_a_live_process_says_so_without_asking_the_database(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_a_ready_machine_names_its_parts(client):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "broker": "ok", "storage": "ok"}


@pytest.mark.django_db
def test_a_part_that_fails_makes_the_machine_unready(client, monkeypatch):
    monkeypatch.setitem(probes.READINESS, "broker", lambda: iter(["连不上 amqp://name:password@host"]))

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"status": "fault", "database": "ok", "broker": "fault", "storage": "ok"}
    assert "password" not in response.text


@pytest.mark.django_db
def test_a_media_folder_that_is_none_makes_the_machine_unready(client, monkeypatch, tmp_path):
    (tmp_path / "media").write_text("a file where the folder should be")
    monkeypatch.setattr(probes, "default_storage", FileSystemStorage(tmp_path / "media"))

    assert client.get("/readyz").json()["storage"] == "fault"


def test_a_broker_that_is_away_is_found(settings):
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": "/nowhere/at/all"}

    assert len(list(probes.broker())) == 1


@pytest.mark.django_db
def test_figures_are_for_this_machine(client):
    response = client.get("/metrics")

    assert response.status_code == 200
    assert b"django_http_requests" in response.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [{"REMOTE_ADDR": "203.0.113.7"}, {"HTTP_X_FORWARDED_FOR": "203.0.113.7"}, {"HTTP_FORWARDED": "for=203.0.113.7"}],
    ids=["from elsewhere", "through a proxy here", "through a proxy here, by the new header"],
)
def test_nobody_else_sees_figures(client, headers):
    assert client.get("/metrics", **headers).status_code == 404


@pytest.mark.django_db
def test_behind_a_proxy_this_machine_proves_nothing(client, settings):
    settings.TRUSTED_PROXIES = 1

    assert client.get("/metrics").status_code == 404


@pytest.mark.django_db
def test_whoever_knows_the_token_sees_figures(client, settings):
    settings.METRICS_TOKEN = "a-long-token"

    def ask(token):
        return client.get("/metrics", REMOTE_ADDR="203.0.113.7", HTTP_AUTHORIZATION=f"Bearer {token}").status_code

    assert (ask("a-long-token"), ask("another")) == (200, 404)


@pytest.mark.django_db
def test_an_empty_token_opens_nothing(client, settings):
    settings.METRICS_TOKEN = ""

    response = client.get("/metrics", REMOTE_ADDR="203.0.113.7", HTTP_AUTHORIZATION="Bearer ")

    assert response.status_code == 404
