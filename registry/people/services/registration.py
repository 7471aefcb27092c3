"""Registering as a technician (P2): he is written down at once and takes part once his unit has passed him."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import FieldRefusal, FieldRefusals
from identity import captcha, id_numbers
from identity import queries as identity
from identity import rules as writing
from identity import services as accounts
from identity.errors import AlreadyMember, IdNumberInvalid, Missing, NotAChoice, NotTicked, WeakPassword
from identity.lockout import address_of
from registry.approvals import queries as cases
from registry.approvals.queries import Reviewer, reviewer_of
from registry.approvals.services import open_case, replace_case
from registry.inbox import services as inbox
from registry.people import rules
from registry.people.errors import AlreadyTechnician, AnotherName, NotOfThisUnit
from registry.people.kinds.registration import PROFILE_FIELDS, TechnicianRegistration, draft_of
from registry.people.models import Profile

KIND = "technician"
_TOLD_AGAIN_AFTER = timedelta(days=1)
_CODES = (
    "ethnicity",
    "education",
    "major",
    "degree",
    "rank",
    "title_series",
    "title_level",
    "qualification",
    "professional_qualification",
    "professional_level",
)


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What somebody fills in, as the contract names it; codes and ids, nothing for what was left empty.

    `organisation`: 0 for none chosen. `existing`: he has an account already and only adds this role; then ID number and
    password prove it, and contact data may be left out. So may birth date and sex of a 身份证: its number says them.
    """

    id_type: str
    id_number: str
    password: str
    organisation: int
    name: str
    existing: bool = False
    mobile: str = ""
    email: str = ""
    landline: str = ""
    department: int | None = None
    sex: str = ""
    born_on: date | None = None
    ethnicity: str = ""
    education: str = ""
    school: str = ""
    major: str = ""
    graduated_on: date | None = None
    degree: str = ""
    postdoctoral: bool = False
    post: str = ""
    rank: str = ""
    title_series: str = ""
    title_level: str = ""
    qualification: str = ""
    effective_on: date | None = None
    certificate_no: str = ""
    professional_qualification: str = ""
    professional_level: str = ""
    promise: bool = False
    agreement: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What whoever registers is told, the same for a known ID number and an unknown one."""

    organisation_id: int
    reviewer: Reviewer
    state: Literal["in_review"] = "in_review"


def registration_faults(data: Registration, now: datetime) -> list[FieldRefusal]:
    """All that is wrong with the fields, the first fault of each; nothing of it depends on who is known."""
    today = timezone.localdate(now)
    found = [*_account_faults(data), *_unit_faults(data), *_person_faults(data, today), *_promises(data)]
    return FieldRefusals(found).faults


def register_technician(
    *, request: HttpRequest, data: Registration, captcha_key: str, captcha_answer: str, now: datetime
) -> Sent:
    """Write a technician down and send the registration to his unit (P2).

    Raises FieldRefusals, CaptchaInvalid; for who says he has an account: BadCredentials, Locked, AnotherName,
    AlreadyTechnician. An ID number of which a role was approved once gets the same answer for the same work: nothing is
    changed, its owner is told. One of which nothing was ever approved is written over, and an open case is replaced.
    """
    faults = registration_faults(data, now)
    if faults:
        raise FieldRefusals(faults)
    captcha.verify(key=captcha_key, answer=captcha_answer, now=now)
    # Outside the transaction: a failed try has to stay counted.
    proven = _prove(request, data) if data.existing else None
    address = address_of(request)
    with transaction.atomic():
        registrant = _enter(data, proven, now)
        # From here on the unit can't be deleted; whoever was quicker has deleted it.
        accounts.lock_organisation(organisation_id=data.organisation)
        gone = list(_unit_faults(data))
        if gone:
            raise FieldRefusals(gone)
        if registrant.outcome == "known":
            _tell_owner(registrant.user_id, address, now)
        else:
            _ask(registrant, data, address, now)
    return Sent(data.organisation, reviewer_of(data.organisation))


# --- What may be written ----------------------------------------------------------------------------------------------
def _account_faults(data: Registration) -> Iterator[FieldRefusal]:
    try:
        number = id_numbers.validate(data.id_type, data.id_number)
    except IdNumberInvalid as refusal:
        yield refusal if data.id_number or refusal.attr == "id_type" else Missing("id_number")
    else:
        if data.id_type == id_numbers.RESIDENT:
            yield from rules.id_number_faults(number=number, sex=data.sex, born_on=data.born_on)
    mobile = writing.normal_mobile(data.mobile)
    yield from writing.contact_faults(id_type=data.id_type, mobile=mobile, email=data.email, landline=data.landline)
    if not data.password:
        yield Missing("password")
    if data.existing:
        return
    yield from (Missing(attr) for attr in ("mobile", "email") if not getattr(data, attr))
    if data.password:
        weak = accounts.password_faults(
            password=data.password,
            name=data.name,
            id_type=data.id_type,
            id_number=id_numbers.normalise(data.id_number),
            mobile=mobile,
            email=data.email,
        )
        if weak:
            yield WeakPassword("password", reasons=weak)


def _unit_faults(data: Registration) -> Iterator[FieldRefusal]:
    unit = identity.organisation_or_none(data.organisation) if data.organisation else None
    if not data.organisation:
        yield Missing("organisation")
    elif unit is None or unit.state != "active":
        yield NotAChoice("organisation")
    elif data.department and not identity.work_department_name(unit.id, data.department):
        yield NotOfThisUnit("department")


def _person_faults(data: Registration, today: date) -> Iterator[FieldRefusal]:
    texts = {"name": 60, "school": 100, "post": 60, "certificate_no": 60, "email": 254, "landline": 30, "mobile": 20}
    yield from writing.text_faults({attr: (getattr(data, attr), most) for attr, most in texts.items()})
    yield from (Missing(attr) for attr in ("name", "school") if not getattr(data, attr))
    if data.name:
        yield from writing.name_faults(data.name)
    sex, born_on = _sex_and_birth(data)
    if not sex:
        yield Missing("sex")
    elif sex not in {"M", "F"}:
        yield NotAChoice("sex")
    yield from rules.birth_faults(born_on=born_on, today=today)
    yield from rules.later_date_faults("graduated_on", data.graduated_on, born_on=born_on, today=today, required=True)
    yield from rules.later_date_faults("effective_on", data.effective_on, born_on=born_on, today=today, required=False)
    yield from writing.code_faults({table: getattr(data, table) for table in _CODES}, optional=["rank"])
    yield from rules.title_faults(title_series=data.title_series, qualification=data.qualification)


def _promises(data: Registration) -> Iterator[FieldRefusal]:
    return (NotTicked(attr) for attr in ("promise", "agreement") if not getattr(data, attr))


def _sex_and_birth(data: Registration) -> tuple[str, date | None]:
    """As given; of a 身份证 they stand in the number."""
    if data.id_type == id_numbers.RESIDENT:
        try:
            number = id_numbers.validate(data.id_type, data.id_number)
        except IdNumberInvalid:
            return data.sex, data.born_on
        return data.sex or id_numbers.sex(number), data.born_on or id_numbers.birth_date(number)
    return data.sex, data.born_on


# --- Writing it -------------------------------------------------------------------------------------------------------
def _prove(request: HttpRequest, data: Registration) -> int:
    user = accounts.prove_account(
        request=request, id_type=data.id_type, id_number=data.id_number, password=data.password
    )
    if user.name != data.name:
        raise FieldRefusals([AnotherName("name")])
    return user.pk


def _enter(data: Registration, proven: int | None, now: datetime) -> accounts.Registrant:
    contacts = {
        "mobile": writing.normal_mobile(data.mobile),
        "email": data.email,
        "landline": data.landline,
    }
    if proven is not None:
        return accounts.renew_contacts(user_id=proven, **contacts)
    return accounts.enter_registrant(
        kind=KIND,
        name=data.name,
        id_type=data.id_type,
        id_number=data.id_number,
        password=data.password,
        now=now,
        **contacts,
    )


def _tell_owner(user_id: int, address: str | None, now: datetime) -> None:
    """The owner of a known number hears of it, once a day at most, so that nobody can fill his mailbox."""
    audit.record(
        act=f"{TechnicianRegistration.code}.known", now=now, actor_id=None, address=address, target=("user", user_id)
    )
    if not cache.add(f"registration.told.{user_id}", 1, _TOLD_AGAIN_AFTER.total_seconds()):
        return
    inbox.send(
        user_id=user_id,
        kind="registration_known",
        title=_("有人用你的证件号码注册技术人员"),
        body=_(
            "你的账号和资料没有任何变化。如果是你本人：直接登录，忘了密码可以找回；要增加技术人员身份，"
            "注册时勾选“我已经是平台用户”。如果不是你，可以不理会；一再出现请联系服务电话。"
        ),
        link="/login/",
        now=now,
    )


def _ask(registrant: accounts.Registrant, data: Registration, address: str | None, now: datetime) -> None:
    user_id = registrant.user_id
    draft = draft_of(registrant, profile_fields(data), data, timezone.localdate(now))
    waiting = cases.open_case_of_key(draft.exclusive_key or "")
    Profile.objects.update_or_create(user_id=user_id, defaults={**profile_fields(data), "updated_at": now})
    if waiting and waiting.payload["after"] == draft.after and not registrant.mobile_changed:
        return  # sent twice
    replace_case(exclusive_key=draft.exclusive_key or "", now=now)
    accounts.drop_what_waits(user_id=user_id, kind=KIND)
    try:
        accounts.open_membership(
            user_id=user_id,
            kind=KIND,
            organisation_id=data.organisation,
            work_department_id=data.department,
            now=now,
        )
    except AlreadyMember:
        raise AlreadyTechnician from None
    open_case(draft=draft, now=now, acting_as="visitor", address=address)


def profile_fields(data: Registration) -> dict[str, Any]:
    """The columns of `Profile` that this registration fills."""
    sex, born_on = _sex_and_birth(data)
    return {name: getattr(data, name) for name in PROFILE_FIELDS} | {"sex": sex, "born_on": born_on}
