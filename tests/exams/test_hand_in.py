"""Handing in: by the learner, by the clock, by a look at it; once, with what is saved (L2; complaints, rows 10–12)."""

from datetime import timedelta

import pytest

from exams.models import Attempt
from exams.services import close_overdue, grant_extra_time, hand_in
from exams.services.attempts import close
from exams.tasks import close_overdue as close_overdue_task
from learning.models import CourseProgress
from registry.inbox.models import Message
from tests.exams import classes

PRECISELY = timedelta(milliseconds=1)


@pytest.fixture
def course(exam_of):
    return exam_of()


@pytest.fixture
def attempt(candidate, course):
    return candidate.sits(course)


def outcome() -> tuple:
    row = Attempt.objects.get()
    return row.state, row.closed_by, row.right, row.passed, row.closed_at


def test_it_counts_what_is_saved(candidate, attempt):
    candidate.answers(attempt, classes.right_answers(str(attempt.public_id), 4))
    candidate.clock.tick(60)
    candidate.hands_in(attempt)

    assert outcome() == ("finished", "learner", 4, True, candidate.clock.now())


def test_handing_in_twice_changes_nothing(candidate, attempt):
    candidate.answers(attempt, classes.right_answers(str(attempt.public_id), 4))
    first = candidate.hands_in(attempt)
    before = outcome()
    candidate.clock.tick(300)
    second = candidate.hands_in(attempt)

    assert outcome() == before
    assert (first.points, first.closed_at) == (second.points, second.closed_at)


def test_the_clock_hands_in_where_nobody_is(candidate, attempt):
    candidate.answers(attempt, classes.right_answers(str(attempt.public_id), 3))
    candidate.clock.set(attempt.deadline_at - PRECISELY)
    assert close_overdue(now=candidate.clock.now()) == 0
    candidate.clock.set(attempt.deadline_at + timedelta(hours=9))

    close_overdue_task()

    assert outcome() == ("finished", "deadline", 3, True, attempt.deadline_at)
    assert "自动交卷：通过" in Message.objects.get(kind="exam_result").title
    assert close_overdue(now=candidate.clock.now()) == 0


def test_who_left_a_blank_sheet_is_told_by_the_clock(candidate, attempt):
    candidate.clock.set(attempt.deadline_at)
    close_overdue(now=candidate.clock.now())

    assert outcome() == ("finished", "deadline", 0, False, attempt.deadline_at)
    assert "自动交卷：未通过，答对 0/5" in Message.objects.get(kind="exam_result").title


def test_opening_the_next_one_hands_the_overdue_one_in(candidate, course, attempt):
    candidate.answers(attempt, classes.wrong_answers(str(attempt.public_id)))
    candidate.clock.set(attempt.deadline_at + timedelta(days=3))

    second = candidate.sits(course)

    first = Attempt.objects.get(pk=attempt.pk)
    assert (first.state, first.closed_at) == ("finished", attempt.deadline_at)
    assert (second.number, second.round, second.opened_at) == (2, 1, candidate.clock.now())


@pytest.mark.parametrize(
    ("off", "by", "closed_off"),
    [
        (-PRECISELY, "learner", -PRECISELY),
        (timedelta(0), "deadline", timedelta(0)),
        (PRECISELY, "deadline", timedelta(0)),
    ],
)
def test_at_the_deadline_itself_it_is_the_clock_s(candidate, attempt, off, by, closed_off):
    candidate.clock.set(attempt.deadline_at + off)
    candidate.hands_in(attempt)

    assert outcome()[1] == by
    assert outcome()[4] == attempt.deadline_at + closed_off


def test_the_clock_leaves_alone_what_was_given_more_time_since_it_looked(candidate, attempt):
    """The task lists what is overdue, and closes it one by one: meanwhile support may give more time."""
    candidate.clock.set(attempt.deadline_at)
    late = candidate.clock.now()
    who = {"actor_id": 1, "acting_as": "staff"}
    grant_extra_time(user_id=candidate.user.pk, percent=50, reason="视力障碍", now=late, **who)

    close(attempt_id=attempt.pk, by=Attempt.ClosedBy.DEADLINE, now=late)

    assert Attempt.objects.get().state == "open"
    candidate.answers(attempt, classes.right_answers(str(attempt.public_id)))
    assert candidate.hands_in(attempt).passed


def test_somebody_else_can_not_hand_it_in(candidate, stranger, attempt):
    with pytest.raises(Attempt.DoesNotExist):
        hand_in(actor=stranger.role, attempt_id=attempt.public_id, now=candidate.clock.now())
    assert outcome()[0] == "open"


def test_many_overdue_ones_are_handed_in_a_part_at_a_time(candidate, course, attempt):
    other = classes.exam_class(classes.exam(classes.bank("别的题库")))
    candidate.enrols(other[0])
    classes.watch_all(candidate, other[1][0])
    later = candidate.sits(other[1][0])
    candidate.clock.set(later.deadline_at)

    assert close_overdue(now=candidate.clock.now(), most=1) == 1
    assert Attempt.objects.get(pk=attempt.pk).state == "finished"
    assert Attempt.objects.get(pk=later.pk).state == "open"
    assert close_overdue(now=candidate.clock.now(), most=1) == 1


def test_the_second_failure_by_the_clock_clears_the_course_too(candidate, course):
    candidate.fails(course)
    attempt = candidate.sits(course)
    candidate.clock.set(attempt.deadline_at)

    close_overdue(now=candidate.clock.now())

    assert CourseProgress.objects.get().round == 2
    assert "视频进度已清零" in Message.objects.get(kind="exam_result").body
