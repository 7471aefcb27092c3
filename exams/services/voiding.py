"""What may still change after the end: an attempt is voided by an administrator, a wrong question counts as right."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from cms import services as bank
from cms.queries import bank_of_question, blueprints_of_bank
from core import audit
from exams.errors import AlreadyVoided, CannotVoid
from exams.models import Attempt, Paper, QuestionVoiding, Regrading
from exams.services.attempts import put_grade
from exams.services.telling import tell_regraded, tell_voided
from learning.services import hold_course, pass_exam, restore_course

_LEASE = timedelta(minutes=2)
_CHUNK = 200


@transaction.atomic
def void_attempt(*, attempt_id: int, reason: str, actor_id: int, acting_as: str, now: datetime) -> Attempt:
    """Say that an attempt doesn't count (作废: power cut, illness); the learner gets it back. Logged.

    Where it was the last straw, the course it cleared is restored. Raises Attempt.DoesNotExist, CannotVoid for one that
    was passed or voided before.
    """
    attempt = _hold(attempt_id)
    if attempt.state == Attempt.State.VOIDED or attempt.passed:
        raise CannotVoid
    before = {"state": attempt.state, "points": attempt.points}
    attempt.state = Attempt.State.VOIDED
    attempt.closed_at = attempt.closed_at or now
    attempt.save(update_fields=["state", "closed_at"])
    _undo_clearing(attempt, attempt.round, now)
    _close_the_gap(attempt)
    audit.record(
        act="exam.attempt_voided",
        now=now,
        actor_id=actor_id,
        acting_as=acting_as,
        target=("exams.attempt", attempt.pk),
        before=before,
        after={"state": attempt.state, "reason": reason},
    )
    tell_voided(attempt, reason, now=now)
    return attempt


def _hold(attempt_id: int) -> Attempt:
    """The attempt, with all others of its course held too: what is undone may concern them. In the order of ids."""
    wanted = Attempt.objects.get(pk=attempt_id)
    of_course = Attempt.objects.filter(enrolment_id=wanted.enrolment_id, course_id=wanted.course_id)
    held = {attempt.pk: attempt for attempt in of_course.order_by("pk").select_for_update(no_key=True)}
    return held[attempt_id]


def _undo_clearing(attempt: Attempt, round_: int, now: datetime) -> None:
    """Round `round_` of this attempt's course goes on; what was begun in the one after it no longer counts."""
    restored = restore_course(enrolment_id=attempt.enrolment_id, course_id=attempt.course_id, round_=round_, now=now)
    if restored:
        _void(Q(round__gt=round_), attempt, now)


def _undo_clearings_since(attempt: Attempt, now: datetime) -> None:
    """Undo all that failing led to since this attempt, the last round first: it turned out to be a pass."""
    of_course = Attempt.objects.filter(enrolment_id=attempt.enrolment_id, course_id=attempt.course_id)
    latest = max(of_course.values_list("round", flat=True))
    for round_ in range(latest, attempt.round - 1, -1):
        _undo_clearing(attempt, round_, now)


def _close_the_gap(attempt: Attempt) -> None:
    """The second attempt of a round that goes on becomes its first: failing it isn't the last straw.

    No attempt is opened meanwhile: opening holds the course too.
    """
    place = {"enrolment_id": attempt.enrolment_id, "course_id": attempt.course_id}
    if hold_course(**place) == attempt.round:
        later = Attempt.objects.filter(**place, round=attempt.round, number__gt=attempt.number)
        later.exclude(state=Attempt.State.VOIDED).update(number=F("number") - 1)


def _void(which: Q, attempt: Attempt, now: datetime) -> None:
    """Other attempts at the same course that are overtaken by what was just decided."""
    others = Attempt.objects.filter(which, enrolment_id=attempt.enrolment_id, course_id=attempt.course_id, passed=False)
    others.update(state=Attempt.State.VOIDED, closed_at=Coalesce(F("closed_at"), now))


