"""Which exams a learner has, as far as learning knows: the course, whether its exam is open, in which round (L2)."""

from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist

from cms.queries import class_of_course, class_terms
from identity.acting import ActingRole
from learning.models import Enrolment
from learning.queries.mine import my_enrolments
from learning.queries.outline import ClassProgress, CourseState, class_progress_of


@dataclass(frozen=True)
class CoursePlace:
    """A course of one of my classes."""

    progress: ClassProgress
    course: CourseState


def course_place(role: ActingRole, course_id: int) -> CoursePlace:
    """A course of a class that this learner is in, in the version he studies. Raises ObjectDoesNotExist.

    The class's progress in a constant number of queries.
    """
    if not role.is_learner:
        raise ObjectDoesNotExist
    enrolment = Enrolment.objects.filter(
        user_id=role.user_id, state=Enrolment.State.ACTIVE, class_page_id=class_of_course(course_id)
    ).first()
    if enrolment is None:
        raise ObjectDoesNotExist
    progress = class_progress_of(enrolment, class_terms(enrolment.class_page_id))
    for course in progress.courses:
        if course.id == course_id:
            return CoursePlace(progress, course)
    raise ObjectDoesNotExist


def courses_with_exams(role: ActingRole) -> list[CoursePlace]:
    """Every course with an exam of the learner's classes, the class studied last first. As `my_enrolments`."""
    return [
        CoursePlace(card.progress, course)
        for card in my_enrolments(role)
        for course in card.progress.courses
        if course.has_exam
    ]
