"""Sending refunds and taking in what providers say of them. No provider call inside a transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from core.errors import Refusal
from payments.errors import PaymentMismatch, UnknownPayment
from payments.models import OrderEvent, Refund
from payments.providers import ProviderDown, ProviderRefund, ProviderRefused
from payments.providers.base import RefundState
from payments.providers.deadline import TASK_SECONDS
from payments.providers.registry import NotOnOffer, provider
from payments.services.addresses import notify_url
from payments.services.book import follow_refunds, hold, note
from payments.services.refunding import redo, undo
from payments.services.telling import tell_refund

_LEASE = timedelta(seconds=60)
_ASK_AGAIN = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)
BY_HAND = "bank"
"""Bank transfers: finance sends them back at the bank and says so."""

_Kind, _State = OrderEvent.Kind, Refund.State


def send_refund(*, refund_id: int, clock: Callable[[], datetime]) -> bool:
    """Send an approved refund, or ask what became of a sent one; False where there was nothing to do, or no answer."""
    now = clock()
    due = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
    job = Refund.objects.filter(due, pk=refund_id, state__in=[_State.APPROVED, _State.SENT], next_try_at__lte=now)
    if not job.exclude(payment__provider=BY_HAND).update(claimed_until=now + _LEASE, tries=F("tries") + 1):
        return False
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    try:
        stated = _ask(refund)
    except ProviderRefused as fault:
        fail_refund(refund_id=refund_id, fault=str(fault), now=clock())
        return True
    except (ProviderDown, NotOnOffer) as fault:
        _put_off(refund, str(fault), clock())
        return False
    try:
        settle_refund(provider_name=refund.payment.provider, stated=stated, now=clock())
    except Refusal as misfit:  # an answer that doesn't fit: nothing is known, and a person sees why
        _put_off(refund, misfit.code, clock())
        return False
    _put_off(refund, "", clock())
    return True


def pause_before(tries: int) -> timedelta:
    """How long after the try of this number the next one is due."""
    return min(_ASK_AGAIN * 2 ** min(max(tries, 1) - 1, 8), _LONGEST_WAIT)


def _put_off(refund: Refund, fault: str, now: datetime) -> None:
    """Free the job, and ask again later and later: banks take days. Of one that has ended only the lease is freed."""
    wait = pause_before(refund.tries)
    mine = Refund.objects.filter(pk=refund.pk)
    mine.filter(state__in=[_State.APPROVED, _State.SENT]).update(next_try_at=now + wait, fault=fault[:200])
    mine.update(claimed_until=None)


def _ask(refund: Refund) -> ProviderRefund:
    """What the provider says of it, sent where it hasn't been. Sent before, it may have been taken though no answer
    came: then a refusal of the second sending would say nothing, so it is asked after first."""
    payment = refund.payment
    adapter = provider(payment.provider, seconds=TASK_SECONDS)
    if refund.state == _State.SENT or refund.tries > 1:
        stated = adapter.query_refund(number=payment.number, refund_number=refund.number)
        if stated is not None:
            return stated
    return adapter.refund(
        number=payment.number,
        refund_number=refund.number,
        total_fen=payment.amount_fen,
        amount_fen=refund.amount_fen,
        reason=refund.reason,
        notify_url=notify_url(payment.provider),
    )


def settle_refund(*, provider_name: str, stated: ProviderRefund, now: datetime) -> bool:
    """Take in what a provider says of a refund, by answer, callback or bill; False: nothing new.

    Raises UnknownPayment, PaymentMismatch where the amount is another.
    """
    refund = Refund.objects.filter(
        number=stated.refund_number, payment__number=stated.number, payment__provider=provider_name
    ).first()
    if refund is None:
        raise UnknownPayment
    if stated.amount_fen != refund.amount_fen:
        raise PaymentMismatch
    if stated.state == RefundState.FAILED:
        return fail_refund(refund_id=refund.pk, fault=str(stated.raw.get("status", "")), now=now)
    if stated.state == RefundState.PROCESSING:
        return _note_sent(refund, stated, now)
    return finish_refund(refund_id=refund.pk, provider_refund_id=stated.provider_refund_id, stated=stated, now=now)


@transaction.atomic
def _note_sent(refund: Refund, stated: ProviderRefund, now: datetime) -> bool:
    order = hold(refund.order_id)
    claimed = Refund.objects.filter(pk=refund.pk, state=_State.APPROVED)
    if not claimed.update(state=_State.SENT, sent_at=now, provider_refund_id=stated.provider_refund_id):
        return False
    note(order, _Kind.REFUND_SENT, now=now, refund=refund, message=stated.raw)
    return True


@transaction.atomic
def finish_refund(
    *,
    refund_id: int,
    provider_refund_id: str,
    stated: ProviderRefund | None,
    now: datetime,
    actor_id: int | None = None,
) -> bool:
    """The money has gone back; once. Also where the provider had said first that it couldn't: it is gone anyhow."""
    order = hold(Refund.objects.values_list("order_id", flat=True).get(pk=refund_id))
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    may = Refund.objects.filter(pk=refund_id, state__in=[_State.APPROVED, _State.SENT, _State.FAILED])
    if not may.update(
        state=_State.DONE, done_at=now, provider_refund_id=provider_refund_id, fault="", claimed_until=None
    ):
        return False
    if refund.state == _State.FAILED:
        redo(order, refund, now)
    refund.refresh_from_db()
    note(
        order,
        _Kind.REFUNDED,
        now=now,
        amount_fen=-refund.amount_fen,
        refund=refund,
        actor_id=actor_id,
        message=stated.raw if stated else None,
    )
    if order.honoured_id == refund.payment_id:
        follow_refunds(order)
    tell_refund(refund, now=now)
    return True


@transaction.atomic
def fail_refund(*, refund_id: int, fault: str, now: datetime) -> bool:
    """The provider can't or won't: the learner keeps what he had, finance sees it and may ask again."""
    order = hold(Refund.objects.values_list("order_id", flat=True).get(pk=refund_id))
    may = Refund.objects.filter(pk=refund_id, state__in=[_State.APPROVED, _State.SENT])
    if not may.update(state=_State.FAILED, fault=fault[:200], claimed_until=None, next_try_at=None):
        return False
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    undo(order, refund, now)
    note(order, _Kind.REFUND_FAILED, now=now, refund=refund, detail=fault)
    if order.honoured_id == refund.payment_id:
        follow_refunds(order)
    tell_refund(refund, now=now)
    return True


def sweep_refunds(*, now: datetime) -> None:
    """Send again what waits; by the beat."""
    from payments.tasks import send_refund as send

    due = Refund.objects.filter(state__in=[_State.APPROVED, _State.SENT], next_try_at__lte=now)
    for pk in due.exclude(payment__provider=BY_HAND).order_by("next_try_at").values_list("pk", flat=True)[:100]:
        send.delay(pk)
