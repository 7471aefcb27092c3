"""Drawing papers: they fit the blueprint, come again from their seed, and nothing is likelier than anything else."""

import random
from collections import Counter
from collections.abc import Iterable
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.models import BankQuestion
from cms.queries import BlueprintTerms, blueprint_terms, drawing_order, shortages
from cms.services import ExamDraft, ExamRule
from exams import drawing
from exams.drawing import choose, draw
from exams.errors import PaperShort
from exams.models import Attempt, Paper
from tests.exams import classes

DRAWINGS = 10_000
# What chance exceeds once in a thousand, by degrees of freedom. The seeds are fixed, so the outcome is too.
SELDOM = {3: 16.27, 19: 43.82, 23: 49.73}


def rule(count: int, points: int = 1) -> dict[str, Any]:
    return {"bank": 1, "tags": [], "kind": "single", "difficulty": 0, "count": count, "points": points}


# --- What every paper holds to ----------------------------------------------------------------------------------------
ids = st.integers(1, 12)
rules_and_pools = st.lists(st.tuples(st.integers(1, 4), st.sets(ids, min_size=1)), min_size=1, max_size=5)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(wanted=rules_and_pools, seen=st.sets(ids), seed=st.integers(0, 2**32))
def test_whatever_publishing_accepts_can_be_drawn_and_fits(wanted, seen, seed):
    """Rules that overlap, and any history: counts, pools and points as the blueprint says, no question twice."""
    rules = [rule(count, points=place + 1) for place, (count, _pool) in enumerate(wanted)]
    pools = [tuple(sorted(pool)) for _count, pool in wanted]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cms.queries.bank._stamps", dict)
        patch.setattr("cms.queries.bank._candidates", lambda one, pool, stamps: pools[rules.index(one)])
        if shortages(rules):
            return

    chosen = choose(rules=rules, pools=pools, avoided=seen, chance=random.Random(seed))

    assert len({pk for pk, _points in chosen}) == len(chosen) == sum(count for count, _pool in wanted)
    taken: set[int] = set()
    for at in drawing_order(pools):
        own = {pk for pk, points in chosen if points == at + 1}
        assert len(own) == rules[at]["count"]
        assert own <= set(pools[at])
        if own & seen:
            assert set(pools[at]) - seen - taken <= own, "what was seen comes only where nothing else is left"
        taken |= own


def test_an_exam_of_tags_levels_and_kinds_draws_what_it_names(candidate):
    first = classes.bank("甲", singles=6, multiples=4, true_false=3, tags=["急救"], difficulty=1)
    other = classes.bank("乙", singles=6, multiples=4, tags=["急救", "儿科"], difficulty=3)
    classes.bank("丙", singles=9, multiples=9, tags=["别的"])
    exam = ExamDraft(
        rules=[
            ExamRule(4, first),
            ExamRule(3, None, tags=["急救"], kind="multiple", points=2),
            ExamRule(2, other, kind="multiple", difficulty=3, points=3),
            ExamRule(2, first, kind="true_false"),
        ],
        pass_points=5,
        minutes=30,
    )
    page, (course,) = classes.exam_class(exam)
    terms = blueprint_terms(course.blueprints.get().pk)

    for seed in range(60):
        paper = draw(blueprint=terms, seed=str(seed), avoided=())
        rows = BankQuestion.objects.in_bulk([question["question"] for question in paper])
        assert [question["kind"] for question in paper] == ["single"] * 4 + ["multiple"] * 5 + ["true_false"] * 2
        assert len(rows) == 11
        assert all("急救" in row.tags.names() for row in rows.values()) if seed == 0 else True
        threes = [rows[question["question"]] for question in paper if question["points"] == 3]
        assert {(row.bank_id, row.difficulty) for row in threes} == {(other, 3)}
        assert Counter(question["points"] for question in paper) == {1: 6, 2: 3, 3: 2}


def test_drafts_retired_ones_and_practice_never_come(exam_of, candidate):
    course = exam_of(in_bank=8)
    rows = list(BankQuestion.objects.order_by("pk"))
    for row, change in zip(rows, ({"state": "draft"}, {"state": "retired"}, {"pool": "practice"}), strict=False):
        for name, value in change.items():
            setattr(row, name, value)
        row.save()
    terms = blueprint_terms(course.blueprints.get().pk)

    drawn = {q["question"] for seed in range(40) for q in draw(blueprint=terms, seed=str(seed), avoided=())}

    assert drawn == {row.pk for row in rows[3:]}


# --- Again from the seed ----------------------------------------------------------------------------------------------
def test_a_paper_comes_again_from_its_seed(candidate, exam_of):
    course = exam_of(in_bank=8)
    candidate.fails(course)
    candidate.sits(course)

    papers = list(Paper.objects.select_related("attempt"))
    assert len(papers) == 2
    for paper in papers:
        terms = blueprint_terms(paper.attempt.blueprint_id)
        assert draw(blueprint=terms, seed=paper.seed, avoided=paper.avoided) == paper.questions
        assert draw(blueprint=terms, seed=paper.seed[::-1], avoided=paper.avoided) != paper.questions