@transaction.atomic
def void_question(*, question_id: int, reason: str, actor_id: int, acting_as: str, now: datetime) -> None:
    """Say that a question is wrong (作废): it is asked no more, and whoever failed by it is regraded. Logged.

    Raises AlreadyVoided.
    """
    is_new = bank.void_question(question_id=question_id, reason=reason, actor_id=actor_id, acting_as=acting_as, now=now)
    if not is_new:
        raise AlreadyVoided
    ask_regrading(question_id=question_id, now=now)


@transaction.atomic
def ask_regrading(*, question_id: int, now: datetime) -> None:
    """A question was voided: whoever failed by it is to be regraded. The row is the job; asked twice it is one."""
    from exams.tasks import regrade_question

    QuestionVoiding.objects.get_or_create(question_id=question_id, defaults={"asked_at": now})
    transaction.on_commit(lambda: regrade_question.delay(question_id), robust=True)


def regrade(*, question_id: int, clock: Callable[[], datetime]) -> int:
    """Regrade, upward only, the failed attempts that had this question wrong; gives how many were changed.

    Goes on where an earlier run was cut off. Nothing where another worker has the job, or it is done. Open attempts are
    looked at too: one may be in the middle of being graded without knowing that the question was voided.
    """
    now = clock()
    claimable = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
    job = QuestionVoiding.objects.filter(claimable, question_id=question_id, done_at__isnull=True)
    if not job.update(claimed_until=now + _LEASE):
        return 0
    row = QuestionVoiding.objects.get(question_id=question_id)
    blueprints = blueprints_of_bank(bank_of_question(question_id))
    total = 0
    while True:
        failed = Attempt.objects.filter(blueprint_id__in=blueprints, passed=False, pk__gt=row.upto)
        failed = failed.exclude(state=Attempt.State.VOIDED)
        ids = list(failed.order_by("pk").values_list("pk", flat=True)[:_CHUNK])
        total += sum(_regrade_one(pk, question_id, clock()) for pk in ids)
        now = clock()
        mine = QuestionVoiding.objects.filter(question_id=question_id)
        if not ids:
            mine.update(done_at=now, claimed_until=None)
            return total
        row.upto = ids[-1]
        mine.update(upto=row.upto, claimed_until=now + _LEASE)


@transaction.atomic
def _regrade_one(attempt_id: int, question_id: int, now: datetime) -> bool:
    """Let the question count as right in one failed attempt; a pass that follows is a pass."""
    questions = Paper.objects.get(attempt_id=attempt_id).questions
    name = next((question["id"] for question in questions if question["question"] == question_id), None)
    if name is None:
        return False
    attempt = _hold(attempt_id)
    if attempt.state != Attempt.State.FINISHED or attempt.passed or name in attempt.excused:
        return False
    before = attempt.points
    attempt.excused = [*attempt.excused, name]
    passes = put_grade(attempt, questions)
    if attempt.points == before:  # it was right as it was
        return False
    attempt.save(update_fields=["excused", "right", "points", "passed"])
    Regrading.objects.create(
        attempt=attempt,
        question_id=question_id,
        points_before=before,
        points_after=attempt.points,
        passed=passes,
        regraded_at=now,
    )
    QuestionVoiding.objects.filter(question_id=question_id).update(regraded=F("regraded") + 1)
    if passes:
        _undo_clearings_since(attempt, now)
        _void(Q(state=Attempt.State.OPEN), attempt, now)
        pass_exam(enrolment_id=attempt.enrolment_id, course_id=attempt.course_id, now=now)
        tell_regraded(attempt, now=now)
    return True


def sweep_regradings(*, now: datetime) -> None:
    """Send again what a crash lost; by the beat."""
    from exams.tasks import regrade_question

    waiting = QuestionVoiding.objects.filter(
        Q(claimed_until__isnull=True) | Q(claimed_until__lt=now), done_at__isnull=True
    )
    for question_id in waiting.order_by("asked_at").values_list("question_id", flat=True)[:100]:
        regrade_question.delay(question_id)
