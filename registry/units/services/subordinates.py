"""Managing the units below (U3) and, as a bureau, all that stands below it (H1)."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import FieldRefusals
from identity import queries, rules
from identity import services as identity
from identity.acting import ActingRole
from identity.errors import Missing, NotAChoice
from identity.queries import AdministratorFacts, OrganisationFacts
from registry.inbox import services as inbox
from registry.units.errors import (
    HandedOver,
    NotOurs,
    SuperStays,
    UnitInReview,
    UnitNotEmpty,
    UnitUnstaffed,
)
from registry.units.queries.subordinates import INDUSTRY, LEVELS, NATURE, obstacles, unit_below
from registry.units.services.administrators import note_removal, note_super

EDITABLE: dict[str, tuple[str, ...]] = {
    "bureau": ("name", "level"),
    "department": ("name", "nature", "level"),
    "base": ("name", "industry", "level"),
}
"""What a bureau changes of those below it at once (H1). Employers ask for changes themselves (U1)."""


# --- The unit ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def set_hours_review(
    *, actor: ActingRole, organisation_id: int, on: bool, now: datetime, address: str | None = None
) -> None:
    """Let a unit below recognise its people's declared hours itself, or no more (学时审核权限, U3).

    What is being reviewed goes on as it began. Raises ObjectDoesNotExist, UnitInReview; UnitUnstaffed where nobody
    there could review. Doing it twice does nothing.
    """
    unit = _locked(actor, organisation_id)
    if unit.hours_review == on:
        return
    if on and not queries.is_staffed(unit.id):
        raise UnitUnstaffed
    identity.change_organisation(organisation_id=unit.id, hours_review=on)
    _record("unit.hours_review", actor, unit.id, now, address, {"hours_review": not on}, {"hours_review": on})
    title = _("学时审核权限打开了") if on else _("学时审核权限关上了")
    text = _("以后的学时申报由你单位初审。") if on else _("以后的学时申报直接由%(unit)s审核。")
    _tell_super(unit, "unit_hours_review", title, text % {"unit": actor.organisation_name}, now)


@transaction.atomic
def delete_unit(*, actor: ActingRole, organisation_id: int, now: datetime, address: str | None = None) -> None:
    """Delete a unit below that is empty (U3): its administrators' rights end; the row stays for the records.

    Raises ObjectDoesNotExist, UnitInReview, UnitNotEmpty with what stands in the way.
    """
    unit = _locked(actor, organisation_id)
    in_the_way = obstacles(unit.id)
    if in_the_way:
        raise UnitNotEmpty(what="、".join(in_the_way))
    identity.set_state(organisation_id=unit.id, state="deleted")
    for user_id in identity.end_all_memberships(organisation_id=unit.id, now=now):
        title = _("%(unit)s已被删除") % {"unit": unit.name}
        text = _("%(superior)s删除了这家单位，你在那里的管理权限已经收回。") % {"superior": actor.organisation_name}
        inbox.send(user_id=user_id, kind="unit_deleted", title=title, body=text, link="/me/", now=now)
    _record("unit.delete", actor, unit.id, now, address, {"state": unit.state}, {"state": "deleted"})


@transaction.atomic
def change_unit(
    *, actor: ActingRole, organisation_id: int, now: datetime, address: str | None = None, **data: str
) -> None:
    """Set what a bureau may of an organisation below it (`EDITABLE`, H1), at once.

    Raises ObjectDoesNotExist also where this kind has nothing to set, UnitInReview, FieldRefusals.
    """
    unit = _locked(actor, organisation_id)
    fields = EDITABLE.get(unit.kind, ())
    if actor.kind != "bureau" or not fields or not set(data) <= set(fields):
        raise ObjectDoesNotExist
    wanted = {field: value.strip() for field, value in data.items()}
    _check(unit.kind, wanted)
    before = {field: getattr(unit, field) for field in wanted}
    changed = {field: value for field, value in wanted.items() if value != before[field]}
    if not changed:
        return
    identity.change_organisation(organisation_id=unit.id, **changed)
    _record("unit.change", actor, unit.id, now, address, {field: before[field] for field in changed}, changed)
    text = _("%(bureau)s改了名称、性质或级别，请到单位资料核对。") % {"bureau": actor.organisation_name}
    _tell_super(unit, "unit_changed", _("单位资料有变化"), text, now)


def _check(kind: str, wanted: dict[str, str]) -> None:
    faults = list(rules.text_faults({field: (text, 120) for field, text in wanted.items()}))
    if not wanted.get("name", "-"):
        faults.append(Missing("name"))
    tables = {"nature": NATURE, "industry": INDUSTRY, "level": LEVELS.get(kind, "")}
    for field, table in tables.items():
        if wanted.get(field) and not queries.is_code(table, wanted[field]):
            faults.append(NotAChoice(field))
    if faults:
        raise FieldRefusals(faults)


# --- Its administrators -----------------------------------------------------------------------------------------------
@transaction.atomic
def remove_administrator_below(
    *, actor: ActingRole, organisation_id: int, membership_id: int, now: datetime, address: str | None = None
) -> None:
    """End the rights of an administrator of a unit below (H1: 删除管理员权限); he stays a technician.

    Raises ObjectDoesNotExist, UnitInReview; SuperStays for the super one: `name_super` puts somebody else in his place.
    """
    unit = _locked(actor, organisation_id)
    one = _administrator_of(unit, membership_id)
    if one.is_super or not identity.end_administrator(membership_id=membership_id, now=now):
        raise SuperStays
    note_removal(actor, one, now, address)


def name_super(
    *,
    actor: ActingRole,
    organisation_id: int,
    now: datetime,
    membership_id: int | None = None,
    user_id: int | None = None,
    address: str | None = None,
) -> None:
    """Put another super administrator in charge of a unit below: one of its administrators, or of its people.

    The one before loses his rights at once. For units whose administrator has left (S2) or must go (H1). Raises
    ObjectDoesNotExist, UnitInReview, NotOurs (`person`), HandedOver where somebody was quicker.
    """
    try:
        with transaction.atomic():
            unit = _locked(actor, organisation_id)
            former = queries.super_of(unit.id, unit.kind)
            heir_id = membership_id or _made_administrator(unit, user_id, now)
            one = _administrator_of(unit, heir_id)
            if one.is_super:
                raise HandedOver
            former_id = former.membership_id if former else None
            if not identity.raise_to_super(membership_id=heir_id, former_id=former_id, now=now):
                raise HandedOver
            note_super(actor, one, former.user_id if former else None, former_id, now, address)
    except IntegrityError:
        raise HandedOver from None


def _made_administrator(unit: OrganisationFacts, user_id: int | None, now: datetime) -> int:
    """One of the unit's people as its administrator, without any role yet; gives the membership."""
    one = queries.candidate(organisation_id=unit.id, kind=unit.kind, user_id=user_id or 0)
    if one is None or one.is_administrator:
        raise NotOurs("person")
    return identity.open_membership(
        user_id=one.user_id, kind=unit.kind, organisation_id=unit.id, now=now, state="active"
    )


