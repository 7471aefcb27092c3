"""Reading the organisation tree: one organisation, who stands above it, finding units by any part of a name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from core.grams import narrowing_grams, normalise
from identity.acting import ActingRole, modules_of
from identity.models import Membership, Organisation, OrganisationGram, Region, WorkDepartment

PICKER_PAGE = 20
_STEP = Organisation.steplen
_LEGACY_PLACES = 9


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """An organisation as other rooms and pages know it. `level` and the coded fields are codes."""

    id: int
    kind: str
    state: str
    code: str
    name: str
    path: str
    depth: int
    region_id: int
    region_code: str
    region_name: str
    credit_code: str
    nature: str
    industry: str
    level: str
    phone: str
    address: str
    postcode: str
    hours_review: bool
    merged_into_id: int | None


def organisation(organisation_id: int) -> OrganisationFacts:
    """The organisation of this id. Raises Organisation.DoesNotExist."""
    return facts_of(Organisation.objects.select_related("region").get(pk=organisation_id))


def organisation_or_none(organisation_id: int) -> OrganisationFacts | None:
    """The same, None for none."""
    found = Organisation.objects.select_related("region").filter(pk=organisation_id).first()
    return facts_of(found) if found else None


def organisation_by_code(code: str) -> OrganisationFacts | None:
    """The organisation with this number of ours (单位编号), None for none."""
    found = Organisation.objects.select_related("region").filter(code=code).first()
    return facts_of(found) if found else None


def facts_of(row: Organisation) -> OrganisationFacts:
    """The row, whose region should be loaded, as facts."""
    return OrganisationFacts(
        id=row.pk,
        kind=row.kind,
        state=row.state,
        code=row.code,
        name=row.name,
        path=row.path,
        depth=row.depth,
        region_id=row.region_id,
        region_code=row.region.code,
        region_name=row.region.name,
        credit_code=row.credit_code or "",
        nature=row.nature,
        industry=row.industry,
        level=row.level,
        phone=row.phone,
        address=row.address,
        postcode=row.postcode,
        hours_review=row.hours_review,
        merged_into_id=row.merged_into_id,
    )


def ancestors_of(organisation_id: int) -> list[OrganisationFacts]:
    """Its superiors, the nearest first. Two queries."""
    path = Organisation.objects.values_list("path", flat=True).get(pk=organisation_id)
    paths = [path[:end] for end in range(_STEP, len(path), _STEP)]
    rows = Organisation.objects.select_related("region").filter(path__in=paths).order_by("-depth")
    return [facts_of(row) for row in rows]


def superior_of(organisation_id: int) -> OrganisationFacts | None:
    """Who stands directly above it (上级部门), None at the top."""
    return next(iter(ancestors_of(organisation_id)), None)


def bureau_of_region(region_id: int, *, above: bool = False) -> OrganisationFacts | None:
    """The HR bureau that reviews a unit of this region without a department (P3): the region's own, else the bureau of
    the nearest region above that has one, else the top of the tree. With `above` the region's own is left out: who
    reviews a bureau of this region (P4).
    """
    path = Region.objects.values_list("path", flat=True).get(pk=region_id)
    paths = [path[:end] for end in range(Region.steplen, len(path) + 1, Region.steplen)]
    bureaus = Organisation.objects.active().select_related("region").filter(kind=Organisation.Kind.BUREAU)
    found = bureaus.filter(region__path__in=paths[:-1] if above else paths)
    first = found.order_by("-region__depth", "depth", "pk").first() or bureaus.order_by("depth", "pk").first()
    return facts_of(first) if first else None


def holder_of_credit_code(credit_code: str) -> int | None:
    """The id of the organisation that stands or is in review with this code, None for none.

    Places 9 to 17 of a credit code are the organisation code (GB 11714) that the unit had before: both are one unit's.
    """
    legacy = credit_code[8:17]
    same = Q(credit_code__in=[credit_code, legacy]) if legacy else Q(credit_code=credit_code)
    if len(credit_code) == _LEGACY_PLACES:
        same |= Q(credit_code__regex=f"^.{{8}}{credit_code}.$")
    rows = Organisation.objects.filter(same, state__in=["in_review", "active"])
    return rows.order_by("pk").values_list("pk", flat=True).first()


def namesakes(name: str, region_id: int) -> int:
    """How many organisations that stand or are in review have this name in this region."""
    return Organisation.objects.filter(name=name, region_id=region_id, state__in=["in_review", "active"]).count()


def region_of_code(code: str) -> int | None:
    """The id of the active region of this code, None for none."""
    return Region.objects.filter(code=code, is_active=True).values_list("pk", flat=True).first()


# --- Administrators ---------------------------------------------------------------------------------------------------
def administrators() -> QuerySet[Membership]:
    """Active memberships that administer something."""
    return Membership.objects.filter(state=Membership.State.ACTIVE).exclude(kind=Membership.Kind.TECHNICIAN)


def staffed_organisations() -> QuerySet[Membership, int]:
    """The ids of organisations that have an administrator; for sub-queries."""
    return administrators().values_list("organisation_id", flat=True)


def is_staffed(organisation_id: int) -> bool:
    """Whether anybody administers it."""
    return administrators().filter(organisation_id=organisation_id).exists()


def nearest_staffed_above(organisation_id: int) -> int | None:
    """The id of the nearest superior that has an administrator, None where there is none. Two queries."""
    path = Organisation.objects.values_list("path", flat=True).get(pk=organisation_id)
    paths = [path[:end] for end in range(_STEP, len(path), _STEP)]
    above = Organisation.objects.active().filter(path__in=paths)
    staffed = above.filter(Exists(administrators().filter(organisation_id=OuterRef("pk"))))
    return staffed.order_by("-depth").values_list("pk", flat=True).first()


def administrators_with(*, organisation_ids: Sequence[int], module: str) -> list[int]:
    """The user ids of those who administer one of these organisations with this module."""
    rows = administrators().filter(organisation_id__in=organisation_ids).select_related("organisation")
    found = []
    for row in rows.order_by("pk"):
        most = modules_of(row.kind, row.organisation.kind)
        if module in most and (row.is_super or module in row.modules):
            found.append(row.user_id)
    return list(dict.fromkeys(found))


def colleagues_of(role: ActingRole) -> list[int]:
    """The membership ids of the other administrators of the same organisation and kind."""
    rows = administrators().filter(organisation_id=role.organisation_id or 0, kind=role.kind)
    return list(rows.exclude(pk=role.membership_id or 0).exclude(user_id=role.user_id).values_list("pk", flat=True))


def colleagues_by_name(role: ActingRole) -> list[tuple[int, str]]:
    """The same with their names, for a choice."""
    rows = administrators().filter(pk__in=colleagues_of(role)).order_by("user__name", "pk")
    return list(rows.values_list("pk", "user__name"))


# --- Figures ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Figures:
    """How many belong to an organisation itself, without those below: as of now."""

    technicians: int
    in_review: int
    administrators: int
    units_below: int


def figures_of(role: ActingRole) -> Figures:
    """The figures of the role's organisation. Two queries."""
    counts = Membership.objects.filter(organisation_id=role.organisation_id or 0).aggregate(
        technicians=Count("pk", filter=Q(kind="technician", state="active")),
        in_review=Count("pk", filter=Q(kind="technician", state="in_review")),
        administrators=Count("pk", filter=Q(state="active") & ~Q(kind="technician")),
    )
    children = Organisation.objects.active().filter(
        path__startswith=role.organisation_path, depth=len(role.organisation_path) // _STEP + 1
    )
    return Figures(units_below=0 if role.is_internal else children.count(), **counts)


