"""Reads that others need: code tables, regions, people's own data as it may be shown."""

from collections.abc import Sequence

from django.db.models import Q

from identity import id_numbers
from identity.models import Code, Region, User
from identity.queries.organisations import (
    OrganisationFacts,
    administrators_with,
    ancestors_of,
    bureau_of_region,
    colleagues_of,
    find_organisations,
    is_staffed,
    names_of,
    nearest_staffed_above,
    organisation,
    organisation_or_none,
    staffed_organisations,
    superior_of,
    work_department_name,
    work_departments,
)

__all__ = [
    "REGION_TABLE",
    "OrganisationFacts",
    "administrators_with",
    "ancestors_of",
    "bureau_of_region",
    "codes",
    "colleagues_of",
    "find_organisations",
    "find_person",
    "find_staff",
    "id_type_label",
    "id_types",
    "is_staffed",
    "masked_id_number",
    "names_of",
    "nearest_staffed_above",
    "organisation",
    "organisation_or_none",
    "region_paths",
    "staffed_organisations",
    "superior_of",
    "work_department_name",
    "work_departments",
]

REGION_TABLE = "region"


def codes(table: str, q: str = "", limit: int = 100) -> list[dict[str, str]]:
    """`{code, label}` of a code table in its order; `q` is any part of label or code. Regions are a table too."""
    if table == REGION_TABLE:
        regions = Region.objects.filter(is_active=True).order_by("path")
        found = regions.filter(Q(name__icontains=q) | Q(code__icontains=q)) if q else regions
        return [{"code": row.code, "label": row.name} for row in found[:limit]]
    rows = Code.objects.filter(table=table, is_active=True).order_by("sort", "code")
    if q:
        rows = rows.filter(Q(label__icontains=q) | Q(code__icontains=q))
    return [{"code": row.code, "label": row.label} for row in rows[:limit]]


def id_types() -> list[tuple[str, str]]:
    """Code and label of the ID types one may log in with, 身份证 first. Never changes while the program runs."""
    return [(code, str(label)) for code, label in id_numbers.ID_TYPES]


def id_type_label(code: str) -> str:
    """The ID type in words, nothing for none."""
    return dict(id_types()).get(code, "")


def masked_id_number(user: User) -> str:
    """The person's ID number as it may be shown, empty for staff without one."""
    return id_numbers.mask(user.id_number) if user.id_number else ""


def region_paths(codes_: Sequence[str]) -> list[str]:
    """Tree paths of the regions with these codes."""
    return list(Region.objects.filter(code__in=codes_).order_by("path").values_list("path", flat=True))


def find_person(id_type: str, id_number: str) -> int | None:
    """The id of who has this ID number, None for nobody. For programs: a page must never tell (security.md)."""
    digest = id_numbers.digest(id_type, id_number)
    return User.objects.filter(id_digest=digest).values_list("pk", flat=True).first()


def find_staff(username: str) -> int | None:
    """The id of the staff account with this login name, None for none."""
    return User.objects.filter(username=username, is_staff=True).values_list("pk", flat=True).first()
