"""How such platforms are cheated (facts/cheats.md), tried on ours: a test for each row that concerns watching.

The browser is the attacker's. Whatever it posts, credit is bounded by the server's clock, by quizzes and by checks.
"""

import re
from datetime import timedelta

import pytest

from cms.models import QuizPoint
from core import clock as server_clock
from learning.models import Enrolment, LessonProgress, Watch
from learning.services import end_watches
from tests.learning.driving import Learner, frontier

pytestmark = pytest.mark.django_db


def test_row_1_a_speeded_player_is_credited_with_real_time_only(learner, lesson, clock):
    sitting = learner.starts(lesson)

    for beat in range(1, 7):
        clock.tick(10)
        sitting.beat(beat * 160)  # sixteen-fold

    assert frontier(learner, lesson) == 60


def test_row_1_a_rate_in_the_beat_buys_nothing(learner, lesson, clock):
    sitting = learner.starts(lesson)
    clock.tick(10)

    answer = learner.post(f"watches/{sitting.id}/heartbeat", position=100, playing=True, rate=16)

    assert answer.status_code == 200
    assert frontier(learner, lesson) == 10


def test_row_1_where_the_class_allows_a_higher_rate_that_rate_is_the_bound(learner, class_of, clock):
    page, lessons = class_of([600], max_rate_pct=150)
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    clock.tick(40)

    sitting.beat(600)

    assert frontier(learner, lessons[0]) == 60


def test_row_2_a_forged_number_of_seconds_is_not_even_read(learner, lesson, clock):
    sitting = learner.starts(lesson)
    clock.tick(5)

    sitting.beat(600, duration=3600, watched=3600, frontier=600, elapsed=3600, budget=10**9)

    assert frontier(learner, lesson) == 5


@pytest.mark.parametrize("path", ["complete", "finish", "progress", "done"])
def test_row_3_nothing_sets_completion(learner, lesson, path):
    learner.starts(lesson)

    assert learner.post(f"lessons/{lesson.pk}/{path}", done=True, completed=True).status_code == 404
    assert LessonProgress.objects.get(lesson=lesson).done_at is None


def test_row_3_a_beat_that_says_ended_ends_nothing(learner, lesson, clock):
    sitting = learner.starts(lesson)
    clock.tick(1)

    answer = sitting.beat(600, ended=True, lesson_done=True, completed=True).json()

    assert not answer["lesson_done"]
    assert answer["position"] == 1


def test_row_4_dragging_to_the_end_again_and_again_moves_nothing(learner, lesson, clock):
    sitting = learner.starts(lesson)
    clock.tick(3)

    answers = [sitting.beat(599.9).json() for _ in range(50)]

    assert {answer["position"] for answer in answers} == {3}
    assert frontier(learner, lesson) == 3


def test_row_4_reloading_between_two_drags_moves_nothing(learner, lesson, clock):
    for _ in range(20):
        sitting = learner.starts(lesson)
        sitting.beat(600)

    assert frontier(learner, lesson) == 0


def test_row_5_many_tabs_together_earn_no_more_than_one(learner, class_of, clock):
    page, lessons = class_of([600])
    learner.enrols(page)
    sittings = [learner.another_device().starts(lessons[0]) for _ in range(5)]

    for _ in range(6):
        clock.tick(10)
        statuses = [sitting.beat(600).status_code for sitting in sittings]

    assert statuses == [409, 409, 409, 409, 200]
    assert frontier(learner, lessons[0]) == 60


def test_row_5_two_lessons_at_once_earn_no_more_than_the_time_that_passed(learner, two_open_lessons, clock):
    began = clock.now()
    for _ in range(12):
        for lesson in two_open_lessons:
            sitting = learner.another_device().starts(lesson)
            clock.tick(2)
            sitting.beat(600)

    credited = sum(frontier(learner, lesson) for lesson in two_open_lessons)
    assert credited <= (clock.now() - began).total_seconds()


def test_row_5_one_person_has_one_open_watch(learner, lesson):
    for _ in range(5):
        learner.another_device().starts(lesson)

    assert Watch.objects.filter(user=learner.user, ended_at__isnull=True).count() == 1


def test_row_6_playing_unseen_in_the_background_stops_at_the_presence_check(learner, class_of, clock):
    page, lessons = class_of([3600], presence_minutes=5)
    learner.enrols(page)
    sitting = learner.starts(lessons[0])

    for beat in range(1, 180):
        clock.tick(10)
        sitting.beat(beat * 10)

    assert frontier(learner, lessons[0]) <= 7.5 * 60


