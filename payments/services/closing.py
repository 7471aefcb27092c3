"""Looking after an order that waits for its money: asking the provider, expiring, cancelling, closing safely.

Closing: ask → close → where somebody had paid, honour it → ask once more (facts/payments.md, section 4).
"""

import json
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from identity.acting import ActingRole
from payments.errors import OrderNotOpen, OrderPaid, PaymentMismatch
from payments.models import Order, OrderEvent, OrderItem, Payment
from payments.providers import Provider, ProviderDown, ProviderPayment, ProviderRefused
from payments.providers.base import PaymentState
from payments.providers.deadline import TASK_SECONDS, WEB_SECONDS
from payments.providers.registry import NotOnOffer, provider
from payments.services.book import hold, move, note
from payments.services.confirming import Source, confirm_payment
from payments.services.notices import note_misfit
from payments.services.ordering import LOOK_EVERY

logger = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(seconds=4)
"""How soon after the last one an open page makes the server ask the provider again (X2: healed within ten seconds)."""
_TRY_AGAIN = timedelta(seconds=20)
_INLINE_SECONDS = 0.7
"""Three calls while somebody waits for the answer to his cancelling; what is left after them the sweep does."""
_LATE_SCANS = timedelta(minutes=5)
"""How long after its time money may come that was on its way when an attempt was closed. Once that is over it is asked
about for the last time, however long the machine stood still meanwhile; what comes later the day's bill tells."""
_LATE_LOOKS = timedelta(days=1)
"""How long after it was closed an order's own page still makes the server ask."""
BY_HAND = "bank"

_State, _Kind = Order.State, OrderEvent.Kind
_WAITING = (Payment.State.NEW, Payment.State.OPEN)
_SHOWN = (Payment.State.OPEN, Payment.State.CLOSED)
"""Attempts whose code somebody may have seen."""


def refresh_order(*, order_id: int, now: datetime) -> Order:
    """An order as its open page asks for it: the provider is asked too, every few seconds at most, and bounded.

    One closed within the last day as well: money that was on its way then is found where its payer looks for it.
    """
    order = Order.objects.get(pk=order_id)
    if order.state == _State.OPEN and now >= order.expires_at:
        begin_closing(order_id=order_id, detail=_("超时未付"), now=now)
    just_closed = order.closed_at is not None and order.state == _State.CLOSED and order.closed_at > now - _LATE_LOOKS
    payment = order.payments.filter(state__in=_SHOWN).order_by("-pk").first()
    if payment and (order.state in (_State.OPEN, _State.CLOSING) or just_closed) and payment.provider != BY_HAND:
        quiet = Q(looked_at__isnull=True) | Q(looked_at__lte=now - LOOK_AGAIN)
        if Payment.objects.filter(quiet, pk=payment.pk).update(looked_at=now):
            ask(payment, now, WEB_SECONDS)
    return Order.objects.get(pk=order_id)


def ask(payment: Payment, now: datetime, seconds: float) -> bool:
    """Ask the provider about an attempt and take in what it says; False where it didn't answer."""
    try:
        stated = provider(payment.provider, seconds=seconds).query(number=payment.number)
    except (ProviderDown, ProviderRefused, NotOnOffer):
        return False
    if stated is not None:
        _take_in(payment, stated, now)
    return True


def _take_in(payment: Payment, stated: ProviderPayment, now: datetime) -> bool:
    """Whether it is paid. Money that doesn't fit is paid too, and waits for a person: nothing is closed over it."""
    if stated.state != PaymentState.PAID:
        return False
    try:
        confirm_payment(provider_name=payment.provider, stated=stated, source=Source.QUERY, now=now)
    except PaymentMismatch as misfit:
        logger.error("%s says of payment %s what doesn't fit it", payment.provider, payment.number)
        body = json.dumps(stated.raw, sort_keys=True, default=str).encode()
        note_misfit(provider_name=payment.provider, reason=misfit.code, body=body, number=payment.number, now=now)
    return True


@transaction.atomic
def begin_closing(*, order_id: int, detail: str, now: datetime, actor_id: int | None = None) -> bool:
    """From now on the order can't be paid by what we show; what was paid already still holds. False: it isn't open."""
    order = hold(order_id)
    if not move(order, _State.CLOSING, next_look_at=now):
        return False
    OrderItem.objects.filter(order=order).update(is_open=False)
    note(order, _Kind.CLOSING, now=now, actor_id=actor_id, detail=detail)
    return True


def cancel_order(*, actor: ActingRole, order_no: str, clock: Callable[[], datetime]) -> Order:
    """Give an order up. It is closed at the provider at once where that answers, else by the sweep.

    Raises Order.DoesNotExist for another's, OrderNotOpen, OrderPaid where the money had come after all.
    """
    order = Order.objects.of(actor).get(no=order_no)
    given_up = order.state in (_State.CLOSING, _State.CLOSED)
    if not given_up and not begin_closing(order_id=order.pk, detail=_("本人取消"), now=clock(), actor_id=actor.user_id):
        raise OrderNotOpen
    close_order(order_id=order.pk, clock=clock, seconds=_INLINE_SECONDS)
    order.refresh_from_db()
    if order.state not in (_State.CLOSING, _State.CLOSED):
        raise OrderPaid
    return order


