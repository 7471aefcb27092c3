"""Refunds (退款, F3): asked for by one person, approved by another; or by the machine where money came in vain.

What is asked for is reserved at once, so that two refunds never give back more than was paid. The waiting row is the
job of sending it; its number is ours and reused on every retry.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core import audit
from learning.queries import standing_of
from learning.services import end_enrolment, restore_enrolment
from payments.errors import AlreadyDecided, HoursEarned, RefundTooMuch, SamePerson
from payments.models import Order, OrderEvent, OrderItem, Payment, Refund, RefundLine, Seat
from payments.money import yuan
from payments.services.book import follow_refunds, hold, note
from payments.services.telling import tell_refund

_Kind, _State = OrderEvent.Kind, Refund.State


@dataclass(frozen=True)
class AskedLine:
    """What is to be given back of an item. `ends_enrolment`: the learner leaves the class; `seats`: unused ones."""

    item_id: int
    amount_fen: int
    ends_enrolment: bool = True
    seats: int = 0


@transaction.atomic
def ask_refund(
    *,
    order_id: int,
    lines: Sequence[AskedLine],
    reason: str,
    override_reason: str = "",
    actor_id: int,
    acting_as: str,
    now: datetime,
) -> Refund:
    """Ask for a refund; another person decides. What is asked for is reserved from now on.

    Raises RefundTooMuch, HoursEarned where hours were credited and no `override_reason` is given, and
    `OrderItem.DoesNotExist` for another order's item.
    """
    order = hold(order_id)
    if order.honoured_id is None or not lines:
        raise RefundTooMuch(left=yuan(0))
    payment = Payment.objects.get(pk=order.honoured_id)
    refund = Refund.objects.create(
        order=order,
        payment=payment,
        number=_number(now),
        amount_fen=sum(line.amount_fen for line in lines),
        reason=reason,
        override_reason=override_reason,
        asked_by_id=actor_id,
        asked_at=now,
    )
    for line in lines:
        _reserve(refund, line)
    note(order, _Kind.REFUND_ASKED, now=now, refund=refund, actor_id=actor_id, detail=reason)
    audit.record(
        act="refund.asked",
        now=now,
        actor_id=actor_id,
        acting_as=acting_as,
        target=("payments.order", order.no),
        after={"amount_fen": refund.amount_fen, "reason": reason, "override": override_reason},
    )
    return refund


def _number(now: datetime) -> str:
    return f"R{timezone.localdate(now):%Y%m%d}{secrets.token_hex(6)}"


def _reserve(refund: Refund, asked: AskedLine) -> None:
    item = OrderItem.objects.get(pk=asked.item_id, order_id=refund.order_id)
    if not 0 < asked.amount_fen <= item.total_fen - item.reserved_fen:
        raise RefundTooMuch(left=yuan(item.total_fen - item.reserved_fen))
    OrderItem.objects.filter(pk=item.pk).update(reserved_fen=F("reserved_fen") + asked.amount_fen)
    line = RefundLine.objects.create(
        refund=refund,
        item=item,
        amount_fen=asked.amount_fen,
        ends_enrolment=asked.ends_enrolment,
        seats=asked.seats,
    )
    _check_hours(refund, line)
    if asked.seats:
        free = list(Seat.objects.filter(item=item, state=Seat.State.FREE).order_by("-pk")[: asked.seats])
        taken = Seat.objects.filter(pk__in=[seat.pk for seat in free], state=Seat.State.FREE)
        if taken.update(state=Seat.State.REFUNDED, refund=refund) < asked.seats:
            raise RefundTooMuch(left=yuan(len(free) * item.price_fen))


def _check_hours(refund: Refund, line: RefundLine) -> None:
    """Hours that a class has brought block giving all of its price back, unless somebody says why (F3)."""
    item = line.item
    if item.enrolment_id is None or line.amount_fen < item.total_fen or refund.override_reason:
        return
    hours = standing_of(item.enrolment_id).hours
    if hours:
        raise HoursEarned(hours=hours.normalize())


@transaction.atomic
def decide_refund(
    *, refund_id: int, approve: bool, opinion: str, actor_id: int, acting_as: str, now: datetime
) -> Refund:
    """Approve or reject a refund somebody else asked for. Approved, its enrolments end and the money is sent back.

    Raises Refund.DoesNotExist, AlreadyDecided, SamePerson, HoursEarned.
    """
    order = hold(Refund.objects.values_list("order_id", flat=True).get(pk=refund_id))
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.state != _State.ASKED:
        raise AlreadyDecided
    if actor_id == refund.asked_by_id:
        raise SamePerson
    refund.state = _State.APPROVED if approve else _State.REJECTED
    refund.decided_by_id, refund.decided_at, refund.decision = actor_id, now, opinion
    refund.next_try_at = now if approve else None
    refund.save()
    if approve:
        for line in refund.lines.select_related("item").order_by("pk"):
            _check_hours(refund, line)
            _end(order, refund, line, now)
        note(order, _Kind.REFUND_APPROVED, now=now, refund=refund, actor_id=actor_id, detail=opinion)
        follow_refunds(order)
        _send_soon(refund)
    else:
        _release(refund)
        note(order, _Kind.REFUND_REJECTED, now=now, refund=refund, actor_id=actor_id, detail=opinion)
        tell_refund(refund, now=now)
    audit.record(
        act="refund.approved" if approve else "refund.rejected",
        now=now,
        actor_id=actor_id,
        acting_as=acting_as,
        target=("payments.order", order.no),
        before={"asked_by": refund.asked_by_id},
        after={"amount_fen": refund.amount_fen, "opinion": opinion},
    )
    return refund


def _end(order: Order, refund: Refund, line: RefundLine, now: datetime) -> None:
    """The class is left with its money, unless the line keeps it: then the book says so."""
    item = line.item
    if item.enrolment_id is None:
        return
    if not line.ends_enrolment:
        note(order, _Kind.ENROLMENT_KEPT, now=now, refund=refund, detail=item.title)
    elif end_enrolment(enrolment_id=item.enrolment_id, now=now):
        note(order, _Kind.ENROLMENT_ENDED, now=now, refund=refund, detail=item.title)


def _release(refund: Refund) -> None:
    """What was reserved can be asked for again."""
    for line in refund.lines.order_by("pk"):
        OrderItem.objects.filter(pk=line.item_id).update(reserved_fen=F("reserved_fen") - line.amount_fen)
    Seat.objects.filter(refund=refund).update(state=Seat.State.FREE, refund=None)


def return_by_itself(*, payment: Payment, lines: Sequence[tuple[OrderItem, int]], reason: str, now: datetime) -> Refund:
    """Give back what nothing was given for: a surplus payment whole (no lines), or (item, fen) of an honoured one.

    The caller holds the order.
    """
    refund = Refund.objects.create(
        order_id=payment.order_id,
        payment=payment,
        number=_number(now),
        amount_fen=sum(fen for _item, fen in lines) or payment.amount_fen,
        reason=reason,
        is_automatic=True,
        state=_State.APPROVED,
        asked_at=now,
        next_try_at=now,
    )
    for item, fen in lines:
        RefundLine.objects.create(refund=refund, item=item, amount_fen=fen, ends_enrolment=False)
        OrderItem.objects.filter(pk=item.pk).update(reserved_fen=F("reserved_fen") + fen)
    order = Order.objects.get(pk=payment.order_id)
    note(order, _Kind.REFUND_APPROVED, now=now, refund=refund, detail=reason)
    if order.honoured_id == payment.pk:
        follow_refunds(order)
    _send_soon(refund)
    return refund


def _send_soon(refund: Refund) -> None:
    from payments.tasks import send_refund

    transaction.on_commit(lambda: send_refund.delay(refund.pk), robust=True)


def undo(order: Order, refund: Refund, now: datetime) -> None:
    """A refund came to nothing: what it took is given back to the learner, what it reserved is free again."""
    for line in refund.lines.select_related("item").order_by("pk"):
        enrolment_id = line.item.enrolment_id
        if line.ends_enrolment and enrolment_id and restore_enrolment(enrolment_id=enrolment_id, now=now):
            note(order, _Kind.ENROLMENT_RESTORED, now=now, refund=refund, detail=line.item.title)
    _release(refund)