# --- Finding ----------------------------------------------------------------------------------------------------------
def find_organisations(
    *,
    kinds: Sequence[str],
    q: str = "",
    region_path: str = "",
    below_path: str = "",
    after_id: int = 0,
    limit: int = PICKER_PAGE,
) -> list[OrganisationFacts]:
    """Active organisations whose name, or that of a unit merged into them, has every part of `q`; by id, after an id.

    The picker's search: one index read per gram and kind, whatever the number of units. Blanks split `q`.
    """
    found = Organisation.objects.active().select_related("region").filter(kind__in=kinds, pk__gt=after_id)
    if region_path:
        found = found.filter(region__path__startswith=region_path)
    if below_path:
        found = found.below(below_path)
    for part in q[:60].split():
        for gram in sorted(narrowing_grams(normalise(part)))[:12]:
            named = OrganisationGram.objects.filter(gram=gram, kind__in=kinds, organisation_id=OuterRef("pk"))
            found = found.filter(Exists(named))
    return [facts_of(row) for row in found.order_by("pk")[:limit]]


@dataclass(frozen=True, slots=True)
class DepartmentFacts:
    """A department inside a unit (工作部门)."""

    id: int
    name: str
    parent_id: int | None
    is_closed: bool


# --- Departments inside a unit ----------------------------------------------------------------------------------------
def work_departments(organisation_id: int, *, with_closed: bool = False) -> list[dict[str, Any]]:
    """The unit's departments (工作部门) as a tree in their order: `{id, name, is_closed, children: […]}`. One query."""
    rows = WorkDepartment.objects.filter(organisation_id=organisation_id)
    if not with_closed:
        rows = rows.filter(is_closed=False)
    nodes: dict[int, dict[str, Any]] = {}
    parents: dict[int, int | None] = {}
    for row in rows.order_by("sort", "pk"):
        nodes[row.pk] = {"id": row.pk, "name": row.name, "is_closed": row.is_closed, "children": []}
        parents[row.pk] = row.parent_id
    top: list[dict[str, Any]] = []
    for pk, node in nodes.items():
        above = parents[pk]
        (nodes[above]["children"] if above in nodes else top).append(node)
    return top