def close_order(*, order_id: int, clock: Callable[[], datetime], seconds: float = TASK_SECONDS) -> bool:
    """Close every attempt of an order that is being closed; then the order. False where a provider didn't answer.

    `seconds`: of one call. Another attempt is begun with only while its caller has waited less than that.
    """
    began = time.monotonic()
    for at, payment in enumerate(Payment.objects.filter(order_id=order_id, state__in=_WAITING).order_by("pk")):
        if at and time.monotonic() - began > seconds / 3:
            return False  # still due: the sweep goes on
        if payment.provider == BY_HAND:  # nobody to ask: money that comes all the same is late, and finance books it
            Payment.objects.filter(pk=payment.pk, state__in=_WAITING).update(state=Payment.State.CLOSED)
            continue
        try:
            close_payment(payment, provider(payment.provider, seconds=seconds), clock)
        except (ProviderDown, ProviderRefused, NotOnOffer):
            Order.objects.filter(pk=order_id).update(next_look_at=clock() + _TRY_AGAIN)
            return False
    with transaction.atomic():
        order = hold(order_id)
        waiting = Payment.objects.filter(order=order, state__in=_WAITING).exists()
        if not waiting and move(order, _State.CLOSED, closed_at=clock()):
            note(order, _Kind.CLOSED, now=clock())
    return True


def close_payment(payment: Payment, adapter: Provider, clock: Callable[[], datetime]) -> None:
    """Close one attempt at its provider, unless it was paid: then that holds. Raises ProviderDown, ProviderRefused."""
    if _is_paid(payment, adapter, clock):
        return
    adapter.close(number=payment.number)  # said to be closed, paid or unknown: the question that follows decides
    if _is_paid(payment, adapter, clock):
        return
    Payment.objects.filter(pk=payment.pk, state__in=_WAITING).update(state=Payment.State.CLOSED)


def _is_paid(payment: Payment, adapter: Provider, clock: Callable[[], datetime]) -> bool:
    stated = adapter.query(number=payment.number)
    return stated is not None and _take_in(payment, stated, clock())


def look_after(*, order_id: int, clock: Callable[[], datetime]) -> None:
    """What an order that waits for its money needs now: asked about, expired, its replaced attempts closed, closed."""
    now = clock()
    order = Order.objects.get(pk=order_id)
    if order.state == _State.OPEN and now >= order.expires_at:
        begin_closing(order_id=order_id, detail=_("超时未付"), now=now)
    order.refresh_from_db()
    if order.state == _State.CLOSING:
        close_order(order_id=order_id, clock=clock)
    elif order.state == _State.OPEN:
        _look_at_attempts(order, clock)


def _look_at_attempts(order: Order, clock: Callable[[], datetime]) -> None:
    waiting = list(order.payments.filter(state__in=_WAITING).exclude(provider=BY_HAND).order_by("-pk"))
    for at, payment in enumerate(waiting):
        if at == 0 and payment.provider == order.provider:
            ask(payment, clock(), TASK_SECONDS)
            continue
        try:
            close_payment(payment, provider(payment.provider, seconds=TASK_SECONDS), clock)
        except (ProviderDown, ProviderRefused, NotOnOffer):
            continue


def sweep_orders(*, now: datetime, most: int = 200) -> int:
    """Send the orders that need looking after to the workers; by the beat. Gives how many."""
    from payments.tasks import look_after_order

    due = Order.objects.filter(state__in=[_State.OPEN, _State.CLOSING], next_look_at__lte=now)
    ids = list(due.order_by("next_look_at").values_list("pk", flat=True)[:most])
    for pk in ids:
        if due.filter(pk=pk).update(next_look_at=now + LOOK_EVERY):
            look_after_order.delay(pk)
    return len(ids)


def look_after_attempt(*, payment_id: int, clock: Callable[[], datetime]) -> None:
    """What an attempt needs that outlived its order's waiting: one not closed is, and a closed one asked about.

    Two codes were shown and either may be paid; a code of Alipay's that nobody has scanned can't be closed.
    """
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    if payment.state == Payment.State.CLOSED:
        now = clock()
        if ask(payment, now, TASK_SECONDS) and now >= payment.expires_at + _LATE_SCANS:
            Payment.objects.filter(pk=payment_id).update(is_over=True)
    elif payment.state in _WAITING and payment.order.state not in (_State.OPEN, _State.CLOSING):
        try:
            close_payment(payment, provider(payment.provider, seconds=TASK_SECONDS), clock)
        except (ProviderDown, ProviderRefused, NotOnOffer):
            return  # it is asked for again


def sweep_attempts(*, now: datetime, most: int = 200) -> int:
    """Send the attempts that outlived their order's waiting to the workers; by the beat. Gives how many."""
    from payments.tasks import look_after_attempt as look

    left = Q(state__in=_WAITING) & ~Q(order__state__in=[_State.OPEN, _State.CLOSING])
    closed = Q(state=Payment.State.CLOSED)
    quiet = Q(looked_at__isnull=True) | Q(looked_at__lte=now - LOOK_EVERY)
    due = Payment.objects.filter(quiet, left | closed, is_over=False).exclude(provider=BY_HAND)
    ids = list(due.order_by("expires_at", "pk").values_list("pk", flat=True)[:most])
    for pk in ids:
        if Payment.objects.filter(quiet, pk=pk).update(looked_at=now):
            look.delay(pk)
    return len(ids)
