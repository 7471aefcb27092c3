"""What belongs to an organisation and would move with it (S1), and where a merged one is found today."""

from dataclasses import dataclass

from django.db.models import Q

from identity.models import Membership, Organisation, PermissionRole, WorkDepartment
from identity.queries.organisations import OrganisationFacts, facts_of, find_organisations

MERGEABLE = ("employer", "department", "base")
"""Units and departments; a bureau goes with its region and is no unit of somebody's request."""
PLACES_OF_PEOPLE = ("employer", "department", "bureau")
"""What a technician can belong to."""
_STANDING = ("in_review", "active")


def survivor_of(organisation_id: int) -> int:
    """The organisation that stands for this one: the one it was merged into (S1), else itself. What a case says of a
    unit may be older than its merger.
    """
    into = Organisation.objects.filter(pk=organisation_id).values_list("merged_into_id", flat=True).first()
    return into or organisation_id


def merged_organisations() -> list[tuple[int, int]]:
    """Every alias with its survivor that still has somebody: `(alias, survivor)`."""
    rows = Organisation.objects.filter(state="merged", membership__state__in=_STANDING).order_by("pk").distinct()
    return [(pk, into) for pk, into in rows.values_list("pk", "merged_into_id") if into]


@dataclass(frozen=True, slots=True)
class Holdings:
    """How many people, administrators, organisations directly below, work departments and roles an organisation has;
    of what is asked and what stands.
    """

    technicians: int
    administrators: int
    children: int
    departments: int
    roles: int


def holdings_of(organisation_id: int) -> Holdings:
    """What would move with it. Five queries."""
    node = Organisation.objects.get(pk=organisation_id)
    members = Membership.objects.filter(organisation_id=organisation_id, state__in=_STANDING)
    return Holdings(
        technicians=members.filter(kind="technician").count(),
        administrators=members.exclude(kind="technician").count(),
        children=int(node.get_children().filter(state__in=_STANDING).count()),
        departments=WorkDepartment.objects.filter(organisation_id=organisation_id).count(),
        roles=PermissionRole.objects.filter(organisation_id=organisation_id).count(),
    )


def aliases_of(organisation_id: int) -> list[str]:
    """The names of those that were merged into it."""
    rows = Organisation.objects.filter(merged_into_id=organisation_id).order_by("pk")
    return list(rows.values_list("name", flat=True))


def organisations_to_merge(q: str, *, limit: int = 20) -> list[OrganisationFacts]:
    """Units that stand, by their number or credit code, else by a part of their name, for support to choose from."""
    words = q.strip()
    if not words:
        return []
    return _by_code(words, MERGEABLE, limit) or find_organisations(kinds=MERGEABLE, q=words, limit=limit)


def who_administers(*organisation_ids: int) -> list[int]:
    """The ids of the people who administer one of these organisations."""
    rows = Membership.objects.filter(organisation_id__in=organisation_ids, state="active").exclude(kind="technician")
    return sorted(set(rows.values_list("user_id", flat=True)))


def organisations_to_choose(q: str, *, limit: int = 20) -> list[OrganisationFacts]:
    """Where somebody can belong, by number or credit code, else by a part of the name: for support's corrections."""
    words = q.strip()
    if not words:
        return []
    return _by_code(words, PLACES_OF_PEOPLE, limit) or find_organisations(kinds=PLACES_OF_PEOPLE, q=words, limit=limit)


def _by_code(words: str, kinds: tuple[str, ...], limit: int) -> list[OrganisationFacts]:
    rows = Organisation.objects.active().select_related("region").filter(kind__in=kinds)
    exact = rows.filter(Q(code=words.upper()) | Q(credit_code=words.upper()))
    return [facts_of(row) for row in exact.order_by("pk")[:limit]]
