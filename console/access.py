"""Who may open a page of the console: administrators, and of them those whose role has the page's module."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from core import clock
from core.errors import Refusal
from registry.approvals.queries import review_modules


class NotAnAdministrator(Refusal):
    """One acts as something else; perhaps one has the role too."""

    code = "not_an_administrator"
    message = _("这一页需要单位管理员身份，可以先切换身份。")


View = Callable[..., HttpResponse]


def reviewing(request: HttpRequest) -> frozenset[str]:
    """The modules in which this request's role reviews, read once a request."""
    if not hasattr(request, "review_modules"):
        request.review_modules = review_modules(request.role, clock.now())
    return request.review_modules


def administrator(module: str = "") -> Callable[[View], View]:
    """Let in administrators, with a module those who have it: for others the page isn't there (404).

    Visitors are led to the login; a technician or one of the platform's own people is told to change the role first.
    """

    def decorate(view: View) -> View:
        @never_cache
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            role = request.role
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not role.is_administrator:
                refusal = NotAnAdministrator()
                raise PermissionDenied(str(refusal)) from refusal
            if module and not role.may(module):
                raise Http404
            return view(request, *args, **kwargs)

        return checked

    return decorate
