"""Closing one's account (注销, X7): docs/decisions tells what is erased and what is kept."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from identity import queries as identity
from identity import services as accounts
from identity.acting import ActingRole
from registry.approvals import queries as cases
from registry.approvals.services import forget_person
from registry.inbox import services as inbox
from registry.people.errors import AccountHeld, OwnPasswordWrong
from registry.people.models import Correction, Profile


def what_holds(user_id: int) -> str:
    """Why this account can't be closed now, in words with what to do; empty where it can."""
    if identity.own_data(user_id).is_staff:
        return _("平台工作人员的账号由平台管理员停用，请联系他")
    if identity.is_super_somewhere(user_id):
        return _("你是单位的超级管理员，先把超级管理员交给同事")
    if cases.count_open(user_id):
        return _("你还有事项在审核，审完或撤回后再注销")
    if Correction.objects.filter(person_id=user_id, state=Correction.State.WAITING).exists():
        return _("客服正在更正你的资料，办完后再注销")
    return ""


def close_account(*, actor: ActingRole, password: str, now: datetime, address: str | None = None) -> None:
    """Erase what identifies him; hours, decisions and the audit trail stay without a name. There is no way back.

    Raises OwnPasswordWrong (`password`), Locked, AccountHeld.
    """
    _prove(actor, password, now)
    _close(actor, now, address)


def _prove(actor: ActingRole, password: str, now: datetime) -> None:
    """Outside any transaction: a failed try has to stay counted."""
    if not accounts.is_own_password(actor=actor, password=password, now=now):
        raise OwnPasswordWrong("password")


@transaction.atomic
def _close(actor: ActingRole, now: datetime, address: str | None) -> None:
    accounts.lock_person(user_id=actor.user_id)
    reason = what_holds(actor.user_id)
    if reason:
        raise AccountHeld(reason=reason)
    if not accounts.erase_person(user_id=actor.user_id, now=now):
        return
    Profile.objects.filter(pk=actor.user_id).delete()
    Correction.objects.filter(person_id=actor.user_id).update(before="", after="")
    forget_person(user_id=actor.user_id)
    inbox.forget(user_id=actor.user_id)
    audit.record(
        act="account.close",
        now=now,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        address=address,
        target=("user", actor.user_id),
    )


def take_own_data(*, actor: ActingRole, password: str, now: datetime, address: str | None = None) -> dict[str, object]:
    """All that is stored on him, part by part, in the clear and for himself only (X7); that he took it is noted.

    A browser left open is no place to carry it away from: raises OwnPasswordWrong (`password`), Locked.
    """
    _prove(actor, password, now)
    audit.record(
        act="account.export",
        now=now,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        address=address,
        target=("user", actor.user_id),
    )
    return identity.export_of(actor.user_id)
