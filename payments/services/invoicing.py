"""Invoices (发票) as who paid sees them: asked for, and handed to him. `issuing` has finance's side."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from identity.acting import ActingRole
from payments.errors import InvoiceFieldWrong, InvoiceNotAllowed
from payments.models import Invoice, Order, Refund
from payments.services.book import hold
from registry.units.credit_codes import validate

_State = Invoice.State


def invoice_amount(order: Order) -> int:
    """What an invoice of this order is about, in fen: the honoured payment less what went back, or is going, of it."""
    if order.honoured_id is None:
        return 0
    going = Refund.objects.filter(payment=order.honoured_id).exclude(state__in=Refund.CAME_TO_NOTHING)
    return order.amount_fen - int(going.aggregate(fen=Coalesce(Sum("amount_fen"), 0))["fen"])


def why_no_invoice(order: Order) -> str:
    """Why no invoice can be asked for now, in words; empty where one can."""
    if order.honoured_id is None:
        return _("付款以后才能申请发票")
    if order.invoices.exclude(state=_State.REJECTED).exists():
        return _("这张订单已经申请过发票")
    if invoice_amount(order) <= 0:
        return _("这张订单的款项已经退回，或正在退款，不能开票")
    return ""


@transaction.atomic
def ask_invoice(
    *,
    actor: ActingRole,
    order_no: str,
    heading_kind: str,
    heading: str,
    tax_number: str = "",
    email: str = "",
    now: datetime,
) -> Invoice:
    """Ask for the invoice of one's order. A unit's heading needs its tax number (统一社会信用代码), a person has none.

    Raises Order.DoesNotExist, InvoiceNotAllowed, InvoiceFieldWrong, CreditCodeWrong.
    """
    order = hold(Order.objects.of(actor).get(no=order_no).pk)
    why_not = why_no_invoice(order)
    if why_not:
        raise InvoiceNotAllowed(reason=why_not)
    if not heading.strip():
        raise InvoiceFieldWrong("heading", reason=_("填写发票抬头"))
    is_unit = heading_kind == Invoice.Heading.UNIT
    try:
        with transaction.atomic():
            return Invoice.objects.create(
                order=order,
                heading_kind=Invoice.Heading(heading_kind),
                heading=heading.strip(),
                tax_number=validate(tax_number, "tax_number") if is_unit else "",
                email=email,
                amount_fen=invoice_amount(order),
                asked_at=now,
                asked_by_id=actor.user_id,
            )
    except IntegrityError:
        raise InvoiceNotAllowed(reason=_("这张订单已经申请过发票")) from None


def invoice_of(role: ActingRole, order_no: str) -> Invoice:
    """The issued invoice of one's own order. Raises Invoice.DoesNotExist."""
    return Invoice.objects.get(order__in=Order.objects.of(role).filter(no=order_no), state=_State.ISSUED)
