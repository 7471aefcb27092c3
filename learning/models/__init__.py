"""Enrolments, watching, quizzes, completion."""

from learning.models.enrolment import CourseClearing, CourseProgress, Enrolment
from learning.models.quiz import PresenceCheck, QuizTry
from learning.models.watching import NO_STOP, LessonProgress, Watch

__all__ = [
    "NO_STOP",
    "CourseClearing",
    "CourseProgress",
    "Enrolment",
    "LessonProgress",
    "PresenceCheck",
    "QuizTry",
    "Watch",
]
