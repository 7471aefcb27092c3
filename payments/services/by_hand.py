"""What finance does by hand (F3): asks a provider now, tries a failed refund again, sends money at a bank."""

import time
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core import audit
from payments.errors import (
    AlreadyDecided,
    AlreadyRepeated,
    NotApproved,
    ReferenceMissing,
    ReferenceWrong,
    RefundTooMuch,
)
from payments.models import OrderItem, Payment, Refund
from payments.money import yuan
from payments.providers.deadline import WEB_SECONDS
from payments.services.book import hold
from payments.services.closing import LOOK_AGAIN, ask
from payments.services.refunding import AskedLine, ask_refund, return_by_itself
from payments.services.returning import BY_HAND, finish_refund, pause_before

MOST_REFERENCE = 64
"""Characters of a bank's reference (流水号)."""
_MOST_ASKED = 3
_LEAST_SECONDS = 0.1
_State = Refund.State
_GOING = (_State.APPROVED, _State.SENT)


@dataclass(frozen=True)
class AskedNow:
    """How many of the order's attempts were asked about now, how many of the providers answered, and how many of its
    refunds are being asked about. Nothing of what was asked a moment ago.
    """

    attempts: int
    answered: int
    refunds: int


def ask_now(*, order_id: int, now: datetime) -> AskedNow:
    """Ask the providers about the order's latest attempts that aren't paid, and have its refunds asked about.

    Bounded: three attempts, in all as long as a page may wait; each attempt and refund every few seconds at most.
    """
    began, attempts, answered = time.monotonic(), 0, 0
    unpaid = Payment.objects.filter(order_id=order_id).exclude(state=Payment.State.PAID).exclude(provider=BY_HAND)
    quiet = Q(looked_at__isnull=True) | Q(looked_at__lte=now - LOOK_AGAIN)
    for payment in unpaid.order_by("-pk")[:_MOST_ASKED]:
        left = WEB_SECONDS - (time.monotonic() - began)
        if left <= _LEAST_SECONDS:
            break
        if Payment.objects.filter(quiet, pk=payment.pk).update(looked_at=now):
            attempts += 1
            answered += ask(payment, now, left)
    return AskedNow(attempts, answered, _ask_of_refunds(order_id, now))


def _ask_of_refunds(order_id: int, now: datetime) -> int:
    """Bring forward what is due later, unless it was asked about just now; what is due already is on its way."""
    from payments.tasks import send_refund

    going = Refund.objects.filter(order_id=order_id, state__in=_GOING).exclude(payment__provider=BY_HAND)
    brought = 0
    for refund in going.filter(next_try_at__gt=now).order_by("pk"):
        due = refund.next_try_at
        if due is None or now - (due - pause_before(refund.tries)) < LOOK_AGAIN:
            continue
        if Refund.objects.filter(pk=refund.pk, state__in=_GOING, next_try_at=due).update(next_try_at=now):
            transaction.on_commit(partial(send_refund.delay, refund.pk), robust=True)
            brought += 1
    return brought


@transaction.atomic
def retry_refund(*, refund_id: int, actor_id: int, acting_as: str, now: datetime) -> Refund:
    """Ask again, once, for what a failed refund was to give back, under a new number: a failed one is over at its
    provider.

    What a person had asked for waits again for a second one; what the machine gives back goes at once. Logged.
    Raises Refund.DoesNotExist, AlreadyDecided for one that hasn't failed, AlreadyRepeated, RefundTooMuch where the
    money has gone back meanwhile, HoursEarned.
    """
    order = hold(Refund.objects.values_list("order_id", flat=True).get(pk=refund_id))
    failed = Refund.objects.select_related("payment").get(pk=refund_id)
    if failed.state != _State.FAILED:
        raise AlreadyDecided
    if failed.repeated.exclude(state__in=[_State.REJECTED, _State.WITHDRAWN]).exists():
        raise AlreadyRepeated
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
            repeats=failed,
            actor_id=actor_id,
            acting_as=acting_as,
            now=now,
        )
    again = _return_again(failed, actor_id, now)
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


def _return_again(failed: Refund, actor_id: int, now: datetime) -> Refund:
    going = Refund.objects.filter(payment=failed.payment).exclude(state__in=Refund.CAME_TO_NOTHING)
    left = failed.payment.amount_fen - going.aggregate(fen=Coalesce(Sum("amount_fen"), 0))["fen"]
    lines = list(failed.lines.select_related("item").order_by("pk"))
    if failed.amount_fen > left or any(line.amount_fen > _free(line.item) for line in lines):
        raise RefundTooMuch(left=yuan(max(left, 0)))
    return return_by_itself(
        payment=failed.payment,
        lines=[(line.item, line.amount_fen) for line in lines],
        reason=failed.reason,
        repeats=failed,
        actor_id=actor_id,
        now=now,
    )


def _free(item: OrderItem) -> int:
    return item.total_fen - item.reserved_fen


def bank_reference(text: str) -> str:
    """A bank's reference as it is kept. Raises ReferenceMissing, ReferenceWrong, both at "reference"."""
    reference = text.strip()
    if not reference:
        raise ReferenceMissing("reference")
    if len(reference) > MOST_REFERENCE or not reference.isprintable():
        raise ReferenceWrong("reference", reason=_("流水号最多 %s 个字，照回单填写") % MOST_REFERENCE)
    return reference


@transaction.atomic
def confirm_bank_refund(*, refund_id: int, reference: str, actor_id: int, acting_as: str, now: datetime) -> Refund:
    """Finance has sent an approved refund at the bank, under the bank's reference. Logged.

    Raises Refund.DoesNotExist for one that goes back by a provider, NotApproved while it waits for its second person,
    AlreadyDecided, ReferenceMissing, ReferenceWrong for one that another refund was sent under.
    """
    refund = Refund.objects.select_related("order").get(pk=refund_id, payment__provider=BY_HAND)
    hold(refund.order_id)
    refund.refresh_from_db(fields=["state"])
    if refund.state == _State.ASKED:
        raise NotApproved
    if refund.state not in _GOING:
        raise AlreadyDecided
    kept = bank_reference(reference)
    same = Refund.objects.filter(payment__provider=BY_HAND, provider_refund_id=kept).exclude(pk=refund.pk)
    if used := same.values_list("order__no", flat=True).first():
        raise ReferenceWrong("reference", reason=_("这个流水号已经登记在订单 %s 的退款上") % used)
    if not finish_refund(refund_id=refund.pk, provider_refund_id=kept, stated=None, now=now, actor_id=actor_id):
        raise AlreadyDecided
    audit.record(
        act="refund.sent_at_bank",
        now=now,
        actor_id=actor_id,
        acting_as=acting_as,
        target=("payments.order", refund.order.no),
        after={"number": refund.number, "amount_fen": refund.amount_fen, "reference": kept},
    )
    refund.refresh_from_db()
    return refund
