"""What time it is at the providers, and how fast their waiting goes by."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

# Both providers' days, bills and printed times are Beijing's.
LOCAL = ZoneInfo("Asia/Shanghai")


def _real() -> datetime:
    return datetime.now(UTC)


class Clock:
    """The time the sandbox says it is: the machine's own, a caller's, or either of them shifted.

    Only waiting (retries of notices, a refund on its way) is sped up; the time of day never is.
    """

    def __init__(self, *, speed: float, source: Callable[[], datetime] | None = None) -> None:
        if speed <= 0:
            raise ValueError("the clock's speed is above 0")
        self.speed = speed
        self.shift = timedelta()
        self._source = source or _real

    def now(self) -> datetime:
        return self._source() + self.shift

    def set(self, instant: datetime) -> None:
        """From here on it runs as before, starting at `instant`."""
        self.shift = instant - self._source()

    def wait_for(self, seconds: float) -> float:
        """Real seconds that a provider's wait of `seconds` takes here."""
        return seconds / self.speed


def to_ms(instant: datetime | None) -> int | None:
    return None if instant is None else round(instant.timestamp() * 1000)


def from_ms(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def local_text(instant: datetime) -> str:
    """As Alipay and both bills print it: 2026-11-24 23:59:59, Beijing time."""
    return instant.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S")


def rfc3339(instant: datetime) -> str:
    """As WeChat prints it: 2026-11-24T23:59:59+08:00."""
    return instant.astimezone(LOCAL).isoformat(timespec="seconds")


def local_day(instant: datetime) -> date:
    return instant.astimezone(LOCAL).date()
