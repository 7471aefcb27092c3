"""Enrolments, watching, quizzes, completion."""

from learning.models.enrolment import CourseProgress, Enrolment
from learning.models.quiz import PresenceCheck, QuizTry
from learning.models.watching import NO_STOP, LessonProgress, Watch

__all__ = ["NO_STOP", "CourseProgress", "Enrolment", "LessonProgress", "PresenceCheck", "QuizTry", "Watch"]
