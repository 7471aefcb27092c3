"""The question bank as exams and practice draw from it.

Which questions fit a rule is kept in each process, under the stamps of the banks, so that drawing forty of a hundred
thousand reads forty rows and no more.
"""

import uuid
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from cms.models import BankQuestion, QuestionBank
from cms.models.question_bank import QuestionTag
from cms.queries.memory import Memory

_kept = Memory(most=300, seconds=600)

EXAM, PRACTICE = "exam", "practice"
_POOLS = {EXAM: ("exam", "both"), PRACTICE: ("practice", "both")}


@dataclass(frozen=True)
class Shortage:
    """A rule that its bank can't fill: `available` of the `rule["count"]` questions it wants."""

    rule: dict[str, Any]
    available: int


def candidates(rules: Iterable[dict[str, Any]], pool: str) -> list[tuple[int, ...]]:
    """For each rule of a blueprint the ids of the questions it may draw from `pool` (`EXAM` or `PRACTICE`) now.

    Each in the order of ids. One query where they are known already.
    """
    stamps = _stamps()
    return [_candidates(rule, pool, stamps) for rule in rules]


def _stamps() -> dict[int, uuid.UUID]:
    return dict(QuestionBank.objects.values_list("pk", "stamp"))


def _key(rule: dict[str, Any], pool: str, stamps: dict[int, uuid.UUID]) -> Hashable:
    """What a rule's questions are kept under: another when its bank, or where it has none any bank, has changed."""
    bank = rule["bank"]
    stamp = stamps.get(bank) if bank else tuple(sorted(stamps.items()))
    return pool, bank, tuple(rule["tags"]), rule["kind"], rule["difficulty"], stamp


def _candidates(rule: dict[str, Any], pool: str, stamps: dict[int, uuid.UUID]) -> tuple[int, ...]:
    key = _key(rule, pool, stamps)
    found: tuple[int, ...] | None = _kept.get(key)
    if found is None:
        found = tuple(_fitting(rule, pool).order_by("pk").values_list("pk", flat=True))
        _kept.put(key, found)
    return found


def _fitting(rule: dict[str, Any], pool: str) -> QuerySet[BankQuestion]:
    fitting = BankQuestion.objects.filter(state=BankQuestion.State.ACTIVE, pool__in=_POOLS[pool], kind=rule["kind"])
    if rule["bank"]:
        fitting = fitting.filter(bank_id=rule["bank"])
    if rule["difficulty"]:
        fitting = fitting.filter(difficulty=rule["difficulty"])
    if rule["tags"]:
        fitting = fitting.filter(tagged_items__tag__name__in=rule["tags"]).distinct()
    return fitting


def fitting_any(papers: Sequence[Sequence[dict[str, Any]]], pool: str) -> list[frozenset[int]]:
    """For the rules of each paper the ids of all questions of `pool` that fit any of them now.

    At most three queries however many papers, one where they are known already.
    """
    stamps = _stamps()
    keys = [(frozenset, *(_key(rule, pool, stamps) for rule in rules)) for rules in papers]
    found: dict[Hashable, frozenset[int] | None] = {key: _kept.get(key) for key in keys}
    unknown = {key: rules for key, rules in zip(keys, papers, strict=True) if found[key] is None}
    if unknown:
        sorts = _Sorts(pool, [rule for rules in unknown.values() for rule in rules])
        for key, rules in unknown.items():
            found[key] = frozenset(pk for rule in rules for pk in sorts.fitting(rule))
            _kept.put(key, found[key])
    return [found[key] or frozenset() for key in keys]


