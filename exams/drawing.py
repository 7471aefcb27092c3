"""Drawing a paper (抽题组卷): from a blueprint, a seed and what the learner has seen, to frozen questions.

A pure function of its inputs: the same seed over the same bank draws the same paper.
"""

import random
from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Any

from cms.queries import EXAM, BlueprintTerms, candidates, drawing_order, questions_by_id
from exams.errors import PaperShort

_KINDS = ("single", "multiple", "true_false")


def choose(
    *,
    rules: Sequence[dict[str, Any]],
    pools: Sequence[tuple[int, ...]],
    avoided: Collection[int],
    chance: random.Random,
) -> list[tuple[int, int]]:
    """(question id, points) of each question of a paper; every question of a rule's pool is as likely as the others.

    Questions in `avoided` (seen in an earlier attempt) come only where nothing else is left. Raises PaperShort.
    """
    taken: set[int] = set()
    found: dict[int, list[tuple[int, int]]] = {}
    seen = set(avoided)
    for at in drawing_order(list(pools)):
        wanted, points = rules[at]["count"], rules[at]["points"]
        # Enough in a random order that, whatever of it is taken or seen, the rest suffices; or the whole pool.
        lot = chance.sample(pools[at], min(len(pools[at]), wanted + len(seen) + len(taken)))
        free = [pk for pk in lot if pk not in taken]
        drawn = [pk for pk in free if pk not in seen][:wanted]
        drawn += [pk for pk in free if pk in seen][: wanted - len(drawn)]
        if len(drawn) < wanted:
            raise PaperShort
        taken.update(drawn)
        found[at] = [(pk, points) for pk in drawn]
    return [pair for at in range(len(rules)) for pair in found[at]]


def draw(*, blueprint: BlueprintTerms, seed: str, avoided: Collection[int]) -> list[dict[str, Any]]:
    """The frozen questions of a new paper, as `Paper.questions` keeps them; two queries. Raises PaperShort.

    Kinds stand together, single choice first; within a kind the order is the lot's where the blueprint shuffles, else
    the bank's. True and false keep their order.
    """
    chance = random.Random(seed)  # noqa: S311 (the seed is secret and has 128 bits; nobody sees the generator's state)
    pools = candidates(blueprint.rules, EXAM)
    chosen = choose(rules=blueprint.rules, pools=pools, avoided=avoided, chance=chance)
    contents = questions_by_id([pk for pk, _points in chosen])
    if len(contents) < len(chosen):
        raise PaperShort
    if not blueprint.shuffle:
        chosen.sort()
    chosen.sort(key=lambda pair: _KINDS.index(contents[pair[0]]["kind"]))
    return [_freeze(contents[pk], pk, points, seed, chance if blueprint.shuffle else None) for pk, points in chosen]


def _freeze(content: dict[str, Any], pk: int, points: int, seed: str, chance: random.Random | None) -> dict[str, Any]:
    names = {option["id"]: _name(seed, pk, option["id"]) for option in content["options"]}
    options = [option | {"id": names[option["id"]]} for option in content["options"]]
    if chance and content["kind"] != "true_false":
        chance.shuffle(options)
    return {
        **content,
        "id": _name(seed, pk, ""),
        "question": pk,
        "points": points,
        "options": options,
        "right": [names[option] for option in content["right"]],
        "sources": {name: option for option, name in names.items()},
    }


def _name(seed: str, pk: int, option: str) -> str:
    """An id that says nothing: the same question and option is named otherwise in every other attempt."""
    return sha256(f"{seed}|{pk}|{option}".encode()).hexdigest()[:12]
