"""What one human reads of himself: contacts, units he belongs and belonged to, who looked him up, all that is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from core import audit
from core.models import AuditEntry
from identity import id_numbers
from identity.models import Membership, User

_LOOK_UPS = ("person.look_up", "person.reveal")
_KINDS = {str(kind): kind.label for kind in Membership.Kind}
_MOST_ENTRIES = 5000


@dataclass(frozen=True, slots=True)
class OwnData:
    """A human's own contact data in the clear, for himself; the ID number is masked."""

    id: int
    name: str
    id_type: str
    id_masked: str
    mobile: str
    email: str
    landline: str
    wants_mail: bool
    is_staff: bool
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """A technician's place in a unit, present or past."""

    membership_id: int
    organisation_id: int
    organisation_name: str
    phone: str
    department_id: int | None
    department_name: str
    state: str
    since: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class LookUp:
    """Somebody looked this human up: as what and where, when, why. `is_whole`: he saw the whole ID number."""

    at: datetime
    organisation: str
    role: str
    reason: str
    is_whole: bool


def own_data(user_id: int) -> OwnData:
    """Raises User.DoesNotExist."""
    user = User.objects.get(pk=user_id)
    return OwnData(
        id=user.pk,
        name=user.name,
        id_type=user.id_type,
        id_masked=id_numbers.mask(user.id_number) if user.id_number else "",
        mobile=user.mobile,
        email=user.email,
        landline=user.landline,
        wants_mail=user.wants_mail,
        is_staff=user.is_staff,
        closed_at=user.closed_at,
    )


def unit_of_person(user_id: int) -> UnitPlace | None:
    """The unit this human takes part in as a technician now, None for none. One query."""
    found = _places(user_id).filter(state=Membership.State.ACTIVE).first()
    return _place(found) if found else None


def units_of_person(user_id: int) -> list[UnitPlace]:
    """The units he takes and took part in, the newest first; those that turned him back aren't among them."""
    rows = _places(user_id).filter(state__in=[Membership.State.ACTIVE, Membership.State.ENDED])
    return [_place(row) for row in rows]


def _places(user_id: int) -> QuerySet[Membership]:
    rows = Membership.objects.filter(user_id=user_id, kind=Membership.Kind.TECHNICIAN)
    return rows.select_related("organisation", "work_department").order_by("-since", "-pk")


def _place(row: Membership) -> UnitPlace:
    return UnitPlace(
        membership_id=row.pk,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation.name,
        phone=row.organisation.phone,
        department_id=row.work_department_id,
        department_name=row.work_department.name if row.work_department else "",
        state=row.state,
        since=row.since,
        ended_at=row.ended_at,
    )


def is_super_somewhere(user_id: int) -> bool:
    """Whether he is the super administrator of an organisation that stands or is in review."""
    rows = Membership.objects.filter(user_id=user_id, is_super=True)
    return rows.filter(state__in=[Membership.State.ACTIVE, Membership.State.IN_REVIEW]).exists()


def look_ups_of(user_id: int, *, limit: int = 100) -> list[LookUp]:
    """Who looked this human up, the newest first (谁查过我, X7). One query."""
    entries = audit.entries_of("user", user_id).filter(act__in=_LOOK_UPS).exclude(actor_id=user_id)[:limit]
    return [_look_up(entry) for entry in entries]


def _look_up(entry: AuditEntry) -> LookUp:
    kind = entry.acting_as.partition(":")[0]
    return LookUp(
        at=entry.at,
        organisation=str(entry.after.get("organisation", "")),
        role=str(_KINDS.get(kind, "")),
        reason=str(entry.after.get("reason", "")),
        is_whole=entry.act == "person.reveal",
    )


def export_account(user_id: int) -> dict[str, Any]:
    """The identity room's part of what is stored on him: account, roles, what the trail says of him."""
    user = User.objects.get(pk=user_id)
    names = ("name", "id_type", "id_number", "mobile", "email", "landline", "wants_mail", "date_joined")
    roles = Membership.objects.filter(user_id=user_id).select_related("organisation", "work_department")
    about = AuditEntry.objects.filter(actor_id=user_id) | audit.entries_of("user", user_id)
    columns = ("at", "act", "acting_as", "address", "target_kind", "target_id", "before", "after")
    return {
        **{name: getattr(user, name) for name in names},
        "roles": [
            {
                "kind": row.kind,
                "organisation": row.organisation.name,
                "department": row.work_department.name if row.work_department else "",
                "state": row.state,
                "since": row.since,
                "ended_at": row.ended_at,
            }
            for row in roles.order_by("since", "pk")
        ],
        "audit": [
            # Others' addresses are theirs.
            entry | {"address": entry["address"] if entry.pop("actor_id") == user_id else None}
            for entry in about.order_by("-at", "-pk").values(*columns, "actor_id")[:_MOST_ENTRIES]
        ],
    }
