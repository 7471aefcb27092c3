"""What per-question figures say (题目分析, E1)."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Case, F, FloatField, Q, QuerySet, When
from django.db.models.functions import Cast, NullIf, Sqrt

from cms.queries import bank_of_question, blueprints_of_bank
from exams.models import Attempt, QuestionFigures

_NOTHING = 1e-9
ENOUGH = 30
"""So often a question must have been shown before its discrimination is held against it."""
SOME = 10
"""And so often before how many had it right is: of a single sitting it says nothing."""
TOO_HARD, TOO_EASY = 0.2, 0.95
WEAK, GOOD = 0.1, 0.3
"""Below the first a question tells nobody apart; from the second on it does so well."""


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


def with_rates(rows: QuerySet[QuestionFigures]) -> QuerySet[QuestionFigures]:
    """Figures with `right_rate` and `blank_rate` (0 to 1) and `discriminates`, as `discrimination` reckons it."""
    shown = NullIf(Cast("shown", FloatField()), 0.0)
    right = NullIf(Cast("right", FloatField()), 0.0)
    mean = F("score_sum") / shown
    rows = rows.annotate(
        right_rate=Cast("right", FloatField()) / shown,
        blank_rate=Cast("blank", FloatField()) / shown,
        variance=F("score_square_sum") / shown - mean * mean,
    )
    odds = F("right_rate") / NullIf(1.0 - F("right_rate"), 0.0)
    reckoned = (F("right_score_sum") / right - mean) / Sqrt(F("variance")) * Sqrt(odds)
    is_known = Q(right__gt=0, right__lt=F("shown"), variance__gte=_NOTHING)
    return rows.annotate(discriminates=Case(When(is_known, then=reckoned), default=None, output_field=FloatField()))


def suspicious(rows: QuerySet[QuestionFigures]) -> QuerySet[QuestionFigures]:
    """Those of `with_rates` that somebody should look at: hardly anybody or nearly everybody has them right, or it says
    nothing of what he knows.
    """
    weak = Q(discriminates__lt=WEAK, shown__gte=ENOUGH)
    odd = Q(right_rate__lt=TOO_HARD) | Q(right_rate__gt=TOO_EASY)
    return rows.filter(odd & Q(shown__gte=SOME) | weak)


def doubts(row: Any) -> list[str]:
    """Why a row of `with_rates` is suspicious: `hard`, `easy`, `weak`."""
    found = []
    is_telling = row.right_rate is not None and row.shown >= SOME
    if is_telling and row.right_rate < TOO_HARD:
        found.append("hard")
    if is_telling and row.right_rate > TOO_EASY:
        found.append("easy")
    if row.discriminates is not None and row.discriminates < WEAK and row.shown >= ENOUGH:
        found.append("weak")
    return found


def figures_for_office() -> QuerySet[QuestionFigures]:
    """Every question's figures, its question and bank loaded."""
    return with_rates(QuestionFigures.objects.select_related("question__bank"))


def no_figures(question_id: int) -> QuestionFigures | None:
    """A row as `figures_for_office` gives it, of noughts, for a question of the bank; None for no question."""
    row: Any = QuestionFigures(question_id=question_id)
    row.right_rate = row.blank_rate = row.discriminates = None
    try:
        return row if row.question.bank else None
    except ObjectDoesNotExist:
        return None


@dataclass(frozen=True)
class VoidingReach:
    """What voiding a question may change: failed papers that are looked through, open ones that may have it."""

    failed: int
    open: int


def voiding_reach(question_id: int) -> VoidingReach:
    """How far voiding this question reaches at most: papers of the exams that may have drawn it."""
    of_exams = Attempt.objects.filter(blueprint_id__in=blueprints_of_bank(bank_of_question(question_id)))
    failed = of_exams.filter(state=Attempt.State.FINISHED, passed=False)
    return VoidingReach(failed.count(), of_exams.filter(state=Attempt.State.OPEN).count())


def voiding_progress(question_id: int, upto: int) -> tuple[int, int]:
    """(papers looked through, papers to look through) of a job that is at attempt `upto`."""
    of_exams = Attempt.objects.filter(blueprint_id__in=blueprints_of_bank(bank_of_question(question_id)), passed=False)
    of_exams = of_exams.exclude(state=Attempt.State.VOIDED)
    return of_exams.filter(pk__lte=upto).count(), of_exams.count()
