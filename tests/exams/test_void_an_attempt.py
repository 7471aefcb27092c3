"""An attempt is voided by staff (power cut, illness): the learner has it back, with all that failing it led to."""

import pytest

from core.models import AuditEntry
from exams.errors import AttemptClosed, CannotVoid
from exams.models import Attempt
from exams.queries import exam_of as exam_card
from exams.services import void_attempt
from learning.models import CourseClearing, CourseProgress, LessonProgress
from registry.inbox.models import Message
from tests.exams import classes
from tests.identity import factories


def voids(attempt: Attempt, candidate, reason: str = "考点停电") -> None:
    void_attempt(attempt_id=attempt.pk, reason=reason, actor_id=7, acting_as="staff", now=candidate.clock.now())


def counted() -> list[tuple[int, int, str]]:
    rows = Attempt.objects.exclude(state="voided").order_by("round", "number")
    return [(row.round, row.number, row.state) for row in rows]


def test_the_learner_has_the_attempt_back_and_is_told_why(candidate, exam_of):
    course = exam_of()
    failed = candidate.fails(course)
    assert exam_card(candidate.role, course.pk).attempts_left == 1

    voids(failed, candidate)

    assert exam_card(candidate.role, course.pk).attempts_left == 2
    assert candidate.sits(course).number == 1
    message = Message.objects.get(kind="exam_voided")
    assert (message.user_id, message.body) == (candidate.user.pk, "原因：考点停电")


def test_it_is_written_down_who_did_it_and_why(candidate, exam_of):
    failed = candidate.fails(exam_of())
    voids(failed, candidate)

    entry = AuditEntry.objects.get(act="exam.attempt_voided")
    assert (entry.actor_id, entry.acting_as, entry.target_id) == (7, "staff", str(failed.pk))
    assert entry.before == {"state": "finished", "points": 0}
    assert entry.after == {"state": "voided", "reason": "考点停电"}


def test_one_in_progress_ends_with_it(candidate, exam_of):
    course = exam_of()
    attempt = candidate.sits(course)
    voids(attempt, candidate)

    with pytest.raises(AttemptClosed):
        candidate.answers(attempt, classes.right_answers(str(attempt.public_id)))
    with pytest.raises(Attempt.DoesNotExist):
        candidate.hands_in(attempt)
    row = Attempt.objects.get()
    assert (row.state, row.answers, row.closed_at) == ("voided", {}, candidate.clock.now())
    assert candidate.sits(course).pk != attempt.pk


def test_voiding_the_last_straw_gives_the_course_back(candidate):
    page, (course,) = classes.exam_class(classes.exam(classes.bank()), seconds=(20, 30))
    candidate.enrols(page)
    classes.watch_all(candidate, course)
    before = list(LessonProgress.objects.order_by("pk").values("frontier_ms", "done_at"))
    candidate.fails(course)
    second = candidate.fails(course)
    assert exam_card(candidate.role, course.pk).state == "relearn"

    voids(second, candidate)

    assert list(LessonProgress.objects.order_by("pk").values("frontier_ms", "done_at")) == before
    assert CourseProgress.objects.get().round == 1
    assert CourseClearing.objects.get().undone_at == candidate.clock.now()
    assert candidate.passes(course).passed
    assert counted() == [(1, 1, "finished"), (1, 2, "finished")]


def test_what_was_watched_since_is_kept_where_it_is_further(candidate):
    page, (course,) = classes.exam_class(classes.exam(classes.bank()), seconds=(20,))
    candidate.enrols(page)
    classes.watch_all(candidate, course)
    candidate.fails(course)
    second = candidate.fails(course)
    candidate.watches_to(candidate.starts(course.lessons.get()), 10)

    voids(second, candidate)

    row = LessonProgress.objects.get()
    assert (row.frontier_ms, row.round, row.done_at is not None) == (20_000, 1, True)


def test_voiding_the_first_of_two_failures_leaves_one_that_counts(candidate, exam_of):
    """The round goes on with one failure: the next one ends it, and not before."""
    course = exam_of()
    first = candidate.fails(course)
    candidate.fails(course)
    voids(first, candidate)
    assert counted() == [(1, 1, "finished")]
    assert exam_card(candidate.role, course.pk).attempts_left == 1

    candidate.fails(course)

    assert counted() == [(1, 1, "finished"), (1, 2, "finished")]
    assert CourseProgress.objects.get().round == 2


def test_voiding_the_first_while_the_second_is_sat_makes_that_one_the_first(candidate, exam_of):
    course = exam_of()
    first = candidate.fails(course)
    candidate.sits(course)
    voids(first, candidate)
    candidate.hands_in(Attempt.objects.get(state="open"))

    assert counted() == [(1, 1, "finished")]
    row = CourseProgress.objects.get()
    assert (row.round, row.videos_done_at is not None) == (1, True)
    assert candidate.sits(course).number == 2


def test_an_attempt_of_the_next_round_falls_with_the_clearing(candidate, exam_of):
    course = exam_of()
    candidate.fails(course)
    second = candidate.fails(course)
    classes.watch_all(candidate, course)
    later = candidate.sits(course)
    assert (later.round, later.number) == (2, 1)

    voids(second, candidate)

    assert Attempt.objects.get(pk=later.pk).state == "voided"
    assert (candidate.sits(course).round, candidate.sits(course).number) == (1, 2)


def test_a_pass_since_is_not_undone(candidate, exam_of):
    course = exam_of()
    candidate.fails(course)
    second = candidate.fails(course)
    classes.watch_all(candidate, course)
    passed = candidate.passes(course)

    voids(second, candidate)

    row = CourseProgress.objects.get()
    assert (row.round, row.exam_passed_at, row.counted_at) == (2, passed.closed_at, passed.closed_at)
    assert Attempt.objects.get(pk=passed.pk).passed


def test_a_pass_can_not_be_voided(candidate, exam_of):
    attempt = candidate.passes(exam_of())
    with pytest.raises(CannotVoid) as refusal:
        voids(attempt, candidate)

    assert refusal.value.code == "cannot_void"
    assert Attempt.objects.get().state == "finished"
    assert not AuditEntry.objects.filter(act="exam.attempt_voided").exists()


def test_voiding_twice_is_refused_and_said_once(candidate, exam_of):
    attempt = candidate.fails(exam_of())
    voids(attempt, candidate)
    with pytest.raises(CannotVoid):
        voids(attempt, candidate)

    assert AuditEntry.objects.filter(act="exam.attempt_voided").count() == 1
    assert Message.objects.filter(kind="exam_voided").count() == 1


def test_another_learner_s_course_is_untouched(candidate, stranger, exam_of):
    course = exam_of()
    stranger.enrols(course.class_page)
    classes.watch_all(stranger, course)
    for _ in range(2):
        stranger.fails(course)
        last = candidate.fails(course)

    voids(last, candidate)

    rounds = dict(CourseProgress.objects.values_list("enrolment__user_id", "round"))
    assert rounds == {candidate.user.pk: 1, stranger.user.pk: 2}
    assert Attempt.objects.filter(user=stranger.user, state="finished").count() == 2
    assert factories.role(stranger.user).is_learner
