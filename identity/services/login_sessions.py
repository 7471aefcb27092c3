"""Where somebody is logged in (登录设备, P6): noted at the login, listed, ended one by one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from core import audit
from identity.acting import ActingRole
from identity.lockout import address_of
from identity.models import AccessToken, LoginSession

_BROWSERS = {
    "MicroMessenger": "微信",
    "Edg/": "Edge",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "Android": "安卓",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A browser or a program that is logged in. `id` is `s<row>` for a browser, `t<key>` for a program."""

    id: str
    device: str
    address: str
    begun_at: datetime
    seen_at: datetime | None
    is_this: bool


def note_session(*, request: HttpRequest, user_id: int, now: datetime) -> None:
    """A browser has logged in; whichever way, the login's own handler calls this."""
    key = request.session.session_key
    if not key:
        request.session.save()
        key = request.session.session_key
    LoginSession.objects.update_or_create(
        session_key=key,
        defaults={
            "user_id": user_id,
            "device": words_of(request.META.get("HTTP_USER_AGENT", "")),
            "address": address_of(request),
            "begun_at": now,
            "seen_at": now,
        },
    )


def touch_session(*, session_key: str | None, now: datetime) -> None:
    """The browser was used."""
    LoginSession.objects.filter(session_key=session_key or "").update(seen_at=now)


def devices_of(*, user_id: int, session_key: str | None, now: datetime) -> list[DeviceView]:
    """Where this human is logged in now, the latest first; what idled too long is left out."""
    oldest = now - timedelta(seconds=max(settings.SESSION_REMEMBERED_SECONDS, settings.SESSION_COOKIE_AGE))
    rows = LoginSession.objects.filter(user_id=user_id, seen_at__gt=oldest).order_by("-seen_at")[:50]
    store = import_module(settings.SESSION_ENGINE).SessionStore
    found = [
        DeviceView(
            f"s{row.pk}", row.device, row.address or "", row.begun_at, row.seen_at, row.session_key == session_key
        )
        for row in rows
        if store(row.session_key).exists(row.session_key)
    ]
    tokens = AccessToken.objects.filter(user_id=user_id, expiry__gt=now).order_by("-created")[:50]
    return found + [DeviceView(f"t{token.token_key}", "", "", token.created, None, False) for token in tokens]


@transaction.atomic
def end_device(*, actor: ActingRole, device_id: str, now: datetime) -> bool:
    """Log one of one's own browsers or programs out, at once; False where it is gone or isn't one's own."""
    kind, key = device_id[:1], device_id[1:]
    ended = _end_session(actor, key) if kind == "s" else _end_token(actor, key) if kind == "t" else False
    if ended:
        audit.record(
            act="session.end",
            now=now,
            actor_id=actor.user_id,
            acting_as=actor.acting_as,
            target=("user", actor.user_id),
        )
    return ended


def end_other_sessions(*, user_id: int, session_key: str | None) -> int:
    """Log out every browser of this human but the one that asks; gives how many."""
    others = LoginSession.objects.filter(user_id=user_id).exclude(session_key=session_key or "")
    store = import_module(settings.SESSION_ENGINE).SessionStore
    count = 0
    for row in others:
        store(row.session_key).delete()
        count += 1
    others.delete()
    return count


def forget_session(*, session_key: str | None) -> None:
    """The browser logged out."""
    LoginSession.objects.filter(session_key=session_key or "").delete()


def words_of(agent: str) -> str:
    """A browser's own description in words: 安卓 · Chrome."""
    system = next((name for mark, name in _SYSTEMS.items() if mark in agent), "")
    browser = next((name for mark, name in _BROWSERS.items() if mark in agent), "")
    return " · ".join(filter(None, [system, browser]))


def _end_session(actor: ActingRole, key: str) -> bool:
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return False
    row = LoginSession.objects.filter(pk=int(key), user_id=actor.user_id).first()
    if row is None:
        return False
    import_module(settings.SESSION_ENGINE).SessionStore(row.session_key).delete()
    row.delete()
    return True


def _end_token(actor: ActingRole, key: str) -> bool:
    count, _per_model = AccessToken.objects.filter(token_key=key, user_id=actor.user_id).delete()
    return bool(count)
