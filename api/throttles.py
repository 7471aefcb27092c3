"""How often one caller may ask: a counter per minute, so that a request costs one cache write.

Visitors of a whole hospital share one address: their limit is wide. Guessing passwords is stopped by the lock-out, not
here; heartbeats and keys go by the fast lane and are limited by what they are.
"""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core import clock

_WINDOW_SECONDS = 60


class CallsAMinute(BaseThrottle):
    """Counts a logged-in caller by user, a visitor by address."""

    def allow_request(self, request: Request, view: Any) -> bool:
        seconds = int(clock.now().timestamp())
        self._left = _WINDOW_SECONDS - seconds % _WINDOW_SECONDS
        user_id = request.user.pk if request.user else None
        caller = f"u{user_id}" if user_id else f"a{self.get_ident(request)}"
        limit = settings.API_CALLS_A_MINUTE if user_id else settings.API_VISITOR_CALLS_A_MINUTE
        key = f"api.calls.{caller}.{seconds // _WINDOW_SECONDS}"
        if cache.add(key, 1, _WINDOW_SECONDS):
            return limit >= 1
        try:
            return cache.incr(key) <= limit
        except ValueError:  # it expired between the two
            return True

    def wait(self) -> float:
        return self._left
