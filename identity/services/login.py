"""Logging in (P5): captcha, lock, password, then whether a role stands open. What each door does with it is its own."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import authenticate
from django.http import HttpRequest

from core import audit
from identity import captcha, devices
from identity.acting import STAFF, ActingRole, pick, roles_of
from identity.backends import login_key
from identity.errors import (
    BadCredentials,
    Locked,
    NotApproved,
    Rejected,
    SecondFactorRequired,
    SecondFactorSetupRequired,
    SecondFactorWrong,
)
from identity.lockout import address_of, forgive, minutes
from identity.models import Membership, User
from identity.services.second_factor import has_second_factor, needs_second_factor, verify


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Who it is and as what. `account` is what `identity.devices.remember` takes."""

    user: User
    role: ActingRole
    roles: tuple[ActingRole, ...]
    account: str
    needs_code: bool = False


def log_in(
    *,
    request: HttpRequest,
    user_type: str,
    id_type: str,
    id_number: str,
    password: str,
    captcha_key: str,
    captcha_answer: str,
    now: datetime,
    otp: str = "",
    in_browser: bool = False,
) -> LoggedIn:
    """Find out who this is. Starts neither session nor token: `start_session`, `issue_token` do.

    `request` is the plain Django one; staff give their login name as `id_number`. `user_type` preselects the role.
    Raises CaptchaInvalid, Locked, BadCredentials; with the right password only: NotApproved, Rejected, and for who has
    a second factor SecondFactorRequired, SecondFactorWrong (`otp`), Locked. A browser is asked for the code on a page
    of its own (`LoggedIn.needs_code`) and led to a compulsory setup, a program gets SecondFactorSetupRequired.
    """
    account = id_number.strip() if user_type == STAFF else login_key(id_type, id_number)
    if captcha_answer or not devices.is_known(request, account):
        captcha.verify(key=captcha_key, answer=captcha_answer, now=now)
    user = _authenticate(request, account, password, now)
    roles = roles_of(user)
    role = pick(roles, user_type) or _role_of_leaver(user)
    if role is None:
        raise _why_no_role(user)
    has_factor = has_second_factor(user.pk)
    if not in_browser:
        _check_code(user, role, account, otp, has_factor, now)
    return LoggedIn(user=user, role=role, roles=roles, account=account, needs_code=has_factor)


def _check_code(user: User, role: ActingRole, account: str, otp: str, has_factor: bool, now: datetime) -> None:
    if has_factor and not otp:
        raise SecondFactorRequired(account)
    if has_factor and not verify(user_id=user.pk, code=otp, now=now):
        raise SecondFactorWrong("otp")
    if not has_factor and needs_second_factor(is_staff=user.is_staff, is_administrator=role.is_administrator):
        raise SecondFactorSetupRequired


def _authenticate(request: HttpRequest, account: str, password: str, now: datetime) -> User:
    user = authenticate(request, username=account, password=password)
    wait: int = getattr(request, "login_wait", 0)
    request.axes_locked_out = False  # type: ignore[attr-defined]  # the door answers, not axes' middleware
    if wait:
        audit.record(
            act="login.locked", now=now, actor_id=None, address=address_of(request), target=("account", account[:60])
        )
        raise Locked(minutes=minutes(wait))
    if not isinstance(user, User):
        raise BadCredentials
    forgive(account)
    return user


def _role_of_leaver(user: User) -> ActingRole | None:
    """Who left his unit, and asks for nothing else by now, comes in without a role: to find a new unit (T2)."""
    own = Membership.objects.filter(user=user).order_by("-since", "-pk")
    newest = own.values_list("state", flat=True).first()
    left = newest == Membership.State.ENDED and own.filter(kind=Membership.Kind.TECHNICIAN, state=newest).exists()
    return ActingRole(user.pk, "visitor") if left else None


def _why_no_role(user: User) -> BadCredentials | NotApproved | Rejected:
    """Why somebody with the right password may not in: what his newest membership waits for."""
    newest = Membership.objects.filter(user=user).select_related("organisation").order_by("-since", "-pk").first()
    if newest is None or newest.state == Membership.State.ENDED:
        return BadCredentials()
    if newest.state == Membership.State.REJECTED:
        return Rejected(user_id=user.pk, kind=newest.kind, organisation_id=newest.organisation_id)
    reviewer = newest.organisation
    if newest.kind != Membership.Kind.TECHNICIAN and reviewer.state == reviewer.State.IN_REVIEW:
        reviewer = reviewer.get_parent() or reviewer  # who registers a unit waits for its superior
    return NotApproved(
        organisation=reviewer.name,
        phone=reviewer.phone,
        user_id=user.pk,
        kind=newest.kind,
        organisation_id=newest.organisation_id,
    )
