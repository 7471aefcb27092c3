"""Gives each request its one role, and ends sessions that nobody uses."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from core import clock
from identity.acting import role_for_session
from identity.services.login_sessions import touch_session
from identity.sessions import SEEN_AT

REFRESH_SECONDS = 5 * 60
"""How often at most a session in use is written again; so one ends up to this much before its idle time."""


class ActingRoleMiddleware:
    """`request.role` for pages and cookie clients (P7); `request.user` is nobody once the session has idled (P5).

    Both are lazy: a request that asks for neither reads no session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found: Any = request.user
        request.user = SimpleLazyObject(lambda: _awake(request, found))
        request.role = SimpleLazyObject(lambda: role_for_session(request))
        return self.get_response(request)


def _awake(request: HttpRequest, found: Any) -> Any:
    """The session's user unless it idled too long; notes now and then that it is in use."""
    if not found.is_authenticated:
        return found
    now = clock.now()
    seen = request.session.get(SEEN_AT)
    idle = now.timestamp() - seen if seen is not None else 0
    if idle > request.session.get_expiry_age():
        request.session.flush()
        return AnonymousUser()
    if seen is None or idle > REFRESH_SECONDS:
        request.session[SEEN_AT] = now.timestamp()
        touch_session(session_key=request.session.session_key, now=now)
    return found
