"""What finance does by hand (F3): asks a provider now, tries a failed refund again, sends money at a bank."""

import time
from datetime import datetime

from django.db import transaction
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from core import audit
from payments.errors import AlreadyDecided, ReferenceMissing, RefundTooMuch
from payments.models import Order, OrderItem, Payment, Refund
from payments.money import yuan
from payments.providers.deadline import WEB_SECONDS
from payments.services.book import hold
from payments.services.closing import LOOK_AGAIN, ask
from payments.services.refunding import AskedLine, ask_refund, return_by_itself
from payments.services.returning import BY_HAND, finish_refund

_MOST_ASKED = 3
_State = Refund.State


def ask_now(*, order_id: int, now: datetime) -> int:
    """Ask the providers about the order's latest attempts that aren't paid, and soon about its refunds; how many
    attempts were answered. Bounded: three attempts, as long as a page may wait in all; each every few seconds at most.
    """
    from payments.tasks import send_refund

    began, answered = time.monotonic(), 0
    unpaid = Payment.objects.filter(order_id=order_id).exclude(state=Payment.State.PAID).exclude(provider=BY_HAND)
    quiet = Q(looked_at__isnull=True) | Q(looked_at__lte=now - LOOK_AGAIN)
    for payment in unpaid.order_by("-pk")[:_MOST_ASKED]:
        left = WEB_SECONDS - (time.monotonic() - began)
        if left <= 0.1:
            break
        if Payment.objects.filter(quiet, pk=payment.pk).update(looked_at=now):
            answered += ask(payment, now, left)
    going = Refund.objects.filter(order_id=order_id, state__in=[_State.APPROVED, _State.SENT])
    for pk in going.exclude(payment__provider=BY_HAND).values_list("pk", flat=True):
        if Refund.objects.filter(pk=pk, state__in=[_State.APPROVED, _State.SENT]).update(next_try_at=now):
            send_refund.delay(pk)
    return answered


@transaction.atomic
def retry_refund(*, refund_id: int, actor_id: int, acting_as: str, now: datetime) -> Refund:
    """Ask again for what a failed refund was to give back, under a new number: a failed one is over at its provider.

    What a person had asked for waits again for a second one; what the machine gives back goes at once. Logged.
    Raises Refund.DoesNotExist, AlreadyDecided, RefundTooMuch where the money has gone back meanwhile, HoursEarned.
    """
    order = hold(Refund.objects.values_list("order_id", flat=True).get(pk=refund_id))
    failed = Refund.objects.select_related("payment").get(pk=refund_id)
    if failed.state != _State.FAILED:
        raise AlreadyDecided
    if not failed.is_automatic:
        lines = [
            AskedLine(line.item_id, line.amount_fen, line.ends_enrolment, line.seats)
            for line in failed.lines.order_by("pk")
        ]
        return ask_refund(
            order_id=order.pk,
            lines=lines,
            reason=failed.reason,
            override_reason=failed.override_reason,
            actor_id=actor_id,
            acting_as=acting_as,
            now=now,
        )
    again = _return_again(order, failed, now)
    audit.record(
        act="refund.retried",
        now=now,
        actor_id=actor_id,
        acting_as=acting_as,
        target=("payments.order", order.no),
        before={"number": failed.number},
        after={"number": again.number, "amount_fen": again.amount_fen},
    )
    return again


def _return_again(order: Order, failed: Refund, now: datetime) -> Refund:
    going = Refund.objects.filter(payment=failed.payment).exclude(state__in=[_State.REJECTED, _State.FAILED])
    left = failed.payment.amount_fen - going.aggregate(fen=Coalesce(Sum("amount_fen"), 0))["fen"]
    lines = list(failed.lines.select_related("item").order_by("pk"))
    if failed.amount_fen > left or any(line.amount_fen > _free(line.item) for line in lines):
        raise RefundTooMuch(left=yuan(max(left, 0)))
    parts = [(line.item, line.amount_fen) for line in lines]
    return return_by_itself(payment=failed.payment, lines=parts, reason=failed.reason, now=now)


def _free(item: OrderItem) -> int:
    return item.total_fen - item.reserved_fen


@transaction.atomic
def confirm_bank_refund(*, refund_id: int, reference: str, actor_id: int, acting_as: str, now: datetime) -> Refund:
    """Finance has sent an approved refund at the bank, under the bank's reference. Logged.

    Raises Refund.DoesNotExist for one that goes back by a provider, ReferenceMissing, AlreadyDecided.
    """
    refund = Refund.objects.select_related("order").get(pk=refund_id, payment__provider=BY_HAND)
    if not reference.strip():
        raise ReferenceMissing("reference")
    if refund.state == _State.ASKED or not finish_refund(
        refund_id=refund.pk, provider_refund_id=reference.strip(), stated=None, now=now, actor_id=actor_id
    ):
        raise AlreadyDecided
    audit.record(
        act="refund.sent_at_bank",
        now=now,
        actor_id=actor_id,
        acting_as=acting_as,
        target=("payments.order", refund.order.no),
        after={"number": refund.number, "amount_fen": refund.amount_fen, "reference": reference.strip()},
    )
    refund.refresh_from_db()
    return refund
