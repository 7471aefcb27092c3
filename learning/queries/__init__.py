"""What others may ask of the learning room."""

from learning.queries.earned import hours_earned
from learning.queries.exams import CoursePlace, course_place, courses_with_exams
from learning.queries.keys import earned_media, key_is_earned
from learning.queries.mine import EnrolmentCard, LearningSummary, enrolled_in, learning_summary, my_enrolments
from learning.queries.outline import (
    ClassProgress,
    CourseState,
    LessonState,
    class_progress,
    enrolment_progress,
    unenrolled_outline,
)
from learning.queries.refusals import why_closed, why_not, why_not_on_offer
from learning.queries.standing import Standing, begun, finished, learning_in, standing_of, standings_of

__all__ = [
    "ClassProgress",
    "CoursePlace",
    "CourseState",
    "EnrolmentCard",
    "LearningSummary",
    "LessonState",
    "Standing",
    "begun",
    "class_progress",
    "course_place",
    "courses_with_exams",
    "earned_media",
    "enrolled_in",
    "enrolment_progress",
    "finished",
    "hours_earned",
    "key_is_earned",
    "learning_in",
    "learning_summary",
    "my_enrolments",
    "standing_of",
    "standings_of",
    "unenrolled_outline",
    "why_closed",
    "why_not",
    "why_not_on_offer",
]
