"""Asking to belong to another unit (单位调转, T2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import FieldRefusal, FieldRefusals
from identity import queries as identity
from identity import rules as writing
from identity import services as accounts
from identity.acting import ActingRole
from identity.errors import Missing, NotAChoice
from identity.queries import UnitPlace
from registry.approvals import queries as cases
from registry.approvals.services import Draft, open_case
from registry.people.errors import (
    DateUnlikely,
    NotATechnician,
    NotOfThisUnit,
    OwnMobile,
    RegistrationWaits,
    SameUnit,
    TitleChangeWaits,
    TransferWaits,
)
from registry.people.kinds.transfer import Transfer, tell_unit
from registry.people.models import Profile
from registry.people.services.title_change import own_key
from registry.people.summaries import summary_of

_AHEAD = timedelta(days=92)
_BACK = timedelta(days=3 * 366)
"""Who starts in half a year asks then; who started years ago was forgotten to be moved."""


@dataclass(frozen=True, kw_only=True)
class AskedTransfer:
    """What somebody fills in. `organisation`: the new unit, 0 for none chosen; `phone`: the present unit's."""

    organisation: int
    department: int | None = None
    starts_on: date | None = None
    phone: str = ""


@transaction.atomic
def ask_transfer(*, actor: ActingRole, asked: AskedTransfer, now: datetime, address: str | None = None) -> int:
    """Send it to the new unit and tell the present one; gives the case's id. Sent twice it is the same case.

    Also for who left his unit and belongs to none. Raises FieldRefusals, NotATechnician; TitleChangeWaits,
    TransferWaits, RegistrationWaits where something of his is open already.
    """
    accounts.lock_person(user_id=actor.user_id)
    place = identity.unit_of_person(actor.user_id)
    if not may_transfer(actor):
        raise NotATechnician
    if asked.organisation:
        accounts.lock_organisation(organisation_id=asked.organisation)  # so that it can't be deleted meanwhile
    faults = FieldRefusals([*_faults(asked, place, actor, timezone.localdate(now))]).faults
    if faults:
        raise FieldRefusals(faults)
    draft = _draft(actor, asked, place, timezone.localdate(now))
    waiting = cases.open_case_of_key(own_key(actor.user_id))
    if waiting and (waiting.kind, waiting.payload["after"]) == (Transfer.code, draft.after):
        return waiting.id
    if waiting:
        raise TransferWaits if waiting.kind == Transfer.code else TitleChangeWaits
    if cases.open_case_of_key(f"registration:{actor.user_id}"):
        raise RegistrationWaits
    case_id = open_case(draft=draft, now=now, acting_as=actor.acting_as, address=address)
    if place is not None:
        names = identity.names_of([asked.organisation])
        tell_unit(
            organisation_id=place.organisation_id,
            but=actor.user_id,
            title=_("%(who)s申请调到%(unit)s") % {"who": draft.title, "unit": names[asked.organisation]},
            body=_("由新单位确认，不用你单位审核；确认以前仍归你单位管理。"),
            now=now,
        )
    return case_id


def may_transfer(actor: ActingRole) -> bool:
    """Whether this role may ask for another unit: a technician, or who was one and belongs to no unit now."""
    if actor.is_learner:
        return True
    return actor.is_visitor and bool(actor.user_id) and bool(identity.units_of_person(actor.user_id))


def _draft(actor: ActingRole, asked: AskedTransfer, place: UnitPlace | None, today: date) -> Draft:
    profile = Profile.objects.filter(pk=actor.user_id).first()
    return Draft(
        kind=Transfer.code,
        applicant_id=actor.user_id,
        organisation_id=place.organisation_id if place else asked.organisation,
        subject=("user", actor.user_id),
        title=identity.own_data(actor.user_id).name,
        reviewers=[asked.organisation],
        summary=summary_of(profile, place, today, user_id=actor.user_id),
        before={
            "organisation": place.organisation_id if place else None,
            "department": place.department_id if place else None,
        },
        after={
            "organisation": asked.organisation,
            "department": asked.department,
            "starts_on": asked.starts_on.isoformat() if asked.starts_on else "",
            "phone": asked.phone.strip(),
        },
        exclusive_key=own_key(actor.user_id),
    )


def _faults(asked: AskedTransfer, place: UnitPlace | None, actor: ActingRole, today: date) -> Iterator[FieldRefusal]:
    unit = identity.organisation_or_none(asked.organisation) if asked.organisation else None
    if not asked.organisation:
        yield Missing("organisation")
    elif unit is None or unit.state != "active":
        yield NotAChoice("organisation")
    elif place is not None and unit.id == place.organisation_id:
        yield SameUnit("organisation")
    elif asked.department is not None and not identity.work_department_name(unit.id, asked.department):
        yield NotOfThisUnit("department")
    if asked.starts_on is None:
        yield Missing("starts_on")
    elif not today - _BACK <= asked.starts_on <= today + _AHEAD:
        yield DateUnlikely("starts_on", reason=_("到岗日期应在三年以内，最多提前三个月"))
    yield from _phone_faults(asked.phone.strip(), actor, required=place is not None)


def _phone_faults(phone: str, actor: ActingRole, *, required: bool) -> Iterator[FieldRefusal]:
    if not phone and required:
        yield Missing("phone")
    yield from writing.phone_faults("phone", phone)
    yield from writing.text_faults({"phone": (phone, 30)})
    own = identity.own_data(actor.user_id).mobile
    if phone and own and writing.normal_mobile(phone) == own:
        yield OwnMobile("phone")
