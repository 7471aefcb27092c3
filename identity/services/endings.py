"""What ends with a session: higher rooms register it at start-up."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol


class SessionEnd(Protocol):
    """What a higher room does when somebody stops acting; `reason` is `logout`, `password` or `left` (another role)."""

    def __call__(self, *, user_id: int, reason: str, now: datetime) -> None: ...


_on_end: list[SessionEnd] = []


def on_session_end(callback: SessionEnd) -> Callable[[], None]:
    """Higher rooms register here at start-up what ends with a session. Gives what takes it back."""
    _on_end.append(callback)
    return lambda: _on_end.remove(callback)


def end_what_runs(*, user_id: int, reason: str, now: datetime) -> None:
    """Tell the higher rooms; within the caller's transaction."""
    for callback in _on_end:
        callback(user_id=user_id, reason=reason, now=now)
