"""Jobs of the exam room. The rows are the jobs; each is safe twice."""

from celery import shared_task

from core import clock
from exams import services


@shared_task(name="exams.close_overdue")  # beat, every 10 seconds
def close_overdue() -> None:
    """Hand in what is overdue, whether or not somebody is there."""
    services.close_overdue(now=clock.now())


@shared_task(name="exams.regrade_question")
def regrade_question(question_id: int) -> None:
    """Regrade who failed by a voided question."""
    services.regrade(question_id=question_id, clock=clock.now)


@shared_task(name="exams.sweep_regradings")  # beat, every minute
def sweep_regradings() -> None:
    """Send regradings again that a crash lost."""
    services.sweep_regradings(now=clock.now())


@shared_task(name="exams.count_attempts")  # beat, every minute
def count_attempts() -> None:
    """Fold finished attempts into the figures of their questions."""
    services.count_attempts(now=clock.now())
