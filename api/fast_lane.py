"""The fast lane: heartbeats, keys and playlists answered before any other middleware.

Each request there carries its own authentication (a watch id bound to the session or token, see `learning.watch_ids`),
so it needs neither session, user, role, messages nor CSRF token: a forged cross-site beat would have to know the id.
A city's December is mostly these requests (make bench).
"""

from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RegexPattern

from api.fast_urls import watch_urlpatterns
from api.plain import refused, unknown
from core.errors import Refusal

PREFIX = "/api/v1/watches/"


class FastLaneMiddleware:
    """First in line: takes what lies below `PREFIX`, lets everything else through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.resolver = URLResolver(RegexPattern(r"^/api/v1/"), watch_urlpatterns)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        try:
            match = self.resolver.resolve(request.path_info)
            response = match.func(request, *match.args, **match.kwargs)
        except (Resolver404, ObjectDoesNotExist):
            response = unknown()
        except Refusal as refusal:
            response = refused(refusal)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-store")
        return response
