"""Today's place in the year, as the portal's dial draws it."""

import calendar
import math
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from core import clock

CENTRE = 460
LABEL_RADIUS = 450
# Where the hero shows the dial, to the left of the login card: today stands here all year round, in degrees clockwise
# from the top, and the year turns under it.
WINDOW = 306.7


@dataclass(frozen=True)
class YearDial:
    """A ring of one tick a day. Everything is an SVG attribute: angles in degrees, lengths in days of `pathLength`."""

    today: date

    @property
    def days(self) -> int:
        """Days of this year: 365 or 366."""
        return 366 if calendar.isleap(self.today.year) else 365

    @property
    def gone(self) -> int:
        """Which day of the year today is, from 1."""
        return self.today.timetuple().tm_yday

    @property
    def left(self) -> int:
        """Days after today until the year is over."""
        return self.days - self.gone

    @property
    def now_offset(self) -> str:
        """Where the bright tick of today begins, for `stroke-dashoffset`."""
        return f"{0.1 - self.gone:.1f}"

    @property
    def turn(self) -> str:
        """The rotation that brings today into the hero's window."""
        return f"{WINDOW - 90 - self.gone / self.days * 360:.2f}"

    @property
    def label_x(self) -> int:
        """Where the words "today" end, beside the bright tick."""
        return round(CENTRE + LABEL_RADIUS * math.sin(math.radians(WINDOW)))

    @property
    def label_y(self) -> int:
        """The height of the words "today"."""
        return round(CENTRE - LABEL_RADIUS * math.cos(math.radians(WINDOW)))


def this_year() -> YearDial:
    """The dial of the server's day."""
    return YearDial(today=timezone.localdate(clock.now()))
