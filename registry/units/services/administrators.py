"""Administrators of one's own organisation and kind: add in three ways, give roles, delete, hand over (U2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core import audit
from core.errors import FieldRefusal, FieldRefusals
from identity import id_numbers, queries, rules
from identity import services as identity
from identity.acting import ActingRole
from identity.errors import BadCredentials, IdNumberInvalid, Missing, WeakPassword
from identity.queries import AdministratorFacts, PermissionRoleFacts
from registry.inbox import services as inbox
from registry.units.errors import (
    AccountNotProven,
    ConfirmSelf,
    HandedOver,
    NotOurs,
    OnlySuper,
    RoleMissing,
    SuperHasAll,
    SuperStays,
    WrongOwnPassword,
)
from registry.units.services.standing import lock_standing, one_of, require_grantable, require_no_more


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody without an account, as an administrator registers him. `password` is the first one: he changes it."""

    name: str
    id_type: str
    id_number: str
    mobile: str
    email: str
    password: str


# --- Adding, in three ways --------------------------------------------------------------------------------------------
@transaction.atomic
def add_colleague(
    *, actor: ActingRole, user_id: int, role_ids: Sequence[int], now: datetime, address: str | None = None
) -> int:
    """Make one of the unit's own people an administrator; gives the membership's id.

    Raises NotOurs (`person`), RoleMissing, BeyondYours (`roles`), AlreadyMember.
    """
    me, roles = _ready(actor, role_ids)
    one = queries.candidate(organisation_id=me.organisation_id, kind=me.kind, user_id=user_id)
    if one is None:
        raise NotOurs("person")
    return _add(actor, me, user_id, roles, "colleague", now, address)


@transaction.atomic
def add_new_person(
    *, actor: ActingRole, person: NewPerson, role_ids: Sequence[int], now: datetime, address: str | None = None
) -> None:
    """Register somebody who has no account yet and make him an administrator.

    Whether the ID number is known is not told: then nothing is made or changed, its owner learns of it, and the answer
    is the same. Raises FieldRefusals with all that can't be right, RoleMissing, BeyondYours.
    """
    me, roles = _ready(actor, role_ids)
    name, mobile, email = person.name.strip(), rules.normal_mobile(person.mobile), person.email.strip()
    faults = list(_faults(person, name, mobile, email))
    if faults:
        raise FieldRefusals(faults)
    user_id = identity.open_account(
        name=name,
        id_type=person.id_type,
        id_number=person.id_number,
        mobile=mobile,
        email=email,
        password=person.password,
        now=now,
    )
    if user_id is not None:
        _add(actor, me, user_id, roles, "new", now, address)
        return
    known = queries.find_person(person.id_type, person.id_number)
    _record("administrator.try", actor, now, address, after={"way": "new"})
    if known is not None and not _administers(me, known):
        _ask_owner(known, actor, now)


def _faults(person: NewPerson, name: str, mobile: str, email: str) -> Iterator[FieldRefusal]:
    """All that can't be right in somebody new; whether his ID number is known is none of it."""
    written = {"name": name, "mobile": mobile, "email": email, "password": person.password}
    yield from (Missing(attr) for attr, text in written.items() if not text)
    yield from rules.text_faults({"name": (name, 60), "email": (email, 254), "password": (person.password, 128)})
    if name:
        yield from rules.name_faults(name)
    yield from rules.contact_faults(id_type=person.id_type, mobile=mobile, email=email, landline="")
    try:
        number = id_numbers.validate(person.id_type, person.id_number)
    except IdNumberInvalid as invalid:
        yield invalid
        return
    weak = person.password and identity.password_faults(
        password=person.password, name=name, id_type=person.id_type, id_number=number, mobile=mobile, email=email
    )
    if weak:
        yield WeakPassword("password", reasons=weak)


def add_account(
    *,
    actor: ActingRole,
    request: HttpRequest,
    id_type: str,
    id_number: str,
    password: str,
    role_ids: Sequence[int],
    now: datetime,
    address: str | None = None,
) -> int:
    """Make the owner of an existing account an administrator, who proves it by typing his password; gives the id.

    Tries count as at the login. Raises AccountNotProven (`password`) for a wrong password and an unknown number alike,
    Locked, RoleMissing, BeyondYours, AlreadyMember.
    """
    with transaction.atomic():
        _ready(actor, role_ids)
    try:
        user = identity.prove_account(request=request, id_type=id_type, id_number=id_number, password=password)
    except BadCredentials:
        raise AccountNotProven("password") from None
    with transaction.atomic():
        me, roles = _ready(actor, role_ids)
        return _add(actor, me, user.pk, roles, "account", now, address)


