"""A unit's own data (U1): contacts at once, the rest reviewed by the superior, another superior by both."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import ngettext

from core import audit
from core.errors import FieldRefusal, FieldRefusals
from identity import queries as identity
from identity import rules
from identity import services as tree
from identity.acting import ActingRole
from identity.errors import CreditCodeTaken, Missing, NotAChoice, ParentLoop
from identity.id_numbers import RESIDENT
from identity.queries import OrganisationFacts
from registry.approvals import queries as approvals
from registry.approvals.services import Draft, open_case
from registry.units import credit_codes
from registry.units.errors import (
    CreditCodeWrong,
    InReview,
    NoSuperior,
    NotASuperior,
    NothingChanged,
    SameSuperior,
)
from registry.units.levels import LEVEL_TABLES

CONTACTS = {"phone": 30, "address": 200, "postcode": 10}
REVIEWED = ("name", "nature", "industry", "level", "credit_code")
"""What the superior reviews; which of them a kind has is said by `fields_of`."""
_SUPERIORS = {
    "employer": ("department", "bureau", "employer"),
    "department": ("bureau", "department"),
    "base": ("bureau",),
    "bureau": ("bureau",),
}
"""What may stand above each kind."""


def fields_of(kind: str) -> dict[str, str]:
    """The reviewed fields that an organisation of this kind has, each with its code table or nothing."""
    tables = {"name": "", "credit_code": ""}
    if kind in {"employer", "department"}:
        tables["nature"] = "unit_nature"
    if kind in {"employer", "base"}:
        tables["industry"] = "industry"
    if kind in LEVEL_TABLES:
        tables["level"] = LEVEL_TABLES[kind]
    return tables


def superiors_of(kind: str) -> tuple[str, ...]:
    """The kinds of organisations that may stand above one of this kind."""
    return _SUPERIORS[kind]


@transaction.atomic
def change_contacts(*, actor: ActingRole, contacts: Mapping[str, str], now: datetime) -> None:
    """Phone, address, postcode of one's own unit, at once (U1). Raises FieldRefusals."""
    unit = identity.organisation(actor.organisation_id or 0)
    texts = {name: contacts.get(name, getattr(unit, name)).strip() for name in CONTACTS}
    faults: list[FieldRefusal] = [*rules.text_faults({name: (text, CONTACTS[name]) for name, text in texts.items()})]
    faults += [] if texts["phone"] else [Missing("phone")]
    faults += rules.phone_faults("phone", texts["phone"])
    if faults:
        raise FieldRefusals(faults)
    before = {name: getattr(unit, name) for name in CONTACTS if getattr(unit, name) != texts[name]}
    if not before:
        return
    tree.change_organisation(organisation_id=unit.id, **texts)
    _note("unit.contacts", actor, unit.id, before, {name: texts[name] for name in before}, now)


@transaction.atomic
def change_own_contacts(*, actor: ActingRole, mobile: str, email: str, now: datetime) -> None:
    """The administrator's own mobile and mail, where reminders go (U1). Raises FieldRefusals."""
    mobile, email = rules.normal_mobile(mobile), email.strip()
    faults = [*rules.contact_faults(id_type=RESIDENT, mobile=mobile, email=email, landline="")]
    faults += [Missing(name) for name, text in (("mobile", mobile), ("email", email)) if not text]
    if faults:
        raise FieldRefusals(faults)
    tree.renew_contacts(user_id=actor.user_id, mobile=mobile, email=email, landline="")
    audit.record(
        act="contacts.change",
        now=now,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        target=("user", actor.user_id),
    )


