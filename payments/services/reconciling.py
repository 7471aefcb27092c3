"""Reconciliation (对账, F3): a provider's bill of a day, row by row, beside our own book. In constant memory.

The bill's row is the job of fetching and matching it. Nothing is touched before the whole file is here and adds up
(the adapters see to that). From then until the end the day says 对账中 and its payments lose their mark for a while;
a run that dies in between is done again by the beat, from the start, and finds the same.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import chain, islice

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from payments.errors import DayNotOver, ProviderNotOnOffer
from payments.models import Bill, Payment
from payments.providers import BillRow, ProviderDown, ProviderRefused
from payments.providers.deadline import TASK_SECONDS
from payments.providers.registry import NotOnOffer, on_offer, provider
from payments.services.asking import Asking
from payments.services.lease import MOST_TRIES, Lease, LostLease, claimable
from payments.services.matching import CHUNK, Matching, paid_on, refunded_on, settle

READY_AT = time(10)
"""From when on yesterday's bill can be fetched (facts/payments.md)."""
LOOK_BACK = 60
"""Days that are made up for after the machine stood still; providers keep bills for three months."""
_WAIT = timedelta(minutes=10)
_LONGEST_WAIT = timedelta(hours=1)
_MOST_REFUSALS = 3
_MOST_LOOKS = 8
"""How often a day that isn't settled is looked at again by itself, over some hours."""

_State = Bill.State