def _ready(actor: ActingRole, role_ids: Sequence[int]) -> tuple[AdministratorFacts, list[PermissionRoleFacts]]:
    roles = _roles(actor, role_ids)
    me, _others = lock_standing(actor, "administrators")
    require_grantable(me, roles)
    return me, roles


def _roles(actor: ActingRole, role_ids: Sequence[int]) -> list[PermissionRoleFacts]:
    """The chosen roles, locked. Raises RoleMissing for none, ObjectDoesNotExist for one of another organisation."""
    if actor.organisation_id is None or not actor.is_administrator:
        raise ObjectDoesNotExist
    if not role_ids:
        raise RoleMissing("roles")
    roles = identity.lock_roles(role_ids=role_ids, organisation_id=actor.organisation_id, kind=actor.kind)
    if len(roles) != len(set(role_ids)):
        raise ObjectDoesNotExist
    return roles


def _add(
    actor: ActingRole,
    me: AdministratorFacts,
    user_id: int,
    roles: list[PermissionRoleFacts],
    way: str,
    now: datetime,
    address: str | None,
) -> int:
    membership_id = identity.open_membership(
        user_id=user_id, kind=me.kind, organisation_id=me.organisation_id, now=now, state="active"
    )
    identity.give_roles(membership_id=membership_id, role_ids=[role.id for role in roles])
    after = {"user": user_id, "membership": membership_id, "way": way, "roles": [role.name for role in roles]}
    _record("administrator.add", actor, now, address, after=after)
    _tell(
        user_id,
        "administrator_added",
        _("你成了%(unit)s的管理员") % {"unit": actor.organisation_name},
        _("角色：%(roles)s。下次登录时可以选这个身份，也可以现在切换。") % {"roles": _named(roles)},
        "/role/",
        now,
    )
    return membership_id


def _administers(me: AdministratorFacts, user_id: int) -> bool:
    """A second press of the button isn't news to whom the first one made an administrator."""
    there = queries.administrators_of(organisation_id=me.organisation_id, kind=me.kind)
    return any(one.user_id == user_id for one in there)


def _ask_owner(user_id: int, actor: ActingRole, now: datetime) -> None:
    _tell(
        user_id,
        "administrator_wanted",
        _("%(unit)s想加你为管理员") % {"unit": actor.organisation_name},
        _("你已经有账号，所以没有另建。愿意的话，请到%(unit)s用证件号码和密码确认；不认识这家单位，可以不理会。")
        % {"unit": actor.organisation_name},
        "",
        now,
    )


# --- Changing and deleting --------------------------------------------------------------------------------------------
@transaction.atomic
def change_roles(
    *,
    actor: ActingRole,
    membership_id: int,
    role_ids: Sequence[int],
    now: datetime,
    address: str | None = None,
    confirmed: bool = False,
) -> None:
    """Give an administrator other roles, at once.

    Raises ObjectDoesNotExist, RoleMissing, BeyondYours, HasMore, SuperHasAll; ConfirmSelf where the actor would lose
    something himself and hasn't `confirmed` it.
    """
    roles = _roles(actor, role_ids)
    me, others = lock_standing(actor, "administrators", [membership_id])
    one = one_of(others, membership_id)
    if one.is_super:
        raise SuperHasAll
    require_no_more(me, one)
    require_grantable(me, roles)
    granted = {module for role in roles for module in role.modules}
    if membership_id == me.membership_id and not confirmed and not me.modules <= granted:
        raise ConfirmSelf
    identity.give_roles(membership_id=membership_id, role_ids=role_ids)
    before, after = [name for _pk, name in one.roles], [role.name for role in roles]
    if sorted(before) == sorted(after):
        return
    whose = {"user": one.user_id, "membership": membership_id}
    _record("administrator.roles", actor, now, address, {**whose, "roles": before}, {**whose, "roles": after})
    if one.user_id != actor.user_id:
        title = _("你在%(unit)s的角色变了") % {"unit": actor.organisation_name}
        text = _("现在的角色：%(roles)s。") % {"roles": _named(roles)}
        _tell(one.user_id, "administrator_roles", title, text, "/console/", now)


