"""Per-question figures: each finished attempt is counted once, and they say what a straight recount says."""

from math import sqrt
from typing import Any

import pytest

from exams.models import Attempt, Paper, QuestionFigures
from exams.queries.figures import discrimination
from exams.services import count_attempts, figures, void_attempt
from exams.tasks import count_attempts as count_task
from tests.exams import classes
from tests.exams.conftest import Candidate
from tests.identity import factories

# How each of eight learners answers the questions of the bank in the order of their ids: right, wrong, or not at all.
SHEETS = ("rrrrw", "rrrww", "rrwww", "rwwww", "rrr-w", "rwr-r", "wwwwr", "r----")


@pytest.fixture
def sat(candidate: Any, exam_of: Any) -> list[Attempt]:
    """Eight attempts of a paper of all five questions, as SHEETS says."""
    course = exam_of(in_bank=5)
    attempts = []
    for number, sheet in enumerate(SHEETS):
        learner = Candidate(factories.learner(f"学员{number}", 300 + number), candidate.clock)
        learner.enrols(course.class_page)
        classes.watch_all(learner, course)
        attempt = learner.sits(course)
        paper = sorted(Paper.objects.get(attempt=attempt).questions, key=lambda question: question["question"])
        learner.answers(attempt, dict(_answer(q, mark) for q, mark in zip(paper, sheet, strict=True) if mark != "-"))
        attempts.append(learner.hands_in(attempt))
    return attempts


def _answer(question: dict[str, Any], mark: str) -> tuple[str, list[str]]:
    wrong = next(option["id"] for option in question["options"] if option["id"] not in question["right"])
    return question["id"], question["right"] if mark == "r" else [wrong]


def rows() -> list[QuestionFigures]:
    return list(QuestionFigures.objects.order_by("question_id"))


def stored() -> list[dict[str, Any]]:
    return list(QuestionFigures.objects.order_by("question_id").values())


def test_they_say_what_a_recount_says(sat, clock):
    assert count_attempts(now=clock.now()) == 8

    assert [row.shown for row in rows()] == [8] * 5
    assert [row.right for row in rows()] == [sum(sheet[at] == "r" for sheet in SHEETS) for at in range(5)]
    assert [row.blank for row in rows()] == [sum(sheet[at] == "-" for sheet in SHEETS) for at in range(5)]
    for at, row in enumerate(rows()):
        assert sum(row.chosen.values()) == sum(sheet[at] != "-" for sheet in SHEETS)
        assert row.chosen[row.question.content["right"][0]] == row.right
        assert set(row.chosen) <= {option["id"] for option in row.question.content["options"]}


def test_discrimination_is_the_correlation_with_the_whole_score(sat, clock):
    """Point-biserial, which is Pearson's correlation where one side is right or wrong: reckoned here from pairs."""
    count_attempts(now=clock.now())

    scores = [attempt.points / attempt.max_points for attempt in sat]
    for at, row in enumerate(rows()):
        marks = [float(sheet[at] == "r") for sheet in SHEETS]
        assert discrimination(row) == pytest.approx(pearson(marks, scores), abs=1e-9)


def pearson(xs: list[float], ys: list[float]) -> float:
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    shared = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return shared / sqrt(sum((x - mean_x) ** 2 for x in xs) * sum((y - mean_y) ** 2 for y in ys))


@pytest.mark.parametrize(("right", "shown"), [(0, 5), (5, 5), (0, 0), (1, 1)])
def test_where_all_answer_alike_nothing_can_be_said(right, shown):
    row = QuestionFigures(shown=shown, right=right, score_sum=2.0, score_square_sum=1.5, right_score_sum=right * 0.4)
    assert discrimination(row) is None


def test_where_all_scores_are_alike_nothing_can_be_said():
    row = QuestionFigures(shown=4, right=2, score_sum=4 * 0.1, score_square_sum=4 * 0.1 * 0.1, right_score_sum=0.2)
    assert discrimination(row) is None


def test_each_attempt_is_counted_once_whoever_counts(sat, clock, monkeypatch):
    monkeypatch.setattr(figures, "_CHUNK", 3)
    assert count_attempts(now=clock.now()) == 8
    before = stored()

    count_task()
    assert count_attempts(now=clock.now()) == 0

    assert stored() == before
    assert Attempt.objects.filter(counted_at=clock.now()).count() == 8


def test_counted_in_parts_they_are_the_same_sums(sat, clock, monkeypatch):
    count_attempts(now=clock.now())
    whole = stored()
    QuestionFigures.objects.all().delete()
    Attempt.objects.update(counted_at=None)
    monkeypatch.setattr(figures, "_CHUNK", 1)

    assert count_attempts(now=clock.now(), most=3) == 3
    assert count_attempts(now=clock.now()) == 5

    for found, expected in zip(stored(), whole, strict=True):
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            assert found[name] == (pytest.approx(value) if isinstance(value, float) else value)


def test_what_is_open_or_voided_is_not_counted(candidate, exam_of):
    course = exam_of()
    failed = candidate.fails(course)
    void_attempt(attempt_id=failed.pk, reason="停电", actor_id=7, acting_as="staff", now=candidate.clock.now())
    candidate.sits(course)

    assert count_attempts(now=candidate.clock.now()) == 0
    assert not QuestionFigures.objects.exists()
