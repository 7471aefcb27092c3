"""Who may open which page of the office."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from registry.people.errors import NotATechnician
from registry.people.queries import may_transfer

View = Callable[..., HttpResponse]


def logged_in(view: View) -> View:
    """Everybody with an account, whatever he acts as; a visitor logs in first and comes back. Never kept by a cache."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def movers_only(view: View) -> View:
    """Technicians, and who left his unit and belongs to none: he acts in no role until a new one takes him."""

    @logged_in
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_transfer(request.role):
            refusal = NotATechnician()
            raise PermissionDenied(str(refusal)) from refusal
        return view(request, *args, **kwargs)

    return guarded
