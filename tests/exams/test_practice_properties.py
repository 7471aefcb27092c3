"""Whatever a learner does in whichever order, practice never shows a question of an attempt in progress (L9)."""

import contextlib
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.models import BankQuestion
from core.errors import Refusal
from exams.models import Attempt, Paper
from exams.queries import mistakes_page, practice_batch, practice_overview, practice_questions, told_answers
from exams.services import answer_practice
from tests.exams import classes
from tests.exams.practising import ids_of, practises

ACTS = st.sampled_from(("sit first", "sit second", "hand in", "wrong", "right", "wait out"))

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def two_courses(candidate: Any) -> tuple[Any, list[Any]]:
    """Two open courses whose exams draw five of the same eight questions that are practised too."""
    bank_id = classes.bank(singles=8, pool="both")
    courses = []
    for _ in range(2):
        page, (course,) = classes.exam_class(classes.exam(bank_id))
        candidate.enrols(page)
        classes.watch_all(candidate, course)
        courses.append(course)
    return candidate, courses


def hidden() -> set[int]:
    """What stands on papers that are being answered."""
    papers = Paper.objects.filter(attempt__state="open").values_list("questions", flat=True)
    return {question["question"] for questions in papers for question in questions}


def practises_unseen(candidate: Any, course: Any, pk: int) -> None:
    """Answer a question that isn't shown, as a program would that remembers it."""
    answer_practice(actor=candidate.role, course_id=course.pk, answers={str(pk): ["x"]}, now=candidate.clock.now())


def everything_shown(candidate: Any, course: Any) -> set[int]:
    """Every question that any read of practice gives of this course."""
    ids = list(BankQuestion.objects.values_list("pk", flat=True))
    shown = [
        *ids_of(practice_batch(candidate.role, course.pk, most=100)),
        *ids_of(practice_batch(candidate.role, course.pk, mistakes=True, most=100)),
        *ids_of(practice_questions(candidate.role, course.pk, ids)),
        *ids_of(told_answers(candidate.role, course.pk, ids, {})),
        *(record.question_id for record in mistakes_page(candidate.role).records),
    ]
    return set(shown)


def does(candidate: Any, courses: list[Any], act: str) -> None:
    """One thing a learner may do; what he may not do just now is refused."""
    open_one = Attempt.objects.filter(state="open").order_by("pk").first()
    with contextlib.suppress(Refusal):
        if act.startswith("sit"):
            candidate.sits(courses[act.endswith("second")])
        elif act == "hand in" and open_one:
            candidate.hands_in(open_one)
        elif act == "wait out":
            candidate.clock.tick(31 * 60)
        elif act in ("wrong", "right"):
            for question in practice_batch(candidate.role, courses[0].pk, most=2):
                practises(candidate, courses[0], int(question["id"]), act == "right")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=2, max_size=8))
def test_practice_never_shows_a_question_of_an_attempt_in_progress(two_courses, acts):
    candidate, courses = two_courses
    everything = set(BankQuestion.objects.values_list("pk", flat=True))
    with transaction.atomic():  # papers can't be deleted: what an example did is undone as a whole
        for act in acts:
            does(candidate, courses, act)
            away = hidden()
            for course in courses:
                assert everything_shown(candidate, course) == everything - away
                for pk in away:
                    with pytest.raises(ObjectDoesNotExist):
                        practises_unseen(candidate, course, pk)
            assert {card.questions for card in practice_overview(candidate.role).cards} <= {len(everything - away)}
        transaction.set_rollback(True)
