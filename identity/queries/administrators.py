"""Reading administrators, their permission roles, and who of a unit's people could become one (U2, U4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from identity import id_numbers
from identity.acting import modules_of
from identity.models import Membership, PermissionRole
from identity.queries.organisations import administrators

CANDIDATES = 20
"""How many people a search offers: whoever isn't among them types more of the name."""


@dataclass(frozen=True, slots=True)
class AdministratorFacts:
    """An administrator as others see him: ID number and mobile are masked. `seen_at` is his last login."""

    membership_id: int
    user_id: int
    organisation_id: int
    kind: str
    name: str
    id_masked: str
    mobile_masked: str
    is_super: bool
    roles: tuple[tuple[int, str], ...]
    modules: frozenset[str]
    seen_at: datetime | None
    since: datetime


@dataclass(frozen=True, slots=True)
class PermissionRoleFacts:
    """A permission role and how many administrators have it now."""

    id: int
    name: str
    note: str
    modules: frozenset[str]
    holders: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of a unit's people. `is_administrator`: he has the role already."""

    user_id: int
    name: str
    id_masked: str
    department: str
    is_administrator: bool


@dataclass(frozen=True, slots=True)
class AdministratorName:
    """An administrator in a list of units: who, and whether he is the super one."""

    membership_id: int
    name: str
    is_super: bool


# --- Administrators ---------------------------------------------------------------------------------------------------
def administrators_of(
    *, organisation_id: int, kind: str, name: str = "", id_number: str = "", role_id: int | None = None
) -> list[AdministratorFacts]:
    """Who administers this organisation in this kind, the super one first. `name` is a part, `id_number` a whole one.

    Two queries. An organisation has a handful of them, so there are no pages.
    """
    rows = administrators().filter(organisation_id=organisation_id, kind=kind)
    if name.strip():
        rows = rows.filter(user__name__icontains=name.strip())
    if id_number.strip():
        rows = rows.filter(user__id_digest__in=id_digests(id_number))
    if role_id is not None:
        rows = rows.filter(roles=role_id)
    return [_facts(row) for row in _loaded(rows).order_by("-is_super", "pk")]


def administrator_or_none(membership_id: int) -> AdministratorFacts | None:
    """The active administrator of this membership id, None for none."""
    found = _loaded(administrators().filter(pk=membership_id)).first()
    return _facts(found) if found else None


def administrator_names(organisation_ids: Iterable[int]) -> dict[int, list[AdministratorName]]:
    """Who administers these organisations in their own kind, the super one first. One query.

    A bureau's internal accounts (H1) are not among them: they see that office's own people only.
    """
    rows = administrators().filter(organisation_id__in=list(organisation_ids)).select_related("user", "organisation")
    found: dict[int, list[AdministratorName]] = {}
    for row in rows.order_by("-is_super", "pk"):
        if row.kind == row.organisation.kind:
            one = AdministratorName(row.pk, row.user.name, row.is_super)
            found.setdefault(row.organisation_id, []).append(one)
    return found


def is_super(membership_id: int | None) -> bool:
    """Whether this is an active super administrator's membership."""
    return membership_id is not None and administrators().filter(pk=membership_id, is_super=True).exists()


def super_of(organisation_id: int, kind: str) -> AdministratorFacts | None:
    """The super administrator of an organisation in this kind, None where it has none."""
    found = _loaded(administrators().filter(organisation_id=organisation_id, kind=kind, is_super=True)).first()
    return _facts(found) if found else None


def id_digests(id_number: str) -> list[bytes]:
    """What finds a person by a number of any type, however it was typed."""
    return [id_numbers.digest(code, id_number) for code, _label in id_numbers.ID_TYPES]


def _loaded(rows: QuerySet[Membership]) -> QuerySet[Membership]:
    named = Prefetch("roles", queryset=PermissionRole.objects.order_by("name", "pk"))
    return rows.select_related("user", "organisation").prefetch_related(named)


