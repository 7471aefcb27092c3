"""Reconciliation (对账, F3): a provider's bill of a day, row by row, beside our own book. In constant memory.

What matches is marked with its bill. A payment that only the bill knows is asked about and taken in, if it is ours: a
lost callback ends here at the latest. What is left over is a difference, for a person to resolve.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from payments.errors import AlreadyDecided, PaymentMismatch, UnknownPayment
from payments.models import Bill, BillDifference, Payment, Refund
from payments.providers import BillRow, Provider, ProviderDown, ProviderRefused
from payments.providers.deadline import TASK_SECONDS
from payments.providers.registry import NotOnOffer, on_offer, provider
from payments.services.confirming import Source, confirm_payment
from payments.services.returning import settle_refund

READY_AT = time(10)
"""From when on yesterday's bill can be fetched (facts/payments.md)."""
_CHUNK = 500
_LEASE = timedelta(minutes=5)
_WAIT = timedelta(minutes=10)
MOST_TRIES = 30

_Kind, _State = BillDifference.Kind, Bill.State


def ask_for_bills(*, now: datetime) -> list[int]:
    """Make yesterday's jobs for every provider on offer, once bills are ready; gives those that wait. By the beat."""
    from payments.tasks import reconcile_bill

    local = timezone.localtime(now)
    if local.time() >= READY_AT:
        yesterday = local.date() - timedelta(days=1)
        for name in on_offer():
            Bill.objects.get_or_create(provider=name, day=yesterday, defaults={"next_try_at": now})
    due = Bill.objects.filter(_claimable(now), next_try_at__lte=now).order_by("day")
    ids = list(due.values_list("pk", flat=True)[:20])
    for pk in ids:
        reconcile_bill.delay(pk)
    return ids


def _claimable(now: datetime) -> Q:
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
    return free & Q(state__in=[_State.WAITING, _State.RUNNING])


def order_bill(*, provider_name: str, day: date, now: datetime) -> Bill:
    """Reconcile this day (again): the job to be run."""
    bill, _created = Bill.objects.get_or_create(provider=provider_name, day=day)
    Bill.objects.filter(pk=bill.pk).update(state=_State.WAITING, tries=0, next_try_at=now, claimed_until=None)
    bill.refresh_from_db()
    return bill


def reconcile(*, bill_id: int, clock: Callable[[], datetime]) -> Bill:
    """Fetch a day's bill and match it. Where the provider doesn't answer, it is tried again later.

    Run twice it finds the same; differences that no longer hold are gone, those that somebody resolved stay.
    """
    now = clock()
    job = Bill.objects.filter(_claimable(now), pk=bill_id)
    if not job.update(state=_State.RUNNING, claimed_until=now + _LEASE, tries=F("tries") + 1):
        return Bill.objects.get(pk=bill_id)
    bill = Bill.objects.get(pk=bill_id)
    try:
        adapter = provider(bill.provider, seconds=TASK_SECONDS)
        totals = _match_all(bill, adapter, clock)
    except (ProviderDown, ProviderRefused, NotOnOffer) as fault:
        state = _State.FAILED if bill.tries >= MOST_TRIES else _State.WAITING
        mine = Bill.objects.filter(pk=bill_id)
        mine.update(state=state, claimed_until=None, next_try_at=clock() + _WAIT, fault=str(fault)[:200])
        bill.refresh_from_db()
        return bill
    return _finish(bill, totals, clock())


def _match_all(bill: Bill, adapter: Provider, clock: Callable[[], datetime]) -> tuple[int, int, int]:
    """Match every row; gives (rows, fen paid, fen refunded) of the bill."""
    bill.differences.filter(resolved_at__isnull=True).delete()
    _unmark(bill)
    rows = paid = refunded = 0
    for chunk in _chunks(adapter.bill(day=bill.day)):
        payments = [row for row in chunk if not row.refund_number]
        refunds = [row for row in chunk if row.refund_number]
        rows += len(chunk)
        paid += sum(row.amount_fen for row in payments)
        refunded += sum(row.amount_fen for row in refunds)
        _match_payments(bill, payments, adapter, clock)
        _match_refunds(bill, refunds, adapter, clock)
        Bill.objects.filter(pk=bill.pk).update(claimed_until=clock() + _LEASE)
    _list_ours_only(bill, clock())
    return rows, paid, refunded


