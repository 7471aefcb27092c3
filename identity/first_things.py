"""What somebody must do before anything else: change a one-time password, set up a compulsory second factor."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from identity.services.second_factor import has_second_factor, needs_second_factor

_HAS_FACTOR = "second_factor"
"""Of a session: its user has a second factor, or needs none; so nothing is looked up again."""
_PASSWORD_PAGES = ("/me/password/",)
_FACTOR_PAGES = ("/me/security/", "/me/password/")
_OPEN = ("/logout/", "/login/", "/admin/logout/", "/static/", "/media/", "/api/", "/metrics", "/healthz", "/readyz")


class FirstThingsMiddleware:
    """Leads a logged-in browser to what it must do first, from every page but those that do it. The API has its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or path.startswith(_OPEN):
            return self.get_response(request)
        wanted = self._first(request)
        if wanted and not path.startswith(wanted):
            return redirect(wanted[0])
        return self.get_response(request)

    @staticmethod
    def _first(request: HttpRequest) -> tuple[str, ...]:
        """The pages that are open for now; nothing where all are."""
        user = request.user
        if not user.is_authenticated:
            return ()
        if user.must_change_password:
            return _PASSWORD_PAGES
        if not settings.SECOND_FACTOR_FOR or request.session.get(_HAS_FACTOR):
            return ()
        role = request.role  # type: ignore[attr-defined]
        if not needs_second_factor(is_staff=user.is_staff, is_administrator=role.is_administrator):
            return ()
        if has_second_factor(user.pk):
            request.session[_HAS_FACTOR] = True
            return ()
        return _FACTOR_PAGES
