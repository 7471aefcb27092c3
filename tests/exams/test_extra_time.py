"""More time for who needs it (Barrier-free Law, art. 32): from the next exam on, and in one that is being sat."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.models import AuditEntry
from exams.models import Attempt, ExtraTime
from exams.services import end_extra_time, grant_extra_time
from tests.exams import classes

HALF_AN_HOUR = timedelta(minutes=30)


def grants(candidate, percent: int = 50) -> ExtraTime:
    return grant_extra_time(
        user_id=candidate.user.pk,
        percent=percent,
        reason="视力障碍",
        actor_id=7,
        acting_as="staff",
        now=candidate.clock.now(),
    )


def ends(row: ExtraTime, candidate) -> None:
    end_extra_time(extra_time_id=row.pk, actor_id=7, acting_as="staff", now=candidate.clock.now())


def time_of(attempt: Attempt) -> timedelta:
    row = Attempt.objects.get(pk=attempt.pk)
    return row.deadline_at - row.opened_at


def test_an_exam_is_longer_by_so_much(candidate, exam_of):
    course = exam_of(minutes=30)
    grants(candidate, 50)

    assert time_of(candidate.sits(course)) == timedelta(minutes=45)


def test_one_that_is_being_sat_is_longer_at_once(candidate, exam_of):
    attempt = candidate.sits(exam_of(minutes=30))
    candidate.clock.tick(20 * 60)
    grants(candidate, 100)

    assert time_of(attempt) == timedelta(minutes=60)
    candidate.clock.tick(39 * 60)
    candidate.answers(attempt, classes.right_answers(str(attempt.public_id)))
    assert candidate.hands_in(attempt).passed


def test_less_than_before_takes_no_time_from_one_that_is_being_sat(candidate, exam_of):
    course = exam_of(minutes=30)
    grants(candidate, 100)
    attempt = candidate.sits(course)
    grants(candidate, 20)

    assert time_of(attempt) == timedelta(minutes=60)
    candidate.hands_in(attempt)
    assert time_of(candidate.sits(course)) == timedelta(minutes=36)


def test_a_paper_that_is_handed_in_stays_so(candidate, exam_of):
    course = exam_of(minutes=30)
    attempt = candidate.fails(course)
    grants(candidate, 100)

    assert time_of(attempt) == HALF_AN_HOUR


def test_others_have_the_time_they_had(candidate, stranger, exam_of):
    course = exam_of(minutes=30)
    stranger.enrols(course.class_page)
    classes.watch_all(stranger, course)
    attempt = stranger.sits(course)
    grants(candidate, 100)

    assert time_of(attempt) == HALF_AN_HOUR


def test_a_new_grant_takes_the_place_of_the_old_one_and_both_are_logged(candidate):
    grants(candidate, 50)
    candidate.clock.tick(60)
    grants(candidate, 30)

    assert ExtraTime.objects.get(ended_at__isnull=True).percent == 30
    assert ExtraTime.objects.count() == 2
    entries = AuditEntry.objects.filter(act="exam.extra_time_granted").order_by("pk")
    assert [(e.actor_id, e.before["percent"], e.after["percent"]) for e in entries] == [(7, 0, 50), (7, 50, 30)]


def test_taken_back_the_next_exam_is_as_long_as_everybody_s(candidate, exam_of):
    course = exam_of(minutes=30)
    row = grants(candidate, 50)
    attempt = candidate.sits(course)
    for _ in range(2):
        ends(row, candidate)

    assert time_of(attempt) == timedelta(minutes=45), "an exam that was begun keeps its time"
    candidate.hands_in(attempt)
    assert time_of(candidate.sits(course)) == HALF_AN_HOUR
    entry = AuditEntry.objects.get(act="exam.extra_time_ended")
    assert (entry.target_id, entry.before) == (str(candidate.user.pk), {"percent": 50})


@pytest.mark.parametrize("percent", [0, 201])
def test_the_database_refuses_what_is_out_of_bounds(candidate, percent):
    with pytest.raises(IntegrityError), transaction.atomic():
        grants(candidate, percent)
    assert not ExtraTime.objects.exists()
    assert not AuditEntry.objects.filter(act="exam.extra_time_granted").exists()
