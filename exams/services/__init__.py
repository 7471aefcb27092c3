"""Every write of the exam room."""

from exams.services.attempts import (
    Saved,
    close_overdue,
    close_own_overdue,
    hand_in,
    look_at,
    save_answers,
    start_attempt,
)
from exams.services.extra_time import end_extra_time, grant_extra_time
from exams.services.figures import count_attempts
from exams.services.practice import PracticeResult, answer_practice
from exams.services.staff import set_up_exam_staff
from exams.services.voiding import ask_regrading, regrade, sweep_regradings, void_attempt, void_question

__all__ = [
    "PracticeResult",
    "Saved",
    "answer_practice",
    "ask_regrading",
    "close_overdue",
    "close_own_overdue",
    "count_attempts",
    "end_extra_time",
    "grant_extra_time",
    "hand_in",
    "look_at",
    "regrade",
    "save_answers",
    "set_up_exam_staff",
    "start_attempt",
    "sweep_regradings",
    "void_attempt",
    "void_question",
]
