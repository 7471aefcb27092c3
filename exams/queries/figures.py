"""What per-question figures say (题目分析, E1)."""

from math import sqrt

from exams.models import QuestionFigures

_NOTHING = 1e-9


def discrimination(row: QuestionFigures) -> float | None:
    """How well a question tells who knows from who doesn't (区分度), from −1 to 1; None where nothing can be said.

    The correlation of having it right with the score of the whole paper (point-biserial).
    """
    if not 0 < row.right < row.shown:
        return None
    mean = row.score_sum / row.shown
    variance = row.score_square_sum / row.shown - mean * mean
    if variance < _NOTHING:
        return None
    share = row.right / row.shown
    return (row.right_score_sum / row.right - mean) / sqrt(variance) * sqrt(share / (1 - share))