def test_row_7_a_script_that_clicks_anything_does_not_pass_the_check(learner, class_of, clock):
    page, lessons = class_of([3600], presence_minutes=5)
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    check = learner.watches_to(sitting, 600)["quiz"]
    assert check["kind"] == "presence"
    before = frontier(learner, lessons[0])
    named = next(
        option for option in check["questions"][0]["options"] if option["text"] in check["questions"][0]["stem"]
    )
    other = next(option for option in check["questions"][0]["options"] if option != named)

    assert not sitting.answer(check, {"1": [other["id"]]}).json()["correct"]
    clock.tick(60)
    sitting.beat(before + 60)
    assert frontier(learner, lessons[0]) == before

    assert sitting.answer(check, {"1": [named["id"]]}).json()["correct"]
    clock.tick(10)
    sitting.beat(before + 10)
    assert frontier(learner, lessons[0]) > before


def test_row_8_a_blocked_check_still_stops_the_credit(learner, class_of, clock):
    """The browser never asks what waits; the frontier stops at the quiz all the same."""
    page, lessons = class_of([(600, [120])])
    learner.enrols(page)
    sitting = learner.starts(lessons[0])

    for beat in range(1, 61):
        clock.tick(10)
        sitting.beat(beat * 10)

    assert frontier(learner, lessons[0]) == 120


def test_row_9_keys_past_an_unanswered_quiz_are_not_handed_out(learner, class_of, clock):
    page, lessons = class_of([(600, [90])])
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    quiz = learner.watches_to(sitting, 100)["quiz"]

    assert learner.get(key_address(sitting, 1)).status_code == 200
    assert learner.get(key_address(sitting, 2)).status_code == 403

    assert learner.answers_right(sitting, quiz)["correct"]
    assert learner.get(key_address(sitting, 2)).status_code == 200


def test_row_10_trying_option_after_option_gets_slower_and_every_try_is_kept(learner, class_of, clock):
    page, lessons = class_of([(600, [30])])
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    quiz = learner.watches_to(sitting, 40)["quiz"]
    question = quiz["questions"][0]
    wrong = next(option["id"] for option in question["options"] if not option["text"].startswith("对的"))

    statuses = [sitting.answer(quiz, {question["id"]: [wrong]}).status_code for _ in range(8)]

    assert statuses[:4] == [200] * 4
    assert statuses[4:] == [429] * 4
    assert LessonProgress.objects.get(lesson=lessons[0]).quiz_tries.count() == 4


def test_row_10_options_are_named_and_ordered_anew_in_every_watch(learner, class_of, clock):
    page, lessons = class_of([(600, [30])])
    learner.enrols(page)
    seen = []
    for _ in range(2):
        sitting = learner.starts(lessons[0])
        quiz = learner.watches_to(sitting, 40, sitting.opened["resume_at"] - 1)["quiz"]
        seen.append({option["id"] for option in quiz["questions"][0]["options"]})

    assert not seen[0] & seen[1]


def test_row_11_the_answers_are_in_no_response_before_they_are_given(learner, class_of, clock):
    page, lessons = class_of([(60, [30])])
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    quiz = learner.watches_to(sitting, 40)["quiz"]
    right = QuizPoint.objects.get().questions[0]["right"]

    refused = sitting.answer(quiz, {quiz["questions"][0]["id"]: [quiz["questions"][0]["options"][0]["id"] + "0"]})
    playlist = learner.get(sitting.opened["playlist"]).content.decode()
    shown = [sitting.opened, quiz, refused.json(), learner.get(f"classes/{page.slug}").json(), playlist]

    assert not {"right", "is_right", "correct", "answer", "explanation"} & set(re.findall(r"\w+", str(shown)))
    assert all(option not in str(shown) for option in right), "options go by names of this watch alone"


def test_row_16_old_beats_played_again_earn_nothing(learner, lesson, clock):
    sitting = learner.starts(lesson)
    learner.watches_to(sitting, 50)

    for position in (10, 20, 30, 40, 50) * 4:
        sitting.beat(position)

    assert frontier(learner, lesson) == 50


def test_row_16_beats_of_an_ended_watch_are_refused(learner, lesson, clock):
    sitting = learner.starts(lesson)
    clock.tick(10)
    sitting.end()

    clock.tick(30)
    answer = sitting.beat(30)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (410, "ended")
    assert frontier(learner, lesson) == 0


def test_row_17_a_class_is_done_in_no_less_than_its_videos_take(learner, class_of, clock):
    page, lessons = class_of([60, 45], [30])
    learner.enrols(page)
    began = clock.now()

    for lesson in lessons:
        sitting, done = learner.starts(lesson), False
        while not done:
            clock.tick(0.5)
            done = sitting.beat(10_000).json()["lesson_done"]

    assert Enrolment.objects.get().completed_at >= began + timedelta(seconds=60 + 45 + 30)


def test_row_18_a_night_run_without_a_person_stops_at_the_first_check(learner, class_of, clock):
    page, lessons = class_of([8 * 3600], presence_minutes=20)
    learner.enrols(page)
    sitting = learner.starts(lessons[0])

    for beat in range(1, 8 * 60):
        clock.tick(60)
        sitting.beat(beat * 60)

    assert frontier(learner, lessons[0]) <= 30 * 60


