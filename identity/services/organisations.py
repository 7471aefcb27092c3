"""Writing the organisation tree: nodes come, move, change and leave only here; the processes are `registry.units`."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string

from core.grams import grams, normalise
from identity.errors import CreditCodeTaken, ParentLoop
from identity.models import Organisation, OrganisationGram

_LETTERS = {"bureau": "B", "department": "D", "employer": "U", "base": "J"}
_PLAIN = frozenset(
    {"name", "region_id", "credit_code", "nature", "industry", "level", "phone", "address", "postcode", "hours_review"}
)


def lock_tree() -> None:
    """Until the transaction ends nobody else adds or moves a node: treebeard reads paths before it writes them."""
    list(Organisation.objects.select_for_update(no_key=True).filter(depth=1).values_list("pk"))


@transaction.atomic
def add_organisation(
    *, kind: str, name: str, region_id: int, parent_id: int | None, now: datetime, state: str = "in_review", **data: Any
) -> int:
    """A new node below its superior, `in_review` unless said otherwise; gives its id. `data`: the other plain columns.

    Raises CreditCodeTaken when a unit that stands or is in review has the credit code.
    """
    lock_tree()
    fields = {
        "kind": kind,
        "name": name,
        "region_id": region_id,
        "state": state,
        "registered_at": now,
        "code": get_random_string(20),
        **_checked(data),
    }
    above = Organisation.objects.get(pk=parent_id) if parent_id else None
    try:
        with transaction.atomic():
            made = above.add_child(**fields) if above else Organisation.add_root(**fields)
    except IntegrityError:
        raise CreditCodeTaken("credit_code") from None
    Organisation.objects.filter(pk=made.pk).update(code=f"{_LETTERS[kind]}{made.pk:06}")
    index_name(organisation_id=made.pk, name=name)
    return int(made.pk)


@transaction.atomic
def change_organisation(*, organisation_id: int, **data: Any) -> None:
    """Set plain columns (name, region_id, credit_code, nature, industry, level, phone, address, postcode,
    hours_review). Raises CreditCodeTaken.
    """
    try:
        with transaction.atomic():
            Organisation.objects.filter(pk=organisation_id).update(**_checked(data))
    except IntegrityError:
        raise CreditCodeTaken("credit_code") from None
    if "name" in data:
        OrganisationGram.objects.filter(organisation_id=organisation_id).delete()
        names = Organisation.objects.filter(merged_into=organisation_id).values_list("name", flat=True)
        for name in [data["name"], *names]:
            index_name(organisation_id=organisation_id, name=name)


@transaction.atomic
def set_state(*, organisation_id: int, state: str) -> None:
    """Take it up (`active`), turn it back (`rejected`) or out (`deleted`); merging has its own act.

    Raises CreditCodeTaken where another unit took the code of one that was turned back.
    """
    try:
        with transaction.atomic():
            Organisation.objects.filter(pk=organisation_id).update(state=state)
    except IntegrityError:
        raise CreditCodeTaken("credit_code") from None


@transaction.atomic
def move_organisation(*, organisation_id: int, parent_id: int) -> None:
    """Put a unit with all below it under another superior (更换上级部门). Raises ParentLoop."""
    lock_tree()
    node = Organisation.objects.get(pk=organisation_id)
    above = Organisation.objects.get(pk=parent_id)
    if above.path.startswith(node.path):
        raise ParentLoop
    node.move(above, pos="last-child")


@transaction.atomic
def alias_organisation(*, organisation_id: int, survivor_id: int) -> None:
    """Make a unit the alias of another one (S1): it keeps its row and name, is found as the survivor.

    What stood below it moves below the survivor. Raises ParentLoop where the survivor stands below it.
    """
    lock_tree()
    node = Organisation.objects.get(pk=organisation_id)
    survivor = Organisation.objects.get(pk=survivor_id)
    if survivor.path.startswith(node.path):
        raise ParentLoop
    for child_id in list(node.get_children().values_list("pk", flat=True)):
        Organisation.objects.get(pk=child_id).move(Organisation.objects.get(pk=survivor_id), pos="last-child")
    Organisation.objects.filter(merged_into=organisation_id).update(merged_into=survivor_id)
    Organisation.objects.filter(pk=organisation_id).update(state=Organisation.State.MERGED, merged_into_id=survivor_id)
    OrganisationGram.objects.filter(organisation_id=organisation_id).delete()
    for name in Organisation.objects.filter(merged_into=survivor_id).values_list("name", flat=True):
        index_name(organisation_id=survivor_id, name=name)


def index_name(*, organisation_id: int, name: str) -> None:
    """Let the unit be found by any part of this name."""
    kind = Organisation.objects.values_list("kind", flat=True).get(pk=organisation_id)
    OrganisationGram.objects.bulk_create(
        [
            OrganisationGram(gram=gram, kind=kind, organisation_id=organisation_id)
            for gram in sorted(grams(normalise(name)))
        ],
        ignore_conflicts=True,
    )


def _checked(data: dict[str, Any]) -> dict[str, Any]:
    """Only plain columns; an empty credit code is none."""
    unknown = set(data) - _PLAIN
    if unknown:
        raise TypeError(f"not a plain column: {sorted(unknown)}")
    return {**data, "credit_code": data["credit_code"] or None} if "credit_code" in data else data
