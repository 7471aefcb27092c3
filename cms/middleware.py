"""A refused publication told to the person who asked, whichever of Wagtail's views he asked in (facts/proven.md, A)."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from cms.errors import PublishRefused


class PublishRefusedMiddleware:
    """Shows each reason as a message and leads back to where the person was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Wagtail's views know nothing of our refusals; a modal of theirs takes JSON."""
        if not isinstance(exception, PublishRefused):
            return None
        for reason in exception.reasons:
            messages.error(request, reason)
        back = _back(request)
        if request.headers.get("X-Requested-With") == "XMLHttpRequest" or (
            request.accepts("application/json") and not (request.accepts("text/html"))
        ):
            return JsonResponse({"step": "success", "redirect": back, "success": False})
        return HttpResponseRedirect(back)


def _back(request: HttpRequest) -> str:
    """The admin page he came from, else the admin's home."""
    came_from = request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(came_from)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return reverse("wagtailadmin_home")