def test_row_21_checks_come_at_moments_that_differ(class_of, learners):
    page, lessons = class_of([3600], presence_minutes=10)
    moments = set()
    for learner in learners(4):
        learner.enrols(page)
        learner.starts(lessons[0])
        moments.add(LessonProgress.objects.get(enrolment__user=learner.user).presence_checks.get().at_ms)

    assert len(moments) == 4


def test_row_21_the_moment_of_a_check_is_told_to_nobody(learner, class_of):
    page, lessons = class_of([3600], presence_minutes=10)
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    check = LessonProgress.objects.get(lesson=lessons[0]).presence_checks.get()

    assert sitting.opened["next_stop"] is None
    assert str(check.at_ms) not in str(sitting.opened)


def test_row_22_device_and_address_of_every_sitting_are_kept(learner, lesson, clock):
    sitting = learner.starts(lesson)
    clock.tick(10)
    sitting.beat(500)
    sitting.end()

    watch = Watch.objects.get()
    assert (watch.device, watch.address) == ("test browser", "127.0.0.1")
    assert (watch.beats, watch.corrections, watch.end) == (1, 1, "left")


def test_row_23_somebody_elses_watch_is_unknown(learner, stranger, lesson, clock):
    sitting = learner.starts(lesson)
    clock.tick(10)

    assert stranger.post(f"watches/{sitting.id}/heartbeat", position=10, playing=True, rate=1).status_code == 404
    assert stranger.get(sitting.opened["playlist"]).status_code == 404
    assert stranger.get(key_address(sitting, 0)).status_code == 404
    assert frontier(learner, lesson) == 0


@pytest.mark.parametrize("forged", ["1", "1-1", "1-1-", "1-1-" + "0" * 32, "-", "a-b-c", "9" * 40])
def test_row_23_a_made_up_watch_is_unknown(learner, lesson, forged):
    learner.starts(lesson)

    assert learner.post(f"watches/{forged}/heartbeat", position=1, playing=True, rate=1).status_code == 404
    assert learner.get(f"watches/{forged}/playlist.m3u8").status_code == 404


def test_row_23_no_key_without_enrolment(stranger, lesson):
    assert stranger.tries_to_start(lesson).status_code == 403
    assert stranger.get(f"previews/{lesson.pk}/keys/0").status_code == 404


def test_row_23_no_key_beyond_the_look_ahead(learner, lesson, clock):
    sitting = learner.starts(lesson)

    assert [learner.get(key_address(sitting, n)).status_code for n in range(4)] == [200, 403, 403, 403]
    learner.watches_to(sitting, 10)
    assert [learner.get(key_address(sitting, n)).status_code for n in range(4)] == [200, 200, 403, 403]


def test_row_23_a_key_address_works_until_its_watch_ends(learner, lesson):
    sitting = learner.starts(lesson)
    assert learner.get(key_address(sitting, 0)).status_code == 200

    end_watches(user_id=learner.user.pk, reason="logout", now=server_clock.now())

    assert learner.get(key_address(sitting, 0)).status_code == 403


def test_row_25_the_clients_clock_is_never_asked(learner, lesson, clock):
    sitting = learner.starts(lesson)
    clock.tick(5)

    learner.client.post(
        f"/api/v1/watches/{sitting.id}/heartbeat",
        {"position": 500, "playing": True, "rate": 1, "at": "2030-01-01T00:00:00Z", "timestamp": 2 * 10**12},
        content_type="application/json",
        headers={"date": "Tue, 01 Jan 2030 00:00:00 GMT"},
    )

    assert frontier(learner, lesson) == 5


def test_a_time_that_runs_backwards_earns_nothing_and_loses_nothing(learner, lesson, clock):
    sitting = learner.starts(lesson)
    learner.watches_to(sitting, 30)

    clock.tick(-3600)
    sitting.beat(600)

    assert frontier(learner, lesson) == 30


def test_waiting_long_and_then_posting_once_earns_no_more_than_the_cap(learner, lesson, clock):
    sitting = learner.starts(lesson)
    clock.tick(24 * 3600)

    sitting.beat(600)

    assert frontier(learner, lesson) == 90


def key_address(sitting, window: int) -> str:
    """Where the key of a window is fetched, as the playlist names it."""
    return sitting.opened["playlist"].replace("playlist.m3u8", f"keys/{window}")


def test_the_address_of_a_key_is_the_one_the_playlist_names(learner: Learner, lesson):
    sitting = learner.starts(lesson)
    rendition = sitting.opened["playlist"].replace("playlist.m3u8", "360p.m3u8")

    assert 'URI="keys/0"' in learner.get(rendition).content.decode()