# --- Which days -------------------------------------------------------------------------------------------------------
def ready_at(day: date) -> datetime:
    """From when on a day's bill can be had."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), READY_AT))


def ask_for_bills(*, now: datetime) -> list[int]:
    """Make the jobs of the days whose bills are ready, also of missed ones; gives those that wait. By the beat."""
    from payments.tasks import reconcile_bill

    for name in on_offer():
        _make_jobs(name, now)
    stopped = Bill.objects.filter(claimable(now), state=_State.RUNNING, tries__gte=MOST_TRIES)
    stopped.update(state=_State.FAILED, claimed_until=None, fault=_("对账中途停止了太多次"))
    due = Bill.objects.filter(claimable(now)).order_by("day", "provider")
    ids = list(due.values_list("pk", flat=True)[:20])
    for pk in ids:
        reconcile_bill.delay(pk)
    return ids


def _make_jobs(name: str, now: datetime) -> None:
    today = timezone.localdate(now)
    last = today - timedelta(days=1 if now >= ready_at(today - timedelta(days=1)) else 2)
    earliest = today - timedelta(days=LOOK_BACK)
    known = dict(Bill.objects.filter(provider=name, day__gte=earliest, day__lte=last).values_list("day", "fetched_at"))
    days = (last - timedelta(days=gone) for gone in range((last - earliest).days + 1))
    missing = [day for day in days if day not in known]
    if missing:
        first = _first_day(name, last)
        jobs = [Bill(provider=name, day=day, next_try_at=now) for day in missing if day >= first]
        Bill.objects.bulk_create(jobs, ignore_conflicts=True)
    early = [day for day, fetched_at in known.items() if fetched_at and fetched_at < ready_at(day)]
    if early:  # somebody looked while the day wasn't over
        again = Bill.objects.filter(provider=name, day__in=early, state__in=[_State.MATCHED, _State.DIFFERENT])
        again.update(state=_State.WAITING, tries=0, next_try_at=now, claimed_until=None)


def _first_day(name: str, last: date) -> date:
    """Of trade or of a bill; with neither, the last one that is ready."""
    paid = Payment.objects.filter(provider=name, state=Payment.State.PAID).order_by("paid_at")
    first_paid = paid.values_list("paid_at", flat=True).first()
    first_bill = Bill.objects.filter(provider=name).order_by("day").values_list("day", flat=True).first()
    days = [first_bill, timezone.localdate(first_paid) if first_paid else None, last]
    return min(day for day in days if day)


def order_bill(
    *,
    provider_name: str,
    day: date,
    now: datetime,
    actor_id: int | None = None,
    acting_as: str = "",
    send: bool = True,
) -> Bill:
    """Have a day reconciled (again); a run that is under way is left to its end. Logged where a person asks.

    `send`: by the workers. Raises ProviderNotOnOffer, DayNotOver for a day to come.
    """
    from payments.tasks import reconcile_bill

    if provider_name not in on_offer():
        raise ProviderNotOnOffer("provider")
    if day > timezone.localdate(now):
        raise DayNotOver("day")
    bill, _created = Bill.objects.get_or_create(provider=provider_name, day=day, defaults={"next_try_at": now})
    idle = Bill.objects.filter(pk=bill.pk).exclude(state=_State.RUNNING, claimed_until__gte=now)
    idle.update(state=_State.WAITING, tries=0, next_try_at=now, claimed_until=None, fault="")
    if actor_id is not None:
        audit.record(
            act="bill.ordered",
            now=now,
            actor_id=actor_id,
            acting_as=acting_as,
            target=("payments.bill", bill.pk),
            after={"provider": provider_name, "day": day.isoformat()},
        )
    if send:
        reconcile_bill.delay(bill.pk)
    bill.refresh_from_db()
    return bill


# --- One day ----------------------------------------------------------------------------------------------------------
def reconcile(*, bill_id: int, clock: Callable[[], datetime]) -> Bill:
    """Fetch a day's bill and match it. Where the provider doesn't answer, it is tried again later.

    Run twice it finds the same; differences that no longer hold are gone, those that somebody resolved stay.
    """
    lease = Lease.take(bill_id, clock)
    if lease is None:
        return Bill.objects.get(pk=bill_id)
    bill = Bill.objects.get(pk=bill_id)
    try:
        adapter = provider(bill.provider, seconds=TASK_SECONDS)
        asking = Asking(adapter, lease, clock)
        matching = Matching(bill, lease, asking, clock)
        for chunk in _fetched(adapter.bill(day=bill.day)):
            matching.take(chunk)
        matching.end()
        _finish(bill, lease, matching, asking.is_short, clock())
    except (ProviderDown, ProviderRefused, NotOnOffer) as fault:
        _put_off(bill, fault, clock())
    except LostLease:
        pass  # another run has taken over, and what it finds stands
    return Bill.objects.get(pk=bill_id)


def _fetched(rows: Iterable[BillRow]) -> Iterator[list[BillRow]]:
    """In chunks; at least one, empty for a day without trade. Before the first one is given the file is here."""
    waiting = iter(rows)
    first = list(islice(waiting, CHUNK))
    chunks = iter(lambda: list(islice(waiting, CHUNK)), [])
    return chain([first], chunks)


def _finish(bill: Bill, lease: Lease, matching: Matching, is_short: bool, now: datetime) -> None:
    """The day's result. A bill without a row though we traded may not be written yet, as Alipay's can't be told from a
    day without trade; that, and what the provider wasn't or couldn't be asked about, is looked at again."""
    tally = matching.tally
    early = not tally.rows and (
        paid_on(bill.provider, bill.day).exists() or refunded_on(bill.provider, bill.day).exists()
    )
    again = (early or is_short) and bill.tries < _MOST_LOOKS
    with lease.writing():
        Bill.objects.filter(pk=bill.pk).update(
            state=_State.DIFFERENT,
            rows=tally.rows,
            paid_fen=tally.paid_fen,
            refunded_fen=tally.refunded_fen,
            fetched_at=now,
            claimed_until=None,
            next_try_at=now + _wait(bill.tries) if again else None,
            fault="",
        )
        settle(bill.pk)


def _wait(tries: int) -> timedelta:
    return min(_WAIT * tries, _LONGEST_WAIT)


def _put_off(bill: Bill, fault: Exception, now: datetime) -> None:
    """Try again later and later, for a day; what was refused in so many words, three times. Before the bill can be
    ready nothing is given up. An earlier result stands where nothing has touched it."""
    most = MOST_TRIES if isinstance(fault, ProviderDown) else _MOST_REFUSALS
    ready = ready_at(bill.day)
    mine = Bill.objects.filter(pk=bill.pk, state=_State.RUNNING, runs=bill.runs)
    told = {"claimed_until": None, "fault": str(fault)[:200]}
    if now < ready:
        mine.update(state=_State.WAITING, next_try_at=ready, tries=0, **told)
    elif bill.tries < most:
        mine.update(state=_State.WAITING, next_try_at=now + _wait(bill.tries), **told)
    elif mine.filter(fetched_at__isnull=True).update(state=_State.FAILED, next_try_at=None, **told):
        return
    else:
        with transaction.atomic():
            if mine.update(state=_State.DIFFERENT, next_try_at=None, **told):
                settle(bill.pk)
