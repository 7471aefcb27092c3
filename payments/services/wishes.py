"""What who paid may ask for himself: a learner his money while he hasn't begun, a unit its unused seats."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from identity.acting import ActingRole
from learning.queries import begun
from payments.errors import RefundNotAllowed
from payments.models import Order, Refund
from payments.services.refunding import AskedLine, ask_refund
from payments.services.withdrawing import withdraw_refund


def why_no_refund(order: Order, now: datetime) -> str:
    """Why its learner can't ask for this order's money back, in words; empty where he can (F3: policy)."""
    if order.state != Order.State.PAID or order.paid_at is None:
        return _("这张订单现在没有可退的款项")
    if order.refunds.exclude(state__in=Refund.CAME_TO_NOTHING).exists():
        return _("这张订单已经有退款在处理")
    if now > order.paid_at + timedelta(days=settings.REFUND_DAYS):
        return _("付款已超过 %s 天，不能自己申请退款，请联系客服") % settings.REFUND_DAYS
    enrolments = [pk for pk in order.items.values_list("enrolment_id", flat=True) if pk]
    if begun(enrolments):
        return _("已经开始学习，不能自己申请退款，请联系客服")
    return ""


def ask_own_refund(*, actor: ActingRole, order_no: str, reason: str, now: datetime) -> Refund:
    """Ask for all of one's own order back; finance decides. Raises Order.DoesNotExist, RefundNotAllowed."""
    order = Order.objects.of(actor).get(no=order_no, organisation__isnull=True)
    why_not = why_no_refund(order, now)
    if why_not:
        raise RefundNotAllowed(reason=why_not)
    return ask_refund(
        order_id=order.pk,
        lines=[AskedLine(item.pk, item.total_fen) for item in order.items.order_by("pk")],
        reason=reason,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        now=now,
    )


def ask_seats_back(*, actor: ActingRole, order_no: str, seats: int, reason: str, now: datetime) -> Refund:
    """Ask for so many unused seats of one's unit's order back, at the price paid for them; finance decides. Until then
    nobody can use them.

    Raises Order.DoesNotExist, RefundTooMuch for more than are free.
    """
    order = Order.objects.of(actor).get(no=order_no, organisation__isnull=False)
    item = order.items.get()
    return ask_refund(
        order_id=order.pk,
        lines=[AskedLine(item.pk, item.price_fen * seats, ends_enrolment=False, seats=seats)],
        reason=reason,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        now=now,
    )


def take_wish_back(*, actor: ActingRole, order_no: str, now: datetime) -> Refund:
    """Take back what one has asked for of one's own order, or of one's unit's, while it waits.

    Raises Order.DoesNotExist, Refund.DoesNotExist where nothing of one's own waits, AlreadyDecided.
    """
    order = Order.objects.of(actor).get(no=order_no)
    mine = order.refunds.filter(state=Refund.State.ASKED, asked_by_id=actor.user_id).order_by("pk")
    refund = mine.last()
    if refund is None:
        raise Refund.DoesNotExist
    return withdraw_refund(refund_id=refund.pk, actor_id=actor.user_id, acting_as=actor.acting_as, now=now)
