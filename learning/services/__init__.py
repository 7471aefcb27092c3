"""Every write of the learning room."""

from learning.models import NO_STOP
from learning.services.beats import BeatAnswer, beat
from learning.services.completion import settle
from learning.services.enrolment import enrol
from learning.services.paid import end_enrolment, enrol_paid, hold_learner, restore_enrolment
from learning.services.quizzes import QuizResult, answer_quiz
from learning.services.relearning import clear_course, hold_course, pass_exam, restore_course
from learning.services.watches import OpenedWatch, end_watch, end_watches, open_watch

__all__ = [
    "NO_STOP",
    "BeatAnswer",
    "OpenedWatch",
    "QuizResult",
    "answer_quiz",
    "beat",
    "clear_course",
    "end_enrolment",
    "end_watch",
    "end_watches",
    "enrol",
    "enrol_paid",
    "hold_course",
    "hold_learner",
    "open_watch",
    "pass_exam",
    "restore_course",
    "restore_enrolment",
    "settle",
]
