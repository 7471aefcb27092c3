"""Questions that say nearly the same (查重): by their stems' bands, then measured."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db.models import Count, Q, QuerySet

from cms.models import BankQuestion, DistinctQuestions
from core.likeness import BANDS, comparable, likeness

ALIKE = 0.7
"""Stems that share this part of their bigrams are nearly the same."""
_BANDS = tuple(f"band_{at}" for at in range(1, BANDS + 1))
_MOST_IN_A_BAND = 40
"""Of questions that all begin alike ("下列说法正确的是") the first of a band are compared, not each with each."""

_MOST_CROWDED = 2_000
"""As many crowded bands are looked through at a time; what is put out of use makes room for the next."""
_MOST_NEAR, _MOST_WARNED_OF = 5_000, 10
"""An import warns of what is found at once; the whole is looked through by `doubles`."""


@dataclass(frozen=True)
class Pair:
    """Two questions that look alike, `first` the older; how much their stems and their options share, in percent."""

    first: BankQuestion
    second: BankQuestion
    stem_percent: int
    options_percent: int


def doubles(*, bank_id: int | None = None, most: int = 100) -> list[Pair]:
    """The pairs of a bank, or of all, that look alike and weren't said to differ; the most alike first.

    Retired questions are left out. At most `most` pairs. A constant number of queries.
    """
    questions = BankQuestion.objects.exclude(state=BankQuestion.State.RETIRED)
    if bank_id is not None:
        questions = questions.filter(bank_id=bank_id)
    distinct = set(DistinctQuestions.objects.values_list("first_id", "second_id"))
    near = _near(questions) - distinct
    told = questions.filter(pk__in={pk for pair in near for pk in pair}).values_list("pk", "stem")
    stems = {pk: comparable(stem) for pk, stem in told}
    measured = {pair: likeness(stems[pair[0]], stems[pair[1]]) for pair in near if stems.keys() >= set(pair)}
    found = {pair: alike for pair, alike in measured.items() if alike >= ALIKE}
    best = sorted(found, key=lambda pair: (-found[pair], pair))[:most]
    rows = BankQuestion.objects.select_related("bank").in_bulk({pk for pair in best for pk in pair})
    pairs = [_pair(rows[first], rows[second], found[first, second]) for first, second in best]
    return sorted(pairs, key=lambda pair: (-pair.stem_percent - pair.options_percent, pair.first.pk, pair.second.pk))


def _near(questions: QuerySet[BankQuestion]) -> set[tuple[int, int]]:
    """The pairs that share a band, the older first. Two queries a band, each of which an index can answer."""
    pairs: set[tuple[int, int]] = set()
    for band in _BANDS:
        crowded = questions.values(band).annotate(together=Count("pk")).filter(together__gt=1)
        shared = list(crowded.order_by(band).values_list(band, flat=True)[:_MOST_CROWDED])
        buckets: dict[int, list[int]] = {}
        for pk, value in questions.filter(**{f"{band}__in": shared}).order_by("pk").values_list("pk", band):
            buckets.setdefault(value, []).append(pk)
        for together in buckets.values():
            pairs.update(combinations(together[:_MOST_IN_A_BAND], 2))
    return pairs


def _pair(first: BankQuestion, second: BankQuestion, alike: float) -> Pair:
    return Pair(first, second, round(alike * 100), round(_options_alike(first, second) * 100))


def _options_alike(first: BankQuestion, second: BankQuestion) -> float:
    """The part of their options that two questions share, whatever the order."""
    left, right = (
        {(comparable(option["text"]), str(option["picture"])) for option in question.content["options"]}
        for question in (first, second)
    )
    return len(left & right) / max(len(left | right), 1)


@dataclass(frozen=True)
class Double:
    """A question and the one among all others that its stem is most like."""

    question_id: int
    other_id: int
    percent: int


def doubles_of(questions: Collection[BankQuestion]) -> list[Double]:
    """For each of these saved questions the other that is most like it, if there is one; within its own bank.

    Of two that are both among these the later one tells of the pair. Two queries for all.
    """
    if not questions:
        return []
    seen = _said_distinct(questions)
    asked = {question.pk for question in questions}
    wanted = Q(pk__in=[])
    for band in _BANDS:
        wanted |= Q(**{f"{band}__in": {getattr(question, band) for question in questions}})
    banks = {question.bank_id for question in questions}
    near: dict[tuple[int, str, int], list[tuple[int, str]]] = {}
    rows = BankQuestion.objects.filter(wanted, bank_id__in=banks).exclude(state=BankQuestion.State.RETIRED)
    told = rows.order_by("pk").values_list("pk", "bank_id", "stem", *_BANDS)[:_MOST_NEAR]
    for pk, bank_id, stem, *bands in told:
        for band, value in zip(_BANDS, bands, strict=True):
            bucket = near.setdefault((bank_id, band, value), [])
            if len(bucket) < _MOST_WARNED_OF:
                bucket.append((pk, stem))
    found = (_likest(question, near, seen, asked) for question in questions)
    return [double for double in found if double]


def _said_distinct(questions: Collection[BankQuestion]) -> set[tuple[int, int]]:
    ids = [question.pk for question in questions]
    rows = DistinctQuestions.objects.filter(Q(first__in=ids) | Q(second__in=ids))
    return set(rows.values_list("first_id", "second_id"))


def _likest(
    question: BankQuestion, near: dict[Any, list[tuple[int, str]]], seen: set[tuple[int, int]], asked: set[int]
) -> Double | None:
    own = comparable(question.stem)
    best: tuple[float, int] | None = None
    others = {
        pk: stem for band in _BANDS for pk, stem in near.get((question.bank_id, band, getattr(question, band)), [])
    }
    for pk, stem in others.items():
        pair = (min(pk, question.pk), max(pk, question.pk))
        if pk == question.pk or pair in seen or (pk in asked and pk > question.pk):
            continue
        alike = likeness(own, comparable(stem))
        if alike >= ALIKE and (best is None or alike > best[0]):
            best = (alike, pk)
    return Double(question.pk, best[1], round(best[0] * 100)) if best else None
