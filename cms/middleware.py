"""A refused publication told to the person who asked, whichever of Wagtail's views he asked in (facts/proven.md, A)."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib import messages
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from cms.errors import ContentInUse, PublishRefused


class PublishRefusedMiddleware:
    """Shows each reason as a message and leads back to where the person was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Wagtail's views know nothing of our refusals; a modal of theirs takes JSON."""
        reasons = _reasons(request, exception)
        if not reasons:
            return None
        for reason in reasons:
            messages.error(request, reason)
        back = _back(request)
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":
            return JsonResponse({"step": "success", "redirect": back})
        return HttpResponseRedirect(back)


def _reasons(request: HttpRequest, exception: Exception) -> tuple[str, ...]:
    """What to tell; nothing for a failure that is no refusal of ours."""
    if isinstance(exception, PublishRefused):
        return exception.reasons
    if isinstance(exception, ContentInUse):
        return (str(exception),)
    if isinstance(exception, ProtectedError) and request.path_info.startswith(reverse("wagtailadmin_home")):
        return (str(ContentInUse()),)
    return ()


def _back(request: HttpRequest) -> str:
    """The admin page he came from, else the admin's home."""
    came_from = request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(came_from)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return reverse("wagtailadmin_home")
