"""Refunds (退款, F3): asked for by one person, approved by another; or by the machine where money came in vain.

What is asked for is reserved at once, so that two refunds never give back more than was paid. The waiting row is the
job of sending it; its number is ours and reused on every retry.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from learning.queries import standing_of
from payments.errors import AlreadyDecided, HoursEarned, OpinionMissing, RefundsChanged, RefundTooMuch, SamePerson
from payments.models import Order, OrderEvent, OrderItem, Payment, Refund, RefundLine, Seat
from payments.money import yuan
from payments.services.book import follow_refunds, hold, note
from payments.services.places import STANDING, give_again, take_back
from payments.services.telling import tell_refund

_Kind, _State = OrderEvent.Kind, Refund.State


@dataclass(frozen=True)
class AskedLine:
    """What is to be given back of an item. `ends_enrolment`: the learner leaves the class.

    `seats`: of a unit's item so many unused ones, whose price the amount is; none of a learner's.
    """

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
    repeats: Refund | None = None,
    seen: int | None = None,
    actor_id: int,
    acting_as: str,
    now: datetime,
) -> Refund:
    """Ask for a refund; another person decides. What is asked for is reserved from now on. `repeats`: a failed one
    that this one takes the place of. `seen`: the id of the order's latest refund that the asker knows of, 0 for none:
    so one request, sent twice, isn't two.

    Raises RefundsChanged where there is another since, RefundTooMuch, HoursEarned where hours were credited and no
    `override_reason` is given, and `OrderItem.DoesNotExist` for another order's item.
    """
    order = hold(order_id)
    if seen is not None and seen != latest_refund(order_id):
        raise RefundsChanged
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
        repeats=repeats,
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


def latest_refund(order_id: int) -> int:
    """The id of the order's latest refund, 0 for none."""
    return Refund.objects.filter(order_id=order_id).order_by("-pk").values_list("pk", flat=True).first() or 0


def _number(now: datetime) -> str:
    return f"R{timezone.localdate(now):%Y%m%d}{secrets.token_hex(6)}"


def _reserve(refund: Refund, asked: AskedLine) -> None:
    item = OrderItem.objects.get(pk=asked.item_id, order_id=refund.order_id)
    if not 0 < asked.amount_fen <= item.total_fen - item.reserved_fen:
        raise RefundTooMuch(left=yuan(item.total_fen - item.reserved_fen))
    if asked.amount_fen != asked.seats * item.price_fen and item.user_id is None:
        raise RefundTooMuch(left=yuan(asked.seats * item.price_fen))  # a unit's money goes back with its seats only
    OrderItem.objects.filter(pk=item.pk).update(reserved_fen=F("reserved_fen") + asked.amount_fen)
    line = RefundLine.objects.create(
        refund=refund,
        item=item,
        amount_fen=asked.amount_fen,
        ends_enrolment=asked.ends_enrolment,
        seats=asked.seats,
    )
    _check_hours(refund, item, item.reserved_fen + asked.amount_fen)
    if _take_seats(refund, line) < asked.seats:
        free = Seat.objects.filter(item=item, state=Seat.State.FREE).count()
        raise RefundTooMuch(left=yuan(free * item.price_fen))


def _take_seats(refund: Refund, line: RefundLine) -> int:
    """The line's seats, as far as they are free, are given back; how many."""
    free = Seat.objects.filter(item_id=line.item_id, state=Seat.State.FREE).order_by("-pk")
    chosen = list(free.values_list("pk", flat=True)[: line.seats])
    taken = Seat.objects.filter(pk__in=chosen, state=Seat.State.FREE)
    return taken.update(state=Seat.State.REFUNDED, refund=refund)


def _check_hours(refund: Refund, item: OrderItem, going_fen: int) -> None:
    """Hours that a class has brought block giving all of its price back, in one part or in several, unless somebody
    says why (F3). `going_fen`: how much of it goes back with this refund and the others."""
    if item.enrolment_id is None or going_fen < item.total_fen or refund.override_reason:
        return
    hours = standing_of(item.enrolment_id).hours
    if hours:
        raise HoursEarned(hours=hours.normalize())


