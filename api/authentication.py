"""Who calls the API: a bearer token, or the browser's session with its CSRF token."""

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.request import Request

from core import clock
from identity import tokens
from identity.acting import ActingRole, role_for_token
from identity.errors import SecondFactorSetupRequired
from identity.first_things import first_thing

PREFIX = "Bearer"
_OPEN = ("me", "me-password", "auth-logout")
"""What is open to who must do something else first; and out of a role that lacks its second factor, another one."""


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`; the request acts in the token's role, whatever cookies it carries."""

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, object] | None:
        scheme, _space, rest = get_authorization_header(request).partition(b" ")
        if scheme.lower() != PREFIX.lower().encode():
            return None
        token = tokens.find(rest.strip().decode("latin-1"), clock.now())
        role = role_for_token(token) if token else None
        if token is None or role is None:
            raise exceptions.AuthenticationFailed(_("登录已失效，请重新登录"))
        request._request.role = role
        _require_first_thing(token.user, role, request)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return PREFIX


class CookieAuthentication(SessionAuthentication):
    """The session of the pages; its role was set by `identity.middleware`. Whatever writes needs the CSRF token."""

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, object] | None:
        found = super().authenticate(request)
        if found is not None:
            _require_first_thing(found[0], request._request.role, request)
        return found


def _require_first_thing(user: AbstractBaseUser, role: ActingRole, request: Request) -> None:
    """A one-time password opens only what changes it, a role that needs a second factor nothing without (P5, P6).

    Raises PasswordChangeRequired, SecondFactorSetupRequired.
    """
    thing = first_thing(user, role)
    if thing is None:
        return
    names = (*_OPEN, "auth-role") if isinstance(thing, SecondFactorSetupRequired) else _OPEN
    if request.path not in {reverse(f"api:{name}") for name in names}:
        raise thing