@transaction.atomic
def ask_unit_change(*, actor: ActingRole, fields: Mapping[str, str], now: datetime) -> int | None:
    """Send changed name, nature, industry, level or credit code to the superior; gives the case's id (U1).

    At the top of the tree nobody reviews: it is changed at once, and None given. Raises FieldRefusals, NothingChanged,
    CreditCodeTaken, InReview (the credit code waits for all that is in review), AlreadyOpen.
    """
    unit = identity.organisation(actor.organisation_id or 0)
    asked = _checked(unit, fields)
    after = {name: value for name, value in asked.items() if value != getattr(unit, name)}
    if not after:
        raise NothingChanged
    if "credit_code" in after:
        require_nothing_in_review(unit.id)
        if identity.holder_of_credit_code(after["credit_code"]) not in (None, unit.id):
            raise CreditCodeTaken("credit_code")
    before: dict[str, object] = {name: getattr(unit, name) for name in after}
    superior = identity.superior_of(unit.id)
    if superior is None:
        tree.change_organisation(organisation_id=unit.id, **after)
        _note("unit_change.pass", actor, unit.id, before, after, now)
        return None
    kind = "base_change" if unit.kind == "base" else "unit_change"
    return open_case(
        draft=_draft(kind, actor, unit, [superior.id], before, dict(after)), now=now, acting_as=actor.acting_as
    )


@transaction.atomic
def ask_parent_change(*, actor: ActingRole, parent_id: int, now: datetime) -> int:
    """Ask for another superior (更换上级部门): the present one decides, then the new one; gives the case's id (U1).

    Raises NoSuperior at the top, NotASuperior, SameSuperior, ParentLoop, InReview, AlreadyOpen.
    """
    unit = identity.organisation(actor.organisation_id or 0)
    old = identity.superior_of(unit.id)
    if old is None:
        raise NoSuperior
    new = identity.organisation_or_none(parent_id)
    if new is None or new.state != "active" or new.kind not in _SUPERIORS[unit.kind]:
        raise NotASuperior("parent")
    if new.id == old.id:
        raise SameSuperior("parent")
    if new.path.startswith(unit.path):
        raise ParentLoop
    require_nothing_in_review(unit.id)
    draft = _draft("parent_change", actor, unit, [old.id, new.id], {"parent": old.id}, {"parent": new.id})
    return open_case(draft=draft, now=now, acting_as=actor.acting_as)


def require_nothing_in_review(organisation_id: int) -> None:
    """Raises InReview where the unit or its people have something in review (U1)."""
    waiting = sum(approvals.open_counts_of_organisations([organisation_id]).values())
    if waiting:
        words = ngettext("%(n)s 件事项", "%(n)s 件事项", waiting) % {"n": waiting}
        raise InReview(what=words)


def _checked(unit: OrganisationFacts, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields as they would be kept; those not given stay. Raises FieldRefusals."""
    tables = fields_of(unit.kind)
    found = {name: fields.get(name, getattr(unit, name)).strip() for name in tables}
    faults: list[FieldRefusal] = [*rules.text_faults({"name": (found["name"], 120)})]
    faults += [] if found["name"] else [Missing("name")]
    for name, table in tables.items():
        if table and found[name] != getattr(unit, name) and not identity.is_code(table, found[name]):
            faults.append(NotAChoice(name))
    if found["credit_code"] or unit.credit_code:
        try:
            found["credit_code"] = credit_codes.validate(found["credit_code"])
        except CreditCodeWrong as refusal:
            faults.append(refusal)
    if faults:
        raise FieldRefusals(faults)
    return found


def _draft(
    kind: str,
    actor: ActingRole,
    unit: OrganisationFacts,
    reviewers: list[int],
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> Draft:
    return Draft(
        kind=kind,
        applicant_id=actor.user_id,
        organisation_id=unit.id,
        subject=("organisation", unit.id),
        title=unit.name,
        reviewers=reviewers,
        summary={
            "region": unit.region_name,
            "nature": identity.label("unit_nature", unit.nature),
            "credit_code": unit.credit_code,
            "contact": unit.phone,
        },
        before=dict(before),
        after=dict(after),
        exclusive_key=f"unit:{unit.id}",
    )


def _note(
    act: str, actor: ActingRole, unit_id: int, before: Mapping[str, object], after: Mapping[str, object], now: datetime
) -> None:
    audit.record(
        act=act,
        now=now,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        target=("organisation", unit_id),
        before=dict(before),
        after=dict(after),
    )
