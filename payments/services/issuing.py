"""Finance's side of invoices (发票, F3): issued outside, their number noted here and their PDF kept for who paid.

Refused where the money isn't final, for what is written on an invoice can't be taken back but by a red-letter one
(红字发票). That is what a refund needs that comes after the invoice.
"""

import re
from datetime import datetime
from typing import IO, Any

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import attachments, audit
from core.attachments import AttachmentRefused
from core.errors import FieldRefusal, FieldRefusals
from payments.errors import (
    InvoiceAmountChanged,
    InvoiceDecided,
    InvoiceFieldWrong,
    InvoiceNotAllowed,
    InvoiceNumberTaken,
    NoRedLetterDue,
)
from payments.models import Invoice, Order, OrderEvent, Refund
from payments.money import yuan
from payments.queries.invoices import red_letter_due
from payments.services.book import hold, note
from payments.services.invoicing import invoice_amount
from payments.services.telling import tell_invoice, tell_red_letter

MOST_REASON = 200
_NUMBER = re.compile(r"[0-9]{8,20}", re.ASCII)
_State = Invoice.State


def issue_invoice(
    *,
    invoice_id: int,
    number: str,
    file: IO[bytes] | None,
    expected_fen: int | None = None,
    actor_id: int,
    acting_as: str,
    now: datetime,
) -> Invoice:
    """Note the number of the issued invoice and keep its PDF for who asked. Logged; who asked is told.

    The invoice is about what the order brought and didn't go back, now. `expected_fen`: what it was about when finance
    wrote it. Raises Invoice.DoesNotExist, AttachmentRefused, InvoiceFieldWrong, InvoiceNumberTaken, InvoiceDecided,
    InvoiceNotAllowed while a refund is under way or where nothing is left, InvoiceAmountChanged.
    """
    number, kept = _checked(number, file)
    _check_waits(Invoice.objects.get(pk=invoice_id))
    stored = attachments.keep(kept)
    try:
        with transaction.atomic():
            invoice = _claim(invoice_id)
            invoice.amount_fen = _final_amount(invoice.order, expected_fen)
            invoice.state, invoice.file = _State.ISSUED, stored
            invoice.decided_at, invoice.decided_by_id = now, actor_id
            _save_under(invoice, number)
            note(invoice.order, OrderEvent.Kind.INVOICED, now=now, actor_id=actor_id, detail=number)
            _log(invoice, "invoice.issued", actor_id, acting_as, now, digest=kept.digest)
            tell_invoice(invoice, now=now)
    except BaseException:
        default_storage.delete(stored)
        raise
    return invoice


@transaction.atomic
def reject_invoice(*, invoice_id: int, reason: str, actor_id: int, acting_as: str, now: datetime) -> Invoice:
    """Send a request back with a reason, which is told; it can be asked for again. Logged.

    Raises Invoice.DoesNotExist, InvoiceFieldWrong without a reason, InvoiceDecided.
    """
    why = _checked_reason(reason)
    invoice = _claim(invoice_id)
    invoice.state, invoice.reason = _State.REJECTED, why
    invoice.decided_at, invoice.decided_by_id = now, actor_id
    invoice.save()
    _log(invoice, "invoice.rejected", actor_id, acting_as, now)
    tell_invoice(invoice, now=now)
    return invoice


def replace_invoice(
    *,
    invoice_id: int,
    number: str,
    file: IO[bytes] | None,
    reason: str,
    actor_id: int,
    acting_as: str,
    now: datetime,
) -> Invoice:
    """Put right what was noted or uploaded wrongly; without a file the PDF stays. Logged; who asked is told.

    The old number and file stay in the audit trail, and the old file in the storage. Raises Invoice.DoesNotExist for
    none that was issued, AttachmentRefused, InvoiceFieldWrong, InvoiceNumberTaken.
    """
    number, why = _checked_number(number), _checked_reason(reason)
    kept = _kept(file) if file else None
    Invoice.objects.get(pk=invoice_id, state=_State.ISSUED)
    stored = attachments.keep(kept) if kept else ""
    try:
        with transaction.atomic():
            hold(Invoice.objects.values_list("order_id", flat=True).get(pk=invoice_id))
            invoice = Invoice.objects.select_related("order").get(pk=invoice_id, state=_State.ISSUED)
            before = {"number": invoice.number, "file": invoice.file}
            if number == invoice.number and not stored:
                raise InvoiceFieldWrong("number", reason=_("号码没有变，也没有选新的 pdf，没有要更换的"))
            invoice.file = stored or invoice.file
            _save_under(invoice, number)
            note(invoice.order, OrderEvent.Kind.INVOICED, now=now, actor_id=actor_id, detail=number)
            digest = kept.digest if kept else ""
            _log(invoice, "invoice.replaced", actor_id, acting_as, now, before=before, digest=digest, why=why)
            tell_invoice(invoice, now=now)
    except BaseException:
        if stored:
            default_storage.delete(stored)
        raise
    return invoice


