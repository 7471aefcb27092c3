"""The fast lane: heartbeats, keys and playlists, and answers of exams, answered before any other middleware.

Each request about a watch carries its own authentication (a watch id bound to the session or token, see
`learning.watch_ids`), so it needs neither session, user, role, messages nor CSRF token: a forged cross-site beat would
have to know the id. Answers of exams are saved here where the request proves whose it is (`api.exam_saving`), and go
the ordinary way where it doesn't. A city's December is mostly these requests (make bench).
"""

from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RegexPattern

from api.exam_saving import save_quickly
from api.fast_urls import exam_answers_id, watch_urlpatterns
from api.plain import refused, unknown
from core.errors import Refusal

PREFIX = "/api/v1/watches/"
EXAMS = "/api/v1/exam-attempts/"


class FastLaneMiddleware:
    """First in line: takes what lies below `PREFIX`, and answers saved below `EXAMS`; lets everything else through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.resolver = URLResolver(RegexPattern(r"^/api/v1/"), watch_urlpatterns)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = None
        try:
            if request.path_info.startswith(PREFIX):
                match = self.resolver.resolve(request.path_info)
                response = match.func(request, *match.args, **match.kwargs)
            elif request.method == "PATCH" and request.path_info.startswith(EXAMS):
                attempt = exam_answers_id(request.path_info)
                response = save_quickly(request, attempt) if attempt else None
        except (Resolver404, ObjectDoesNotExist):
            response = unknown()
        except Refusal as refusal:
            response = refused(refusal)
        if response is None:
            return self.get_response(request)
        response.headers["Content-Length"] = str(len(response.content))  # else it goes in chunks
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-store")
        return response