@transaction.atomic
def decide_refund(
    *, refund_id: int, approve: bool, opinion: str, actor_id: int, acting_as: str, now: datetime
) -> Refund:
    """Approve or reject a refund somebody else asked for. Approved, its enrolments end and the money is sent back.

    Raises Refund.DoesNotExist, AlreadyDecided, SamePerson, OpinionMissing for a rejection that doesn't say why,
    HoursEarned.
    """
    order = hold(Refund.objects.values_list("order_id", flat=True).get(pk=refund_id))
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.state != _State.ASKED:
        raise AlreadyDecided
    if actor_id == refund.asked_by_id:
        raise SamePerson
    if not approve and not opinion.strip():
        raise OpinionMissing("opinion")
    refund.state = _State.APPROVED if approve else _State.REJECTED
    refund.decided_by_id, refund.decided_at, refund.decision = actor_id, now, opinion
    refund.next_try_at = now if approve else None
    refund.save()
    if approve:
        for line in refund.lines.select_related("item").order_by("pk"):
            take_back(order, refund, line, now)
            # Behind it: until then a last lesson may have brought its hours, from then on none does.
            _check_hours(refund, line.item, _going(line.item))
        note(order, _Kind.REFUND_APPROVED, now=now, refund=refund, actor_id=actor_id, detail=opinion)
        follow_refunds(order)
        _send_soon(refund)
    else:
        release(refund)
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


def _going(item: OrderItem) -> int:
    """How much of an item's price has gone back, or is on its way."""
    lines = RefundLine.objects.filter(item=item, refund__state__in=STANDING)
    return int(lines.aggregate(fen=Sum("amount_fen"))["fen"] or 0)


def release(refund: Refund) -> None:
    """What was reserved can be asked for again. The caller holds the order."""
    for line in refund.lines.order_by("pk"):
        OrderItem.objects.filter(pk=line.item_id).update(reserved_fen=F("reserved_fen") - line.amount_fen)
    Seat.objects.filter(refund=refund).update(state=Seat.State.FREE, refund=None)


def return_by_itself(
    *,
    payment: Payment,
    lines: Sequence[tuple[OrderItem, int]],
    reason: str,
    now: datetime,
    repeats: Refund | None = None,
    actor_id: int | None = None,
) -> Refund:
    """Give back what nothing was given for: a surplus payment whole (no lines), or (item, fen) of an honoured one.

    `repeats` and `actor_id`: the failed one that somebody has tried again. The caller holds the order.
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
        repeats=repeats,
    )
    for item, fen in lines:
        RefundLine.objects.create(refund=refund, item=item, amount_fen=fen, ends_enrolment=False)
        OrderItem.objects.filter(pk=item.pk).update(reserved_fen=F("reserved_fen") + fen)
    order = Order.objects.get(pk=payment.order_id)
    note(order, _Kind.REFUND_APPROVED, now=now, refund=refund, actor_id=actor_id, detail=reason)
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
        give_again(order, refund, line, now)
    release(refund)


def redo(order: Order, refund: Refund, now: datetime) -> None:
    """A refund that had come to nothing has gone through after all: what `undo` gave is taken again.

    Others that asked for the same money since, and weren't sent, fall: it can't go back twice. So does the one that
    repeats it.
    """
    _drop(order, Refund.objects.filter(repeats=refund), now)
    for line in refund.lines.select_related("item").order_by("pk"):
        if line.item.reserved_fen + line.amount_fen > line.item.total_fen:
            others = Refund.objects.filter(order=order, lines__item=line.item_id)
            _drop(order, others.exclude(pk=refund.pk), now)
        within = OrderItem.objects.filter(
            pk=line.item_id, reserved_fen__lte=F("price_fen") * F("seats") - line.amount_fen
        )
        within.update(reserved_fen=F("reserved_fen") + line.amount_fen)
        _take_seats(refund, line)
        take_back(order, refund, line, now)


def _drop(order: Order, others: QuerySet[Refund], now: datetime) -> None:
    """Those of these that no money has gone back by, and none can be on its way by, come to nothing."""
    for other in others.order_by("pk"):
        row, why = Refund.objects.filter(pk=other.pk), _("原来的退款已经到账")
        if row.filter(state=_State.ASKED).update(state=_State.REJECTED, decided_at=now, decision=why):
            release(other)
            note(order, _Kind.REFUND_REJECTED, now=now, refund=other, detail=why)
        elif row.filter(state=_State.APPROVED, tries=0).update(state=_State.FAILED, fault=why, next_try_at=None):
            undo(order, other, now)
            note(order, _Kind.REFUND_FAILED, now=now, refund=other, detail=why)
        else:
            continue
        other.refresh_from_db()
        tell_refund(other, now=now)
