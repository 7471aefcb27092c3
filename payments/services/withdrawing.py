"""Taking back (撤回) a refund that was asked for and still waits: whoever asked for it, nobody else."""

from datetime import datetime

from django.db import transaction

from core import audit
from payments.errors import AlreadyDecided, NotTheMaker
from payments.models import OrderEvent, Refund
from payments.services.book import hold, note
from payments.services.refunding import release


@transaction.atomic
def withdraw_refund(*, refund_id: int, actor_id: int, acting_as: str, now: datetime) -> Refund:
    """Take back a refund one has asked for; what it reserved can be asked for again, and its seats are free. Logged.

    Raises Refund.DoesNotExist, AlreadyDecided for one that waits no more, NotTheMaker for somebody else's.
    """
    order = hold(Refund.objects.values_list("order_id", flat=True).get(pk=refund_id))
    refund = Refund.objects.get(pk=refund_id)
    if refund.state != Refund.State.ASKED:
        raise AlreadyDecided
    if refund.asked_by_id != actor_id:
        raise NotTheMaker
    Refund.objects.filter(pk=refund_id).update(state=Refund.State.WITHDRAWN, decided_at=now)
    release(refund)
    note(order, OrderEvent.Kind.REFUND_WITHDRAWN, now=now, refund=refund, actor_id=actor_id)
    audit.record(
        act="refund.withdrawn",
        now=now,
        actor_id=actor_id,
        acting_as=acting_as,
        target=("payments.order", order.no),
        after={"number": refund.number, "amount_fen": refund.amount_fen},
    )
    refund.refresh_from_db()
    return refund
