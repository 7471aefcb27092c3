"""Every write of the learning room."""

from learning.models import NO_STOP
from learning.services.beats import BeatAnswer, beat
from learning.services.completion import settle
from learning.services.enrolment import enrol
from learning.services.quizzes import QuizResult, answer_quiz
from learning.services.watches import OpenedWatch, end_watch, end_watches, open_watch

__all__ = [
    "NO_STOP",
    "BeatAnswer",
    "OpenedWatch",
    "QuizResult",
    "answer_quiz",
    "beat",
    "end_watch",
    "end_watches",
    "enrol",
    "open_watch",
    "settle",
]
