"""Where somebody is logged in (登录设备, P6): noted at the login, listed, ended one by one."""

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from core import audit
from identity.acting import ActingRole
from identity.lockout import address_of
from identity.models import AccessToken, LoginSession
from identity.services.endings import end_what_runs
from identity.sessions import SEEN_AT

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


REFRESH_SECONDS = 5 * 60
"""How often at most a session in use is written again; so one ends up to this much before its idle time."""

MOST = 50
"""Browsers, and programs, that the list shows."""


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A browser or a program that is logged in. `id` is `s<row>` for a browser, `t<key>` for a program."""

    id: str
    device: str
    address: str
    begun_at: datetime
    seen_at: datetime
    is_this: bool
    is_program: bool

    @property
    def is_phone(self) -> bool:
        """Whether it is one that is carried about."""
        return self.device.startswith(("安卓", "iPhone", "iPad"))


def note_session(*, request: HttpRequest, user_id: int, now: datetime) -> None:
    """A browser has logged in; whichever way, the login's own handler calls this. What is over leaves the list."""
    if not request.session.session_key:
        request.session.save()
    LoginSession.objects.filter(user_id=user_id).exclude(_is_open(now)).delete()
    LoginSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user_id": user_id,
            "device": device_of(request),
            "address": address_of(request),
            "begun_at": now,
            "seen_at": now,
        },
    )


def keep_awake(*, session: SessionBase, now: datetime) -> bool:
    """Whether this session hasn't idled too long (P5); notes now and then that it is in use. Whoever asks stores it."""
    seen = session.get(SEEN_AT)
    idle = now.timestamp() - seen if seen is not None else 0
    if idle > session.get_expiry_age():
        return False
    if seen is None or idle > REFRESH_SECONDS:
        session[SEEN_AT] = now.timestamp()
        LoginSession.objects.filter(session_key=session.session_key or "").update(seen_at=now)
    return True


def carry_session(*, old_key: str | None, new_key: str | None) -> None:
    """The same browser goes on under a new key."""
    LoginSession.objects.filter(session_key=old_key or "").update(session_key=new_key)


def devices_of(*, user_id: int, session_key: str | None, now: datetime) -> list[DeviceView]:
    """Where this human is logged in now, this browser first, then the one used last. Two queries."""
    rows = LoginSession.objects.filter(_is_open(now), user_id=user_id).order_by("-seen_at")[:MOST]
    tokens = AccessToken.objects.filter(user_id=user_id, expiry__gt=now).order_by("-seen_at")[:MOST]
    found = [
        *(_view(f"s{row.pk}", row, row.begun_at, is_this=row.session_key == session_key) for row in rows),
        *(_view(f"t{token.token_key}", token, token.created) for token in tokens),
    ]
    return sorted(found, key=lambda one: (one.is_this, one.seen_at), reverse=True)


@transaction.atomic
def end_device(*, actor: ActingRole, device_id: str, now: datetime) -> bool:
    """Log one of one's own browsers or programs out, at once; False where it is gone or isn't one's own.

    Whatever is being watched ends: a watch lives without asking for the session.
    """
    kind, key = device_id[:1], device_id[1:]
    ended = _end_session(actor, key) if kind == "s" else _end_token(actor, key) if kind == "t" else False
    if ended:
        end_what_runs(user_id=actor.user_id, reason="logout", now=now)
        _note("session.end", actor, now)
    return ended


@transaction.atomic
def end_other_devices(*, actor: ActingRole, session_key: str | None, now: datetime) -> None:
    """Log out every browser and program of this human but the browser that asks."""
    end_other_sessions(user_id=actor.user_id, session_key=session_key)
    AccessToken.objects.filter(user_id=actor.user_id).delete()
    end_what_runs(user_id=actor.user_id, reason="logout", now=now)
    _note("session.end_others", actor, now)


def end_other_sessions(*, user_id: int, session_key: str | None) -> int:
    """Log out every browser of this human but the one that asks; gives how many. Tokens are the caller's."""
    others = LoginSession.objects.filter(user_id=user_id).exclude(session_key=session_key or "")
    keys = list(others.values_list("session_key", flat=True))
    for key in keys:
        _drop(key)
    others.filter(session_key__in=keys).delete()
    return len(keys)


def forget_session(*, session_key: str | None) -> None:
    """The browser logged out."""
    LoginSession.objects.filter(session_key=session_key or "").delete()


def device_of(request: HttpRequest) -> str:
    """The browser's or program's own description in words."""
    return words_of(request.META.get("HTTP_USER_AGENT", ""))


def words_of(agent: str) -> str:
    """A browser's own description in words: 安卓 · Chrome."""
    system = next((name for mark, name in _SYSTEMS.items() if mark in agent), "")
    browser = next((name for mark, name in _BROWSERS.items() if mark in agent), "")
    return " · ".join(filter(None, [system, browser]))


def _is_open(now: datetime) -> Exists:
    """Whether the session is still there; both engines keep it in this table, until it has idled too long."""
    return Exists(Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now))


def _view(device_id: str, row: LoginSession | AccessToken, begun_at: datetime, *, is_this: bool = False) -> DeviceView:
    return DeviceView(
        id=device_id,
        device=row.device,
        address=row.address or "",
        begun_at=begun_at,
        seen_at=row.seen_at or begun_at,
        is_this=is_this,
        is_program=isinstance(row, AccessToken),
    )


def _end_session(actor: ActingRole, key: str) -> bool:
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return False
    row = LoginSession.objects.filter(pk=int(key), user_id=actor.user_id).first()
    if row is None:
        return False
    _drop(row.session_key)
    row.delete()
    return True


def _drop(session_key: str) -> None:
    """Out at once: of the cache too, and once more after the commit, for until then a request may fill it again."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    session.delete()
    transaction.on_commit(session.delete)


def _end_token(actor: ActingRole, key: str) -> bool:
    count, _per_model = AccessToken.objects.filter(token_key=key, user_id=actor.user_id).delete()
    return bool(count)


def _note(act: str, actor: ActingRole, now: datetime) -> None:
    audit.record(act=act, now=now, actor_id=actor.user_id, acting_as=actor.acting_as, target=("user", actor.user_id))
