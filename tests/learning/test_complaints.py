"""What learners of such platforms complain about (facts/complaints.md), rows 1–9 and 13: not here."""

import itertools

import pytest

from cms.errors import PublishRefused
from learning.models import Enrolment, LessonProgress
from media_pipeline.models import VideoAsset
from tests.learning.driving import frontier

pytestmark = pytest.mark.django_db


def test_row_1_leaving_with_the_last_beat_on_its_way_still_opens_the_next_lesson(learner, class_of, clock):
    page, lessons = class_of([30, 30])
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    learner.watches_to(sitting, 20)
    clock.tick(10)

    beacon = learner.client.post(
        f"/api/v1/watches/{sitting.id}/end",
        '{"position": 30, "playing": false, "rate": 1}',
        content_type="text/plain;charset=UTF-8",
    )

    assert beacon.status_code == 204
    assert learner.tries_to_start(lessons[1]).status_code == 201


def test_row_1_the_beat_that_finishes_a_lesson_names_what_it_opened(learner, class_of):
    page, lessons = class_of([30, 30])
    learner.enrols(page)

    assert str(lessons[1].pk) in learner.finishes(lessons[0], 30)["unlocked"]


def test_row_2_opening_a_lesson_for_a_while_finishes_nothing(learner, class_of, clock):
    page, lessons = class_of([30])
    learner.enrols(page)
    sitting = learner.starts(lessons[0])

    for _ in range(20):
        clock.tick(10)
        answer = sitting.beat(0).json()

    assert not answer["lesson_done"]
    assert LessonProgress.objects.get().done_at is None


def test_row_3_learner_and_outline_see_the_same_figure_and_going_back_overwrites_nothing(learner, lesson, clock):
    sitting = learner.starts(lesson)
    learner.watches_to(sitting, 120)
    clock.tick(1)
    sitting.beat(5)

    assert sitting.beat(5).json()["frontier"] == 120
    assert learner.starts(lesson).opened["frontier"] == 120
    assert learner.starts(lesson).opened["resume_at"] == 5


@pytest.mark.parametrize(
    ("paused", "reloaded", "offline", "rate"),
    list(itertools.product([False, True], [False, True], [False, True], [1, 2])),
)
def test_row_4_pause_reload_outage_and_rate_in_any_mix_reach_the_end(
    learner, class_of, clock, paused, reloaded, offline, rate
):
    page, lessons = class_of([100], max_rate_pct=rate * 100)
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    position = 0.0
    while position < 100:
        step = min(10, 100 - position)
        clock.tick(step / rate)
        position += step
        if offline and position == 30:
            continue
        answer = sitting.beat(position).json()
        assert answer["position"] == position
        if paused and position == 40:
            clock.tick(600)
            sitting.beat(position)
        if reloaded and position == 60:
            sitting = learner.starts(lessons[0])
            assert sitting.opened["resume_at"] == 60

    assert answer["lesson_done"]


def test_row_5_a_double_click_on_the_bar_goes_nowhere(learner, lesson, clock):
    sitting = learner.starts(lesson)
    learner.watches_to(sitting, 20)

    assert [sitting.beat(300).json()["position"] for _ in range(2)] == [20, 20]


def test_row_6_when_progress_is_cleared_the_ban_on_seeking_is_back(learner, class_of, clock):
    """The ban is the frontier itself: clear the row, and nothing else has to be remembered."""
    page, lessons = class_of([60])
    learner.enrols(page)
    learner.finishes(lessons[0], 60)
    LessonProgress.objects.update(frontier_ms=0, position_ms=0, done_at=None)

    sitting = learner.starts(lessons[0])
    clock.tick(2)

    assert sitting.beat(50).json()["position"] == 2


def test_row_7_a_class_that_nobody_could_complete_is_not_published(class_of):
    """Each thing that can't be completed has its test in tests/cms/test_publish_a_refused_class.py."""
    page, _lessons = class_of([60])
    video = VideoAsset.objects.get()
    video.state = VideoAsset.State.PROCESSING
    video.save()

    with pytest.raises(PublishRefused):
        page.save_revision().publish()
    with pytest.raises(PublishRefused):
        class_of([])
    with pytest.raises(PublishRefused):
        class_of([(60, [90])])


def test_row_8_a_minute_without_network_costs_nothing(learner, lesson, clock):
    sitting = learner.starts(lesson)
    learner.watches_to(sitting, 30)

    clock.tick(60)
    answer = sitting.beat(90).json()

    assert (answer["position"], answer["frontier"]) == (90, 90)


def test_row_8_the_same_beat_sent_again_after_a_lost_answer_is_no_fault(learner, lesson, clock):
    sitting = learner.starts(lesson)
    clock.tick(10)

    answers = [sitting.beat(10).json() for _ in range(3)]

    assert answers[0] == answers[1] == answers[2]


def test_row_9_first_forward_is_refused_later_everything_is_free(learner, class_of, clock):
    page, lessons = class_of([60])
    learner.enrols(page)
    first = learner.starts(lessons[0])
    clock.tick(1)
    assert first.beat(50).json()["position"] == 1

    learner.finishes(lessons[0], 60)
    again = learner.starts(lessons[0])

    assert again.opened["done"]
    assert [again.beat(at).json()["position"] for at in (59, 3, 42)] == [59, 3, 42]


def test_row_13_what_is_added_later_takes_no_percent_away(learner, class_of, republish, clock):
    page, lessons = class_of([30])
    learner.enrols(page)
    learner.finishes(lessons[0], 30)

    republish(page, [30, 45])

    shown = learner.get(f"classes/{page.slug}").json()
    assert [lesson["state"] for course in shown["courses"] for lesson in course["lessons"]] == ["done"]
    assert Enrolment.objects.get().completed_at


def test_row_13_who_is_in_the_middle_keeps_his_place_when_the_class_is_republished(learner, class_of, republish, clock):
    page, lessons = class_of([100, 60])
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    learner.watches_to(sitting, 50)

    republish(page, [80, 60, 30])

    answer = learner.watches_to(sitting, 100, 50)
    assert answer["lesson_done"]
    assert learner.finishes(lessons[1], 60)["lesson_done"]
    assert Enrolment.objects.get().completed_at


def test_row_13_later_enrolments_take_the_new_syllabus(learner, stranger, class_of, republish):
    page, _lessons = class_of([30])
    learner.enrols(page)
    republish(page, [30, 45])

    stranger.enrols(page)

    courses = stranger.get(f"classes/{page.slug}").json()["courses"]
    assert [lesson["duration"] for course in courses for lesson in course["lessons"]] == [30, 45]


def test_the_server_restarted_in_the_middle_changes_nothing(learner, lesson, clock):
    """Nothing of a watch lives in a process: another one, with the same secret, goes on."""
    sitting = learner.starts(lesson)
    learner.watches_to(sitting, 20)
    another_process = learner.another_device()
    another_process.client.cookies = learner.client.cookies
    clock.tick(15)

    response = another_process.post(f"watches/{sitting.id}/heartbeat", position=30, playing=True, rate=1)

    assert response.json()["frontier"] == 30


def test_a_killed_browser_loses_only_what_was_not_beaten_yet(learner, lesson, clock):
    sitting = learner.starts(lesson)
    learner.watches_to(sitting, 70)
    clock.tick(3600)

    again = learner.another_device().starts(lesson)

    assert again.opened["resume_at"] == 70
    assert frontier(learner, lesson) == 70
