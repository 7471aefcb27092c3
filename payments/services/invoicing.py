"""Invoices (发票): asked for by who paid, issued outside, uploaded by finance."""

from datetime import datetime
from typing import IO

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core import attachments, audit
from core.attachments import AttachmentRefused
from identity.acting import ActingRole
from payments.errors import AlreadyDecided, InvoiceFieldWrong, InvoiceNotAllowed
from payments.models import Invoice, Order, OrderEvent, Refund
from payments.services.book import hold, note
from payments.services.telling import tell_invoice
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
    """Ask for the invoice of one's order. A unit's heading needs its tax number (统一社会信用代码).

    Raises Order.DoesNotExist, InvoiceNotAllowed, InvoiceFieldWrong, CreditCodeWrong.
    """
    order = hold(Order.objects.of(actor).get(no=order_no).pk)
    why_not = why_no_invoice(order)
    if why_not:
        raise InvoiceNotAllowed(reason=why_not)
    if not heading.strip():
        raise InvoiceFieldWrong("heading", reason=_("填写发票抬头"))
    if heading_kind == Invoice.Heading.UNIT:
        tax_number = validate(tax_number, "tax_number")
    try:
        with transaction.atomic():
            return Invoice.objects.create(
                order=order,
                heading_kind=Invoice.Heading(heading_kind),
                heading=heading.strip(),
                tax_number=tax_number,
                email=email,
                amount_fen=invoice_amount(order),
                asked_at=now,
                asked_by_id=actor.user_id,
            )
    except IntegrityError:
        raise InvoiceNotAllowed(reason=_("这张订单已经申请过发票")) from None


@transaction.atomic
def issue_invoice(
    *, invoice_id: int, number: str, file: IO[bytes] | None, actor_id: int, acting_as: str, now: datetime
) -> Invoice:
    """Note the number of the issued invoice and keep its PDF for who asked. Logged.

    Raises Invoice.DoesNotExist, AlreadyDecided, AttachmentRefused.
    """
    kept = attachments.checked(file, attr="file")
    if kept.kind != "pdf":
        raise AttachmentRefused("file", reason=_("发票要传 pdf 文件"))
    invoice = _claim(invoice_id)
    invoice.state, invoice.number, invoice.file = _State.ISSUED, number.strip(), attachments.keep(kept)
    invoice.decided_at, invoice.decided_by_id = now, actor_id
    invoice.save()
    note(invoice.order, OrderEvent.Kind.INVOICED, now=now, actor_id=actor_id, detail=invoice.number)
    _log(invoice, "invoice.issued", actor_id, acting_as, now)
    tell_invoice(invoice, now=now)
    return invoice


@transaction.atomic
def reject_invoice(*, invoice_id: int, reason: str, actor_id: int, acting_as: str, now: datetime) -> Invoice:
    """Send a request back with a reason; it can be asked for again. Logged. Raises AlreadyDecided."""
    invoice = _claim(invoice_id)
    invoice.state, invoice.reason = _State.REJECTED, reason
    invoice.decided_at, invoice.decided_by_id = now, actor_id
    invoice.save()
    _log(invoice, "invoice.rejected", actor_id, acting_as, now)
    tell_invoice(invoice, now=now)
    return invoice


def _claim(invoice_id: int) -> Invoice:
    """The request, its order held, while it waits to be dealt with."""
    hold(Invoice.objects.values_list("order_id", flat=True).get(pk=invoice_id))
    invoice = Invoice.objects.select_related("order").get(pk=invoice_id)
    if invoice.state != _State.ASKED:
        raise AlreadyDecided
    return invoice


def _log(invoice: Invoice, act: str, actor_id: int, acting_as: str, now: datetime) -> None:
    audit.record(
        act=act,
        now=now,
        actor_id=actor_id,
        acting_as=acting_as,
        target=("payments.order", invoice.order.no),
        after={"number": invoice.number, "amount_fen": invoice.amount_fen, "reason": invoice.reason},
    )


def invoice_of(role: ActingRole, order_no: str) -> Invoice:
    """The issued invoice of one's own order. Raises Invoice.DoesNotExist."""
    return Invoice.objects.get(order__in=Order.objects.of(role).filter(no=order_no), state=_State.ISSUED)
