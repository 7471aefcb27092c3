"""Working days, for when a review is overdue."""

from datetime import datetime, timedelta

from django.utils import timezone

_SATURDAY = 5


def add_workdays(start: datetime, days: int) -> datetime:
    """The same time of day `days` working days later. Public holidays aren't known and count as working days."""
    day = timezone.localtime(start)
    left = days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return day
