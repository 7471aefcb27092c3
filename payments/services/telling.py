"""What people are told of their money (S2)."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from payments.models import Invoice, Order, Refund
from payments.money import yuan
from registry.inbox.services import send


def tell_paid(order: Order, *, opened: Sequence[str], missed: Sequence[str], now: datetime) -> None:
    """The money came: what was given for it; what couldn't be goes back."""
    told = []
    if opened:
        words = _("“%s”已开通。") if order.organisation_id is None else _("“%s”的名额可以用了。")
        told.append(words % "”“".join(opened))
    if missed:
        told.append(_("“%s”没有开通，款项会原路退回。") % "”“".join(missed))
    _send(order, "payment", _("付款成功：¥%s") % yuan(order.amount_fen), "".join(told), now)


def tell_refund(refund: Refund, *, now: datetime) -> None:
    """A refund was rejected, went through, or failed."""
    amount = yuan(refund.amount_fen)
    told = {
        Refund.State.REJECTED: (_("退款申请没有通过：¥%s") % amount, refund.decision),
        Refund.State.DONE: (_("退款已完成：¥%s") % amount, _("款项已原路退回，到账时间以支付平台为准。")),
        Refund.State.FAILED: (_("退款没有成功：¥%s") % amount, _("工作人员会再处理，不用重新申请。")),
    }
    title, body = told[Refund.State(refund.state)]
    _send(refund.order, "refund", title, body, now)


def tell_invoice(invoice: Invoice, *, now: datetime) -> None:
    """An invoice can be downloaded, or its request was sent back."""
    if invoice.state == Invoice.State.ISSUED:
        title, body = _("发票已开好：%s") % invoice.heading, _("在订单里可以下载。")
    else:
        title, body = _("发票申请被退回：%s") % invoice.heading, invoice.reason
    _tell_of_invoice(invoice, title, body, now)


def tell_red_letter(invoice: Invoice, *, due_fen: int, now: datetime) -> None:
    """What was refunded has been taken off the invoice."""
    title = _("已开红字发票：%s") % invoice.heading
    body = _("对应退款 ¥%(amount)s，红字发票号码 %(number)s。") % {
        "amount": yuan(due_fen),
        "number": invoice.red_number,
    }
    _tell_of_invoice(invoice, title, body, now)


def _tell_of_invoice(invoice: Invoice, title: str, body: str, now: datetime) -> None:
    """Who ordered, and who asked for the invoice where that is another one of the unit."""
    for user_id in dict.fromkeys([invoice.order.user_id, invoice.asked_by_id]):
        _send(invoice.order, "invoice", title, body, now, user_id=user_id)


def _send(order: Order, kind: str, title: str, body: str, now: datetime, *, user_id: int | None = None) -> None:
    link = f"/orders/{order.no}/" if order.organisation_id is None else f"/console/purchases/{order.no}/"
    send(user_id=user_id or order.user_id, kind=kind, title=title, body=body, link=link, now=now)
