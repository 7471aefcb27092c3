"""Asking for a change of one's title (T1): the unit reviews it, one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.errors import FieldRefusal, FieldRefusals
from identity import queries as identity
from identity import rules as writing
from identity import services as accounts
from identity.acting import ActingRole
from identity.queries import UnitPlace
from registry.approvals import queries as cases
from registry.approvals.services import Draft, open_case
from registry.people import rules, titles
from registry.people.errors import (
    NoProfile,
    NotATechnician,
    NothingChanged,
    NotOfThisUnit,
    TitleChangeWaits,
    TransferWaits,
)
from registry.people.kinds.title_change import TitleChange
from registry.people.models import Profile
from registry.people.summaries import summary_of


@dataclass(frozen=True, kw_only=True)
class AskedTitle:
    """What somebody fills in: all of it, also what stays as it is. Codes and the department's id."""

    title_series: str
    title_level: str
    qualification: str
    department: int | None = None
    effective_on: date | None = None
    certificate_no: str = ""


@transaction.atomic
def ask_title_change(*, actor: ActingRole, asked: AskedTitle, now: datetime, address: str | None = None) -> int:
    """Send it to the own unit with before and after; gives the case's id. Sent twice it is the same case.

    Raises FieldRefusals, NothingChanged, NotATechnician, NoProfile; TitleChangeWaits, TransferWaits where something of
    his is open already.
    """
    accounts.lock_person(user_id=actor.user_id)
    place = identity.unit_of_person(actor.user_id) if actor.is_learner else None
    if place is None:
        raise NotATechnician
    profile = Profile.objects.filter(pk=actor.user_id).first()
    if profile is None:
        raise NoProfile
    faults = FieldRefusals([*_faults(asked, profile, place, timezone.localdate(now))]).faults
    if faults:
        raise FieldRefusals(faults)
    before, after = titles.stated(profile, place), _payload(asked)
    waiting = cases.open_case_of_key(own_key(actor.user_id))
    if waiting and (waiting.kind, waiting.payload["after"]) == (TitleChange.code, after):
        return waiting.id
    if waiting:
        raise TitleChangeWaits if waiting.kind == TitleChange.code else TransferWaits
    if before == after:
        raise NothingChanged
    draft = Draft(
        kind=TitleChange.code,
        applicant_id=actor.user_id,
        organisation_id=place.organisation_id,
        subject=("user", actor.user_id),
        title=identity.own_data(actor.user_id).name,
        reviewers=[place.organisation_id],
        summary=summary_of(profile, place, timezone.localdate(now), qualification=asked.qualification),
        before=before,
        after=after,
        marks=titles.change_marks(before, after, profile),
        exclusive_key=own_key(actor.user_id),
    )
    return open_case(draft=draft, now=now, acting_as=actor.acting_as, address=address)


def own_key(user_id: int) -> str:
    """What a title change and a transfer of one person share: never both are open (T2)."""
    return f"person:{user_id}"


def _payload(asked: AskedTitle) -> dict[str, Any]:
    return {
        "department": asked.department,
        **{name: getattr(asked, name) for name in titles.CODED},
        "effective_on": asked.effective_on.isoformat() if asked.effective_on else "",
        "certificate_no": asked.certificate_no.strip(),
    }


def _faults(asked: AskedTitle, profile: Profile, place: UnitPlace, today: date) -> Iterator[FieldRefusal]:
    yield from writing.code_faults({name: getattr(asked, name) for name in titles.CODED})
    yield from rules.title_faults(title_series=asked.title_series, qualification=asked.qualification)
    yield from writing.text_faults({"certificate_no": (asked.certificate_no, 60)})
    yield from rules.later_date_faults(
        "effective_on", asked.effective_on, born_on=profile.born_on, today=today, required=False
    )
    if asked.department is not None:
        found = identity.work_department(place.organisation_id, asked.department)
        if found is None or (found.is_closed and found.id != place.department_id):
            yield NotOfThisUnit("department")
