"""Anybody may try the first three minutes of a preview lesson, and nothing more (L5)."""

import pytest

from cms.models import Lesson

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(class_of) -> Lesson:
    """A lesson of four minutes on offer as a preview."""
    page, _lessons = class_of([240])
    page.syllabus[0].value["lessons"][0].value["is_preview"] = True
    page.save_revision().publish()
    return Lesson.objects.get()


def status(client, lesson: Lesson, path: str) -> int:
    return client.get(f"/api/v1/previews/{lesson.pk}/{path}").status_code


def test_keys_end_at_three_minutes(client, trial):
    assert [status(client, trial, f"keys/{window}") for window in range(5)] == [200, 200, 200, 403, 404]


def test_its_playlist_ends_there_too(client, trial):
    answer = client.get(f"/api/v1/lessons/{trial.pk}/preview").json()
    assert answer["seconds"] == 180
    assert client.get(answer["playlist"]).status_code == 200

    lines = client.get(answer["playlist"].replace("playlist", "360p")).text.splitlines()

    lengths = [float(line.removeprefix("#EXTINF:").rstrip(",")) for line in lines if line.startswith("#EXTINF:")]
    assert sum(lengths) == pytest.approx(180, abs=0.01)
    assert [line for line in lines if "keys/3" in line] == []


def test_a_lesson_that_is_no_preview_gives_nothing(client, class_of):
    _page, (lesson,) = class_of([240])

    assert client.get(f"/api/v1/lessons/{lesson.pk}/preview").status_code == 404
    assert [status(client, lesson, path) for path in ("playlist.m3u8", "360p.m3u8", "keys/0")] == [404] * 3


def test_nor_does_one_of_a_class_that_was_taken_off_the_catalogue(client, trial):
    trial.class_page.unpublish()

    assert status(client, trial, "keys/0") == 404


def test_what_is_not_there_is_said_in_the_contracts_shape(client, db):
    answer = client.get("/api/v1/previews/1/keys/0")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "not_found")