def _administrator_of(unit: OrganisationFacts, membership_id: int) -> AdministratorFacts:
    found = queries.administrator_or_none(membership_id)
    if found is None or (found.organisation_id, found.kind) != (unit.id, unit.kind):
        raise ObjectDoesNotExist
    return found


# --- Common to all ----------------------------------------------------------------------------------------------------
def _locked(actor: ActingRole, organisation_id: int) -> OrganisationFacts:
    """The organisation below, active, locked until the transaction ends. Raises ObjectDoesNotExist, UnitInReview."""
    identity.lock_organisation(organisation_id=organisation_id)
    unit = unit_below(actor, organisation_id)
    if unit is None:
        raise ObjectDoesNotExist
    if unit.state != "active":
        raise UnitInReview
    return unit


def _tell_super(unit: OrganisationFacts, kind: str, title: str, body: str, now: datetime) -> None:
    one = queries.super_of(unit.id, unit.kind)
    if one is not None:
        inbox.send(user_id=one.user_id, kind=kind, title=title, body=body, link="/console/", now=now)


def _record(
    act: str,
    actor: ActingRole,
    organisation_id: int,
    now: datetime,
    address: str | None,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    audit.record(
        act=act,
        now=now,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        address=address,
        target=("organisation", organisation_id),
        before=before,
        after=after,
    )
