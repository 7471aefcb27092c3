"""Proving who somebody is outside the login: an account by its ID number and password, or oneself once more."""

from datetime import datetime

from django.contrib.auth import authenticate
from django.http import HttpRequest

from identity.acting import ActingRole
from identity.backends import key_of, login_key
from identity.errors import BadCredentials, Locked
from identity.lockout import claim_try, forgive, minutes
from identity.models import User


def prove_account(*, request: HttpRequest, id_type: str, id_number: str, password: str) -> User:
    """The account of this ID number and password. Raises BadCredentials, Locked.

    Tries count as at the login, on the account and on the address, and cost the same whether or not the number is
    known. Call it outside a transaction that a refusal would roll back: a try that isn't counted is a free one.
    """
    account = login_key(id_type, id_number)
    user = authenticate(request, username=account, password=password)
    wait: int = getattr(request, "login_wait", 0)
    request.axes_locked_out = False  # type: ignore[attr-defined]  # the door answers, not axes' middleware
    if wait:
        raise Locked(minutes=minutes(wait))
    if not isinstance(user, User):
        raise BadCredentials
    forgive(account)
    return user


def is_own_password(*, actor: ActingRole, password: str, now: datetime) -> bool:
    """Whether whoever acts knows his own password; tries count. Raises Locked. Outside a transaction, as above."""
    user = User.objects.get(pk=actor.user_id)
    account = key_of(user)
    wait = claim_try(account, now)
    if wait:
        raise Locked(minutes=minutes(wait))
    right = user.check_password(password)
    if right:
        forgive(account)
    return right
