"""Gives each request its one role, and ends sessions that nobody uses."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from core import clock
from identity.acting import role_for_session
from identity.services.login_sessions import keep_awake


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
    """The session's user unless it idled too long."""
    if not found.is_authenticated:
        return found
    if not keep_awake(session=request.session, now=clock.now()):
        request.session.flush()
        return AnonymousUser()
    return found
