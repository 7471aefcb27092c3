"""Organisations below one's own: lists, one of them, what stands in the way of deleting it (U3, H1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import ngettext

from identity import queries as identity
from identity.acting import ActingRole
from identity.queries import AdministratorFacts, AdministratorName, Candidate, OrganisationFacts, RegisterFilters
from registry.approvals import queries as approvals
from registry.units.levels import LEVEL_TABLES

UNIT_KINDS = ("bureau", "department", "employer", "base")
NATURE, INDUSTRY = "unit_nature", "industry"
LEVELS = LEVEL_TABLES


@dataclass(frozen=True, slots=True)
class UnitRow:
    """An organisation in a list, coded columns in words."""

    facts: OrganisationFacts
    nature: str
    industry: str
    level: str
    technicians: int
    administrators: tuple[AdministratorName, ...]

    @property
    def is_in_review(self) -> bool:
        return self.facts.state == "in_review"


@dataclass(frozen=True, slots=True)
class UnitList:
    """A page of them. `count` stops at `identity.queries.MOST_COUNTED`."""

    rows: tuple[UnitRow, ...]
    count: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class UnitDetail:
    """One organisation with all its page shows. `obstacles` says in words what must be emptied before deleting it."""

    row: UnitRow
    superior: OrganisationFacts | None
    administrators: tuple[AdministratorFacts, ...]
    departments: int
    obstacles: tuple[str, ...]

    @property
    def facts(self) -> OrganisationFacts:
        return self.row.facts


def module_for(kind: str) -> str:
    """The permission module that organisations of this kind are managed with: bases have their own (H1)."""
    return "bases" if kind == "base" else "units"


def kinds_for(actor: ActingRole) -> tuple[str, ...]:
    """The kinds of organisations below that this role manages; an internal account sees nothing below (H1)."""
    if not actor.is_administrator or actor.is_internal:
        return ()
    if actor.kind == "bureau":
        return tuple(kind for kind in UNIT_KINDS if actor.may(module_for(kind)))
    return UNIT_KINDS if actor.may("units") else ()


def units_below(actor: ActingRole, *, filters: RegisterFilters, page: int = 1) -> UnitList:
    """The units right below one's own (U3), those that wait for review among them. A constant number of queries."""
    return _list(actor, kinds_for(actor), filters, page, direct=True, with_in_review=True)


def register(actor: ActingRole, kind: str, *, filters: RegisterFilters, page: int = 1) -> UnitList:
    """All active organisations of a kind anywhere below a bureau (H1); none for others than bureaus."""
    kinds = [kind] if actor.kind == "bureau" and kind in kinds_for(actor) else []
    return _list(actor, kinds, filters, page)


def unit_below(actor: ActingRole, organisation_id: int) -> OrganisationFacts | None:
    """This organisation if the actor manages it: a bureau all below it, others what stands right below; else None."""
    direct = actor.kind != "bureau"
    found = identity.organisation_below(path=actor.organisation_path, organisation_id=organisation_id, direct=direct)
    return found if found is not None and found.kind in kinds_for(actor) else None


def unit_detail(actor: ActingRole, organisation_id: int) -> UnitDetail | None:
    """The same with all its page shows."""
    facts = unit_below(actor, organisation_id)
    if facts is None:
        return None
    return UnitDetail(
        row=_rows([facts])[0],
        superior=identity.superior_of(facts.id),
        administrators=tuple(identity.administrators_of(organisation_id=facts.id, kind=facts.kind)),
        departments=_size(identity.work_departments(facts.id)),
        obstacles=obstacles(facts.id),
    )


def candidates_below(unit: OrganisationFacts, q: str) -> list[Candidate]:
    """People of a unit below, found as one's own are, who don't administer it yet."""
    found = identity.candidates(organisation_id=unit.id, kind=unit.kind, q=q) if q.strip() else []
    return [one for one in found if not one.is_administrator]


def obstacles(organisation_id: int) -> tuple[str, ...]:
    """What stands in the way of deleting it, in words: what is in review, units below, people.

    What is in review is read first: a case that is passed between two of these reads has put its person here by then.
    """
    in_review = sum(approvals.open_counts_of_organisations([organisation_id]).values())
    below = identity.children_standing(organisation_id)
    people = identity.technicians_standing(organisation_id)
    found = [
        (people, ngettext("%(n)s 名技术人员", "%(n)s 名技术人员", people)),
        (below, ngettext("%(n)s 家下级单位", "%(n)s 家下级单位", below)),
        (in_review, ngettext("%(n)s 件在审事项", "%(n)s 件在审事项", in_review)),
    ]
    return tuple(text % {"n": number} for number, text in found if number)


def _list(
    actor: ActingRole,
    kinds: Sequence[str],
    filters: RegisterFilters,
    page: int,
    *,
    direct: bool = False,
    with_in_review: bool = False,
) -> UnitList:
    found = identity.register_below(
        path=actor.organisation_path if kinds else "",
        kinds=kinds,
        filters=filters,
        page=page,
        direct=direct,
        with_in_review=with_in_review,
    )
    return UnitList(tuple(_rows(found.rows)), found.count, found.page, found.pages)


def _rows(facts: Sequence[OrganisationFacts]) -> list[UnitRow]:
    ids = [one.id for one in facts]
    people, names = identity.technicians_in(ids), identity.administrator_names(ids)
    return [
        UnitRow(
            facts=one,
            nature=identity.label(NATURE, one.nature),
            industry=identity.label(INDUSTRY, one.industry),
            level=identity.label(LEVELS[one.kind], one.level) if one.kind in LEVELS else "",
            technicians=people.get(one.id, 0),
            administrators=tuple(names.get(one.id, ())),
        )
        for one in facts
    ]


def _size(departments: list[dict[str, Any]]) -> int:
    return sum(1 + _size(one["children"]) for one in departments)
