"""Per-question figures (题目分析): finished attempts are folded in, each once, away from any request."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import transaction

from exams.grading import is_right
from exams.models import Attempt, Paper, QuestionFigures

_CHUNK = 100


def count_attempts(*, now: datetime, most: int = 2_000) -> int:
    """Fold finished attempts that aren't counted yet into the figures of their questions; gives how many."""
    counted = 0
    while counted < most:
        done = _count_chunk(now)
        counted += done
        if done < _CHUNK:
            break
    return counted


@transaction.atomic
def _count_chunk(now: datetime) -> int:
    waiting = Attempt.objects.filter(state=Attempt.State.FINISHED, counted_at__isnull=True)
    ids = list(waiting.order_by("closed_at").values_list("pk", flat=True)[:_CHUNK])
    claimed = [
        pk for pk in sorted(ids) if Attempt.objects.filter(pk=pk, counted_at__isnull=True).update(counted_at=now)
    ]
    sums: dict[int, _Sum] = defaultdict(_Sum)
    for paper in Paper.objects.filter(attempt__in=claimed).select_related("attempt").order_by("attempt_id"):
        score = paper.attempt.points / paper.attempt.max_points
        for question in paper.questions:
            sums[question["question"]].add(question, paper.attempt.answers, score)
    for question_id in sorted(sums):
        _write(question_id, sums[question_id])
    return len(ids)


class _Sum:
    """What a chunk of attempts adds to a question's figures."""

    def __init__(self) -> None:
        self.figures: dict[str, float] = defaultdict(float)
        self.chosen: dict[str, int] = defaultdict(int)

    def add(self, question: dict[str, Any], answers: dict[str, list[str]], score: float) -> None:
        given = answers.get(question["id"], [])
        self.figures["shown"] += 1
        self.figures["blank"] += not given
        self.figures["score_sum"] += score
        self.figures["score_square_sum"] += score * score
        if is_right(question, answers):
            self.figures["right"] += 1
            self.figures["right_score_sum"] += score
        for name in given:
            self.chosen[question["sources"][name]] += 1


def _write(question_id: int, added: _Sum) -> None:
    QuestionFigures.objects.get_or_create(question_id=question_id)
    row = QuestionFigures.objects.select_for_update(no_key=True).get(question_id=question_id)
    for name, value in added.figures.items():
        setattr(row, name, type(getattr(row, name))(getattr(row, name) + value))
    row.chosen = {name: row.chosen.get(name, 0) + added.chosen.get(name, 0) for name in {*row.chosen, *added.chosen}}
    row.save()