@transaction.atomic
def note_red_letter(*, invoice_id: int, number: str, actor_id: int, acting_as: str, now: datetime) -> Invoice:
    """Note the red-letter invoice that takes back what was refunded since. Its amount is the books', not finance's.

    Logged; who asked is told. Raises Invoice.DoesNotExist for none that was issued, InvoiceFieldWrong,
    InvoiceNumberTaken, NoRedLetterDue.
    """
    number = _checked_number(number)
    hold(Invoice.objects.values_list("order_id", flat=True).get(pk=invoice_id))
    invoice = Invoice.objects.select_related("order").get(pk=invoice_id, state=_State.ISSUED)
    due = red_letter_due(invoice)
    if not due:
        raise NoRedLetterDue
    if Invoice.objects.filter(Q(number=number) | Q(red_number=number)).exists():
        raise InvoiceNumberTaken("number")
    before = {"red_fen": invoice.red_fen, "red_number": invoice.red_number}
    invoice.red_fen += due
    invoice.red_number, invoice.red_at = number, now
    invoice.save()
    _log(invoice, "invoice.red_letter", actor_id, acting_as, now, before=before)
    tell_red_letter(invoice, due_fen=due, now=now)
    return invoice


# --- What is checked --------------------------------------------------------------------------------------------------
def _checked(number: str, file: IO[bytes] | None) -> tuple[str, attachments.Attachment]:
    """Both, or what is wrong with both: who has to choose a file again had better be told all at once."""
    faults: list[FieldRefusal] = []
    try:
        number = _checked_number(number)
    except FieldRefusal as fault:
        faults.append(fault)
    try:
        kept = _kept(file)
    except FieldRefusal as fault:
        faults.append(fault)
    if faults:
        raise faults[0] if len(faults) == 1 else FieldRefusals(faults)
    return number, kept


def _checked_number(text: str) -> str:
    number = "".join(text.split())
    if not _NUMBER.fullmatch(number):
        raise InvoiceFieldWrong("number", reason=_("发票号码是 8 到 20 位数字，照发票右上角填"))
    return number


def _checked_reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise InvoiceFieldWrong("reason", reason=_("写上原因，申请人会看到"))
    if len(reason) > MOST_REASON:
        raise InvoiceFieldWrong("reason", reason=_("原因最多 %(most)s 个字") % {"most": MOST_REASON})
    return reason


def _kept(file: IO[bytes] | None) -> attachments.Attachment:
    """The PDF, if it may be kept. Raises AttachmentRefused."""
    if file is None:
        raise AttachmentRefused("file", reason=_("选择发票的 pdf 文件"))
    kept = attachments.checked(file, attr="file")
    if kept.kind != "pdf":
        raise AttachmentRefused("file", reason=_("发票要传 pdf 文件"))
    return kept


def _check_waits(invoice: Invoice) -> None:
    if invoice.state != _State.ASKED:
        raise InvoiceDecided


def _claim(invoice_id: int) -> Invoice:
    """The request, its order held, while it waits to be dealt with."""
    hold(Invoice.objects.values_list("order_id", flat=True).get(pk=invoice_id))
    invoice = Invoice.objects.select_related("order").get(pk=invoice_id)
    _check_waits(invoice)
    return invoice


def _final_amount(order: Order, expected_fen: int | None) -> int:
    """What the invoice is about, once nothing of it is on its way back. The order is held."""
    under_way = Refund.objects.filter(
        payment=order.honoured_id, state__in=[Refund.State.ASKED, Refund.State.APPROVED, Refund.State.SENT]
    )
    if under_way.exists():
        raise InvoiceNotAllowed(reason=_("这张订单有退款正在处理，等它有了结果再开票"))
    amount = invoice_amount(order)
    if amount <= 0:
        raise InvoiceNotAllowed(reason=_("这张订单的款项已经全部退回，不能开票；请退回申请"))
    if expected_fen is not None and expected_fen != amount:
        raise InvoiceAmountChanged(amount=yuan(amount))
    return amount


def _save_under(invoice: Invoice, number: str) -> None:
    """Save the invoice with its number, which is no other's. Raises InvoiceNumberTaken."""
    taken: FieldRefusal = InvoiceNumberTaken("number")
    if Invoice.objects.filter(red_number=number).exists():
        raise taken
    invoice.number = number
    try:
        with transaction.atomic():
            invoice.save()
    except IntegrityError:
        raise taken from None


def _log(
    invoice: Invoice,
    act: str,
    actor_id: int,
    acting_as: str,
    now: datetime,
    *,
    before: dict[str, Any] | None = None,
    digest: str = "",
    why: str = "",
) -> None:
    after = {
        "invoice": invoice.pk,
        "number": invoice.number,
        "amount_fen": invoice.amount_fen,
        "file": invoice.file,
        "sha256": digest,
        "reason": why or invoice.reason,
        "red_fen": invoice.red_fen,
        "red_number": invoice.red_number,
    }
    audit.record(
        act=act,
        now=now,
        actor_id=actor_id,
        acting_as=acting_as,
        target=("payments.order", invoice.order.no),
        before=before,
        after={name: value for name, value in after.items() if value},
    )


__all__ = ["issue_invoice", "note_red_letter", "reject_invoice", "replace_invoice"]
