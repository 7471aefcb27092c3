"""Learners and classes of the tests of learning."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from core import clock as server_clock
from identity.acting import ActingRole
from learning.models import Enrolment
from tests.identity import factories
from tests.learning import classes
from tests.learning.driving import Learner

_serials = count(100)


@pytest.fixture
def learners(db: None, clock: Any) -> Callable[[int], list[Learner]]:
    """So many learners of the hospital."""
    return lambda number: [Learner(factories.learner(f"学员{n}", n), clock) for n in _next(number)]


def _next(number: int) -> list[int]:
    return [100 + next(_serials) % 800 for _ in range(number)]


@pytest.fixture
def learner(db: None, clock: Any) -> Learner:
    """李雷, a learner of the hospital."""
    return Learner(factories.learner(), clock)


@pytest.fixture
def stranger(db: None, clock: Any) -> Learner:
    """王五, a learner of somewhere else."""
    return Learner(factories.stranger(), clock)


@pytest.fixture
def administrator(db: None, clock: Any) -> Learner:
    """韩梅, who administers the hospital and learns nothing."""
    return Learner(factories.administrator(), clock)


@pytest.fixture
def real_time_learner(db: None) -> Learner:
    """李雷 without a clock held still, for races."""
    return Learner(factories.learner(), None)


@pytest.fixture
def role_of() -> Callable[[Learner], ActingRole]:
    return lambda learner: factories.role(learner.user)


@pytest.fixture
def city(db: None) -> Any:
    return factories.region()


@pytest.fixture
def other_region(db: None) -> Any:
    return factories.region("临河区", "120300")


@pytest.fixture
def class_of(db: None) -> Callable[..., Any]:
    """`class_of([60, (90, [30])], [45], max_rate_pct=150)`: a class on offer, a list of lesson plans a course."""
    return classes.publish_class


@pytest.fixture
def republish() -> Callable[..., None]:
    return classes.republish


@pytest.fixture
def public_class(class_of: Any) -> Any:
    return class_of([60])


@pytest.fixture
def short_class(class_of: Any) -> Any:
    return class_of([6])


@pytest.fixture
def lesson(request: pytest.FixtureRequest, class_of: Any) -> Any:
    """A lesson of ten minutes in a class that the learner of the test is enrolled in."""
    page, lessons = class_of([600])
    who = "real_time_learner" if "real_time_learner" in request.fixturenames else "learner"
    if who in request.fixturenames:
        request.getfixturevalue(who).enrols(page)
    return lessons[0]


@pytest.fixture
def two_open_lessons(learner: Learner, class_of: Any) -> list[Any]:
    """Two lessons of ten minutes in two classes, both open to the learner."""
    found = []
    for _ in range(2):
        page, lessons = class_of([600])
        learner.enrols(page)
        found += lessons
    return found


@pytest.fixture
def enrol_paid() -> Callable[[Learner, Any], None]:
    """Put a learner into a class that isn't enrolled in by a click."""

    def enrol(learner: Learner, page: Any) -> None:
        Enrolment.objects.create(user=learner.user, class_page=page, syllabus_version=1, enrolled_at=server_clock.now())

    return enrol


@pytest.fixture
def with_exam(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Let a course have an exam, as the outline will say once blueprints are published."""
    from dataclasses import replace

    from learning.queries import outline

    real = outline.syllabus_of

    def give(course: Any) -> None:
        def with_one(class_id: int, version: int) -> Any:
            found = real(class_id, version)
            courses = (replace(c, blueprint_id=1 if c.id == course.pk else c.blueprint_id) for c in found.courses)
            return replace(found, courses=tuple(courses))

        monkeypatch.setattr(outline, "syllabus_of", with_one)

    return give
