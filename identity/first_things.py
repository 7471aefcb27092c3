"""What somebody must do before anything else: change a one-time password, set up a needed second factor (P5, P6)."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from core.errors import Refusal
from identity.acting import ActingRole
from identity.errors import PasswordChangeRequired, SecondFactorSetupRequired
from identity.services.second_factor import has_second_factor, needs_second_factor

_PAGES: dict[type[Refusal], tuple[str, ...]] = {
    PasswordChangeRequired: ("/me/password/", "/password/"),
    SecondFactorSetupRequired: ("/me/security/", "/me/password/", "/password/", "/role/"),
}
"""The pages that are open meanwhile; to the first one is led."""
_OPEN = (
    *("/logout/", "/login/", "/admin/logout/", "/static/", "/media/", "/api/", "/metrics", "/healthz", "/readyz"),
    *("/manifest.webmanifest", "/service-worker.js", "/offline/"),  # fetched by the browser itself
)


def first_thing(user: Any, role: ActingRole) -> Refusal | None:
    """What this person must do before anything else, as the refusal that says so; None for most.

    Reads nothing unless the site makes the second factor compulsory for this role: then one query.
    """
    if user.must_change_password:
        return PasswordChangeRequired()
    if not settings.SECOND_FACTOR_FOR:
        return None
    needs = needs_second_factor(is_staff=user.is_staff, is_administrator=role.is_administrator)
    return SecondFactorSetupRequired() if needs and not has_second_factor(user.pk) else None


class FirstThingsMiddleware:
    """Leads a logged-in browser to what it must do first, from every page but those that do it.

    The API asks `first_thing` itself, whatever it was called with.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or path.startswith(_OPEN):
            return self.get_response(request)
        user = request.user
        thing = first_thing(user, request.role) if user.is_authenticated else None  # type: ignore[attr-defined]
        pages = _PAGES[type(thing)] if thing else ()
        if pages and not path.startswith(pages):
            return redirect(pages[0])
        return self.get_response(request)
