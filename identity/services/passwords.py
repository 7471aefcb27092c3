"""Changing one's password (P6)."""

from datetime import datetime

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core import audit
from identity import tokens
from identity.acting import ActingRole
from identity.backends import key_of
from identity.errors import Locked, WeakPassword, WrongPassword
from identity.lockout import address_of, claim_try, forgive, minutes
from identity.models import AccessToken, User
from identity.services.endings import end_what_runs
from identity.services.login_sessions import carry_session, end_other_sessions


def change_password(
    *,
    request: HttpRequest,
    actor: ActingRole,
    old_password: str,
    new_password: str,
    now: datetime,
    keep_token: AccessToken | None = None,
) -> None:
    """Needs the old one; ends all other sessions, all tokens but `keep_token`, and what runs (P6).

    Raises WrongPassword (`old_password`), WeakPassword (`new_password`, with the reasons as one text), Locked: a
    browser left open is no place to guess the old password in.
    """
    user = User.objects.get(pk=actor.user_id)
    _check_old(user, old_password, now)
    try:
        validate_password(new_password, user)
    except ValidationError as weak:
        raise WeakPassword("new_password", reasons="；".join(text.rstrip("。") for text in weak.messages)) from weak
    if new_password == old_password:
        raise WeakPassword("new_password", reasons=_("新密码不能和原密码一样"))
    with transaction.atomic():
        user.set_password(new_password)
        user.password_changed_at, user.must_change_password = now, False
        user.save(update_fields=["password", "password_changed_at", "must_change_password"])
        tokens.keep_only(user=user, kept=keep_token)
        end_what_runs(user_id=user.pk, reason="password", now=now)
        end_other_sessions(user_id=user.pk, session_key=request.session.session_key)
        audit.record(
            act="password.change",
            now=now,
            actor_id=user.pk,
            acting_as=actor.acting_as,
            address=address_of(request),
            target=("user", user.pk),
        )
        if keep_token is None:
            old_key = request.session.session_key
            update_session_auth_hash(request, user)
            carry_session(old_key=old_key, new_key=request.session.session_key)


def _check_old(user: User, old_password: str, now: datetime) -> None:
    account = key_of(user)
    wait = claim_try(account, now)
    if wait:
        raise Locked(minutes=minutes(wait))
    if not user.check_password(old_password):
        raise WrongPassword("old_password")
    forgive(account)
