"""Places in classes: taken back with the money they were bought for, given again where it stays after all.

A learner has one enrolment a class, however often he bought it: it may be several items', and stands while one of them
does. Money of one order never ends what another has paid for.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from learning.services import end_enrolment, hold_learner, restore_enrolment
from payments.models import Order, OrderEvent, OrderItem, Refund, RefundLine, Seat
from payments.services.book import note

STANDING = (Refund.State.APPROVED, Refund.State.SENT, Refund.State.DONE)
"""Refunds whose money has gone back, or is on its way."""

_Kind = OrderEvent.Kind


def is_held(enrolment_id: int) -> bool:
    """Whether an item or a seat that was paid for, and not given back, stands for this enrolment.

    The caller holds the learner: of two orders for one class, each would miss the other.
    """
    given_back = RefundLine.objects.filter(item=OuterRef("pk"), ends_enrolment=True, refund__state__in=STANDING)
    bought = OrderItem.objects.filter(~Exists(given_back), enrolment_id=enrolment_id)
    return bought.exists() or Seat.objects.filter(enrolment_id=enrolment_id, state=Seat.State.USED).exists()


def take_back(order: Order, refund: Refund, line: RefundLine, now: datetime) -> None:
    """The class is left with its money, unless the line or another order keeps it: then the book says so.

    The refund stands already.
    """
    item = line.item
    if item.enrolment_id is None:
        return
    if not line.ends_enrolment:
        note(order, _Kind.ENROLMENT_KEPT, now=now, refund=refund, detail=item.title)
        return
    hold_learner(enrolment_id=item.enrolment_id)
    if is_held(item.enrolment_id):
        detail = _("%(title)s（另一张订单也买了）") % {"title": item.title}
        note(order, _Kind.ENROLMENT_KEPT, now=now, refund=refund, detail=detail)
    elif end_enrolment(enrolment_id=item.enrolment_id, now=now):
        note(order, _Kind.ENROLMENT_ENDED, now=now, refund=refund, detail=item.title)


def give_again(order: Order, refund: Refund, line: RefundLine, now: datetime) -> None:
    """The money stays after all, and so does the place, unless another refund takes it. The refund has failed."""
    item = line.item
    if item.enrolment_id is None or not line.ends_enrolment:
        return
    hold_learner(enrolment_id=item.enrolment_id)
    if is_held(item.enrolment_id) and restore_enrolment(enrolment_id=item.enrolment_id, now=now):
        note(order, _Kind.ENROLMENT_RESTORED, now=now, refund=refund, detail=item.title)