def _chunks(rows: Iterable[BillRow]) -> Iterator[list[BillRow]]:
    waiting = iter(rows)
    while chunk := list(islice(waiting, _CHUNK)):
        yield chunk


def _unmark(bill: Bill) -> None:
    Payment.objects.filter(bill=bill).update(bill=None)
    Refund.objects.filter(bill=bill).update(bill=None)


def _match_payments(bill: Bill, rows: list[BillRow], adapter: Provider, clock: Callable[[], datetime]) -> None:
    found = Payment.objects.filter(provider=bill.provider)
    ours = {payment.number: payment for payment in found.filter(number__in=[row.number for row in rows])}
    matched = []
    for row in rows:
        payment = ours.get(row.number)
        if payment and payment.state != Payment.State.PAID:
            payment = _heal(payment, adapter, clock)
        if payment is None:
            _differ(bill, _Kind.THEIRS_ONLY, row, clock(), None, None)
        elif payment.state != Payment.State.PAID:
            _differ(bill, _Kind.STATE, row, clock(), payment.order_id, None, str(payment.get_state_display()))
        elif payment.amount_fen != row.amount_fen:
            _differ(bill, _Kind.AMOUNT, row, clock(), payment.order_id, payment.amount_fen)
        else:
            matched.append(payment.pk)
    Payment.objects.filter(pk__in=matched).update(bill=bill)
    _resolve_earlier(bill, [row.number for row in rows], "", clock())


def _heal(payment: Payment, adapter: Provider, clock: Callable[[], datetime]) -> Payment:
    """The bill says that it was paid: ask, and take it in."""
    stated = adapter.query(number=payment.number)
    if stated is not None:
        try:
            confirm_payment(provider_name=payment.provider, stated=stated, source=Source.BILL, now=clock())
        except (UnknownPayment, PaymentMismatch):
            return payment
    return Payment.objects.get(pk=payment.pk)


def _match_refunds(bill: Bill, rows: list[BillRow], adapter: Provider, clock: Callable[[], datetime]) -> None:
    found = Refund.objects.filter(payment__provider=bill.provider).select_related("payment")
    ours = {refund.number: refund for refund in found.filter(number__in=[row.refund_number for row in rows])}
    matched = []
    for row in rows:
        refund = ours.get(row.refund_number)
        if refund and refund.state != Refund.State.DONE:
            refund = _heal_refund(refund, adapter, clock)
        if refund is None:
            _differ(bill, _Kind.THEIRS_ONLY, row, clock(), None, None)
        elif refund.state != Refund.State.DONE:
            _differ(bill, _Kind.STATE, row, clock(), refund.order_id, None, str(refund.get_state_display()))
        elif refund.amount_fen != row.amount_fen:
            _differ(bill, _Kind.AMOUNT, row, clock(), refund.order_id, refund.amount_fen)
        else:
            matched.append(refund.pk)
    Refund.objects.filter(pk__in=matched).update(bill=bill)
    for row in rows:
        _resolve_earlier(bill, [row.number], row.refund_number, clock())


def _heal_refund(refund: Refund, adapter: Provider, clock: Callable[[], datetime]) -> Refund:
    stated = adapter.query_refund(number=refund.payment.number, refund_number=refund.number)
    if stated is not None:
        try:
            settle_refund(provider_name=refund.payment.provider, stated=stated, now=clock())
        except (UnknownPayment, PaymentMismatch):
            return refund
    return Refund.objects.select_related("payment").get(pk=refund.pk)


def _differ(
    bill: Bill,
    kind: BillDifference.Kind,
    row: BillRow,
    now: datetime,
    order_id: int | None,
    ours_fen: int | None,
    detail: str = "",
) -> None:
    BillDifference.objects.get_or_create(
        bill=bill,
        kind=kind,
        number=row.number[:64],
        refund_number=row.refund_number[:64],
        defaults={
            "transaction_id": row.transaction_id[:64],
            "order_id": order_id,
            "ours_fen": ours_fen,
            "theirs_fen": row.amount_fen,
            "detail": detail,
            "found_at": now,
        },
    )


