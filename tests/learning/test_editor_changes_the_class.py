"""The editor changes, replaces and withdraws while somebody is in the middle: he loses nothing (L7, mechanism 5)."""

import pytest

from learning.models import Enrolment, LessonProgress
from tests.learning.classes import lessons_of

pytestmark = pytest.mark.django_db


def test_a_class_taken_off_the_catalogue_is_still_studied_to_its_end(learner, class_of, clock):
    page, lessons = class_of([60, 30])
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    learner.watches_to(sitting, 30)

    page.unpublish()

    assert learner.watches_to(sitting, 60, 30)["lesson_done"]
    assert learner.finishes(lessons[1], 30)["lesson_done"]
    assert Enrolment.objects.get().completed_at


def test_a_quiz_is_asked_as_the_watch_began_though_its_lesson_was_replaced(learner, class_of, republish, clock):
    """The editor replaces the video and asks the new one of everybody at once, while he watches the old one."""
    page, lessons = class_of([(60, [30])])
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    learner.watches_to(sitting, 20)

    republish(page, [(90, [30])], required_from=clock.now().date())

    quiz = learner.watches_to(sitting, 60, 20)["quiz"]
    assert learner.answers_right(sitting, quiz)["correct"]
    learner.watches_to(sitting, 60, 30)
    assert LessonProgress.objects.get(lesson=lessons[0]).done_at


def test_a_quiz_that_was_taken_away_no_longer_holds_him_up(learner, class_of, republish, clock):
    page, lessons = class_of([(60, [30, 60])])
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    learner.watches_to(sitting, 20)
    plan = page.syllabus[0].value["lessons"][0].value
    plan["quiz_points"].clear()
    page.required_from = clock.now().date()
    page.save_revision().publish()

    assert learner.watches_to(sitting, 30, 20)["next_stop"] is None
    answer = learner.watches_to(sitting, 60, 30)

    assert answer["lesson_done"]
    assert Enrolment.objects.get().completed_at


def test_what_was_finished_in_a_later_version_can_be_seen_again(learner, class_of, republish, clock):
    page, _lessons = class_of([60])
    learner.enrols(page)
    page = republish(page, [90], required_from=clock.now().date())
    (replaced,) = lessons_shown(learner, page)
    learner.finishes(lessons_of(page)[0], 90)

    assert Enrolment.objects.get().completed_at
    (shown,) = lessons_shown(learner, page)
    assert (shown["id"], shown["duration"], shown["state"]) == (replaced["id"], 90, "done")


def lessons_shown(learner, page) -> list[dict]:
    """The lessons of a class as this learner sees them."""
    courses = learner.get(f"classes/{page.slug}").json()["courses"]
    return [lesson for course in courses for lesson in course["lessons"]]
