"""A crash between any two statements (security.md: hours are exact): after it, totals equal a recount."""

from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum

from learning.models import Enrolment, LessonProgress, QuizTry
from registry.hours.models import AnnualRecord, HourEntry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


class PowerCut(BaseException):
    """Nothing catches it, as nothing catches a killed process."""


class CutAfter:
    """Lets so many statements through, then the process is gone."""

    def __init__(self, statements: int) -> None:
        self.left = statements

    def __call__(self, execute, sql, params, many, context):
        if not self.left:
            raise PowerCut
        self.left -= 1
        return execute(sql, params, many, context)


def survives(act, statements: int) -> bool:
    """Whether `act` ended before the power went after so many statements."""
    try:
        with connection.execute_wrapper(CutAfter(statements)):
            act()
    except PowerCut:
        return False
    return True


def recount() -> Decimal:
    """Hours of the ledger; the year's record must say the same."""
    summed = HourEntry.objects.aggregate(summed=Sum("recognised"))["summed"] or Decimal(0)
    record = AnnualRecord.objects.first()
    assert (record.public_hours if record else Decimal(0)) == summed
    return summed


def test_the_beat_that_finishes_a_class_may_be_cut_anywhere(learner, class_of, clock):
    page, lessons = class_of([20], hours=Decimal("2.5"))
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    learner.watches_to(sitting, 10)
    clock.tick(10)

    statements = 0
    while not survives(lambda: sitting.beat(20), statements):
        done = LessonProgress.objects.get().done_at is not None
        completed = Enrolment.objects.get().completed_at is not None
        assert recount() == (Decimal("2.5") if completed else 0)
        assert done == completed, "all of it or nothing"
        statements += 1

    assert statements > 5, "the beat that finishes says more than one statement"
    assert sitting.beat(20).json()["lesson_done"]
    assert recount() == Decimal("2.5")
    assert HourEntry.objects.count() == 1


def test_the_answer_that_finishes_a_class_may_be_cut_anywhere(learner, class_of, clock):
    page, lessons = class_of([(20, [20])], hours=Decimal("2.5"))
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    quiz = learner.watches_to(sitting, 20)["quiz"]

    statements = 0
    while not survives(lambda: learner.answers_right(sitting, quiz), statements):
        answered = QuizTry.objects.filter(correct=True).exists()
        assert answered == (Enrolment.objects.get().completed_at is not None), "all of it or nothing"
        recount()
        statements += 1

    assert sitting.beat(20).json()["lesson_done"]
    assert recount() == Decimal("2.5")
    assert QuizTry.objects.filter(correct=True).count() == 1


def test_sitting_down_may_be_cut_anywhere(learner, class_of, clock):
    page, lessons = class_of([60])
    learner.enrols(page)
    first = learner.starts(lessons[0])
    learner.watches_to(first, 30)

    statements = 0
    while not survives(lambda: learner.starts(lessons[0]), statements):
        clock.tick(1)
        assert first.beat(30).status_code == 200, "the old watch is the open one until the new one is there"
        statements += 1

    again = learner.starts(lessons[0])
    assert again.opened["resume_at"] == 30
    assert learner.watches_to(again, 60, 30)["lesson_done"]
