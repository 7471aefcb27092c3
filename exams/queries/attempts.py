"""Exams as a learner reads them: his list, an open paper, results (L2, L9)."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cms.queries import BlueprintTerms, blueprint_terms
from exams.errors import NotYetShown
from exams.grading import is_right
from exams.models import ATTEMPTS_A_ROUND, Attempt, ExtraTime, Paper
from identity.acting import ActingRole
from learning.queries import CoursePlace, course_place, courses_with_exams

LOCKED, TO_SIT, IN_PROGRESS, PASSED, RELEARN = "locked", "to_sit", "in_progress", "passed", "relearn"

HASTY_SECONDS = 3
"""Below so many seconds a question nobody can have read them."""


@dataclass(frozen=True)
class ExamCard:
    """A course's exam in the learner's list. `state`: locked, to_sit, in_progress, passed or relearn.

    `attempts`: his attempts, the latest first, voided ones too; `open_attempt` the one in progress. `attempts_left`: 0
    until a course that is to be learned again has been watched.
    """

    place: CoursePlace
    blueprint: BlueprintTerms
    state: str
    attempts_left: int
    attempts: tuple[Attempt, ...]
    open_attempt: Attempt | None


@dataclass(frozen=True)
class Result:
    """A finished attempt in figures. `by_kind`: kind → (right, total). Seconds are whole."""

    attempt: Attempt
    seconds_used: int
    seconds_allowed: int
    attempts_left: int
    must_relearn: bool

    @property
    def is_hasty(self) -> bool:
        """Whether it was handed in sooner than its questions can be read: a mark for reviewers, never a bar."""
        return self.seconds_used < HASTY_SECONDS * self.attempt.total

    @property
    def missing(self) -> int:
        """Points that were missing; 0 for passed."""
        return max(self.attempt.pass_points - self.attempt.points, 0)


def exam_list(role: ActingRole) -> list[ExamCard]:
    """Every exam of the learner's classes, the class studied last first. A constant number of queries."""
    attempts: dict[int, list[Attempt]] = {}
    for attempt in Attempt.objects.filter(user_id=role.user_id).order_by("-opened_at", "-pk"):
        attempts.setdefault(attempt.course_id, []).append(attempt)
    return [_card(place, attempts.get(place.course.id, [])) for place in courses_with_exams(role)]


def exam_of(role: ActingRole, course_id: int) -> ExamCard:
    """One exam of the learner's. Raises ObjectDoesNotExist for a course that isn't his, or has no exam."""
    place = course_place(role, course_id)
    if not place.course.has_exam:
        raise Attempt.DoesNotExist
    mine = Attempt.objects.filter(user_id=role.user_id, course_id=course_id)
    return _card(place, list(mine.order_by("-opened_at", "-pk")))


def _card(place: CoursePlace, attempts: list[Attempt]) -> ExamCard:
    course = place.course
    in_round = [row for row in attempts if row.round == course.round and row.state != Attempt.State.VOIDED]
    open_one = next((row for row in attempts if row.state == Attempt.State.OPEN), None)
    if course.exam_passed or course.state == "done":  # what counted without it needs no exam that came later
        state = PASSED
    elif open_one:
        state = IN_PROGRESS
    elif course.exam_is_open:
        state = TO_SIT
    elif course.round > 1:
        state = RELEARN
    else:
        state = LOCKED
    return ExamCard(
        place=place,
        blueprint=blueprint_terms(course.blueprint_id or 0),
        state=state,
        attempts_left=0 if state == RELEARN else max(ATTEMPTS_A_ROUND - len(in_round), 0),
        attempts=tuple(attempts),
        open_attempt=open_one,
    )


def minutes_allowed(role: ActingRole, blueprint: BlueprintTerms) -> tuple[int, int]:
    """(whole minutes this learner would have for an exam now, by how many percent that is more than others have)."""
    granted = ExtraTime.objects.filter(user_id=role.user_id, ended_at__isnull=True)
    percent = granted.values_list("percent", flat=True).first() or 0
    return blueprint.minutes * (100 + percent) // 100, percent


def my_attempt(role: ActingRole, attempt_id: uuid.UUID) -> Attempt:
    """One's own attempt. Raises Attempt.DoesNotExist for anybody else's."""
    if not role.is_learner:
        raise Attempt.DoesNotExist
    return Attempt.objects.select_related("course", "enrolment").get(public_id=attempt_id, user_id=role.user_id)


def paper_for_browser(attempt: Attempt) -> list[dict[str, Any]]:
    """The questions of an attempt as its learner may see them: listed fields only, no right answer among them."""
    return [
        {
            "id": question["id"],
            "kind": question["kind"],
            "points": question["points"],
            "stem": question["stem"],
            "picture": question["picture"],
            "options": [
                {"id": option["id"], "text": option["text"], "picture": option["picture"]}
                for option in question["options"]
            ],
        }
        for question in Paper.objects.get(attempt=attempt).questions
    ]


def result_of(attempt: Attempt) -> Result:
    """The result of a finished attempt; of its own row alone, so it is the same whenever it is asked.

    Of a voided one: it used nothing up.
    """
    closed_at: datetime = attempt.closed_at or attempt.deadline_at
    failed = not attempt.passed
    used = attempt.number if attempt.state == Attempt.State.FINISHED else attempt.number - 1
    return Result(
        attempt=attempt,
        seconds_used=round((closed_at - attempt.opened_at).total_seconds()),
        seconds_allowed=round((attempt.deadline_at - attempt.opened_at).total_seconds()),
        attempts_left=ATTEMPTS_A_ROUND - used if failed else 0,
        must_relearn=failed and used == ATTEMPTS_A_ROUND,
    )


def right_by_kind(attempt: Attempt) -> dict[str, tuple[int, int]]:
    """Kind → (right, total) of a finished attempt. Says how many, never which."""
    counts: dict[str, tuple[int, int]] = {}
    for question in Paper.objects.get(attempt=attempt).questions:
        right, total = counts.get(question["kind"], (0, 0))
        good = question["id"] in attempt.excused or is_right(question, attempt.answers)
        counts[question["kind"]] = (right + good, total + 1)
    return counts


def answers_are_shown(role: ActingRole, attempt: Attempt) -> bool:
    """Whether the right answers of a finished attempt may be seen now, by the exam's policy."""
    policy = blueprint_terms(attempt.blueprint_id).answers_shown
    if attempt.state != Attempt.State.FINISHED or policy == "never":
        return False
    if policy == "finished":
        return True
    passed = Attempt.objects.filter(user_id=role.user_id, course_id=attempt.course_id, passed=True)
    return attempt.passed or passed.exists()


def answers_of(role: ActingRole, attempt: Attempt) -> list[dict[str, Any]]:
    """The paper with right answers and explanations, what was chosen, and whether it counted. Raises NotYetShown."""
    if not answers_are_shown(role, attempt):
        raise NotYetShown
    return [
        shown
        | {
            "chosen": attempt.answers.get(question["id"], []),
            "right": question["right"],
            "explanation": question["explanation"],
            "correct": question["id"] in attempt.excused or is_right(question, attempt.answers),
            "excused": question["id"] in attempt.excused,
        }
        for shown, question in zip(
            paper_for_browser(attempt), Paper.objects.get(attempt=attempt).questions, strict=True
        )
    ]
