"""Grading (判分): a recount of the frozen paper, whoever asks and however often."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Grade:
    """Right answers of all questions, points of all points."""

    right: int
    total: int
    points: int
    max_points: int


def is_right(question: Mapping[str, Any], answers: Mapping[str, Collection[str]]) -> bool:
    """Whether exactly the right options were chosen; a blank is wrong."""
    return set(answers.get(question["id"], ())) == set(question["right"])


def grade(
    questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Collection[str]], excused: Collection[str] = ()
) -> Grade:
    """The grade of these answers on this paper; questions whose id is `excused` count as right (voided ones)."""
    right = [question for question in questions if question["id"] in excused or is_right(question, answers)]
    return Grade(
        right=len(right),
        total=len(questions),
        points=sum(question["points"] for question in right),
        max_points=sum(question["points"] for question in questions),
    )
