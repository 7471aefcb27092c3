"""Matching a day's bill with our book, a chunk of rows at a time: a handful of queries each, however many rows it has.

What matches is marked with its bill; what doesn't is a difference (差异), for a person to resolve.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.models import Bill, BillDifference, Payment, Refund
from payments.providers import BillRow
from payments.providers.base import PaymentState
from payments.services.asking import Asking
from payments.services.lease import Lease

CHUNK = 1000
_ON_ITS_WAY = (Refund.State.SENT, Refund.State.DONE)
"""A refund that its provider has taken stands in the bill of the day it was asked for, also before it is done."""
_NAMELESS = "—"
"""The number of a refund that was made at the provider's own desk and has none of ours."""

_Kind = BillDifference.Kind


# --- A day in our book ------------------------------------------------------------------------------------------------
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


@dataclass
class Tally:
    """What the bill says: its rows, and the fen paid and refunded."""

    rows: int = 0
    paid_fen: int = 0
    refunded_fen: int = 0


class Matching:
    """One run over one bill."""

    def __init__(self, bill: Bill, lease: Lease, asking: Asking, clock: Callable[[], datetime]) -> None:
        self.tally = Tally()
        self._bill, self._lease, self._asking, self._clock = bill, lease, asking, clock
        self._has_begun = False

    # --- The bill's rows ----------------------------------------------------------------------------------------------
    def take(self, chunk: Sequence[BillRow]) -> None:
        """Match these rows. Raises LostLease."""
        if not self._has_begun:
            self._begin()
        payments = self._payments_of(chunk)
        refunds = self._refunds_of(chunk)
        comparison = _Comparison(self._bill, payments, refunds, self._lease.run, self._clock())
        for row in chunk:
            self._count(row)
            comparison.take(row)
        with self._lease.writing():
            paid = Payment.objects.filter(pk__in=_held(Payment, comparison.payment_ids), state=Payment.State.PAID)
            paid.update(bill=self._bill)
            taken = Refund.objects.filter(pk__in=_held(Refund, comparison.refund_ids), state__in=_ON_ITS_WAY)
            taken.update(bill=self._bill)
            self._list(comparison.differences)
        self._drop_elsewhere(chunk)

    def _begin(self) -> None:
        """From here on the earlier result, if there is one, doesn't stand any more."""
        with self._lease.writing():
            Bill.objects.filter(pk=self._bill.pk).update(fetched_at=None)
            Payment.objects.filter(bill=self._bill).update(bill=None)
            Refund.objects.filter(bill=self._bill).update(bill=None)
        self._has_begun = True

    def _count(self, row: BillRow) -> None:
        self.tally.rows += 1
        if row.state is PaymentState.REFUNDED:
            self.tally.refunded_fen += row.amount_fen
        elif row.state is PaymentState.PAID:
            self.tally.paid_fen += row.amount_fen

    def _payments_of(self, chunk: Sequence[BillRow]) -> dict[str, Payment]:
        """Ours by number, also of refunds' rows; those that the bill calls paid have been asked about."""
        rows = Payment.objects.filter(provider=self._bill.provider, number__in={row.number for row in chunk})
        wanted = ("number", "provider", "state", "amount_fen", "transaction_id", "order_id", "bill_id")
        ours = {payment.number: payment for payment in rows.only(*wanted)}
        for row in chunk:
            payment = ours.get(row.number)
            if payment and row.state is PaymentState.PAID and payment.state != Payment.State.PAID:
                ours[row.number] = self._asking.payment(payment)
        return ours

    def _refunds_of(self, chunk: Sequence[BillRow]) -> dict[str, Refund]:
        numbers = {row.refund_number for row in chunk if row.refund_number}
        rows = Refund.objects.filter(payment__provider=self._bill.provider, number__in=numbers)
        ours = {refund.number: refund for refund in rows.select_related("payment")} if numbers else {}
        for number, refund in ours.items():
            if refund.state not in _ON_ITS_WAY:
                ours[number] = self._asking.refund(refund)
        return ours

    # --- Differences --------------------------------------------------------------------------------------------------
    def _list(self, found: Sequence[BillDifference]) -> None:
        """Each once. One that somebody resolved stays so, unless its figures are others now."""
        if not found:
            return
        mine = self._bill.differences.filter(number__in={one.number for one in found})
        known = {_key(one): one for one in mine}
        new: dict[Any, BillDifference] = {}
        for one in found:
            old = known.get(_key(one))
            if old is None:
                new.setdefault(_key(one), one)
            elif _is_other(old, one):
                _renew(old, one)
        seen = [old.pk for key, old in known.items() if key in {_key(one) for one in found}]
        BillDifference.objects.filter(pk__in=seen).update(seen_in=self._lease.run)
        BillDifference.objects.bulk_create(new.values())

    def _drop_elsewhere(self, chunk: Sequence[BillRow]) -> None:
        """What another day's bill lacked stands in this one: a trade around midnight. Nobody need look at it."""
        payments = [row.number for row in chunk if row.state is PaymentState.PAID]
        refunds = [row.refund_number for row in chunk if row.refund_number]
        here = Q(number__in=payments, refund_number="") | Q(refund_number__in=refunds)
        lacked = BillDifference.objects.filter(here, kind=_Kind.OURS_ONLY, resolved_at__isnull=True)
        lacked = lacked.filter(bill__provider=self._bill.provider).exclude(bill=self._bill)
        by_bill: dict[int, list[int]] = {}
        for pk, bill_id in lacked.values_list("pk", "bill_id"):
            by_bill.setdefault(bill_id, []).append(pk)
        for bill_id, ids in by_bill.items():
            with transaction.atomic():
                hold_bill(bill_id)
                BillDifference.objects.filter(pk__in=ids, resolved_at__isnull=True).delete()
                settle(bill_id)

    # --- Our own rows -------------------------------------------------------------------------------------------------
    def end(self) -> None:
        """List what the bill lacks, and forget what an earlier run found and this one didn't. Raises LostLease."""
        for payments in _in_order(paid_on(self._bill.provider, self._bill.day), "paid_at"):
            self._list_ours([(one, one.number, "", one.transaction_id) for one in payments])
        refunds = refunded_on(self._bill.provider, self._bill.day).select_related("payment")
        for batch in _in_order(refunds, "done_at"):
            self._list_ours([(one, one.payment.number, one.number, one.provider_refund_id) for one in batch])
        with self._lease.writing():
            self._bill.differences.filter(resolved_at__isnull=True).exclude(seen_in=self._lease.run).delete()

    def _list_ours(self, rows: Sequence[tuple[Payment | Refund, str, str, str]]) -> None:
        now = self._clock()
        listed = BillDifference.objects.filter(bill__provider=self._bill.provider, number__in=[row[1] for row in rows])
        listed = listed.exclude(kind=_Kind.OURS_ONLY).exclude(~Q(seen_in=self._lease.run), bill=self._bill)
        # Its amount or its state differs: that says more.
        known = set(listed.values_list("number", "refund_number"))
        with self._lease.writing():
            # Another day's run may be marking them: it comes first, or it finds here what it has to drop.
            left = _held(type(rows[0][0]), [row[0].pk for row in rows], bill__isnull=True)
            self._list(
                [
                    BillDifference(
                        bill=self._bill,
                        kind=_Kind.OURS_ONLY,
                        number=number,
                        refund_number=refund_number,
                        transaction_id=transaction_id,
                        order_id=one.order_id,
                        ours_fen=one.amount_fen,
                        found_at=now,
                        seen_in=self._lease.run,
                    )
                    for one, number, refund_number, transaction_id in rows
                    if one.pk in left and (number, refund_number) not in known
                ]
            )


