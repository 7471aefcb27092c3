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
from identity.errors import AlreadyMember, IdNumberInvalid, Missing, NotAChoice, NotTicked, WeakPassword
from identity.lockout import address_of
from identity.queries import OrganisationFacts
from registry.approvals import queries as cases
from registry.approvals.services import open_case, replace_case
from registry.inbox import services as inbox
from registry.units import credit_codes
from registry.units.errors import AlreadyAdministers, CreditCodeWrong, NoCreditCode, NotASuperior
from registry.units.kinds.registration import LEVEL_TABLES, draft_of

KINDS = ("employer", "department", "base", "bureau")
_TOLD_AGAIN_AFTER = timedelta(days=1)
_WITH_NATURE = {"employer", "department"}
_WITH_INDUSTRY = {"employer", "base"}


@dataclass(frozen=True, kw_only=True)
class UnitRegistration:
    """What somebody fills in for a unit and for himself; codes and ids, nothing for what was left empty.

    `department` (主管部门) or, for a branch (分公司), `parent` stands above an employer; with neither the HR bureau of
    its region does. `existing`: the administrator has an account; ID number and password prove it.
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
    has_department: bool = False
    department: int | None = None
    is_branch: bool = False
    parent: int | None = None
    has_credit_code: bool = True
    credit_code: str = ""
    administrator: str = ""
    mobile: str = ""
    email: str = ""
    existing: bool = False
    promise: bool = False
    agreement: bool = False


@dataclass(frozen=True, slots=True)
class UnitSent:
    """What whoever registers is told, the same for a known ID number and an unknown one."""

    reviewer: OrganisationFacts
    state: Literal["in_review"] = "in_review"


def unit_registration_faults(data: UnitRegistration) -> list[FieldRefusal]:
    """All that is wrong with the fields, the first fault of each; nothing of it depends on who is known."""
    found = [*_unit_faults(data), *_superior_faults(data), *_administrator_faults(data), *_promises(data)]
    return FieldRefusals(found).faults


def register_unit(
    *, request: HttpRequest, data: UnitRegistration, captcha_key: str, captcha_answer: str, now: datetime
) -> UnitSent:
    """Write a unit down below who reviews it and send it there (P3, P4).

    Raises FieldRefusals, CaptchaInvalid, CreditCodeTaken; for who says he has an account: BadCredentials, Locked,
    AlreadyAdministers. A new administrator's ID number that is known gets the same answer for the same work: nothing is
    changed, its owner is told.
    """
    faults = unit_registration_faults(data)
    if faults:
        raise FieldRefusals(faults)
    captcha.verify(key=captcha_key, answer=captcha_answer, now=now)
    # Outside the transaction: a failed try has to stay counted.
    proven = _prove(request, data) if data.existing else None
    above = superior_for(data)
    with transaction.atomic():
        registrant = _enter(data, proven, now)
        if registrant.outcome == "known":
            _tell_owner(registrant.user_id, address_of(request), now)
        else:
            _ask(registrant, data, above, address_of(request), now)
    return UnitSent(above)


def superior_for(data: UnitRegistration) -> OrganisationFacts:
    """Who stands above the unit and reviews it. Raises FieldRefusals (`region`) where the region has no bureau yet."""
    chosen = data.department if data.has_department else data.parent if data.is_branch else None
    if data.kind == "employer" and chosen:
        return identity.organisation(chosen)
    region_id = identity.region_of_code(data.region)
    bureau = identity.bureau_of_region(region_id) if region_id else None
    if bureau is None:
        raise FieldRefusals([NotAChoice("region")])
    return bureau


# --- What may be written ----------------------------------------------------------------------------------------------
def _unit_faults(data: UnitRegistration) -> Iterator[FieldRefusal]:
    texts = {"name": 120, "address": 200, "phone": 30}
    yield from rules.text_faults({attr: (getattr(data, attr), most) for attr, most in texts.items()})
    required = ["name", "phone", *(["address"] if data.kind == "employer" else [])]
    yield from (Missing(attr) for attr in required if not getattr(data, attr).strip())
    yield from rules.phone_faults("phone", data.phone)
    if not data.region:
        yield Missing("region")
    elif identity.region_of_code(data.region) is None:
        yield NotAChoice("region")
    yield from _code_faults(data)
    if not data.has_credit_code:
        yield NoCreditCode("credit_code")
        return
    try:
        credit_codes.validate(data.credit_code)
    except CreditCodeWrong as refusal:
        yield refusal if data.credit_code.strip() else Missing("credit_code")


def _code_faults(data: UnitRegistration) -> Iterator[FieldRefusal]:
    tables = {
        "nature": "unit_nature" if data.kind in _WITH_NATURE else "",
        "industry": "industry" if data.kind in _WITH_INDUSTRY else "",
        "level": LEVEL_TABLES.get(data.kind, ""),
    }
    for attr, table in tables.items():
        code = getattr(data, attr)
        if table and not code:
            yield Missing(attr)
        elif table and not identity.is_code(table, code):
            yield NotAChoice(attr)


def _superior_faults(data: UnitRegistration) -> Iterator[FieldRefusal]:
    if data.kind != "employer":
        return
    for attr, wanted, kind in (
        ("department", data.has_department, "department"),
        ("parent", data.is_branch and not data.has_department, "employer"),
    ):
        if not wanted:
            continue
        chosen: int | None = getattr(data, attr)
        above = identity.organisation_or_none(chosen) if chosen else None
        if chosen is None:
            yield Missing(attr)
        elif above is None or above.kind != kind or above.state != "active":
            yield NotASuperior(attr)


def _administrator_faults(data: UnitRegistration) -> Iterator[FieldRefusal]:
    try:
        id_numbers.validate(data.id_type, data.id_number)
    except IdNumberInvalid as refusal:
        yield refusal if data.id_number.strip() or refusal.attr == "id_type" else Missing("id_number")
    if not data.password:
        yield Missing("password")
    if data.existing:
        return
    yield from (Missing(attr) for attr in ("administrator", "mobile", "email") if not getattr(data, attr).strip())
    yield from rules.text_faults({"administrator": (data.administrator, 60), "email": (data.email, 254)})
    if data.administrator:
        yield from rules.name_faults(data.administrator, "administrator")
    mobile = rules.normal_mobile(data.mobile)
    yield from rules.contact_faults(id_type=data.id_type, mobile=mobile, email=data.email, landline="")
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


def _tell_owner(user_id: int, address: str | None, now: datetime) -> None:
    """The owner of a known number hears of it, once a day at most, so that nobody can fill his mailbox."""
    audit.record(act="unit_registration.known", now=now, actor_id=None, address=address, target=("user", user_id))
    if not cache.add(f"registration.told.{user_id}", 1, _TOLD_AGAIN_AFTER.total_seconds()):
        return
    inbox.send(
        user_id=user_id,
        kind="registration_known",
        title=_("有人用你的证件号码注册单位管理员"),
        body=_(
            "你的账号和资料没有任何变化。如果是你本人：注册单位时勾选“我已经是平台用户”，用自己的密码证明身份。"
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
    columns = _columns(data)
    draft_key = f"unit_registration:{columns['credit_code']}:{registrant.user_id}"
    waiting = cases.open_case_of_key(draft_key)
    if waiting and waiting.payload["after"].get("fingerprint") == _fingerprint(data, above):
        return  # sent twice
    replace_case(exclusive_key=draft_key, now=now)
    organisation_id = accounts.add_organisation(kind=data.kind, parent_id=above.id, now=now, **columns)
    try:
        accounts.open_membership(
            user_id=registrant.user_id, kind=data.kind, organisation_id=organisation_id, is_super=True, now=now
        )
    except AlreadyMember:
        raise AlreadyAdministers from None
    draft = draft_of(
        registrant=registrant,
        organisation_id=organisation_id,
        columns=columns,
        kind=data.kind,
        above=above,
        administrator=data.administrator,
        exclusive_key=draft_key,
        fingerprint=_fingerprint(data, above),
    )
    open_case(draft=draft, now=now, acting_as="visitor", address=address)


def _columns(data: UnitRegistration) -> dict[str, Any]:
    """The columns of the organisation that this registration fills."""
    return {
        "name": data.name.strip(),
        "region_id": identity.region_of_code(data.region),
        "credit_code": credit_codes.validate(data.credit_code),
        "nature": data.nature if data.kind in _WITH_NATURE else "",
        "industry": data.industry if data.kind in _WITH_INDUSTRY else "",
        "level": data.level if data.kind in LEVEL_TABLES else "",
        "phone": data.phone.strip(),
        "address": data.address.strip(),
    }


def _fingerprint(data: UnitRegistration, above: OrganisationFacts) -> str:
    """What tells a second press of the button from a new registration; nothing personal is in it."""
    columns = _columns(data)
    return "|".join(str(columns[name]) for name in sorted(columns)) + f"|{above.id}"
