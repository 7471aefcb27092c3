"""After somebody has proved who he is: the session, and where he goes on."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from core import clock
from identity import services
from identity.acting import ActingRole, roles_of

MANY_ROLES = "many_roles"
"""Whether the menu offers to change the role; a role added since is found on the page 我."""


def enter(request: HttpRequest, user, role: ActingRole, *, remember: bool, wanted: str) -> HttpResponse:
    """Start the session, and lead on: to a new password, to the choice of a role, or where one wanted to go."""
    services.start_session(request=request, user=user, role=role, remember=remember, now=clock.now())
    many = len(roles_of(user)) > 1
    request.session[MANY_ROLES] = many
    if user.must_change_password:
        return redirect("web:password")
    if many:
        return redirect(f"{reverse('web:role')}?{urlencode({'next': wanted})}" if wanted else "web:role")
    return redirect(home_of(role, wanted, request))


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