class _Comparison:
    """A chunk's rows beside our own, without a query."""

    def __init__(
        self, bill: Bill, payments: dict[str, Payment], refunds: dict[str, Refund], run: int, now: datetime
    ) -> None:
        self.payment_ids: set[int] = set()
        self.refund_ids: set[int] = set()
        self.differences: list[BillDifference] = []
        self._bill, self._payments, self._refunds, self._run, self._now = bill, payments, refunds, run, now

    def take(self, row: BillRow) -> None:
        payment = self._payments.get(row.number)
        if row.state is PaymentState.REFUNDED:
            self._refund(row, payment)
        elif row.state is PaymentState.PAID:
            self._payment(row, payment)
        elif payment and payment.state == Payment.State.PAID:
            self._differ(_Kind.STATE, row, payment, payment.amount_fen, _("账单里已撤销，我方记录为已付款"))

    def _payment(self, row: BillRow, payment: Payment | None) -> None:
        if payment is None:
            self._differ(_Kind.THEIRS_ONLY, row, None)
        elif payment.state != Payment.State.PAID:
            self._differ(_Kind.STATE, row, payment, None, _("我方状态：%s") % payment.get_state_display())
        elif payment.bill_id or payment.pk in self.payment_ids:
            self._differ(_Kind.THEIRS_ONLY, row, payment, None, _("账单里这笔出现不止一次"))
        elif payment.amount_fen != row.amount_fen:
            self._differ(_Kind.AMOUNT, row, payment, payment.amount_fen)
        elif payment.transaction_id != row.transaction_id:
            told = _("平台流水号不同，我方记录的是 %s") % payment.transaction_id
            self._differ(_Kind.STATE, row, payment, payment.amount_fen, told)
        else:
            self.payment_ids.add(payment.pk)

    def _refund(self, row: BillRow, payment: Payment | None) -> None:
        refund = self._refunds.get(row.refund_number)
        if refund is None or refund.payment.number != row.number:
            self._differ(_Kind.THEIRS_ONLY, row, payment)
        elif refund.state not in _ON_ITS_WAY:
            self._differ(_Kind.STATE, row, refund, None, _("我方状态：%s") % refund.get_state_display())
        elif refund.bill_id or refund.pk in self.refund_ids:
            self._differ(_Kind.THEIRS_ONLY, row, refund, None, _("账单里这笔出现不止一次"))
        elif refund.amount_fen != row.amount_fen:
            self._differ(_Kind.AMOUNT, row, refund, refund.amount_fen)
        else:
            self.refund_ids.add(refund.pk)

    def _differ(
        self,
        kind: BillDifference.Kind,
        row: BillRow,
        ours: Payment | Refund | None,
        ours_fen: int | None = None,
        detail: str = "",
    ) -> None:
        refund_number = (row.refund_number or _NAMELESS)[:64] if row.state is PaymentState.REFUNDED else ""
        self.differences.append(
            BillDifference(
                bill=self._bill,
                kind=kind,
                number=row.number[:64],
                refund_number=refund_number,
                transaction_id=row.transaction_id[:64],
                order_id=ours.order_id if ours else None,
                ours_fen=ours_fen,
                theirs_fen=row.amount_fen,
                detail=detail[:200],
                found_at=self._now,
                seen_in=self._run,
            )
        )


