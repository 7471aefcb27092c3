"""Pages that only a learner has."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from learning.errors import NotALearner


def learners_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A visitor logs in first and comes back; any other role is told to switch (P7). Never kept by a cache."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.role.is_visitor:
            return redirect_to_login(request.get_full_path())
        if not request.role.is_learner:
            refusal = NotALearner()
            raise PermissionDenied(str(refusal)) from refusal
        return view(request, *args, **kwargs)

    return guarded
