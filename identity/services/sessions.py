"""Sessions and tokens: beginning, changing the role in, ending (P6, P7)."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest

from core import audit
from identity import tokens
from identity.acting import SESSION_ROLE, ActingRole, find_role, role_for_token
from identity.errors import RoleNotYours
from identity.lockout import address_of
from identity.models import AccessToken, User
from identity.services.endings import end_what_runs
from identity.services.login_sessions import forget_session
from identity.sessions import SEEN_AT

BACKEND = "identity.backends.LoginKeyBackend"


@transaction.atomic
def start_session(*, request: HttpRequest, user: User, role: ActingRole | None, remember: bool, now: datetime) -> None:
    """Log this browser in, acting as `role`; `remember` keeps it for a week of not being used (P5)."""
    login(request, user, backend=BACKEND)
    request.session[SESSION_ROLE] = role.id if role else ""
    request.session[SEEN_AT] = now.timestamp()
    request.session.set_expiry(settings.SESSION_REMEMBERED_SECONDS if remember else None)
    _use(request, role)
    _record("login", user.pk, role, address_of(request), now)


def issue_token(
    *, user: User, role: ActingRole | None, address: str | None, now: datetime, device: str = ""
) -> tuple[AccessToken, str]:
    """Log a program in, acting as `role`: the token row and its text. `device`: what it is, in words."""
    with transaction.atomic():
        membership_id = role.membership_id if role else None
        issued = tokens.issue(user=user, membership_id=membership_id, device=device, address=address, now=now)
        _record("login.token", user.pk, role, address, now)
    return issued


@transaction.atomic
def switch_role(*, request: HttpRequest, user: User, role_id: str, now: datetime) -> ActingRole:
    """Act as another of one's own roles from now on (P7). Raises RoleNotYours."""
    role = find_role(user, role_id)
    if role is None:
        raise RoleNotYours
    request.session[SESSION_ROLE] = role.id
    _use(request, role)
    end_what_runs(user_id=user.pk, reason="left", now=now)
    _record("role.switch", user.pk, role, address_of(request), now)
    return role


@transaction.atomic
def switch_token_role(*, token: AccessToken, role_id: str, address: str | None, now: datetime) -> ActingRole:
    """The same for a token, which keeps its text. Raises RoleNotYours."""
    role = find_role(token.user, role_id)
    if role is None:
        raise RoleNotYours
    AccessToken.objects.filter(pk=token.pk).update(membership_id=role.membership_id)
    end_what_runs(user_id=token.user_id, reason="left", now=now)
    _record("role.switch", token.user_id, role, address, now)
    return role


@transaction.atomic
def log_out(*, request: HttpRequest, now: datetime) -> None:
    """End this browser's session and what runs in it (P6). Harmless for who isn't logged in."""
    user_id = request.user.pk
    if user_id is not None:
        role: ActingRole = request.role  # type: ignore[attr-defined]
        end_what_runs(user_id=user_id, reason="logout", now=now)
        _record("logout", user_id, role, address_of(request), now)
        forget_session(session_key=request.session.session_key)
    logout(request)


@transaction.atomic
def log_out_token(*, token: AccessToken, address: str | None, now: datetime) -> None:
    """Revoke a token and end what runs."""
    end_what_runs(user_id=token.user_id, reason="logout", now=now)
    _record("logout", token.user_id, role_for_token(token), address, now)
    AccessToken.objects.filter(pk=token.pk).delete()


def _use(request: HttpRequest, role: ActingRole | None) -> None:
    """The rest of this request acts in it already."""
    if role is not None:
        request.role = role  # type: ignore[attr-defined]


def _record(act: str, user_id: int, role: ActingRole | None, address: str | None, now: datetime) -> None:
    audit.record(
        act=act,
        now=now,
        actor_id=user_id,
        acting_as=role.acting_as if role else "",
        address=address,
        target=("user", user_id),
    )
