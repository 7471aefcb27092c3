"""Who calls the API: a bearer token, or the browser's session with its CSRF token."""

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.request import Request

from core import clock
from identity import tokens
from identity.acting import role_for_token
from identity.errors import PasswordChangeRequired

PREFIX = "Bearer"
_OPEN = ("me", "me-password", "auth-logout")
"""What a one-time password opens."""


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
        _require_own_password(token.user, request)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return PREFIX


class CookieAuthentication(SessionAuthentication):
    """The session of the pages; its role was set by `identity.middleware`. Whatever writes needs the CSRF token."""

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, object] | None:
        found = super().authenticate(request)
        if found is not None:
            _require_own_password(found[0], request)
        return found


def _require_own_password(user: AbstractBaseUser, request: Request) -> None:
    """A one-time password opens nothing but what changes it (P6). Raises PasswordChangeRequired."""
    if user.must_change_password and request.path not in {reverse(f"api:{name}") for name in _OPEN}:
        raise PasswordChangeRequired
