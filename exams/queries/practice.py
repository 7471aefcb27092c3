"""What a learner may practise (L9): questions of the practice pool that fit his course's exam."""

import hmac
import random
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings

from cms.queries import PRACTICE, blueprint_terms, candidates, questions_by_id
from exams.models import Attempt, Paper, PracticeRecord
from identity.acting import ActingRole
from learning.queries import CoursePlace, course_place, courses_with_exams

BATCH = 10
"""How many questions practice hands out at a time."""


@dataclass(frozen=True)
class PracticeCard:
    """A course in the practice list."""

    place: CoursePlace
    questions: int
    practised: int
    mistakes: int


def practice_option(user_id: int, question_id: int, option: str) -> str:
    """An option's name in one learner's practice: it says nothing about it in anybody else's, or in an exam."""
    body = f"practice|{user_id}|{question_id}|{option}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), body, sha256).hexdigest()[:12]


def in_progress(user_id: int) -> set[int]:
    """The questions of this learner's attempts in progress: practice keeps silent about them. One query."""
    papers = Paper.objects.filter(attempt__user_id=user_id, attempt__state=Attempt.State.OPEN)
    return {question["question"] for questions in papers.values_list("questions", flat=True) for question in questions}


def _pool(place: CoursePlace, user_id: int) -> set[int]:
    if not place.course.has_exam or place.course.state == "locked":
        return set()
    rules = blueprint_terms(place.course.blueprint_id or 0).rules
    fitting = {pk for pool in candidates(rules, PRACTICE) for pk in pool}
    return fitting - in_progress(user_id)


def may_practise(role: ActingRole, course_id: int, ids: Collection[int]) -> set[int]:
    """Those of these questions that this learner may practise in this course now. Raises ObjectDoesNotExist."""
    return set(ids) & _pool(course_place(role, course_id), role.user_id)


def practice_list(role: ActingRole) -> list[PracticeCard]:
    """The courses that can be practised, with how many questions there are, were practised, and are mistakes."""
    cards = []
    records = PracticeRecord.objects.filter(user_id=role.user_id).values_list("course_id", "question_id", "is_mistake")
    mine: dict[int, dict[int, bool]] = {}
    for course_id, question_id, is_mistake in records:
        mine.setdefault(course_id, {})[question_id] = is_mistake
    for place in courses_with_exams(role):
        pool = _pool(place, role.user_id)
        own = mine.get(place.course.id, {})
        if pool:
            practised = sum(pk in pool for pk in own)
            mistakes = sum(is_mistake for pk, is_mistake in own.items() if pk in pool)
            cards.append(PracticeCard(place, len(pool), practised, mistakes))
    return cards


def practice_batch(role: ActingRole, course_id: int, *, mistakes: bool = False) -> list[dict[str, Any]]:
    """The next questions to practise, without their answers: what was never practised first, in a random order.

    `mistakes`: of the mistakes book only. Raises ObjectDoesNotExist for a course that isn't the learner's.
    """
    pool = _pool(course_place(role, course_id), role.user_id)
    records = PracticeRecord.objects.filter(user_id=role.user_id, course_id=course_id, question_id__in=pool)
    if mistakes:
        chosen = list(
            records.filter(is_mistake=True).order_by("tried_at").values_list("question_id", flat=True)[:BATCH]
        )
    else:
        known = dict(records.values_list("question_id", "tried_at"))
        chosen = random.sample(sorted(pool - known.keys()), min(BATCH, len(pool) - len(known)))
        chosen += sorted(known, key=lambda pk: known[pk])[: BATCH - len(chosen)]
    contents = questions_by_id(chosen)
    return [practice_question(role.user_id, pk, contents[pk]) for pk in chosen if pk in contents]


def practice_question(user_id: int, pk: int, content: dict[str, Any]) -> dict[str, Any]:
    """A question as practice shows it: `{"id", "kind", "stem", "picture", "options": [{"id", "text", "picture"}]}`."""
    options = [option | {"id": practice_option(user_id, pk, option["id"])} for option in content["options"]]
    if content["kind"] != "true_false":
        options.sort(key=lambda option: option["id"])
    return {
        "id": str(pk),
        "kind": content["kind"],
        "stem": content["stem"],
        "picture": content["picture"],
        "options": options,
    }


def mistakes_book(role: ActingRole, course_id: int | None = None, most: int = 100) -> list[PracticeRecord]:
    """The learner's mistakes, the latest first; `question` and `course` are loaded."""
    mine = PracticeRecord.objects.filter(user_id=role.user_id, is_mistake=True).select_related("question", "course")
    if course_id is not None:
        mine = mine.filter(course_id=course_id)
    hidden = in_progress(role.user_id)
    return [record for record in mine.order_by("-tried_at")[: most + len(hidden)] if record.question_id not in hidden][
        :most
    ]
