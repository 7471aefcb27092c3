"""What the clock does to cases."""

from celery import shared_task

from core import clock
from registry.approvals import services


@shared_task(name="approvals.raise_overdue")
def raise_overdue() -> int:
    """Every ten minutes: overdue and ownerless steps rise."""
    return services.raise_overdue(now=clock.now())