def department_choices(organisation_id: int) -> list[tuple[int, str]]:
    """The unit's open departments in tree order, those below set in by their level. One query."""
    found: list[tuple[int, str]] = []

    def walk(nodes: list[dict[str, Any]], level: int) -> None:
        for node in nodes:
            found.append((node["id"], "　" * level + node["name"]))
            walk(node["children"], level + 1)

    walk(work_departments(organisation_id), 0)
    return found


def work_department(organisation_id: int, department_id: int) -> DepartmentFacts | None:
    """A department of this unit, also a closed one; None for another's."""
    row = WorkDepartment.objects.filter(pk=department_id, organisation_id=organisation_id).first()
    return DepartmentFacts(row.pk, row.name, row.parent_id, row.is_closed) if row else None


def department_siblings(organisation_id: int, department_id: int) -> list[int]:
    """The ids of the departments in the same row of the unit's tree, in their order; none for another unit's."""
    own = WorkDepartment.objects.filter(pk=department_id, organisation_id=organisation_id).first()
    if own is None:
        return []
    rows = WorkDepartment.objects.filter(organisation_id=organisation_id, parent_id=own.parent_id)
    return list(rows.order_by("sort", "pk").values_list("pk", flat=True))


def people_by_department(organisation_id: int) -> dict[int, int]:
    """How many technicians are in each department of the unit itself, without those below it. One query."""
    rows = Membership.objects.filter(
        organisation_id=organisation_id, kind="technician", state="active", work_department__isnull=False
    )
    counts = rows.values("work_department").annotate(n=Count("pk")).order_by()
    return {row["work_department"]: row["n"] for row in counts}


def work_department_name(organisation_id: int, department_id: int | None) -> str:
    """The name of an open department of this unit, empty for none."""
    if department_id is None:
        return ""
    rows = WorkDepartment.objects.filter(pk=department_id, organisation_id=organisation_id, is_closed=False)
    return rows.values_list("name", flat=True).first() or ""


def work_department_names(department_ids: Iterable[int]) -> dict[int, str]:
    """Names of departments by id, closed ones too."""
    return dict(WorkDepartment.objects.filter(pk__in=list(department_ids)).values_list("pk", "name"))


def names_of(organisation_ids: Iterable[int]) -> dict[int, str]:
    """Names of organisations by id."""
    return dict(Organisation.objects.filter(pk__in=list(organisation_ids)).values_list("pk", "name"))
