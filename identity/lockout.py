"""Guessing is stopped (security.md): a lock on the account that grows, a brake on the address.

Django-axes asks `Handler` before any backend looks at a password, whichever door it comes through, and keeps the
failure log. How tries are counted is ours: axes counts per address and browser, cleans all accounts by one account's
waiting time, and counts only after the password was checked, so parallel tries outrun it.
"""

import ipaddress
import math
import re
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessFailureLog
from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError
from django.db.models import Case, DateTimeField, F, Value, When
from django.http import HttpRequest

from core import clock, crypto
from identity.models import LoginTries

TRIES = 5
"""Every fifth failure of a day locks the account."""
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=24))
"""How long, by how often it was locked that day."""
_DAY = timedelta(hours=24)

ADDRESS_FAILURES = 60
"""Failures from one address within a window before it is braked: an office behind one address mistypes too."""
ADDRESS_WINDOW_SECONDS = 600

LOGIN_NAME = re.compile(r"[A-Za-z._@-]+[0-9]{0,3}")


# --- Who and from where -----------------------------------------------------------------------------------------------
def account_of(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """The account that a try is counted on: its login key.

    Wagtail's login form takes free text; what doesn't look like a staff name may be an ID number, so only a keyed
    digest of it is kept.
    """
    key = str((credentials or {}).get("username") or "")
    if key.startswith("id:") or LOGIN_NAME.fullmatch(key):
        return key[:150]
    return f"text:{crypto.digest(key, 'login-name').hex()}"


def address_of(request: HttpRequest) -> str | None:
    """The client's address. Of X-Forwarded-For only what `TRUSTED_PROXIES` proxies wrote is believed."""
    hops = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    proxies = settings.TRUSTED_PROXIES
    candidates = [hops[-proxies]] if 0 < proxies <= len(hops) else []
    for text in (*candidates, request.META.get("REMOTE_ADDR", "")):
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            continue
    return None


# --- Accounts ---------------------------------------------------------------------------------------------------------
def claim_try(account: str, now: datetime) -> int:
    """Count a try before it is made. Gives 0, or the seconds for which the account is locked (then nothing counts)."""
    for _ in range(5):
        if _count(account, now):
            return 0
        try:
            row, created = LoginTries.objects.get_or_create(account=account, defaults={"last_at": now})
        except IntegrityError:  # the row came and was forgiven between two statements: somebody logs in twice at once
            continue
        if created:
            LoginTries.objects.filter(last_at__lt=now - _DAY).delete()
            return 0
        if row.locked_until and row.locked_until > now:
            return math.ceil((row.locked_until - now).total_seconds())
    return 1


def _count(account: str, now: datetime) -> bool:
    """One statement: refused while locked; the fifth, tenth, … try locks, longer each time; after a day anew."""
    yesterday = now - _DAY
    last = len(WAITS)
    locks = [
        When(last_at__gt=yesterday, tries=TRIES * (place + 1) - 1, then=Value(now + wait))
        for place, wait in enumerate(WAITS[:-1])
    ]
    locks.append(When(last_at__gt=yesterday, tries__gte=TRIES * last - 1, then=Value(now + WAITS[-1])))
    return bool(
        LoginTries.objects.filter(account=account)
        .exclude(locked_until__gt=now)
        .update(
            tries=Case(When(last_at__lte=yesterday, then=Value(1)), default=F("tries") + 1),
            locked_until=Case(*locks, default=Value(None), output_field=DateTimeField(null=True)),
            last_at=now,
        )
    )


def forgive(account: str) -> None:
    """The right password was given: failures before it count no more."""
    LoginTries.objects.filter(account=account).delete()


# --- Addresses --------------------------------------------------------------------------------------------------------
def _window(address: str, now: datetime) -> tuple[str, int]:
    seconds = int(now.timestamp())
    return f"login.failures.{address}.{seconds // ADDRESS_WINDOW_SECONDS}", (
        ADDRESS_WINDOW_SECONDS - seconds % ADDRESS_WINDOW_SECONDS
    )


def note_failure(address: str | None, now: datetime) -> None:
    """One more failure from this address."""
    if address is None:
        return
    key, _left = _window(address, now)
    if not cache.add(key, 1, ADDRESS_WINDOW_SECONDS):
        try:
            cache.incr(key)
        except ValueError:  # it expired between the two
            cache.add(key, 1, ADDRESS_WINDOW_SECONDS)


def brake(address: str | None, now: datetime) -> int:
    """Seconds for which this address has to wait, 0 for none."""
    if address is None:
        return 0
    key, left = _window(address, now)
    return left if cache.get(key, 0) >= ADDRESS_FAILURES else 0


def minutes(seconds: int) -> int:
    """A wait as it is told: whole minutes, never too few."""
    return math.ceil(seconds / 60)


# --- django-axes ------------------------------------------------------------------------------------------------------
class Handler(AxesDatabaseHandler):
    """Axes' places, our count. `request.login_wait` tells a door how many seconds to name."""

    def is_allowed(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        now, account = clock.now(), account_of(request, credentials)
        wait = brake(address_of(request), now) or claim_try(account, now)
        request.login_account, request.login_wait = account, wait  # type: ignore[attr-defined]
        request.axes_locked_out = wait > 0  # type: ignore[attr-defined]
        return wait == 0

    def user_login_failed(
        self, sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        if request is None:
            return
        if getattr(request, "axes_locked_out", False):
            return  # nothing was tried: neither the log fills up nor does a colleague lock a whole office out
        note_failure(address_of(request), clock.now())
        AccessFailureLog.objects.create(
            username=account_of(request, credentials),
            ip_address=address_of(request),
            user_agent=request.META.get("HTTP_USER_AGENT", "")[:255],
            http_accept=request.META.get("HTTP_ACCEPT", "")[:1025],
            path_info=request.path_info[:255],
        )

    def user_logged_in(self, sender: object, request: HttpRequest, user: Any, **kwargs: Any) -> None:
        account = getattr(request, "login_account", None)
        if account:
            forgive(account)
        super().user_logged_in(sender, request, user, **kwargs)
        self._note_session(request, user)

    @staticmethod
    def _note_session(request: HttpRequest, user: Any) -> None:
        """Every way of logging in comes by here, so every browser stands in its owner's list."""
        from identity.services.login_sessions import note_session

        note_session(request=request, user_id=user.pk, now=clock.now())
