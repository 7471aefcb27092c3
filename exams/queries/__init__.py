"""What others may ask of the exam room."""

from exams.models import ATTEMPTS_A_ROUND
from exams.queries.attempts import (
    ExamCard,
    Result,
    answers_are_shown,
    answers_of,
    exam_list,
    exam_of,
    minutes_allowed,
    my_attempt,
    paper_for_browser,
    result_of,
    right_by_kind,
)
from exams.queries.practice import (
    PracticeCard,
    mistakes_book,
    practice_batch,
    practice_list,
    practice_question,
)

__all__ = [
    "ATTEMPTS_A_ROUND",
    "ExamCard",
    "PracticeCard",
    "Result",
    "answers_are_shown",
    "answers_of",
    "exam_list",
    "exam_of",
    "minutes_allowed",
    "mistakes_book",
    "my_attempt",
    "paper_for_browser",
    "practice_batch",
    "practice_list",
    "practice_question",
    "result_of",
    "right_by_kind",
]
