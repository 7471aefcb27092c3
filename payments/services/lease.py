"""The right to work on a day's bill, for a while; who writes renews it first, in the same transaction.

Each run has a number of its own. A run that stood still for longer than its lease finds that another has begun, and
writes nothing more.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from payments.models import Bill

LASTS = timedelta(minutes=5)
MOST_TRIES = 30
_State = Bill.State


class LostLease(Exception):
    """Another run has the bill now."""


def claimable(now: datetime) -> Q:
    """Jobs that are due and nobody works on: waiting ones, those of a run that died, and those to look at again."""
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
    return free & Q(state__in=[_State.WAITING, _State.RUNNING, _State.DIFFERENT], next_try_at__lte=now)


class Lease:
    """One run's right to one bill."""

    def __init__(self, bill_id: int, run: int, clock: Callable[[], datetime]) -> None:
        self.bill_id, self.run, self._clock = bill_id, run, clock

    @classmethod
    def take(cls, bill_id: int, clock: Callable[[], datetime]) -> "Lease | None":
        """None where there is nothing to do, or somebody is at it."""
        now = clock()
        with transaction.atomic():
            job = Bill.objects.filter(claimable(now), pk=bill_id)
            if not job.update(
                state=_State.RUNNING, claimed_until=now + LASTS, tries=F("tries") + 1, runs=F("runs") + 1
            ):
                return None
            return cls(bill_id, Bill.objects.values_list("runs", flat=True).get(pk=bill_id), clock)

    def renew(self) -> None:
        """Raises LostLease."""
        mine = Bill.objects.filter(pk=self.bill_id, state=_State.RUNNING, runs=self.run)
        if not mine.update(claimed_until=self._clock() + LASTS):
            raise LostLease

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that holds the bill. Raises LostLease."""
        with transaction.atomic():
            self.renew()
            yield
