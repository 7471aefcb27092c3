"""Changing what one states of oneself, at once and audited (T1): contacts, professional qualification, education."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import audit
from core.errors import FieldRefusal, FieldRefusals
from identity import id_numbers
from identity import queries as identity
from identity import rules as writing
from identity import services as accounts
from identity.acting import ActingRole
from identity.errors import Missing
from identity.queries import OwnData
from registry.people import rules
from registry.people.errors import NoProfile, NotATechnician
from registry.people.models import Profile

ACT = "profile.change"
CONTACTS = ("mobile", "email", "landline")
AT_ONCE = (
    *CONTACTS,
    "ethnicity",
    "post",
    "rank",
    "professional_qualification",
    "professional_level",
    "education",
    "school",
    "major",
    "graduated_on",
    "degree",
    "postdoctoral",
)
"""What he changes himself, without review."""
_CODES = ("ethnicity", "rank", "professional_qualification", "professional_level", "education", "major", "degree")
_TEXTS = {"mobile": 20, "email": 254, "landline": 30, "post": 60, "school": 100}
_OPTIONAL = {"landline", "post", "rank", "postdoctoral"}


def mask_email(email: str) -> str:
    """The address as a history shows it: `c***@example.com`."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}***{at}{domain}" if at else "***" if email else ""


@transaction.atomic
def change_profile(*, actor: ActingRole, fields: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
    """Change some of `AT_ONCE`; what isn't given stays. Gives the names of what changed.

    Raises NotATechnician, NoProfile, FieldRefusals (nothing is changed then).
    """
    if not actor.is_learner:
        raise NotATechnician
    accounts.lock_person(user_id=actor.user_id)
    own, profile = identity.own_data(actor.user_id), Profile.objects.filter(pk=actor.user_id).first()
    asked = {name: _normal(name, fields[name]) for name in AT_ONCE if name in fields}
    faults = FieldRefusals([*_faults(asked, own, profile, timezone.localdate(now))]).faults
    if faults:
        raise FieldRefusals(faults)
    if profile is None and set(asked) - set(CONTACTS):
        raise NoProfile
    before = {name: getattr(own if name in CONTACTS else profile, name) for name in asked}
    changed = {name: value for name, value in asked.items() if value != before[name]}
    if not changed:
        return ()
    _write(own, changed, now)
    audit.record(
        act=ACT,
        now=now,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        target=("user", actor.user_id),
        before={name: _told(name, before[name]) for name in changed},
        after={name: _told(name, value) for name, value in changed.items()},
    )
    return tuple(changed)


@transaction.atomic
def choose_mail(*, actor: ActingRole, wants_mail: bool, now: datetime) -> None:
    """Whether one's messages are mailed too (S2)."""
    if accounts.set_mail_wish(user_id=actor.user_id, wants_mail=wants_mail):
        audit.record(
            act="mail.choose",
            now=now,
            actor_id=actor.user_id,
            acting_as=actor.acting_as,
            target=("user", actor.user_id),
            after={"wants_mail": wants_mail},
        )


def _normal(name: str, value: Any) -> Any:
    if name == "mobile":
        return writing.normal_mobile(value)
    return value.strip() if isinstance(value, str) else value


def _faults(asked: Mapping[str, Any], own: OwnData, profile: Profile | None, today: date) -> Iterator[FieldRefusal]:
    yield from writing.text_faults({name: (asked[name], most) for name, most in _TEXTS.items() if name in asked})
    yield from (
        Missing(name)
        for name, value in asked.items()
        if name not in _OPTIONAL and name not in _CODES and name != "graduated_on" and not value
    )
    yield from writing.contact_faults(id_type=own.id_type, **{name: asked.get(name, "") for name in CONTACTS})
    yield from writing.code_faults({name: asked[name] for name in _CODES if name in asked}, optional=_OPTIONAL)
    if "graduated_on" in asked and profile is not None:
        yield from rules.later_date_faults(
            "graduated_on", asked["graduated_on"], born_on=profile.born_on, today=today, required=True
        )


def _write(own: OwnData, changed: Mapping[str, Any], now: datetime) -> None:
    if set(changed) & set(CONTACTS):
        contacts = {name: changed.get(name, getattr(own, name)) for name in CONTACTS}
        accounts.set_contacts(user_id=own.id, **contacts)
    columns = {name: value for name, value in changed.items() if name not in CONTACTS}
    if columns:
        Profile.objects.filter(pk=own.id).update(**columns, updated_at=now)


def _told(name: str, value: Any) -> Any:
    """As the audit trail may hold it: codes and dates as they are, contacts masked."""
    if name == "email":
        return mask_email(value)
    if name in CONTACTS:
        return id_numbers.mask_mobile(value)
    return value.isoformat() if isinstance(value, date) else value