@transaction.atomic
def remove_administrator(
    *, actor: ActingRole, membership_id: int, now: datetime, address: str | None = None, confirmed: bool = False
) -> None:
    """End an administrator's rights at once; he stays a technician, and keeps all he earned (U2).

    Raises ObjectDoesNotExist, SuperStays, HasMore; ConfirmSelf for oneself without `confirmed`.
    """
    me, others = lock_standing(actor, "administrators", [membership_id])
    one = one_of(others, membership_id)
    if one.is_super:
        raise SuperStays
    require_no_more(me, one)
    if membership_id == me.membership_id and not confirmed:
        raise ConfirmSelf
    if not identity.end_administrator(membership_id=membership_id, now=now):
        raise HandedOver
    note_removal(actor, one, now, address)


def note_removal(actor: ActingRole, one: AdministratorFacts, now: datetime, address: str | None) -> None:
    """Audit that somebody's administrator rights ended, and tell him; within the caller's transaction."""
    unit = queries.organisation(one.organisation_id).name
    before = {"user": one.user_id, "membership": one.membership_id, "roles": [name for _pk, name in one.roles]}
    _record("administrator.remove", actor, now, address, before, organisation_id=one.organisation_id)
    if one.user_id != actor.user_id:
        title = _("你不再是%(unit)s的管理员") % {"unit": unit}
        text = _("只收回了管理权限，你的技术人员身份和学时都还在。")
        _tell(one.user_id, "administrator_removed", title, text, "/me/", now)


# --- The super administrator ------------------------------------------------------------------------------------------
def hand_over(
    *, actor: ActingRole, membership_id: int, password: str, now: datetime, address: str | None = None
) -> None:
    """Make another administrator the super one; the actor's own administrator membership ends at once (U2).

    He types his own password. Raises OnlySuper where he isn't the super one, WrongOwnPassword, Locked,
    ObjectDoesNotExist, HandedOver where somebody was quicker.
    """
    if not actor.is_administrator or not queries.is_super(actor.membership_id):
        raise OnlySuper
    if not identity.is_own_password(actor=actor, password=password, now=now):
        raise WrongOwnPassword("password")
    try:
        with transaction.atomic():
            _hand_over(actor, membership_id, now, address)
    except IntegrityError:
        raise HandedOver from None


def _hand_over(actor: ActingRole, membership_id: int, now: datetime, address: str | None) -> None:
    one = queries.administrator_or_none(membership_id)
    mine = (actor.organisation_id, actor.kind)
    if one is None or (one.organisation_id, one.kind) != mine or membership_id == actor.membership_id:
        raise ObjectDoesNotExist
    if not identity.raise_to_super(membership_id=membership_id, former_id=actor.membership_id, now=now):
        raise HandedOver
    note_super(actor, one, actor.user_id, actor.membership_id, now, address)


def note_super(
    actor: ActingRole,
    one: AdministratorFacts,
    former_user_id: int | None,
    former_id: int | None,
    now: datetime,
    address: str | None,
) -> None:
    """Audit who is the super administrator now, and tell both; within the caller's transaction."""
    unit = queries.organisation(one.organisation_id).name
    before = {"user": former_user_id, "membership": former_id} if former_id else None
    after = {"user": one.user_id, "membership": one.membership_id}
    _record("administrator.super", actor, now, address, before, after, organisation_id=one.organisation_id)
    title = _("你成了%(unit)s的超级管理员") % {"unit": unit}
    _tell(one.user_id, "administrator_super", title, _("这家单位的全部管理权限都归你。"), "/console/", now)
    if former_user_id is not None and former_user_id != one.user_id:
        title = _("%(unit)s的超级管理员已经换人") % {"unit": unit}
        text = _("现在由%(name)s担任。你的管理权限已经收回，技术人员身份和学时都还在。") % {"name": one.name}
        _tell(former_user_id, "administrator_super_gone", title, text, "/me/", now)


# --- Telling ----------------------------------------------------------------------------------------------------------
def _named(roles: Sequence[PermissionRoleFacts]) -> str:
    return "、".join(role.name for role in roles)


def _tell(user_id: int, kind: str, title: str, body: str, link: str, now: datetime) -> None:
    inbox.send(user_id=user_id, kind=kind, title=title, body=body, link=link, now=now)


def _record(
    act: str,
    actor: ActingRole,
    now: datetime,
    address: str | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    *,
    organisation_id: int | None = None,
) -> None:
    audit.record(
        act=act,
        now=now,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        address=address,
        target=("organisation", organisation_id or actor.organisation_id),
        before=before,
        after=after,
    )
