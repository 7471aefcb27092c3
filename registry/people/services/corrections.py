"""Support corrects a person's name, ID number or unit (S1). Name and ID number wait for a second one of support."""

from collections.abc import Iterator
from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import audit
from core.attachments import Attachment
from core.errors import FieldRefusal, FieldRefusals
from identity import id_numbers
from identity import queries as identity
from identity import rules as writing
from identity import services as accounts
from identity.acting import ActingRole
from identity.errors import IdNumberTaken, Missing, NotAChoice
from identity.queries import OrganisationFacts, PersonFacts
from registry.approvals import queries as cases
from registry.approvals.services import redirect_person
from registry.inbox import services as inbox
from registry.people.errors import (
    CorrectionDecided,
    CorrectionStale,
    CorrectionWaits,
    DateUnlikely,
    NoProfile,
    OwnCorrection,
    RegistrationWaits,
    SameAsNow,
    TransferWaits,
)
from registry.people.models import Correction, Profile
from registry.units.services import keep_evidence, stated

_GO_ALONG = ("title_change", "declaration", "exemption")
"""What of his is undecided goes on in the right unit."""
_NAME_CHARS = 60


# --- Asking -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def ask_name_correction(
    *,
    actor: ActingRole,
    person_id: int,
    name: str,
    reason: str,
    evidence: Attachment,
    now: datetime,
    address: str | None = None,
) -> int:
    """Ask a second one of support to confirm another name; gives the correction's id. Nothing changes before.

    Raises ObjectDoesNotExist, FieldRefusals, SameAsNow, ReasonMissing, CorrectionWaits.
    """
    person, name = _person(person_id), name.strip()
    faults: list[FieldRefusal] = [*writing.text_faults({"name": (name, _NAME_CHARS)})]
    faults += [*writing.name_faults(name)] if name else [Missing("name")]
    if faults:
        raise FieldRefusals(faults)
    if name == person.name:
        raise SameAsNow("name")
    made = Correction(person_id=person.id, what=Correction.What.NAME, before=person.name, after=name)
    return _ask(made, actor, reason, evidence, now, address)


@transaction.atomic
def ask_id_correction(
    *,
    actor: ActingRole,
    person_id: int,
    id_type: str,
    id_number: str,
    reason: str,
    evidence: Attachment,
    now: datetime,
    address: str | None = None,
) -> int:
    """The same for another ID number, which is kept encrypted until it is decided.

    Raises ObjectDoesNotExist, IdNumberInvalid, IdNumberTaken, DateUnlikely (its birth date comes after the graduation),
    SameAsNow, ReasonMissing, CorrectionWaits.
    """
    person = _person(person_id)
    if not id_number.strip():
        raise Missing("id_number")
    number = id_numbers.validate(id_type, id_number)
    faults = [*_number_faults(person, id_type, number)]
    if faults:
        raise faults[0]
    made = Correction(
        person_id=person.id,
        what=Correction.What.ID_NUMBER,
        before=f"{person.id_type_label} {person.id_masked}",
        after=f"{identity.id_type_label(id_type)} {id_numbers.mask(number)}",
        id_type=id_type,
        id_number=number,
    )
    return _ask(made, actor, reason, evidence, now, address)


@transaction.atomic
def correct_unit(
    *,
    actor: ActingRole,
    person_id: int,
    organisation_id: int,
    reason: str,
    evidence: Attachment,
    now: datetime,
    address: str | None = None,
) -> int:
    """Put a technician into the unit where he really is, at once; gives the correction's id.

    What of his is undecided goes on there. Raises ObjectDoesNotExist, NotAChoice, SameAsNow, NoProfile, TransferWaits,
    RegistrationWaits, ReasonMissing.
    """
    accounts.lock_person(user_id=person_id)
    person = _person(person_id)
    unit = _unit(organisation_id)
    if unit.id == person.unit_id:
        raise SameAsNow("unit")
    _require_movable(person.id)
    made = Correction(
        person_id=person.id,
        what=Correction.What.UNIT,
        state=Correction.State.DONE,
        before=person.unit,
        after=unit.name,
        decided_at=now,
    )
    pk = _ask(made, actor, reason, evidence, now, address)
    accounts.move_technician(user_id=person.id, organisation_id=unit.id, work_department_id=None, now=now)
    redirect_person(user_id=person.id, kinds=_GO_ALONG, to_organisation_id=unit.id)
    _tell(made, now)
    return pk


# --- Deciding ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def decide_correction(
    *,
    actor: ActingRole,
    correction_id: int,
    passed: bool,
    opinion: str = "",
    now: datetime,
    address: str | None = None,
) -> None:
    """Another one of support confirms a change of name or ID number, or turns it back with a reason (S1).

    Confirming an ID number ends the person's sessions. Raises ObjectDoesNotExist, CorrectionDecided, OwnCorrection,
    ReasonMissing (`opinion`), CorrectionStale, IdNumberTaken: then it goes on waiting and nothing is lost.
    """
    row = Correction.objects.select_related("person").get(pk=correction_id)
    if row.asked_by_id == actor.user_id:
        raise OwnCorrection
    words = opinion.strip() if passed else stated(opinion, "opinion")
    number = (row.id_type, row.id_number)
    _claim(row, Correction.State.DONE if passed else Correction.State.REFUSED, actor, words, now)
    if passed:
        _apply(row, number, now)
        _tell(row, now)
    _note("correction.confirm" if passed else "correction.refuse", row, actor, now, address)