class _Sorts:
    """The questions that some rules may concern, by what rules ask for. Two queries, one where no rule has tags."""

    def __init__(self, pool: str, rules: list[dict[str, Any]]) -> None:
        active = BankQuestion.objects.filter(state=BankQuestion.State.ACTIVE, pool__in=_POOLS[pool])
        active = active.filter(kind__in={rule["kind"] for rule in rules})
        if all(rule["bank"] for rule in rules):
            active = active.filter(bank_id__in={rule["bank"] for rule in rules})
        self._by_sort: dict[tuple[int, str, int], list[int]] = {}
        for pk, bank, kind, difficulty in active.values_list("pk", "bank_id", "kind", "difficulty"):
            self._by_sort.setdefault((bank, kind, difficulty), []).append(pk)
        self._by_tag: dict[str, set[int]] = {}
        tags = {tag for rule in rules for tag in rule["tags"]}
        if tags:
            tagged = QuestionTag.objects.filter(tag__name__in=tags).values_list("tag__name", "content_object_id")
            for tag, pk in tagged:
                self._by_tag.setdefault(tag, set()).add(pk)

    def fitting(self, rule: dict[str, Any]) -> Iterator[int]:
        """The questions of one of the rules; as `_fitting`, which asks the database."""
        tagged = set[int]().union(*(self._by_tag.get(tag, set()) for tag in rule["tags"]))
        for (bank, kind, difficulty), ids in self._by_sort.items():
            if rule["bank"] in (None, bank) and rule["kind"] == kind and rule["difficulty"] in (0, difficulty):
                yield from (pk for pk in ids if not rule["tags"] or pk in tagged)


def drawing_order(pools: list[tuple[int, ...]]) -> list[int]:
    """The places of rules in the order in which they draw: who has the least to choose from first."""
    return sorted(range(len(pools)), key=lambda at: (len(pools[at]), at))


def shortages(rules: Iterable[dict[str, Any]]) -> list[Shortage]:
    """The rules that can't be sure of their questions. Where there are none, every paper can be drawn."""
    return shortages_of([list(rules)])[0]


def shortages_of(
    blueprints: Iterable[Sequence[dict[str, Any]]], *, without: frozenset[int] = frozenset()
) -> list[list[Shortage]]:
    """For the rules of each blueprint what `shortages` says, as if the bank had no questions `without`.

    One query where the rules' questions are known already.
    """
    stamps = _stamps()
    return [_shortages(rules, [_candidates(rule, EXAM, stamps) for rule in rules], without) for rules in blueprints]


def _shortages(
    rules: Sequence[dict[str, Any]], pools: list[tuple[int, ...]], without: frozenset[int]
) -> list[Shortage]:
    """Rules draw one after the other (`drawing_order`); what earlier ones may take of a rule's questions is reckoned as
    taken, so that rules that overlap can't starve one another, however the lot falls.
    """
    wanted_in_all = sum(rule["count"] for rule in rules)
    if all(len(pool) - len(without) >= wanted_in_all for pool in pools):
        return []  # enough for whatever happens: sets of a hundred thousand needn't be compared
    if without:
        pools = [tuple(pk for pk in pool if pk not in without) for pool in pools]
    found = []
    earlier: list[tuple[frozenset[int], int]] = []
    for at in drawing_order(pools):
        own, wanted = frozenset(pools[at]), rules[at]["count"]
        left = len(own) - sum(min(count, len(own & other)) for other, count in earlier)
        if left < wanted:
            found.append(Shortage(rules[at], max(left, 0)))
        earlier.append((own, wanted))
    return found


def questions_by_id(ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The content of questions as papers freeze it (`cms.questions.question_content`). One query."""
    return dict(BankQuestion.objects.filter(pk__in=ids).values_list("pk", "content"))


def voided_among(ids: Collection[int]) -> frozenset[int]:
    """Those of these questions that were voided. One query."""
    voided = BankQuestion.objects.filter(pk__in=ids, voided_at__isnull=False)
    return frozenset(voided.values_list("pk", flat=True))


def bank_titles(ids: Iterable[int]) -> dict[int, str]:
    """The titles of banks by id."""
    return dict(QuestionBank.objects.filter(pk__in=set(ids)).values_list("pk", "title"))


def bank_of_question(question_id: int) -> int:
    """The id of the bank a question is in. Raises BankQuestion.DoesNotExist."""
    return BankQuestion.objects.values_list("bank_id", flat=True).get(pk=question_id)
