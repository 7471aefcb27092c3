"""Sitting an exam (L2): opening an attempt, saving answers, handing in; and what passing or failing leads to.

Locks are taken in one order: the attempt, then what learning holds of the course. Opening an attempt holds the course
alone, and no attempt but the new one.
"""

import json
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from cms.queries import blueprint_terms, class_terms, voided_among
from core.conditions import ALWAYS, Condition, NoLongerSo
from exams.drawing import draw
from exams.errors import AlreadyPassed, AnswersInvalid, AttemptClosed, ExamLocked, NoAttemptsLeft
from exams.grading import grade
from exams.models import ATTEMPTS_A_ROUND, Attempt, Paper
from exams.queries.attempts import my_attempt
from exams.queries.shapes import shape_of
from exams.services.extra_time import percent_of, time_allowed
from exams.services.telling import tell_result
from identity.acting import ActingRole
from learning.queries import CoursePlace, course_place, why_closed
from learning.services import clear_course, hold_course, pass_exam

_SAVE = {
    "sqlite": """
UPDATE exams_attempt SET answers = json_patch(answers, %(answers)s), saved_at = %(now)s
WHERE public_id = %(id)s AND state = 'open' AND deadline_at > %(now)s AND {provided}
RETURNING deadline_at
""",
    # The same as a function, whose plan the server keeps: migration 0004.
    "postgresql": "SELECT exams_save_answers(%(id)s, %(answers)s::jsonb, %(now)s, {provided})",
}


@dataclass(frozen=True, slots=True)
class Saved:
    """Answers are safe since `saved_at`; others can be given until `deadline_at`."""

    saved_at: datetime
    deadline_at: datetime


def start_attempt(*, actor: ActingRole, course_id: int, now: datetime) -> tuple[Attempt, bool]:
    """Open an attempt at a course's exam, which uses it up; while one is open, that one (False) and no other.

    Raises ObjectDoesNotExist for a course that isn't the learner's or has no exam, NotBegun, Over, ExamLocked,
    AlreadyPassed, NoAttemptsLeft (also while the course is to be learned again), PaperShort (nothing is used up).
    """
    place = course_place(actor, course_id)
    enrolment_id = place.progress.enrolment_id
    open_one = close_if_overdue(_open_attempt(enrolment_id, course_id), now)
    if open_one:
        return open_one, False
    _check_may_sit(course_place(actor, course_id), now)  # read anew: closing the last one may have changed it
    with transaction.atomic():
        round_ = hold_course(enrolment_id=enrolment_id, course_id=course_id)
        open_one = _open_attempt(enrolment_id, course_id)
        if open_one:
            return open_one, False
        place = course_place(actor, course_id)
        _check_may_sit(place, now)
        return _open(actor, place, round_, now), True


def _open_attempt(enrolment_id: int, course_id: int) -> Attempt | None:
    return Attempt.objects.filter(enrolment_id=enrolment_id, course_id=course_id, state=Attempt.State.OPEN).first()


def _check_may_sit(place: CoursePlace, now: datetime) -> None:
    course = place.course
    closed = why_closed(class_terms(place.progress.class_id), timezone.localdate(now))
    if not course.has_exam:
        raise Attempt.DoesNotExist
    if closed:
        raise closed
    if course.exam_passed or course.state == "done":
        raise AlreadyPassed
    if not course.exam_is_open:
        raise NoAttemptsLeft if course.round > 1 and not course.videos_done else ExamLocked


def _open(actor: ActingRole, place: CoursePlace, round_: int, now: datetime) -> Attempt:
    """The next attempt of this round with its paper; the caller holds the course. Raises NoAttemptsLeft, PaperShort."""
    enrolment_id, course = place.progress.enrolment_id, place.course
    blueprint = blueprint_terms(course.blueprint_id or 0)
    of_course = Attempt.objects.filter(enrolment_id=enrolment_id, course_id=course.id)
    used = set(of_course.filter(round=round_).exclude(state=Attempt.State.VOIDED).values_list("number", flat=True))
    number = next((at for at in range(1, ATTEMPTS_A_ROUND + 1) if at not in used), None)
    if number is None:
        raise NoAttemptsLeft
    papers = Paper.objects.filter(attempt__in=of_course).values_list("questions", flat=True)
    avoided = sorted({question["question"] for questions in papers for question in questions})
    seed = secrets.token_hex(16)
    questions = draw(blueprint=blueprint, seed=seed, avoided=avoided)
    attempt = Attempt.objects.create(
        public_id=uuid.uuid4(),
        enrolment_id=enrolment_id,
        user_id=actor.user_id,
        course_id=course.id,
        blueprint_id=blueprint.id,
        round=round_,
        number=number,
        opened_at=now,
        deadline_at=now + time_allowed(blueprint.minutes, percent_of(actor.user_id)),
        total=len(questions),
        max_points=blueprint.max_points,
        pass_points=blueprint.pass_points,
    )
    Paper.objects.create(attempt=attempt, seed=seed, avoided=avoided, questions=questions)
    return attempt


