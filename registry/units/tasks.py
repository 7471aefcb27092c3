"""What the clock does to units."""

from celery import shared_task

from core import clock
from registry.units import services


@shared_task(name="units.follow_mergers")
def follow_mergers() -> int:
    """Every ten minutes: what came to a unit in the instant of its merger goes on to the survivor."""
    return services.follow_mergers(now=clock.now())
