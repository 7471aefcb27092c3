"""Error pages: what happened, the way back, whom to call. Named as handlers in config/urls.py."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token

from core.errors import Refusal
from identity.errors import Locked
from identity.lockout import minutes


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: says which role one acts in and offers to switch; a refusal adds its own sentence."""
    refusal = str(exception) if isinstance(exception.__cause__, Refusal) else ""
    return render(request, "403.html", {"refusal": refusal}, status=403)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: also what belongs to others (security.md: nothing is told of what one may not see)."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: drawn without context, session or database, for any of them may be what is broken."""
    return HttpResponse(loader.get_template("500.html").render(), status=500)


def locked(request: HttpRequest, *args: object) -> HttpResponse:
    """429: the staff's login page when the account or the address is locked; `identity.lockout` noted the wait."""
    refusal = Locked(minutes=minutes(request.login_wait))
    response = render(request, "429.html", {"refusal": str(refusal)}, status=429)
    response.headers["Retry-After"] = str(refusal.wait_seconds)
    return response
