"""Where a progress row stands in its class."""

from cms.queries import ClassTerms, LessonOutline, class_terms, syllabus_of
from learning.models import LessonProgress
from learning.queries.outline import version_of


def terms_of_progress(progress: LessonProgress) -> ClassTerms:
    """The terms of the class this progress belongs to."""
    return class_terms(progress.enrolment.class_page_id)


def lesson_of_progress(progress: LessonProgress) -> LessonOutline:
    """The lesson with its quiz points in the version this enrolment studies.

    One that a later version replaced while it was being watched is as it was at last: whoever began it may end it.
    """
    terms = terms_of_progress(progress)
    return next(
        lesson
        for version in range(version_of(progress.enrolment, terms), 0, -1)
        for course in syllabus_of(terms.id, version).courses
        for lesson in course.lessons
        if lesson.id == progress.lesson_id
    )
