"""Learners before an exam."""

from collections.abc import Callable
from typing import Any

import pytest

from cms.models import Course
from exams.models import Attempt
from exams.services import hand_in, save_answers, start_attempt
from identity.acting import ActingRole
from tests.exams import classes
from tests.exams.driving import Examinee
from tests.identity import factories
from tests.learning.driving import Learner


class Candidate(Learner):
    """A learner who sits exams, through the services of the room."""

    @property
    def role(self) -> ActingRole:
        return factories.role(self.user)

    def sits(self, course: Course) -> Attempt:
        attempt, _is_new = start_attempt(actor=self.role, course_id=course.pk, now=self.clock.now())
        return attempt

    def answers(self, attempt: Attempt, answers: dict[str, list[str]]) -> None:
        save_answers(user_id=self.user.pk, attempt_id=attempt.public_id, answers=answers, now=self.clock.now())

    def hands_in(self, attempt: Attempt) -> Attempt:
        return hand_in(actor=self.role, attempt_id=attempt.public_id, now=self.clock.now())

    def passes(self, course: Course) -> Attempt:
        attempt = self.sits(course)
        self.answers(attempt, classes.right_answers(str(attempt.public_id)))
        return self.hands_in(attempt)

    def fails(self, course: Course) -> Attempt:
        attempt = self.sits(course)
        self.answers(attempt, classes.wrong_answers(str(attempt.public_id)))
        return self.hands_in(attempt)


@pytest.fixture
def candidate(db: None, clock: Any) -> Candidate:
    """李雷, a learner of the hospital."""
    return Candidate(factories.learner(), clock)


@pytest.fixture
def stranger(db: None, clock: Any) -> Candidate:
    """王五, a learner of somewhere else."""
    return Candidate(factories.stranger(), clock)


@pytest.fixture
def examinee(db: None, clock: Any) -> Examinee:
    """李雷 in a browser, logged in as the login page does it."""
    return Examinee(factories.learner(), clock)


@pytest.fixture
def rival(db: None, clock: Any) -> Examinee:
    """王五, who has nothing to do with 李雷's exams."""
    return Examinee(factories.stranger(), clock)


@pytest.fixture
def exam_of(candidate: Candidate) -> Callable[..., Course]:
    """`exam_of(singles=5, pass_points=3)`: a course whose videos the candidate has watched, its exam open to him."""

    def make(*, in_bank: int = 12, **fields: Any) -> Course:
        page, courses = classes.exam_class(classes.exam(classes.bank(singles=in_bank), **fields))
        candidate.enrols(page)
        classes.watch_all(candidate, courses[0])
        return courses[0]

    return make
