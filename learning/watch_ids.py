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


def read(text: str, bearer: str) -> WatchRef | None:
    """The rows of a watch id presented with `bearer`, or None where the two don't belong together."""
    body, _, mac = text.rpartition("-")
    return _ref(body) if _same(mac, _mac("beat", body, bearer)) else None


def issue_ticket(ref: WatchRef, bearer: str) -> str:
    """The id that stands in media addresses: good by itself, and never good for another session that shows itself."""
    body = f"{ref.progress_id}-{ref.watch_id}"
    body = f"{body}-{_mac('owner', body, bearer)[:8]}"
    return f"{body}-{_mac('media', body, '')}"


def read_ticket(text: str, bearer: str) -> WatchRef | None:
    """The rows of a media ticket; None for one we didn't issue, or shown by the bearer of another session."""
    body, _, mac = text.rpartition("-")
    if not _same(mac, _mac("media", body, "")):
        return None
    row_ids, _, owner = body.rpartition("-")
    if bearer and not _same(owner, _mac("owner", row_ids, bearer)[:8]):
        return None
    return _ref(row_ids)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _ref(body: str) -> WatchRef:
    progress_id, _, watch_id = body.partition("-")
    return WatchRef(int(progress_id), int(watch_id))


def option_id(watch_id: int, quiz: str, question: str, option: str) -> str:
    """An option's name within one watch: the same option is named, and so sorted, otherwise in every other watch."""
    key = _key(settings.SECRET_KEY, "option")
    return hmac.new(key, f"{watch_id}|{quiz}|{question}|{option}".encode(), sha256).hexdigest()[:12]