def _facts(row: Membership) -> AdministratorFacts:
    most = modules_of(row.kind, row.organisation.kind)
    return AdministratorFacts(
        membership_id=row.pk,
        user_id=row.user_id,
        organisation_id=row.organisation_id,
        kind=row.kind,
        name=row.user.name,
        id_masked=id_numbers.mask(row.user.id_number) if row.user.id_number else "",
        mobile_masked=id_numbers.mask_mobile(row.user.mobile) if row.user.mobile else "",
        is_super=row.is_super,
        roles=tuple((role.pk, role.name) for role in row.roles.all()),
        modules=most if row.is_super else most & frozenset(row.modules),
        seen_at=row.user.last_login,
        since=row.since,
    )


# --- Permission roles -------------------------------------------------------------------------------------------------
def permission_roles(organisation_id: int, kind: str) -> list[PermissionRoleFacts]:
    """The roles of an organisation's administrators of this kind, by name. One query."""
    return roles_as_facts(PermissionRole.objects.filter(organisation_id=organisation_id, kind=kind))


def roles_as_facts(rows: QuerySet[PermissionRole]) -> list[PermissionRoleFacts]:
    """These rows as facts, by name."""
    holding = Count("memberships", filter=Q(memberships__state=Membership.State.ACTIVE))
    return [
        PermissionRoleFacts(row.pk, row.name, row.note, frozenset(row.modules), row.holding)
        for row in rows.annotate(holding=holding).order_by("name", "pk")
    ]


# --- Who could become one ---------------------------------------------------------------------------------------------
def candidates(*, organisation_id: int, kind: str, q: str) -> list[Candidate]:
    """People of this unit found by a part of name or department, or by the whole ID number; `CANDIDATES` at most.

    One query. `kind` is the one that they would administer in.
    """
    text = q.strip()
    match = Q(user__name__icontains=text) | Q(work_department__name__icontains=text)
    if len(id_numbers.normalise(text)) >= 5:
        match |= Q(user__id_digest__in=id_digests(text))
    already = administrators().filter(user_id=OuterRef("user_id"), organisation_id=organisation_id, kind=kind)
    rows = _people(organisation_id).filter(match).annotate(already=Exists(already))
    return [_candidate(row) for row in rows.order_by("user__name", "pk")[:CANDIDATES]]


def candidate(*, organisation_id: int, kind: str, user_id: int) -> Candidate | None:
    """This one of the unit's people, None where he isn't."""
    already = administrators().filter(user_id=OuterRef("user_id"), organisation_id=organisation_id, kind=kind)
    found = _people(organisation_id).filter(user_id=user_id).annotate(already=Exists(already)).first()
    return _candidate(found) if found else None


def technicians_in(organisation_ids: Iterable[int]) -> dict[int, int]:
    """How many active technicians these organisations have, by id; those without any are left out. One query."""
    rows = Membership.objects.filter(
        organisation_id__in=list(organisation_ids), kind=Membership.Kind.TECHNICIAN, state=Membership.State.ACTIVE
    )
    return dict(rows.values_list("organisation_id").annotate(n=Count("pk")).order_by())


def technicians_standing(organisation_id: int) -> int:
    """How many technicians an organisation has, those in review among them."""
    rows = Membership.objects.filter(organisation_id=organisation_id, kind=Membership.Kind.TECHNICIAN)
    return rows.filter(state__in=[Membership.State.ACTIVE, Membership.State.IN_REVIEW]).count()


def _people(organisation_id: int) -> QuerySet[Membership]:
    rows = Membership.objects.filter(organisation_id=organisation_id, kind=Membership.Kind.TECHNICIAN)
    return rows.filter(state=Membership.State.ACTIVE).select_related("user", "work_department")


def _candidate(row: Membership) -> Candidate:
    return Candidate(
        user_id=row.user_id,
        name=row.user.name,
        id_masked=id_numbers.mask(row.user.id_number),
        department=row.work_department.name if row.work_department else "",
        is_administrator=row.already,  # type: ignore[attr-defined]
    )