def _resolve_earlier(bill: Bill, numbers: list[str], refund_number: str, now: datetime) -> None:
    """What an earlier day's bill lacked stands in this one: a trade around midnight. Nobody need look at it."""
    BillDifference.objects.filter(
        bill__provider=bill.provider,
        bill__day__lt=bill.day,
        kind=_Kind.OURS_ONLY,
        number__in=numbers,
        refund_number=refund_number,
        resolved_at__isnull=True,
    ).delete()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """A local day as two instants, the second excluded."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    return start, timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def paid_on(provider_name: str, day: date) -> QuerySet[Payment]:
    """Our payments of a provider's local day."""
    start, end = day_bounds(day)
    return Payment.objects.filter(provider=provider_name, state=Payment.State.PAID, paid_at__gte=start, paid_at__lt=end)


def refunded_on(provider_name: str, day: date) -> QuerySet[Refund]:
    """Our refunds of a provider's local day."""
    start, end = day_bounds(day)
    return Refund.objects.filter(
        payment__provider=provider_name, state=Refund.State.DONE, done_at__gte=start, done_at__lt=end
    )


def _list_ours_only(bill: Bill, now: datetime) -> None:
    for payment in paid_on(bill.provider, bill.day).filter(bill__isnull=True).iterator(chunk_size=_CHUNK):
        _list_ours(bill, payment.number, "", payment.transaction_id, payment.order_id, payment.amount_fen, now)
    refunds = refunded_on(bill.provider, bill.day).filter(bill__isnull=True).select_related("payment")
    for refund in refunds.iterator(chunk_size=_CHUNK):
        number = refund.payment.number
        _list_ours(bill, number, refund.number, refund.provider_refund_id, refund.order_id, refund.amount_fen, now)


def _list_ours(
    bill: Bill, number: str, refund_number: str, transaction_id: str, order_id: int, fen: int, now: datetime
) -> None:
    listed = BillDifference.objects.filter(bill=bill, number=number, refund_number=refund_number)
    if listed.exists():  # the amount or the state differs: that says more
        return
    BillDifference.objects.create(
        bill=bill,
        kind=_Kind.OURS_ONLY,
        number=number,
        refund_number=refund_number,
        transaction_id=transaction_id,
        order_id=order_id,
        ours_fen=fen,
        found_at=now,
    )


def _finish(bill: Bill, totals: tuple[int, int, int], now: datetime) -> Bill:
    def fen(of: QuerySet[Payment] | QuerySet[Refund]) -> int:
        return int(of.aggregate(fen=Coalesce(Sum("amount_fen"), 0))["fen"])

    bill.rows, bill.paid_fen, bill.refunded_fen = totals
    bill.our_paid_fen = fen(paid_on(bill.provider, bill.day))
    bill.our_refunded_fen = fen(refunded_on(bill.provider, bill.day))
    unresolved = bill.differences.filter(resolved_at__isnull=True).exists()
    bill.state = _State.DIFFERENT if unresolved else _State.MATCHED
    bill.fetched_at, bill.claimed_until, bill.next_try_at, bill.fault = now, None, None, ""
    bill.save()
    return bill


@transaction.atomic
def resolve_difference(
    *, difference_id: int, note: str, actor_id: int, acting_as: str, now: datetime
) -> BillDifference:
    """Say how a difference was dealt with; the last one makes its day matched. Logged. Raises AlreadyDecided."""
    open_one = BillDifference.objects.filter(pk=difference_id, resolved_at__isnull=True)
    if not open_one.update(resolved_at=now, resolved_by_id=actor_id, note=note):
        raise AlreadyDecided
    difference = BillDifference.objects.select_related("bill").get(pk=difference_id)
    left = BillDifference.objects.filter(bill=difference.bill, resolved_at__isnull=True)
    if not left.exists():
        Bill.objects.filter(pk=difference.bill_id, state=_State.DIFFERENT).update(state=_State.MATCHED)
    audit.record(
        act="bill.difference_resolved",
        now=now,
        actor_id=actor_id,
        acting_as=acting_as,
        target=("payments.billdifference", difference.pk),
        before={"kind": difference.kind, "ours_fen": difference.ours_fen, "theirs_fen": difference.theirs_fen},
        after={"note": _("已处理"), "words": note},
    )
    return difference
