"""What a learner may practise (L9): questions of the practice pool that fit his course's exam."""

import hmac
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings

from cms.queries import PRACTICE, fitting_any, questions_by_id, rules_of
from exams.models import Attempt, Paper, PracticeRecord
from identity.acting import ActingRole
from learning.queries import CoursePlace, course_place, courses_with_exams

BATCH = 10
"""How many questions practice hands out at a time."""


@dataclass(frozen=True)
class Pool:
    """The questions that fit a course's exam, without those that are `hidden` now."""

    fitting: frozenset[int]
    hidden: frozenset[int]

    def __contains__(self, pk: int) -> bool:
        return pk in self.fitting and pk not in self.hidden

    def __len__(self) -> int:
        return len(self.fitting) - len(self.fitting & self.hidden)


@dataclass(frozen=True)
class PracticeCard:
    """A course in the practice list: questions there are now, those he practised, those in his mistakes book."""

    place: CoursePlace
    questions: int
    practised: int
    mistakes: int


@dataclass(frozen=True)
class PracticeList:
    """The courses that can be practised, and how many will be once they are open."""

    cards: list[PracticeCard]
    locked: int


def practice_option(user_id: int, question_id: int, option: str) -> str:
    """An option's name in one learner's practice: it says nothing about it in anybody else's, or in an exam."""
    return _mark(f"practice|{user_id}|{question_id}|{option}")


def _mark(body: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), body.encode(), sha256).hexdigest()[:12]


def in_progress(user_id: int) -> frozenset[int]:
    """The questions of this learner's attempts in progress: practice keeps silent about them. One query."""
    papers = Paper.objects.filter(attempt__user_id=user_id, attempt__state=Attempt.State.OPEN)
    return frozenset(
        question["question"] for questions in papers.values_list("questions", flat=True) for question in questions
    )


def pools_of(places: Sequence[CoursePlace], user_id: int) -> list[Pool]:
    """What each of these courses of one learner gives to practise now; nothing where it is locked or has no exam.

    At most five queries however many courses.
    """
    hidden = in_progress(user_id)
    rules = rules_of([place.course.blueprint_id for place in places if place.course.blueprint_id])
    wanted = [
        [] if place.course.state == "locked" else rules.get(place.course.blueprint_id or 0, []) for place in places
    ]
    return [Pool(fitting, hidden) for fitting in fitting_any(wanted, PRACTICE)]


def _pool(role: ActingRole, course_id: int) -> Pool:
    """Raises ObjectDoesNotExist for a course that isn't this learner's."""
    return pools_of([course_place(role, course_id)], role.user_id)[0]


def may_practise(role: ActingRole, course_id: int, ids: Collection[int]) -> set[int]:
    """Those of these questions that this learner may practise in this course now. Raises ObjectDoesNotExist."""
    pool = _pool(role, course_id)
    return {pk for pk in ids if pk in pool}


def practice_overview(role: ActingRole) -> PracticeList:
    """What can be practised, the class studied last first. A constant number of queries however many courses."""
    records = PracticeRecord.objects.filter(user_id=role.user_id).values_list("course_id", "question_id", "is_mistake")
    mine: dict[int, list[tuple[int, bool]]] = {}
    for course_id, question_id, is_mistake in records:
        mine.setdefault(course_id, []).append((question_id, is_mistake))
    places = courses_with_exams(role)
    cards = []
    for place, pool in zip(places, pools_of(places, role.user_id), strict=True):
        own = [is_mistake for pk, is_mistake in mine.get(place.course.id, []) if pk in pool]
        if len(pool):
            cards.append(PracticeCard(place, len(pool), len(own), sum(own)))
    return PracticeList(cards, sum(place.course.state == "locked" for place in places))


def practice_list(role: ActingRole) -> list[PracticeCard]:
    """The courses that can be practised, with how many questions there are, were practised, and are mistakes."""
    return practice_overview(role).cards


def practice_batch(
    role: ActingRole, course_id: int, *, mistakes: bool = False, most: int = BATCH
) -> list[dict[str, Any]]:
    """The next questions to practise, without their answers: what was never practised first, in a random order.

    Then what was practised longest ago. `mistakes`: of the mistakes book only. Each as `practice_question` shows it.
    Raises ObjectDoesNotExist for a course that isn't the learner's.
    """
    pool = _pool(role, course_id)
    records = PracticeRecord.objects.filter(user_id=role.user_id, course_id=course_id)
    if mistakes:
        records = records.filter(is_mistake=True)
    known = [pk for pk in records.order_by("tried_at", "pk").values_list("question_id", flat=True) if pk in pool]
    new = [] if mistakes else list(pool.fitting - pool.hidden - set(known))
    chosen = random.sample(new, min(most, len(new)))
    return _shown(role.user_id, course_id, [*chosen, *known][:most])


def practice_questions(role: ActingRole, course_id: int, ids: Collection[int]) -> list[dict[str, Any]]:
    """Those of these questions that may be practised now, in the order of `ids`. Raises ObjectDoesNotExist."""
    allowed = may_practise(role, course_id, ids)
    return _shown(role.user_id, course_id, [pk for pk in ids if pk in allowed])


def told_answers(
    role: ActingRole, course_id: int, ids: Collection[int], times: Mapping[int, int]
) -> list[dict[str, Any]]:
    """As `practice_questions`, of questions that he has answered, with `right` and `explanation`.

    `times`: how often each had been answered when it was shown, so that the options stand as they stood. What he
    hasn't answered in this course is left out.
    """
    allowed = may_practise(role, course_id, ids)
    tried = set(
        PracticeRecord.objects.filter(user_id=role.user_id, course_id=course_id, question_id__in=allowed).values_list(
            "question_id", flat=True
        )
    )
    contents = questions_by_id(tried)
    return [told_answer(role.user_id, pk, contents[pk], times.get(pk, 0)) for pk in ids if pk in contents]


def _shown(user_id: int, course_id: int, ids: Sequence[int]) -> list[dict[str, Any]]:
    times = dict(
        PracticeRecord.objects.filter(user_id=user_id, course_id=course_id, question_id__in=ids).values_list(
            "question_id", "tries"
        )
    )
    contents = questions_by_id(ids)
    return [practice_question(user_id, pk, contents[pk], times.get(pk, 0)) for pk in ids if pk in contents]


def practice_question(user_id: int, pk: int, content: dict[str, Any], times: int = 0) -> dict[str, Any]:
    """A question as practice shows it: `{"id", "kind", "stem", "picture", "options": [{"id", "text", "picture"}]}`.

    And `"times"`: how often he has answered it. Each time the options stand in another order, the same one for as long
    as he hasn't answered.
    """
    options = list(content["options"])
    if content["kind"] != "true_false":
        options.sort(key=lambda option: _mark(f"order|{user_id}|{pk}|{option['id']}|{times}"))
    return {
        "id": str(pk),
        "kind": content["kind"],
        "stem": content["stem"],
        "picture": content["picture"],
        "options": [option | {"id": practice_option(user_id, pk, option["id"])} for option in options],
        "times": times,
    }


def told_answer(user_id: int, pk: int, content: dict[str, Any], times: int = 0) -> dict[str, Any]:
    """A question with its right options, as practice names them, and why: for who has answered it."""
    return practice_question(user_id, pk, content, times) | {
        "right": [practice_option(user_id, pk, option) for option in content["right"]],
        "explanation": content["explanation"],
    }
