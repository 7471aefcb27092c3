"""After somebody has proved who he is: the session, and where he goes on."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from core import clock
from identity import services
from identity.acting import ActingRole, roles_of
from web.login_notices import forget

MANY_ROLES = "many_roles"
"""Whether the menu offers to change the role; a role added since is found on the page 我."""


USUAL = "usual_role"
"""The cookie with the role one always comes in as on this device (下次直接用). It opens nothing: a role is one's own or
none.
"""
_USUAL_SECONDS = 365 * 24 * 3600


def enter(request: HttpRequest, user, role: ActingRole, *, remember: bool, wanted: str) -> HttpResponse:
    """Start the session, and lead on: to a new password, to the choice of a role, or where one wanted to go."""
    roles = roles_of(user)
    usual = usual_role(request, roles)
    if usual and (usual.is_administrator or role.is_learner):  # who says that he administers isn't made a learner
        role = usual
    forget(request)
    services.start_session(request=request, user=user, role=role, remember=remember, now=clock.now())
    request.session[MANY_ROLES] = len(roles) > 1
    if user.must_change_password:
        return redirect("web:password")
    if len(roles) > 1 and role != usual:
        return redirect(f"{reverse('web:role')}?{urlencode({'next': wanted})}" if wanted else "web:role")
    return redirect(home_of(role, wanted, request))


def usual_role(request: HttpRequest, roles: Iterable[ActingRole]) -> ActingRole | None:
    """Which of these one always comes in as on this device."""
    kept = request.COOKIES.get(USUAL)
    return next((role for role in roles if role.id == kept), None) if kept else None


def keep_usual(response: HttpResponse, role: ActingRole | None) -> None:
    """Come in as this role from now on, or choose each time."""
    if role is None:
        response.delete_cookie(USUAL)
        return
    response.set_cookie(
        USUAL, role.id, max_age=_USUAL_SECONDS, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def home_of(role: ActingRole, wanted: str, request: HttpRequest) -> str:
    """Where somebody goes on: where he wanted to, as far as that is on this site, else his role's first page."""
    hosts = {request.get_host()}
    if wanted and url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure()):
        return wanted
    if role.is_learner:
        return reverse("web:learn")
    if role.is_administrator:
        return reverse("console:home")
    return reverse("wagtailadmin_home") if role.is_staff else reverse("web:me")
