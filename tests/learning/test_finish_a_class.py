"""Lesson → course → class → hours (L1, L7): in order, once, and never taken away."""

from decimal import Decimal

import pytest
from django.db import transaction

from learning.models import CourseProgress, Enrolment, LessonProgress
from learning.services import settle
from registry.hours.models import AnnualRecord, HourEntry

pytestmark = pytest.mark.django_db


def test_lessons_open_one_after_the_other(learner, class_of):
    page, lessons = class_of([30, 30])
    learner.enrols(page)

    refused = learner.tries_to_start(lessons[1])
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "locked")

    learner.finishes(lessons[0], 30)
    assert learner.tries_to_start(lessons[1]).status_code == 201


def test_the_next_course_opens_when_this_one_counts(learner, class_of):
    page, lessons = class_of([30], [30])
    learner.enrols(page)
    assert learner.tries_to_start(lessons[1]).status_code == 403

    opened = learner.finishes(lessons[0], 30)["unlocked"]

    assert str(lessons[1].pk) in opened
    assert f"c{lessons[1].course_id}" in opened


def test_a_public_class_credits_its_hours_once_when_all_counts(learner, class_of, clock):
    page, lessons = class_of([30], [30], hours=Decimal("2.5"))
    learner.enrols(page)
    learner.finishes(lessons[0], 30)
    assert not HourEntry.objects.exists()

    learner.finishes(lessons[1], 30)

    entry = HourEntry.objects.get()
    assert (entry.subject, entry.recognised, entry.year) == ("public", Decimal("2.5"), clock.now().year)
    assert AnnualRecord.objects.get().public_hours == Decimal("2.5")
    assert Enrolment.objects.get().completed_at == clock.now()


def test_a_professional_class_credits_each_course_when_it_counts(learner, class_of, enrol_paid):
    page, lessons = class_of([30], [30], subject="professional", course_hours=[Decimal(3), Decimal(4)])
    enrol_paid(learner, page)

    learner.finishes(lessons[0], 30)
    assert AnnualRecord.objects.get().professional_hours == 3

    learner.finishes(lessons[1], 30)
    assert AnnualRecord.objects.get().professional_hours == 7
    assert HourEntry.objects.count() == 2


def test_hours_go_to_the_years_of_the_class_if_it_has_one(learner, class_of):
    page, lessons = class_of([30], year=2025)
    learner.enrols(page)

    learner.finishes(lessons[0], 30)

    assert HourEntry.objects.get().year == 2025


def test_watching_it_again_credits_nothing_more(learner, class_of):
    page, lessons = class_of([30])
    learner.enrols(page)
    learner.finishes(lessons[0], 30)

    learner.finishes(lessons[0], 30)

    assert HourEntry.objects.count() == 1


def test_a_course_with_an_exam_waits_for_it(learner, class_of, with_exam):
    page, lessons = class_of([30], [30])
    with_exam(lessons[0].course)
    learner.enrols(page)

    learner.finishes(lessons[0], 30)

    course = CourseProgress.objects.get()
    assert course.videos_done_at
    assert not course.counted_at
    assert learner.tries_to_start(lessons[1]).status_code == 403


def test_a_crash_between_the_last_beat_and_completion_is_healed_when_the_lesson_is_opened(learner, class_of, clock):
    page, lessons = class_of([30])
    learner.enrols(page)
    learner.starts(lessons[0])
    LessonProgress.objects.update(frontier_ms=30_000, position_ms=30_000)

    again = learner.starts(lessons[0])

    assert again.opened["done"]
    assert HourEntry.objects.count() == 1


@pytest.mark.parametrize("breaks_at", ["credit", "_settle_class", "_settle_course"])
def test_a_crash_within_completion_leaves_nothing_half_done(learner, class_of, clock, monkeypatch, breaks_at):
    from learning.services import completion

    page, lessons = class_of([30])
    learner.enrols(page)
    learner.starts(lessons[0])
    LessonProgress.objects.update(frontier_ms=30_000, position_ms=30_000)
    progress = LessonProgress.objects.get()

    def crash(*args, **kwargs):
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(completion, breaks_at, crash)
        with pytest.raises(RuntimeError), transaction.atomic():
            settle(progress_id=progress.pk, now=clock.now())
    progress.refresh_from_db()
    assert progress.done_at is None
    assert not HourEntry.objects.exists()

    settle(progress_id=progress.pk, now=clock.now())

    assert HourEntry.objects.count() == 1
    assert AnnualRecord.objects.get().public_hours == page.hours


def test_what_was_earned_stays_when_the_editor_changes_the_hours(learner, class_of, republish):
    page, lessons = class_of([30], hours=Decimal(5))
    learner.enrols(page)
    learner.finishes(lessons[0], 30)

    republish(page, [30], hours=Decimal(1))

    assert AnnualRecord.objects.get().public_hours == 5


def test_a_lesson_that_opens_is_named_even_where_an_open_course_has_its_number(learner, class_of):
    """Lessons and courses are numbered each by itself; `unlocked` names both."""
    page, lessons = class_of([30, 30, 30], [30])
    learner.enrols(page)
    shown = learner.get(f"classes/{page.slug}").json()["courses"]
    ids = [course["id"] for course in shown] + [lesson["id"] for course in shown for lesson in course["lessons"]]

    assert len(set(ids)) == len(ids)
    assert learner.finishes(lessons[0], 30)["unlocked"] == [str(lessons[1].pk)]
