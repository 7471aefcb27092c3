"""Technicians as other rooms ask for them: whose they are, and as whom they would act."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from identity import id_numbers
from identity.acting import ActingRole, role_of
from identity.models import Membership


def _active() -> QuerySet[Membership]:
    return Membership.objects.filter(kind=Membership.Kind.TECHNICIAN, state=Membership.State.ACTIVE)


def technicians_of(path: str, user_ids: Collection[int]) -> set[int]:
    """Those of these people who are technicians of the unit at this path, or of one below it. One query."""
    found = _active().filter(user_id__in=user_ids, organisation__path__startswith=path)
    return set(found.values_list("user_id", flat=True))


def technician_role(user_id: int) -> ActingRole | None:
    """The role this human has as a technician now; None for who is none. One query."""
    found = _active().filter(user_id=user_id).select_related("organisation__region").first()
    return role_of(found) if found else None


def technician_roles(user_ids: Collection[int]) -> dict[int, ActingRole]:
    """The roles that these people have as technicians, by user id; who is none is left out. One query."""
    found = _active().filter(user_id__in=user_ids).select_related("organisation__region")
    return {row.user_id: role_of(row) for row in found}


@dataclass(frozen=True, slots=True)
class Technician:
    """One of a unit's people as its administrator picks him."""

    user_id: int
    name: str
    id_masked: str
    unit: str
    department: str


def find_technicians(path: str, q: str, most: int = 50) -> list[Technician]:
    """People of the unit at this path or below it, by a part of name, department or unit; by name. One query."""
    text = q.strip()
    match = Q(user__name__icontains=text) | Q(work_department__name__icontains=text)
    match |= Q(organisation__name__icontains=text)
    return _shown(_active().filter(match, organisation__path__startswith=path), path, most)


def technicians_named(path: str, user_ids: Collection[int]) -> list[Technician]:
    """These of the people of the unit at this path or below it. One query."""
    return _shown(_active().filter(user_id__in=user_ids, organisation__path__startswith=path), path, len(user_ids))


def _shown(found: QuerySet[Membership], path: str, most: int) -> list[Technician]:
    rows = found.select_related("user", "organisation", "work_department").order_by("user__name", "pk")[:most]
    return [
        Technician(
            user_id=row.user_id,
            name=row.user.name,
            id_masked=id_numbers.mask(row.user.id_number),
            unit="" if row.organisation.path == path else row.organisation.name,
            department=row.work_department.name if row.work_department else "",
        )
        for row in rows
    ]
