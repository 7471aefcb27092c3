"""A clock that stands still until the test moves it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A Monday morning, well inside a year.
START = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)


class FakeClock:
    """What `core.clock.now()` tells while the `clock` fixture is in use."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def __call__(self) -> datetime:
        return self._now

    def now(self) -> datetime:
        return self._now

    def tick(self, seconds: float = 1) -> datetime:
        """Let time pass; gives the new now."""
        self._now += timedelta(seconds=seconds)
        return self._now

    def set(self, instant: datetime) -> None:
        """Go to an instant, also a past one."""
        if instant.tzinfo is None:
            raise ValueError("an instant has a time zone")
        self._now = instant
