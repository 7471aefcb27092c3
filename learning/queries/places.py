"""Where a progress row stands in its class."""

from cms.queries import ClassTerms, LessonOutline, class_terms
from learning.models import LessonProgress
from learning.queries.outline import outline_rows


def terms_of_progress(progress: LessonProgress) -> ClassTerms:
    """The terms of the class this progress belongs to."""
    return class_terms(progress.enrolment.class_page_id)


def lesson_of_progress(progress: LessonProgress) -> LessonOutline:
    """The lesson with its quiz points in the version this enrolment studies."""
    syllabus = outline_rows(progress.enrolment, terms_of_progress(progress))
    return next(lesson for course in syllabus.courses for lesson in course.lessons if lesson.id == progress.lesson_id)
