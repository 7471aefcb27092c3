"""What a request proves itself with, as bytes: no look-up, just what it carries."""

from django.conf import settings
from django.http import HttpRequest


def bearer_of(request: HttpRequest) -> str:
    """The token or the session key of the request, "" for neither; a token wins, as in the API's authentication."""
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return f"t:{token.strip()}"
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return f"s:{session}" if session else ""
