"""Confirming a payment (到账确认): one function for callback, query and reconciliation.

Genuine money is always recorded, whatever the order's state. Then the order is fulfilled; where that can't be, and
where money came twice, it goes back by itself. A refused enrolment never rolls a payment back.
"""

from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.queries import class_terms
from learning.queries import why_closed
from learning.services import enrol_paid
from payments.errors import PaymentMismatch, UnknownPayment
from payments.models import Order, OrderEvent, OrderItem, Payment
from payments.providers import ProviderPayment
from payments.providers.base import PaymentState
from payments.services.book import hold, move, note
from payments.services.refunding import return_by_itself
from payments.services.seats import open_seats
from payments.services.telling import tell_paid

_CURRENCY = "CNY"
_Kind, _State = OrderEvent.Kind, Order.State


class Source(StrEnum):
    """Who said so."""

    CALLBACK = "callback"
    QUERY = "query"
    BILL = "bill"
    DESK = "desk"


def confirm_payment(
    *, provider_name: str, stated: ProviderPayment, source: Source, now: datetime, actor_id: int | None = None
) -> bool:
    """Record a payment that its provider vouches for, once, and do what it was made for. False: nothing new.

    Raises UnknownPayment for a number of no attempt with this provider, PaymentMismatch where merchant, app, currency
    or amount differ, or the transaction is another payment's; then nothing has changed.
    """
    payment = Payment.objects.filter(number=stated.number, provider=provider_name).first()
    if payment is None:
        raise UnknownPayment
    if stated.state != PaymentState.PAID:
        return False
    check_fits(payment, stated)
    with transaction.atomic():
        order = hold(payment.order_id)
        claimed = Payment.objects.filter(pk=payment.pk).exclude(state=Payment.State.PAID)
        paid_at = stated.paid_at or now
        if not claimed.update(state=Payment.State.PAID, transaction_id=stated.transaction_id, paid_at=paid_at):
            return False
        payment.refresh_from_db()
        note(
            order,
            _Kind.PAID,
            now=now,
            amount_fen=payment.amount_fen,
            payment=payment,
            actor_id=actor_id,
            detail=source,
            message=stated.raw,
        )
        if order.honoured_id is None:
            _honour(order, payment, now)
        else:
            note(order, _Kind.SURPLUS, now=now, payment=payment)
            return_by_itself(payment=payment, lines=[], reason=_("重复付款"), now=now)
    return True


def check_fits(payment: Payment, stated: ProviderPayment) -> None:
    """Raises PaymentMismatch where what the provider states isn't what this attempt asked for."""
    asked = (payment.merchant_id, payment.app_id, _CURRENCY, payment.amount_fen)
    if (stated.merchant_id, stated.app_id, stated.currency, stated.amount_fen) != asked or not stated.transaction_id:
        raise PaymentMismatch
    same = Payment.objects.filter(provider=payment.provider, transaction_id=stated.transaction_id)
    if same.exclude(pk=payment.pk).exists():
        raise PaymentMismatch


def _honour(order: Order, payment: Payment, now: datetime) -> None:
    """The order is paid by this payment: in time, while it was being closed, or late."""
    is_late = order.state == _State.CLOSED
    move(order, _State.PAID_LATE if is_late else _State.PAID, honoured=payment, paid_at=payment.paid_at)
    if is_late:
        note(order, _Kind.LATE, now=now, payment=payment)
    OrderItem.objects.filter(order=order).update(is_open=False)
    items = list(order.items.order_by("pk"))
    missed = [item for item in items if not _fulfil(order, item, is_late, now)]
    if missed:
        lines = [(item, item.total_fen) for item in missed]
        return_by_itself(payment=payment, lines=lines, reason=_("已经在班里，或班级不再开放"), now=now)
    elif is_late:
        move(order, _State.PAID)
    opened = [item.title for item in items if item not in missed]
    tell_paid(order, opened=opened, missed=[item.title for item in missed], now=now)


def _fulfil(order: Order, item: OrderItem, is_late: bool, now: datetime) -> bool:
    """Give what was paid for. In time the eligibility frozen with the order holds; late, the class must be open."""
    if is_late and why_closed(class_terms(item.class_page_id), timezone.localdate(now)):
        note(order, _Kind.NOT_ENROLLED, now=now, detail=item.title)
        return False
    if item.user_id is None:
        open_seats(order, item, now)
        return True
    enrolment = enrol_paid(
        user_id=item.user_id, class_id=item.class_page_id, syllabus_version=item.syllabus_version, now=now
    )
    if enrolment is None:
        note(order, _Kind.NOT_ENROLLED, now=now, detail=item.title)
        return False
    OrderItem.objects.filter(pk=item.pk).update(enrolment=enrolment)
    note(order, _Kind.ENROLLED, now=now, detail=item.title)
    return True