def save_answers(
    *,
    user_id: int,
    attempt_id: uuid.UUID,
    answers: dict[str, list[str]],
    now: datetime,
    provided: Condition = ALWAYS,
) -> Saved:
    """Keep these answers; those of other questions stay. One statement where the paper is known to this process.

    `answers`: question id → option ids, as the paper names them; an empty list takes an answer back. The work is the
    same for right and wrong ones. Raises Attempt.DoesNotExist, AnswersInvalid, AttemptClosed; NoLongerSo where
    everything else would do but `provided` doesn't hold.
    """
    owner_id, shape = shape_of(attempt_id)
    if owner_id != user_id:
        raise Attempt.DoesNotExist
    _check_answers(shape, answers)
    values = {
        **provided.values,
        "answers": json.dumps(answers),
        "now": Attempt._meta.get_field("saved_at").get_db_prep_value(now, connection),
        "id": Attempt._meta.get_field("public_id").get_db_prep_value(attempt_id, connection),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SAVE[connection.vendor].format(provided=provided.sql), values)
        deadline_at = next(iter(cursor.fetchone() or ()), None)
    if deadline_at is not None:
        return Saved(now, _instant(deadline_at))
    still_open = close_if_overdue(Attempt.objects.get(public_id=attempt_id), now)
    raise NoLongerSo if still_open and provided is not ALWAYS else AttemptClosed


def _instant(value: datetime) -> datetime:
    """An instant as a plain statement returns it: SQLite's knows no zone and is in UTC."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _check_answers(shape: dict[str, tuple[str, list[str]]], answers: dict[str, list[str]]) -> None:
    """Only options of the question, each once, one for a single choice. Raises AnswersInvalid."""
    for question, chosen in answers.items():
        kind, options = shape.get(question, ("", []))
        most = len(options) if kind == "multiple" else 1
        if not kind or len(set(chosen)) < len(chosen) or len(chosen) > most or not set(chosen) <= set(options):
            raise AnswersInvalid(f"answers.{question}" if kind else "answers")


def hand_in(*, actor: ActingRole, attempt_id: uuid.UUID, now: datetime) -> Attempt:
    """Hand the paper in with what is saved, and grade it; said twice it changes nothing.

    Raises Attempt.DoesNotExist for somebody else's or a voided one.
    """
    attempt = close(attempt_id=my_attempt(actor, attempt_id).pk, by=Attempt.ClosedBy.LEARNER, now=now)
    if attempt.state == Attempt.State.VOIDED:
        raise Attempt.DoesNotExist
    return attempt


def look_at(*, actor: ActingRole, attempt_id: uuid.UUID, now: datetime) -> Attempt:
    """One's own attempt as it is now; one whose time is over is handed in by this look at it.

    Raises Attempt.DoesNotExist for anybody else's.
    """
    attempt = my_attempt(actor, attempt_id)
    is_over = attempt.state == Attempt.State.OPEN and close_if_overdue(attempt, now) is None
    return my_attempt(actor, attempt_id) if is_over else attempt


def close_own_overdue(*, actor: ActingRole, now: datetime) -> None:
    """Hand in what of this learner's is overdue, before he looks at a list of it. One query where nothing is."""
    overdue = Attempt.objects.filter(user_id=actor.user_id, state=Attempt.State.OPEN, deadline_at__lte=now)
    for pk in overdue.order_by("pk").values_list("pk", flat=True):
        close(attempt_id=pk, by=Attempt.ClosedBy.DEADLINE, now=now)


def close_if_overdue(attempt: Attempt | None, now: datetime) -> Attempt | None:
    """The attempt while it is open; None once it isn't. One whose time is over is handed in by this look at it."""
    if attempt is None or attempt.state != Attempt.State.OPEN:
        return None
    if now < attempt.deadline_at:
        return attempt
    closed = close(attempt_id=attempt.pk, by=Attempt.ClosedBy.DEADLINE, now=now)
    return closed if closed.state == Attempt.State.OPEN else None


def close_overdue(*, now: datetime, most: int = 500) -> int:
    """Hand in what is overdue, also where nobody is there; gives how many. Said by the beat, safe twice."""
    overdue = Attempt.objects.filter(state=Attempt.State.OPEN, deadline_at__lte=now).order_by("deadline_at")
    ids = list(overdue.values_list("pk", flat=True)[:most])
    for pk in ids:
        close(attempt_id=pk, by=Attempt.ClosedBy.DEADLINE, now=now)
    return len(ids)


@transaction.atomic
def close(*, attempt_id: int, by: Attempt.ClosedBy, now: datetime) -> Attempt:
    """Claim the open attempt, grade what is saved, and let learning know. What is closed already stays as it is.

    So does one that the clock would close and that was given more time since it was found overdue.
    """
    attempt = Attempt.objects.select_for_update(no_key=True).get(pk=attempt_id)
    in_time = now < attempt.deadline_at
    if attempt.state != Attempt.State.OPEN or (in_time and by == Attempt.ClosedBy.DEADLINE):
        return attempt
    attempt.state = Attempt.State.FINISHED
    attempt.closed_at = now if in_time else attempt.deadline_at
    attempt.closed_by = by if in_time else Attempt.ClosedBy.DEADLINE
    questions = Paper.objects.get(attempt=attempt).questions
    voided = voided_among([question["question"] for question in questions])
    attempt.excused = [question["id"] for question in questions if question["question"] in voided]
    put_grade(attempt, questions)
    attempt.save()
    _follow(attempt, now)
    return attempt


def put_grade(attempt: Attempt, questions: list[dict[str, Any]]) -> bool:
    """Set the columns of the grade, which the caller saves; gives whether it is a pass."""
    result = grade(questions, attempt.answers, attempt.excused)
    attempt.right, attempt.points = result.right, result.points
    attempt.passed = result.points >= attempt.pass_points
    return attempt.passed


def _follow(attempt: Attempt, now: datetime) -> None:
    """Passed: the course counts. Failed for the second time: it is to be learned again (L2)."""
    place = {"enrolment_id": attempt.enrolment_id, "course_id": attempt.course_id}
    if attempt.passed:
        pass_exam(**place, now=now)
    elif attempt.number == ATTEMPTS_A_ROUND:
        clear_course(**place, round_=attempt.round, now=now)
    tell_result(attempt, now=now)
