"""The heartbeat endpoint: it works, and each bad input gets a clear 4xx and loses nothing."""

import pytest

from learning.models import LessonProgress
from tests.learning.driving import frontier

pytestmark = pytest.mark.django_db


def test_an_honest_beat_moves_the_frontier(learner, lesson, clock):
    sitting = learner.starts(lesson)
    clock.tick(10)

    answer = sitting.beat(10).json()

    assert answer == {
        "position": 10,
        "frontier": 10,
        "quiz": None,
        "lesson_done": False,
        "unlocked": [],
        "next_stop": None,
    }


def test_a_forward_jump_is_sent_back(learner, lesson, clock):
    sitting = learner.starts(lesson)
    clock.tick(10)

    answer = sitting.beat(300)

    assert answer.status_code == 200
    assert answer.json()["position"] == 10
    assert frontier(learner, lesson) == 10


def test_back_is_free(learner, lesson, clock):
    sitting = learner.starts(lesson)
    learner.watches_to(sitting, 60)

    answer = sitting.beat(12).json()

    assert (answer["position"], answer["frontier"]) == (12, 60)


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ('{"position": NaN, "playing": true, "rate": 1}', "position"),
        ('{"position": Infinity, "playing": true, "rate": 1}', "position"),
        ('{"position": -1, "playing": true, "rate": 1}', "position"),
        ('{"position": "ten", "playing": true, "rate": 1}', "position"),
        ('{"position": true, "playing": true, "rate": 1}', "position"),
        ('{"position": null, "playing": true, "rate": 1}', "position"),
        ('{"playing": true, "rate": 1}', "position"),
        ('{"position": 5, "playing": "yes", "rate": 1}', "playing"),
        ('{"position": 5, "playing": true, "rate": "fast"}', "rate"),
        ('{"position": 5, "playing": true, "rate": -2}', "rate"),
        ("[1]", None),
        ("not json", None),
        ("", None),
        ('{"position": ' + "9" * 400 + "}", "position"),
    ],
)
def test_bad_input_is_named_and_loses_nothing(learner, lesson, clock, body, attr):
    sitting = learner.starts(lesson)
    learner.watches_to(sitting, 30)

    response = learner.client.post(f"/api/v1/watches/{sitting.id}/heartbeat", body, content_type="application/json")

    assert response.status_code == 400
    assert response.json()["type"] == "validation_error"
    assert response.json()["errors"][0]["attr"] == attr
    assert frontier(learner, lesson) == 30


def test_a_huge_position_is_only_a_jump(learner, lesson, clock):
    sitting = learner.starts(lesson)
    clock.tick(3)

    assert sitting.beat(1e300).json()["position"] == 3


def test_only_post_beats(learner, lesson):
    sitting = learner.starts(lesson)

    assert learner.get(f"watches/{sitting.id}/heartbeat").status_code == 405


def test_a_beat_is_one_statement(learner, lesson, clock, django_assert_num_queries):
    sitting = learner.starts(lesson)
    clock.tick(10)

    with django_assert_num_queries(1):
        sitting.beat(10)


def test_a_key_is_one_read(learner, lesson, django_assert_num_queries):
    sitting = learner.starts(lesson)
    address = sitting.opened["playlist"].replace("playlist.m3u8", "keys/0")
    learner.get(address)

    with django_assert_num_queries(1):
        assert len(learner.get(address).content) == 16


def test_after_logging_out_the_watch_is_over(learner, lesson, clock):
    sitting = learner.starts(lesson)
    cookies = learner.client.cookies.copy()
    assert learner.post("auth/logout").status_code == 204
    learner.client.cookies = cookies
    clock.tick(10)

    assert sitting.beat(10).status_code == 410
    assert LessonProgress.objects.get().frontier_ms == 0


def test_another_device_takes_over_and_says_so(learner, lesson, clock):
    first = learner.starts(lesson)
    learner.watches_to(first, 30)
    second = learner.another_device().starts(lesson)
    clock.tick(10)

    refused = first.beat(40)

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "superseded")
    assert refused.json()["errors"][0]["detail"]
    assert second.beat(40).json()["frontier"] == 40


def test_a_new_watch_begins_without_time_saved_up_in_the_old_one(learner, lesson, clock):
    first = learner.starts(lesson)
    clock.tick(60)
    first.beat(0)

    second = learner.another_device().starts(lesson)

    assert second.beat(60).json()["position"] == 0


def test_evidence_of_a_sitting_is_kept(learner, lesson, clock):
    from learning.models import Watch

    sitting = learner.starts(lesson)
    learner.watches_to(sitting, 30)
    clock.tick(45)
    sitting.beat(400)
    sitting.end()

    watch = Watch.objects.get()
    assert (watch.beats, watch.corrections, watch.longest_gap_ms) == (4, 1, 45_000)
    assert (watch.opened_from_ms, watch.ended_at_ms) == (0, 75_000)
