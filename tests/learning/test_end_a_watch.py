"""What ends a watch: logging out, another password, another role. By a token, as a native client or another system."""

import pytest

from identity.models import Membership
from learning.models import Watch
from tests.identity import factories
from tests.identity.driving import Program
from tests.learning.driving import frontier

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(learner, lesson) -> Program:
    """李雷's own program, logged in by token; he is enrolled in the lesson's class."""
    program = Program()
    program.logs_in(learner.user)
    return program


def starts(program: Program, lesson) -> dict:
    response = program.post(f"lessons/{lesson.pk}/watch")
    assert response.status_code == 201, response.content
    return response.json()


def beat(program: Program, watch: dict, position: float):
    return program.post(f"watches/{watch['id']}/heartbeat", {"position": position, "playing": True, "rate": 1})


def key(watch: dict, window: int = 0) -> str:
    """Where a key is fetched, below /api/v1/."""
    return watch["playlist"].replace("playlist.m3u8", f"keys/{window}").removeprefix("/api/v1/")


def error_of(response) -> tuple[int, str]:
    return response.status_code, response.json()["errors"][0]["code"]


def test_the_last_word_may_be_said_again_and_counts_once(program, learner, lesson, clock):
    watch = starts(program, lesson)
    clock.tick(10)
    word = {"position": 10, "playing": False, "rate": 1}

    first = program.post(f"watches/{watch['id']}/end", word)
    clock.tick(10)
    again = program.post(f"watches/{watch['id']}/end", word | {"position": 20})

    assert (first.status_code, again.status_code) == (204, 204)
    assert frontier(learner, lesson) == 10


def test_the_last_word_of_a_watch_that_another_took_over_is_too_late(program, learner, lesson, clock):
    watch = starts(program, lesson)
    clock.tick(10)
    starts(program, lesson)

    late = program.post(f"watches/{watch['id']}/end", {"position": 10, "playing": False, "rate": 1})

    assert late.status_code == 204
    assert frontier(learner, lesson) == 0


def test_a_program_with_a_token_watches_like_a_browser(program, learner, lesson, clock):
    watch = starts(program, lesson)
    clock.tick(10)

    assert beat(program, watch, 10).json()["frontier"] == 10
    assert len(program.get(key(watch)).content) == 16
    assert error_of(program.get(key(watch, 3))) == (403, "not_earned")
    assert frontier(learner, lesson) == 10


def test_its_native_player_fetches_keys_without_the_token(program, client, lesson):
    watch = starts(program, lesson)

    assert len(client.get(f"/api/v1/{key(watch)}").content) == 16


def test_another_persons_token_gets_neither_beat_nor_key(program, stranger, lesson, clock):
    watch = starts(program, lesson)
    other = Program()
    other.logs_in(stranger.user)
    clock.tick(10)

    assert beat(other, watch, 10).status_code == 404
    assert other.get(key(watch)).status_code == 404


def test_revoking_the_token_ends_its_watch_and_its_keys(program, learner, lesson, clock):
    watch = starts(program, lesson)
    assert program.post("auth/logout").status_code == 204
    clock.tick(10)

    assert error_of(beat(program, watch, 10)) == (410, "ended")
    assert error_of(program.get(key(watch))) == (403, "not_earned")
    assert frontier(learner, lesson) == 0
    assert Watch.objects.get().end == Watch.End.LOGOUT


def test_a_new_password_ends_the_watch(program, lesson, clock):
    watch = starts(program, lesson)
    changed = {"old_password": factories.PASSWORD, "new_password": "Lanhua-8848-xi"}
    assert program.post("me/password", changed).status_code < 300
    clock.tick(10)

    assert error_of(beat(program, watch, 10)) == (410, "ended")
    assert error_of(program.get(key(watch))) == (403, "not_earned")
    assert Watch.objects.get().end == Watch.End.PASSWORD


def test_acting_in_another_role_ends_the_watch(program, learner, lesson, clock):
    employer = factories.membership(learner.user, "employer", is_super=True)
    watch = starts(program, lesson)
    assert program.post("auth/role", {"role": str(employer.pk)}).status_code == 200
    clock.tick(10)

    assert error_of(beat(program, watch, 10)) == (410, "ended")
    assert error_of(program.post(f"lessons/{lesson.pk}/watch")) == (403, "not_enrolled")


def test_who_is_no_learner_any_more_cannot_sit_down(learner, lesson, clock):
    learner.starts(lesson)
    Membership.objects.filter(user=learner.user).update(state=Membership.State.ENDED)

    response = learner.tries_to_start(lesson)

    assert response.status_code in (401, 403)
    assert Watch.objects.count() == 1
