"""Watch ids: capabilities bound to the session or token that opened the watch.

An id is `<progress>-<watch>-<mac>`. The MAC covers the bearer (session key or token), so a heartbeat is authenticated
without reading a session, and somebody else's id is simply unknown. A second MAC without the bearer, the *ticket*,
stands in playlist and key addresses, which native players fetch without our headers.
"""

import hmac
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from django.conf import settings

_MAC_CHARS = 32


@dataclass(frozen=True, slots=True)
class WatchRef:
    """The two row ids that a heartbeat's statement needs."""

    progress_id: int
    watch_id: int


@lru_cache(maxsize=4)
def _key(secret: str, purpose: str) -> bytes:
    return hmac.new(secret.encode(), f"xueshi.watch.{purpose}".encode(), sha256).digest()


def _mac(purpose: str, body: str, bearer: str) -> str:
    key = _key(settings.SECRET_KEY, purpose)
    return hmac.new(key, f"{body}|{bearer}".encode(), sha256).hexdigest()[:_MAC_CHARS]


def issue(ref: WatchRef, bearer: str) -> str:
    """The id handed to the holder of `bearer`."""
    body = f"{ref.progress_id}-{ref.watch_id}"
    return f"{body}-{_mac('beat', body, bearer)}"


def issue_ticket(ref: WatchRef) -> str:
    """The id that stands in media addresses."""
    body = f"{ref.progress_id}-{ref.watch_id}"
    return f"{body}-{_mac('media', body, '')}"


def read(text: str, bearer: str) -> WatchRef | None:
    """The rows of a watch id presented with `bearer`, or None where the two don't belong together."""
    return _read("beat", text, bearer)


def read_ticket(text: str) -> WatchRef | None:
    """The rows of a media ticket, or None for one that we didn't issue."""
    return _read("media", text, "")


def _read(purpose: str, text: str, bearer: str) -> WatchRef | None:
    body, _, mac = text.rpartition("-")
    if not hmac.compare_digest(mac.encode(), _mac(purpose, body, bearer).encode()):
        return None
    progress_id, _, watch_id = body.partition("-")
    return WatchRef(int(progress_id), int(watch_id))


def option_id(watch_id: int, quiz: str, question: str, option: str) -> str:
    """An option's name within one watch: the same option is named, and so sorted, otherwise in every other watch."""
    key = _key(settings.SECRET_KEY, "option")
    return hmac.new(key, f"{watch_id}|{quiz}|{question}|{option}".encode(), sha256).hexdigest()[:12]
