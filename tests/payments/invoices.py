"""Orders that were paid, and what is asked and done about their invoices: the stage of the tests of invoices."""

import io
from datetime import timedelta
from typing import Any

from core import clock as server_clock
from payments.models import Invoice, Order
from payments.services import ask_invoice, issue_invoice, note_red_letter, reject_invoice, replace_invoice
from tests.identity import factories as people
from tests.payments import shop
from tests.payments.ledger import Written, written
from tests.support.files import PDF

NUMBER = "26112000000001234567"
ANOTHER = "26112000000007654321"
TELLER = 900_004


def paid_order(user: Any, page: Any = None, *, price: int = 240) -> Written:
    """An order that was paid now."""
    now = server_clock.now()
    bought = written(user, (page or shop.paid_class(f"ban-{Order.objects.count()}"), "内科学", price, 1), at=now)
    bought.pays(now)
    return bought


def asked(order: Order, heading: str = "李雷", *, later: int = 0, **fields: Any) -> Invoice:
    """Who ordered asks for the invoice."""
    return ask_invoice(
        actor=people.role(order.user, "technician" if order.organisation_id is None else "employer"),
        order_no=order.no,
        heading_kind=fields.pop("heading_kind", "person"),
        heading=heading,
        now=server_clock.now() + timedelta(minutes=later),
        **fields,
    )


def who() -> dict[str, Any]:
    return {"actor_id": TELLER, "acting_as": "staff", "now": server_clock.now()}


def issued(invoice: Invoice, number: str = NUMBER, content: bytes = PDF, **fields: Any) -> Invoice:
    return issue_invoice(invoice_id=invoice.pk, number=number, file=io.BytesIO(content), **fields, **who())


def rejected(invoice: Invoice, reason: str = "税号不对") -> Invoice:
    return reject_invoice(invoice_id=invoice.pk, reason=reason, **who())


def replaced(invoice: Invoice, number: str = NUMBER, content: bytes | None = None, reason: str = "传错了") -> Invoice:
    file = io.BytesIO(content) if content is not None else None
    return replace_invoice(invoice_id=invoice.pk, number=number, file=file, reason=reason, **who())


def red(invoice: Invoice, number: str = ANOTHER) -> Invoice:
    return note_red_letter(invoice_id=invoice.pk, number=number, **who())