def _key(one: BillDifference) -> tuple[str, str, str]:
    return str(one.kind), one.number, one.refund_number


def _is_other(old: BillDifference, new: BillDifference) -> bool:
    """Whether the figures differ, or, where nobody has resolved it yet, the words."""
    if (old.ours_fen, old.theirs_fen) != (new.ours_fen, new.theirs_fen):
        return True
    return old.resolved_at is None and old.detail != new.detail


def _renew(old: BillDifference, new: BillDifference) -> None:
    """Its figures are others: whoever resolved it had not seen these. What he wrote stays in the audit trail."""
    BillDifference.objects.filter(pk=old.pk).update(
        ours_fen=new.ours_fen,
        theirs_fen=new.theirs_fen,
        detail=new.detail,
        order_id=new.order_id,
        transaction_id=new.transaction_id,
        resolved_at=None,
        resolved_by_id=None,
        note="",
    )


def _held(of: type[Payment] | type[Refund], ids: Collection[int], **only: Any) -> set[int]:
    """Which of these rows are so, held until the transaction ends; in one order, so that two runs don't lock each other
    out."""
    rows: QuerySet[Any] = of._default_manager.filter(pk__in=ids, **only)
    return set(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def _in_order(rows: QuerySet[Any], at: str) -> Iterator[list[Any]]:
    """Those without a bill, in batches, by the index of the day: `at` is the column it goes by."""
    rows = rows.filter(bill__isnull=True).order_by(at, "pk")
    batch = list(rows[:CHUNK])
    while batch:
        yield batch
        last = batch[-1]
        instant = getattr(last, at)
        behind = Q(**{f"{at}__gt": instant}) | Q(**{at: instant, "pk__gt": last.pk})
        batch = list(rows.filter(behind, **{f"{at}__gte": instant})[:CHUNK])


def hold_bill(bill_id: int) -> Bill:
    """The bill, held until the transaction ends. It is held before its differences change."""
    return Bill.objects.select_for_update(no_key=True).get(pk=bill_id)


def settle(bill_id: int) -> None:
    """Bring a day's own sums and its state in line with what is marked and listed, in a transaction.

    Our sums are of what the bill is about: where nothing differs they equal its own, also with trades around midnight.
    """
    bill = hold_bill(bill_id)
    found = BillDifference.objects.filter(bill=bill).filter(Q(resolved_at__isnull=True) | Q(seen_in=bill.runs))

    def fen(rows: QuerySet[Any], column: str) -> int:
        return int(rows.aggregate(fen=Coalesce(Sum(column), 0))["fen"])

    paid = fen(Payment.objects.filter(bill=bill), "amount_fen") + fen(found.filter(refund_number=""), "ours_fen")
    back = fen(Refund.objects.filter(bill=bill), "amount_fen") + fen(found.exclude(refund_number=""), "ours_fen")
    state = bill.state
    if state in (Bill.State.MATCHED, Bill.State.DIFFERENT):
        is_open = found.filter(resolved_at__isnull=True).exists()
        state = Bill.State.DIFFERENT if is_open else Bill.State.MATCHED
    Bill.objects.filter(pk=bill_id).update(our_paid_fen=paid, our_refunded_fen=back, state=state)
