"""Permission roles: sets of modules that administrators have (U4, decision 0006)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import FieldRefusals
from identity import rules
from identity import services as identity
from identity.acting import ActingRole
from identity.queries import AdministratorFacts, PermissionRoleFacts
from registry.inbox import services as inbox
from registry.units.errors import (
    BeyondYours,
    ConfirmSelf,
    ModulesMissing,
    RoleInUse,
    RoleNameMissing,
    RoleNameTaken,
)
from registry.units.modules import in_words
from registry.units.services.standing import lock_standing


@transaction.atomic
def create_role(
    *, actor: ActingRole, name: str, note: str, modules: Iterable[str], now: datetime, address: str | None = None
) -> int:
    """A new role of the actor's organisation and kind (U4); gives its id.

    Raises BeyondYours (`modules`), ModulesMissing, RoleNameMissing, RoleNameTaken, FieldRefusals.
    """
    me, _others = lock_standing(actor, "roles")
    name, note, wanted = _checked(name, note, modules)
    _require_same(me, frozenset(), wanted)
    try:
        role_id = identity.add_role(
            organisation_id=me.organisation_id, kind=me.kind, name=name, note=note, modules=wanted
        )
    except IntegrityError:
        raise RoleNameTaken("name") from None
    _record("role.create", actor, me, role_id, now, address, after=_told(name, wanted))
    return role_id


@transaction.atomic
def edit_role(
    *,
    actor: ActingRole,
    role_id: int,
    name: str,
    note: str,
    modules: Iterable[str],
    now: datetime,
    address: str | None = None,
    confirmed: bool = False,
) -> int:
    """Set a role anew; whoever has it may the new set at once (U4). Gives how many have it.

    What the actor lacks himself stays as it is: he can neither add it nor take it out. Raises ObjectDoesNotExist,
    BeyondYours (`modules`), ModulesMissing, RoleNameMissing, RoleNameTaken; ConfirmSelf where he would lose something
    himself and hasn't `confirmed` it.
    """
    role = _locked(actor, [role_id])[0]
    holders = identity.holders_of(role_id)
    me, _others = lock_standing(actor, "roles", holders)
    name, note, wanted = _checked(name, note, modules)
    _require_same(me, role.modules, wanted)
    try:
        identity.change_role(role_id=role_id, name=name, note=note, modules=wanted)
    except IntegrityError:
        raise RoleNameTaken("name") from None
    identity.refresh_modules(membership_ids=holders)
    _require_confirmed(me, confirmed)
    before, after = _told(role.name, role.modules), _told(name, wanted)
    _record("role.edit", actor, me, role_id, now, address, before=before, after=after)
    if wanted != role.modules:
        _tell_holders([user for user in holders.values() if user != actor.user_id], name, wanted, now)
    return len(holders)


@transaction.atomic
def delete_roles(*, actor: ActingRole, role_ids: Sequence[int], now: datetime, address: str | None = None) -> int:
    """Delete roles, all of them or none (U4). Gives how many. Raises ObjectDoesNotExist, RoleInUse, BeyondYours."""
    roles = _locked(actor, role_ids)
    me, _others = lock_standing(actor, "roles")
    for role in roles:
        if role.holders:
            raise RoleInUse(name=role.name)
        _require_same(me, role.modules, frozenset())
    identity.drop_roles(role_ids=[role.id for role in roles])
    for role in roles:
        _record("role.delete", actor, me, role.id, now, address, before=_told(role.name, role.modules))
    return len(roles)


def _locked(actor: ActingRole, role_ids: Sequence[int]) -> list[PermissionRoleFacts]:
    """These roles of the actor's own organisation and kind, locked. Raises ObjectDoesNotExist for any other."""
    if actor.organisation_id is None or not actor.is_administrator:
        raise ObjectDoesNotExist
    found = identity.lock_roles(role_ids=role_ids, organisation_id=actor.organisation_id, kind=actor.kind)
    if not found or len(found) != len(set(role_ids)):
        raise ObjectDoesNotExist
    return found


def _checked(name: str, note: str, modules: Iterable[str]) -> tuple[str, str, frozenset[str]]:
    name, note, wanted = name.strip(), note.strip(), frozenset(modules)
    faults = list(rules.text_faults({"name": (name, 30), "note": (note, 100)}))
    if faults:
        raise FieldRefusals(faults)
    if not name:
        raise RoleNameMissing("name")
    if not wanted:
        raise ModulesMissing("modules")
    return name, note, wanted


def _require_same(me: AdministratorFacts, before: frozenset[str], after: frozenset[str]) -> None:
    """What differs must be the actor's own; whatever isn't a module at all is nobody's."""
    beyond = (before ^ after) - me.modules
    if beyond:
        raise BeyondYours("modules", modules=in_words(beyond) or "、".join(sorted(beyond))[:60])


def _require_confirmed(me: AdministratorFacts, confirmed: bool) -> None:
    """Nobody takes something from himself by accident; read after the change, which is undone with the refusal."""
    now_ = identity.lock_administrators(membership_ids=[me.membership_id])[me.membership_id]
    if not confirmed and not me.modules <= now_.modules:
        raise ConfirmSelf


def _tell_holders(user_ids: Iterable[int], name: str, modules: frozenset[str], now: datetime) -> None:
    for user_id in user_ids:
        inbox.send(
            user_id=user_id,
            kind="role_changed",
            title=_("你的角色「%(name)s」改了权限") % {"name": name},
            body=_("现在可以办：%(modules)s。") % {"modules": in_words(modules)},
            link="/console/",
            now=now,
        )


def _told(name: str, modules: Iterable[str]) -> dict[str, Any]:
    return {"name": name, "modules": sorted(modules)}


def _record(
    act: str,
    actor: ActingRole,
    me: AdministratorFacts,
    role_id: int,
    now: datetime,
    address: str | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        act=act,
        now=now,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        address=address,
        target=("organisation", me.organisation_id),
        before={"role": role_id, **before} if before else None,
        after={"role": role_id, **after} if after else None,
    )
