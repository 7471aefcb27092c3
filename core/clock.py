"""The server's clock. Services get `now` passed in; only doors and tasks read it, and they read it here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone

_source: Callable[[], datetime] = timezone.now


def now() -> datetime:
    """The present instant, aware, as the server sees it."""
    return _source()


def to_ms(instant: datetime) -> int:
    """Milliseconds since the epoch: the unit of every watching column."""
    return round(instant.timestamp() * 1000)


@contextmanager
def use(source: Callable[[], datetime]) -> Iterator[None]:
    """Let another source tell the time within the block; tests only."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