@transaction.atomic
def withdraw_correction(*, actor: ActingRole, correction_id: int, now: datetime, address: str | None = None) -> None:
    """Whoever asked takes it back while it waits. Raises ObjectDoesNotExist for others', CorrectionDecided."""
    row = Correction.objects.get(pk=correction_id, asked_by_id=actor.user_id)
    _claim(row, Correction.State.WITHDRAWN, None, "", now)
    _note("correction.withdraw", row, actor, now, address)


def reencrypt_corrections() -> int:
    """Bring the numbers that wait under the ring's first key, after it was changed; gives how many. Safe to run again.

    Raises UnknownKey.
    """
    waiting = Correction.objects.filter(state=Correction.State.WAITING, what=Correction.What.ID_NUMBER)
    found = 0
    for row in waiting.order_by("pk"):
        found += Correction.objects.filter(pk=row.pk, state=Correction.State.WAITING).update(id_number=row.id_number)
    return found


# --- Parts ------------------------------------------------------------------------------------------------------------
def _person(person_id: int) -> PersonFacts:
    person = identity.person_facts(person_id)
    if person is None:
        raise ObjectDoesNotExist
    return person


def _unit(organisation_id: int) -> OrganisationFacts:
    unit = identity.organisation_or_none(organisation_id)
    if unit is None or unit.state != "active" or unit.kind not in identity.PLACES_OF_PEOPLE:
        raise NotAChoice("unit")
    return unit


def _require_movable(person_id: int) -> None:
    if not Profile.objects.filter(pk=person_id).exists():
        raise NoProfile
    if cases.open_case_of_key(f"registration:{person_id}"):
        raise RegistrationWaits
    waiting = cases.open_case_of_key(f"person:{person_id}")
    if waiting and waiting.kind == "transfer":
        raise TransferWaits


def _number_faults(person: PersonFacts, id_type: str, number: str) -> Iterator[FieldRefusal]:
    if identity.find_person(id_type, number) == person.id:
        yield SameAsNow("id_number")
    if identity.is_number_taken(id_type=id_type, id_number=number, but=person.id):
        yield IdNumberTaken("id_number")
    if id_type == id_numbers.RESIDENT:
        born_on = id_numbers.birth_date(number)
        if Profile.objects.filter(pk=person.id, graduated_on__lte=born_on).exists():
            yield DateUnlikely("id_number", reason=_("号码里的出生日期晚于他的毕业时间，请核对"))


def _ask(
    made: Correction, actor: ActingRole, reason: str, evidence: Attachment, now: datetime, address: str | None
) -> int:
    made.reason = stated(reason)
    made.asked_by_id, made.asked_at = actor.user_id, now
    try:
        with transaction.atomic():
            made.evidence_id = keep_evidence(attachment=evidence, actor_id=actor.user_id, now=now)
            made.save(force_insert=True)
    except IntegrityError:
        raise CorrectionWaits from None
    _note("correction.done" if made.state == Correction.State.DONE else "correction.ask", made, actor, now, address)
    return int(made.pk)


def _claim(row: Correction, state: str, actor: ActingRole | None, opinion: str, now: datetime) -> None:
    """Whoever updates the waiting row decides; the number is wiped with it."""
    claimed = Correction.objects.filter(pk=row.pk, state=Correction.State.WAITING).update(
        state=state,
        decided_by_id=actor.user_id if actor else None,
        decided_at=now,
        opinion=opinion,
        id_number="",
    )
    if not claimed:
        raise CorrectionDecided


def _apply(row: Correction, number: tuple[str, str], now: datetime) -> None:
    accounts.lock_person(user_id=row.person_id)
    person = identity.person_facts(row.person_id)
    if person is None:
        raise CorrectionStale
    if row.what == Correction.What.NAME:
        if person.name != row.before:
            raise CorrectionStale
        accounts.correct_name(user_id=person.id, name=row.after)
        return
    if f"{person.id_type_label} {person.id_masked}" != row.before:
        raise CorrectionStale
    id_type, id_number = number
    accounts.correct_id_number(user_id=person.id, id_type=id_type, id_number=id_number, now=now)
    if id_type == id_numbers.RESIDENT:
        Profile.objects.filter(pk=person.id).update(
            born_on=id_numbers.birth_date(id_number), sex=id_numbers.sex(id_number), updated_at=now
        )


def _tell(row: Correction, now: datetime) -> None:
    what = Correction.What(row.what)
    bodies = {
        Correction.What.NAME: _("客服核对材料后把你的姓名改成了%(after)s。"),
        Correction.What.ID_NUMBER: _("客服核对材料后更正了你的证件号码，请用新的号码登录；其他设备上的登录已经退出。"),
        Correction.What.UNIT: _("客服核对材料后把你的所在单位改成了%(after)s，没有审完的事项由新单位接着审核。"),
    }
    inbox.send(
        user_id=row.person_id,
        kind="data_corrected",
        title=_("客服更正了你的%(what)s") % {"what": what.label},
        body=bodies[what] % {"after": row.after} + _("如果不是你申请的，请马上联系服务电话。"),
        link="/me/",
        now=now,
    )


def _note(act: str, row: Correction, actor: ActingRole, now: datetime, address: str | None) -> None:
    audit.record(
        act=act,
        now=now,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        address=address,
        target=("user", row.person_id),
        before={row.what: row.before},
        after={
            row.what: row.after,
            "correction": row.pk,
            "evidence": row.evidence_id,
            "reason": row.reason,
            **({"asked_by": row.asked_by_id} if act in {"correction.confirm", "correction.refuse"} else {}),
        },
    )
