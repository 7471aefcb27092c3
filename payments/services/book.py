"""The book (流水): the only place where an order's state and money change, each with its event, in one transaction.

Locks are taken in this order, and by nobody in another: the order (`hold`), its payments and refunds, its items, then
learning's: the learner (`hold_learner`), watches, progress, the enrolment, hours. Nothing below payments takes any
order.
"""

from datetime import datetime
from typing import Any

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from payments.models import Order, OrderEvent, Payment, Refund
from payments.states import MAY_BECOME, state_by_refunds

_MOST_VALUES, _MOST_SIGNS = 60, 200


def hold(order_id: int) -> Order:
    """The order, held until the transaction ends: whatever moves its money comes one after the other."""
    return Order.objects.select_for_update(no_key=True).get(pk=order_id)


def note(
    order: Order,
    kind: OrderEvent.Kind,
    *,
    now: datetime,
    amount_fen: int = 0,
    payment: Payment | None = None,
    refund: Refund | None = None,
    actor_id: int | None = None,
    detail: str = "",
    message: dict[str, Any] | None = None,
) -> OrderEvent:
    """Append an event, and add its money to the order's sums."""
    if amount_fen > 0:
        Order.objects.filter(pk=order.pk).update(received_fen=F("received_fen") + amount_fen)
    elif amount_fen < 0:
        Order.objects.filter(pk=order.pk).update(returned_fen=F("returned_fen") - amount_fen)
    provider = payment.provider if payment else refund.payment.provider if refund else order.provider
    return OrderEvent.objects.create(
        order=order,
        at=now,
        kind=kind,
        amount_fen=amount_fen,
        provider=provider,
        payment=payment,
        refund=refund,
        actor_id=actor_id,
        detail=detail[:300],
        message=_kept(message or {}),
    )


def _kept(message: dict[str, Any]) -> dict[str, Any]:
    """A provider's message as events keep it: its adapter has masked the secrets; of a large one, the head."""
    return {
        str(name)[:_MOST_VALUES]: value if isinstance(value, int | bool | None) else str(value)[:_MOST_SIGNS]
        for name, value in list(message.items())[:_MOST_VALUES]
    }


def move(order: Order, to: Order.State, **values: Any) -> bool:
    """Change the held order's state where it may; with it `values`. False where it may not, and nothing changed."""
    origins = [origin for origin, targets in MAY_BECOME.items() if to in targets]
    moved = Order.objects.filter(pk=order.pk, state__in=origins).update(state=to, **values)
    if moved:
        order.refresh_from_db()
    return bool(moved)


def follow_refunds(order: Order) -> None:
    """Bring the held order's state in line with the refunds of its honoured payment."""
    honoured = Payment.objects.get(honours=order)
    refunds = Refund.objects.filter(payment=honoured)
    pending = refunds.filter(state__in=[Refund.State.APPROVED, Refund.State.SENT]).exists()
    done = refunds.filter(state=Refund.State.DONE).aggregate(fen=Coalesce(Sum("amount_fen"), 0))["fen"]
    to = state_by_refunds(pending, done, honoured.amount_fen)
    if to != order.state and not move(order, to):
        # Back from one partial refund to the state before it leads over 退款中.
        move(order, Order.State.REFUNDING)
        move(order, to)
