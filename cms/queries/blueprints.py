"""Blueprints (组卷方案) as exams read them."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cms.models import Blueprint


@dataclass(frozen=True)
class BlueprintTerms:
    """A published exam: `rules` as `cms.models.Blueprint` has them, `answers_shown` passed, finished or never."""

    id: int
    course_id: int
    minutes: int
    pass_points: int
    shuffle: bool
    answers_shown: str
    rules: tuple[dict[str, Any], ...]

    @property
    def total(self) -> int:
        """How many questions a paper has."""
        return sum(rule["count"] for rule in self.rules)

    @property
    def max_points(self) -> int:
        return sum(rule["count"] * rule["points"] for rule in self.rules)

    @property
    def is_one_point_each(self) -> bool:
        """Whether points are right answers, so that both needn't be told."""
        return all(rule["points"] == 1 for rule in self.rules)


@lru_cache(maxsize=4096)
def blueprint_terms(blueprint_id: int) -> BlueprintTerms:
    """A blueprint by its id; it never changes. Raises Blueprint.DoesNotExist. One query, none where it is known."""
    row = Blueprint.objects.get(pk=blueprint_id)
    return BlueprintTerms(
        row.pk, row.course_id, row.minutes, row.pass_points, row.shuffle, row.answers_shown, tuple(row.rules)
    )


def rules_of(blueprint_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The rules of many blueprints by id. One query."""
    return dict(Blueprint.objects.filter(pk__in=blueprint_ids).values_list("pk", "rules"))


def blueprints_of_bank(bank_id: int) -> list[int]:
    """Ids of all blueprints, retired ones too, that may have drawn from a bank: those that name it or no bank."""
    rows = Blueprint.objects.values_list("pk", "rules")
    return [pk for pk, rules in rows if any(rule["bank"] in (bank_id, None) for rule in rules)]