@pytest.mark.parametrize(("in_bank", "common"), [(12, 0), (10, 0), (8, 2), (5, 5)])
def test_the_second_paper_avoids_the_first_one_s_questions(candidate, exam_of, in_bank, common):
    course = exam_of(in_bank=in_bank)
    first = candidate.fails(course)
    second = candidate.sits(course)

    questions = [{q["question"] for q in Paper.objects.get(attempt=attempt).questions} for attempt in (first, second)]
    names = [{q["id"] for q in Paper.objects.get(attempt=attempt).questions} for attempt in (first, second)]
    assert len(questions[0] & questions[1]) == common
    assert not names[0] & names[1], "a question has another name in every paper"


# --- Chance -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def many_papers(monkeypatch: pytest.MonkeyPatch) -> list[list[dict[str, Any]]]:
    """Ten thousand papers of five of twenty single choices and one of one true-false question, of fixed seeds."""
    contents = {pk: content("single", pk, 4) for pk in range(1, 21)} | {21: content("true_false", 21, 2)}
    pools = [tuple(range(1, 21)), (21,)]
    monkeypatch.setattr(drawing, "candidates", lambda rules, pool: pools)
    monkeypatch.setattr(drawing, "questions_by_id", lambda ids: {pk: contents[pk] for pk in ids})
    terms = blueprint(rule(5), rule(1) | {"kind": "true_false"})
    return [draw(blueprint=terms, seed=f"seed {number}", avoided=()) for number in range(DRAWINGS)]


def blueprint(*rules: dict[str, Any], shuffle: bool = True) -> BlueprintTerms:
    return BlueprintTerms(1, 1, 30, 3, shuffle, "passed", rules)


def content(kind: str, pk: int, options: int) -> dict[str, Any]:
    listed = [{"id": f"{pk}-{place}", "text": f"选项 {place}", "picture": None} for place in range(options)]
    said = {"kind": kind, "stem": f"第 {pk} 题", "picture": None, "explanation": ""}
    return {**said, "options": listed, "right": [listed[0]["id"]]}


def chi_square(found: Iterable[Any], possible: int, *, share: float = 1.0) -> float:
    """How far the counts are from equal ones. `share`: the part of all that one drawing takes without replacement."""
    counts = Counter(found)
    expected = sum(counts.values()) / possible
    off = sum((count - expected) ** 2 for count in counts.values()) + (possible - len(counts)) * expected**2
    if share == 1.0:
        return off / expected
    return off / (expected * (1 - share)) * (possible - 1) / possible


@pytest.mark.slow
def test_every_question_is_as_likely_as_the_others_at_every_place(many_papers):
    everywhere = [q["question"] for paper in many_papers for q in paper if q["kind"] == "single"]
    assert chi_square(everywhere, 20, share=5 / 20) < SELDOM[19]
    for place in range(5):
        assert chi_square((paper[place]["question"] for paper in many_papers), 20) < SELDOM[19]
    # The yardstick itself: a drawing that prefers one question a little is seen.
    assert chi_square([*everywhere, *([1] * 400)], 20, share=5 / 20) > SELDOM[19]


@pytest.mark.slow
def test_every_order_of_options_is_as_likely_as_the_others(many_papers):
    singles = [q for paper in many_papers for q in paper if q["kind"] == "single"]
    orders = [tuple(option["text"][-1] for option in q["options"]) for q in singles[:DRAWINGS]]
    assert chi_square(orders, len(list(permutations("0123")))) < SELDOM[23]
    places = [next(at for at, option in enumerate(q["options"]) if option["id"] in q["right"]) for q in singles]
    assert chi_square(places, 4) < SELDOM[3]


@pytest.mark.slow
def test_neither_names_nor_their_order_say_which_option_is_right(many_papers):
    singles = [q for paper in many_papers for q in paper if q["kind"] == "single"]
    ranks = [sorted(option["id"] for option in q["options"]).index(q["right"][0]) for q in singles]
    assert chi_square(ranks, 4) < SELDOM[3]
    first_digits = [q["right"][0][0] for q in singles]
    others = [option["id"][0] for q in singles for option in q["options"]]
    assert set(first_digits) == set(others) == set("0123456789abcdef")
    assert {len(option["id"]) for q in singles for option in q["options"]} == {12}


@pytest.mark.slow
def test_true_and_false_keep_their_order(many_papers):
    texts = {tuple(option["text"] for option in paper[-1]["options"]) for paper in many_papers}
    assert texts == {("选项 0", "选项 1")}


def test_without_shuffling_questions_and_options_stand_as_in_the_bank(monkeypatch):
    contents = {pk: content("single", pk, 4) for pk in range(1, 21)}
    monkeypatch.setattr(drawing, "candidates", lambda rules, pool: [tuple(range(1, 21))])
    monkeypatch.setattr(drawing, "questions_by_id", lambda ids: {pk: contents[pk] for pk in ids})

    paper = draw(blueprint=blueprint(rule(8), shuffle=False), seed="any", avoided=())

    assert [q["question"] for q in paper] == sorted(q["question"] for q in paper)
    assert {tuple(option["text"][-1] for option in q["options"]) for q in paper} == {("0", "1", "2", "3")}


# --- A bank that shrank -----------------------------------------------------------------------------------------------
def test_a_bank_that_shrank_uses_no_attempt_up(candidate, exam_of):
    course = exam_of(in_bank=5)
    question = BankQuestion.objects.latest("pk")
    question.state = BankQuestion.State.RETIRED
    question.save()

    with pytest.raises(PaperShort) as refusal:
        candidate.sits(course)

    assert refusal.value.code == "paper_short"
    assert not Attempt.objects.exists()
    question.state = BankQuestion.State.ACTIVE
    question.save()
    assert candidate.sits(course).number == 1
