"""Registering a unit of any kind with its first administrator (P3, P4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core import audit
from core.errors import FieldRefusal, FieldRefusals
from identity import captcha, id_numbers, rules
from identity import queries as identity
from identity import services as accounts
from identity.errors import CreditCodeTaken, IdNumberInvalid, Missing, NotAChoice, NotTicked, WeakPassword
from identity.lockout import address_of
from identity.queries import OrganisationFacts
from registry.approvals import queries as cases
from registry.approvals.queries import Reviewer, reviewer_of
from registry.approvals.services import open_case, replace_case
from registry.inbox import services as inbox
from registry.units import credit_codes
from registry.units.errors import CreditCodeWrong, NoBureau, NoCreditCode, NotASuperior, OneSuperior, PermitUnknown
from registry.units.kinds.registration import draft_of, exclusive_key
from registry.units.queries.subordinates import INDUSTRY, LEVELS, NATURE
from registry.units.services.permits import is_permit_number, require_permit, use_permit

KINDS = ("employer", "department", "base", "bureau")
WITH_NATURE = frozenset({"employer", "department"})
WITH_INDUSTRY = frozenset({"employer", "base"})
"""The kinds that state their nature (单位性质) and industry (行业); employers alone have no level."""
_TOLD_AGAIN_AFTER = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class UnitRegistration:
    """What somebody fills in for a unit and for himself; codes and ids, nothing for what was left empty.

    `department` (主管部门) or, for a branch (分公司), `parent` stands above an employer; with neither the HR bureau of
    its region does. `administrator` is the name of the first administrator, whose ID, password, mobile and e-mail
    follow. `existing`: he has an account, whose ID number and password prove it; the rest may be left out.
    """

    kind: str
    name: str
    region: str
    phone: str
    id_type: str
    id_number: str
    password: str
    nature: str = ""
    industry: str = ""
    level: str = ""
    address: str = ""
    department: int | None = None
    parent: int | None = None
    credit_code: str = ""
    administrator: str = ""
    mobile: str = ""
    email: str = ""
    existing: bool = False
    promise: bool = False
    agreement: bool = False


@dataclass(frozen=True, slots=True)
class UnitSent:
    """What whoever registers is told, the same for a known ID number and an unknown one. `superior_id` stands above."""

    superior_id: int
    reviewer: Reviewer
    state: Literal["in_review"] = "in_review"


def unit_registration_faults(data: UnitRegistration) -> list[FieldRefusal]:
    """All that is wrong with the fields, the first fault of each; nothing of it depends on which people are known."""
    found = [*_unit_faults(data), *_superior_faults(data), *_administrator_faults(data), *_promises(data)]
    return FieldRefusals(found).faults


def register_unit(
    *, request: HttpRequest, data: UnitRegistration, captcha_key: str, captcha_answer: str, now: datetime
) -> UnitSent:
    """Write a unit down below who reviews it and send it there (P3, P4).

    Raises FieldRefusals, CaptchaInvalid, CreditCodeTaken; for who says he has an account: BadCredentials, Locked. A new
    administrator's ID number that is known gets the same answer for the same work: nothing is changed, its owner is
    told. One of which nothing was ever approved is written over, and his open registrations are replaced. Whoever
    proves his account replaces his own open registration of the same credit code.
    """
    faults = unit_registration_faults(data)
    if faults:
        raise FieldRefusals(faults)
    if is_permit_number(data.credit_code):
        require_permit(number=data.credit_code, unit_name=data.name, unused=not data.existing, now=now)
    captcha.verify(key=captcha_key, answer=captcha_answer, now=now)
    # Outside the transaction: a failed try has to stay counted.
    proven = _prove(request, data) if data.existing else None
    address = address_of(request)
    with transaction.atomic():
        registrant = _enter(data, proven, now)
        above = superior_for(data)
        if registrant.outcome == "known":
            _tell_owner(registrant.user_id, data.kind, address, now)
        else:
            _ask(registrant, data, above, address, now)
    return UnitSent(above.id, reviewer_of(above.id))


def superior_for(data: UnitRegistration) -> OrganisationFacts:
    """Who stands above the unit and reviews it (P3, P4). Raises NoBureau (`region`)."""
    chosen = (data.department or data.parent) if data.kind == "employer" else None
    if chosen:
        return identity.organisation(chosen)
    region_id = identity.region_of_code(data.region)
    bureau = identity.bureau_of_region(region_id, above=data.kind == "bureau") if region_id else None
    if bureau is None:
        raise NoBureau("region")
    return bureau


# --- What may be written ----------------------------------------------------------------------------------------------
def _unit_faults(data: UnitRegistration) -> Iterator[FieldRefusal]:
    texts = {"name": 120, "address": 200, "phone": 30}
    yield from rules.text_faults({attr: (getattr(data, attr), most) for attr, most in texts.items()})
    yield from (Missing(attr) for attr in texts if not getattr(data, attr).strip())
    yield from rules.phone_faults("phone", data.phone)
    tables = {
        "nature": NATURE if data.kind in WITH_NATURE else "",
        "industry": INDUSTRY if data.kind in WITH_INDUSTRY else "",
        "level": LEVELS.get(data.kind, ""),
    }
    for attr, table in tables.items():
        code = getattr(data, attr)
        if table and not identity.is_code(table, code):
            yield NotAChoice(attr) if code else Missing(attr)
    yield from _credit_code_faults(data)


def _credit_code_faults(data: UnitRegistration) -> Iterator[FieldRefusal]:
    """Whether it is taken is said here, before anybody is looked for: of known and unknown people alike. Who has an
    account proves it first, for his own registration may be the one that has it.
    """
    if not data.credit_code.strip():
        yield NoCreditCode("credit_code")
        return
    if is_permit_number(data.credit_code):
        yield from _permit_faults(data)
        return
    try:
        code = credit_codes.validate(data.credit_code)
    except CreditCodeWrong as refusal:
        yield refusal
    else:
        if not data.existing and identity.holder_of_credit_code(code) is not None:
            yield CreditCodeTaken("credit_code")


def _permit_faults(data: UnitRegistration) -> Iterator[FieldRefusal]:
    try:
        require_permit(number=data.credit_code, unit_name=data.name, unused=not data.existing)
    except PermitUnknown as refusal:
        yield refusal


def _superior_faults(data: UnitRegistration) -> Iterator[FieldRefusal]:
    chosen = {"department": data.department, "parent": data.parent} if data.kind == "employer" else {}
    kinds = {"department": "department", "parent": "employer"}
    for attr, organisation_id in chosen.items():
        above = identity.organisation_or_none(organisation_id) if organisation_id else None
        if organisation_id and (above is None or above.kind != kinds[attr] or above.state != "active"):
            yield NotASuperior(attr)
    if all(chosen.values()) and chosen:
        yield OneSuperior("parent")
    if not data.region:
        yield Missing("region")
    elif identity.region_of_code(data.region) is None:
        yield NotAChoice("region")
    elif not any(chosen.values()):
        try:
            superior_for(data)
        except NoBureau as refusal:
            yield refusal


def _administrator_faults(data: UnitRegistration) -> Iterator[FieldRefusal]:
    try:
        id_numbers.validate(data.id_type, data.id_number)
    except IdNumberInvalid as refusal:
        yield refusal if data.id_number.strip() or refusal.attr == "id_type" else Missing("id_number")
    if not data.password:
        yield Missing("password")
    mobile = rules.normal_mobile(data.mobile)
    yield from rules.text_faults({"administrator": (data.administrator, 60), "email": (data.email, 254)})
    yield from rules.contact_faults(id_type=data.id_type, mobile=mobile, email=data.email, landline="")
    if data.existing:
        return
    yield from (Missing(attr) for attr in ("administrator", "mobile", "email") if not getattr(data, attr).strip())
    yield from rules.name_faults(data.administrator, "administrator")
    weak = data.password and accounts.password_faults(
        password=data.password,
        name=data.administrator,
        id_type=data.id_type,
        id_number=id_numbers.normalise(data.id_number),
        mobile=mobile,
        email=data.email,
    )
    if weak:
        yield WeakPassword("password", reasons=weak)


def _promises(data: UnitRegistration) -> Iterator[FieldRefusal]:
    return (NotTicked(attr) for attr in ("promise", "agreement") if not getattr(data, attr))


# --- Writing it -------------------------------------------------------------------------------------------------------
def _prove(request: HttpRequest, data: UnitRegistration) -> int:
    user = accounts.prove_account(
        request=request, id_type=data.id_type, id_number=data.id_number, password=data.password
    )
    return int(user.pk)


def _enter(data: UnitRegistration, proven: int | None, now: datetime) -> accounts.Registrant:
    contacts = {"mobile": rules.normal_mobile(data.mobile), "email": data.email, "landline": ""}
    if proven is not None:
        return accounts.renew_contacts(user_id=proven, **contacts)
    return accounts.enter_registrant(
        kind=data.kind,
        name=data.administrator,
        id_type=data.id_type,
        id_number=data.id_number,
        password=data.password,
        now=now,
        **contacts,
    )


def _tell_owner(user_id: int, kind: str, address: str | None, now: datetime) -> None:
    """The owner of a known number hears of it, once a day at most, so that nobody can fill his mailbox."""
    act = f"{kind}_registration.known"
    audit.record(act=act, now=now, actor_id=None, address=address, target=("user", user_id))
    if not cache.add(f"registration.told.{user_id}", 1, _TOLD_AGAIN_AFTER.total_seconds()):
        return
    inbox.send(
        user_id=user_id,
        kind="registration_known",
        title=_("有人用你的证件号码注册单位管理员"),
        body=_(
            "你的账号和资料没有任何变化。如果是你本人：注册单位时勾选“管理员已经是平台用户”，用自己的密码证明身份。"
            "如果不是你，可以不理会；一再出现请联系服务电话。"
        ),
        link="/login/",
        now=now,
    )


def _ask(
    registrant: accounts.Registrant,
    data: UnitRegistration,
    above: OrganisationFacts,
    address: str | None,
    now: datetime,
) -> None:
    asked = _asked(data, above)
    for waiting in _replaced(registrant.user_id, data, asked["credit_code"]):
        if waiting.payload["after"] == asked:
            return  # sent twice
        replace_case(exclusive_key=exclusive_key(waiting.organisation_id), now=now)
    organisation_id = accounts.add_organisation(
        kind=data.kind,
        name=asked["name"],
        region_id=identity.region_of_code(data.region) or 0,
        parent_id=above.id,
        now=now,
        **{column: asked[column] for column in _COLUMNS},
    )
    if is_permit_number(data.credit_code):
        use_permit(number=data.credit_code, unit_name=data.name, organisation_id=organisation_id, now=now)
    # Adding below it holds the superior's row: whoever deletes it waits, or was quicker.
    if identity.organisation(above.id).state != "active":
        raise NotASuperior("department" if data.department else "parent" if data.parent else "region")
    accounts.open_membership(
        user_id=registrant.user_id, kind=data.kind, organisation_id=organisation_id, is_super=True, now=now
    )
    draft = draft_of(registrant=registrant, organisation_id=organisation_id, asked=asked, above=above, data=data)
    open_case(draft=draft, now=now, acting_as="visitor", address=address)


def _replaced(user_id: int, data: UnitRegistration, credit_code: str) -> list[cases.CaseView]:
    """The open registrations of this human that the new one replaces: whoever proved his account may register several
    units, so only that of the same credit code; else all. Raises CreditCodeTaken where another's has the code.
    """
    own = [case for case in cases.cases_of(user_id, [f"{data.kind}_registration"]) if case.state == "open"]
    if not data.existing:
        return own
    if not credit_code:
        return [case for case in own if case.payload["after"]["name"] == data.name.strip()]
    holder = identity.holder_of_credit_code(credit_code)
    found = [case for case in own if case.organisation_id == holder]
    if holder is not None and not found:
        raise CreditCodeTaken("credit_code")
    return found


_COLUMNS = ("credit_code", "nature", "industry", "level", "phone", "address")


def _asked(data: UnitRegistration, above: OrganisationFacts) -> dict[str, Any]:
    """What the case says: the organisation's columns in codes, and who stands above; nothing of the administrator."""
    return {
        "name": data.name.strip(),
        "region": data.region,
        "superior": above.id,
        "department": data.department if above.id == data.department else None,
        "parent": data.parent if above.id == data.parent else None,
        "credit_code": "" if is_permit_number(data.credit_code) else credit_codes.validate(data.credit_code),
        "nature": data.nature if data.kind in WITH_NATURE else "",
        "industry": data.industry if data.kind in WITH_INDUSTRY else "",
        "level": data.level if data.kind in LEVELS else "",
        "phone": data.phone.strip(),
        "address": data.address.strip(),
        "existing": data.existing,
    }
