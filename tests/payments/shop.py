"""A class that costs something, a learner who buys it, and a payer's phone: the stage of the tests of payments."""

from decimal import Decimal
from typing import Any

import requests

from cms.models import ClassPage
from core import clock as server_clock
from identity.acting import ActingRole
from payments.models import Order, Payment, Refund
from payments.services import (
    AskedLine,
    ask_refund,
    begin_payment,
    decide_refund,
    place_order,
    refresh_order,
    send_refund,
)
from tests.cms import factories as content
from tests.identity import factories as people

PRICE_FEN = 240
MAKER, CHECKER = 900_001, 900_002


def paid_class(slug: str = "ji-jiu", price_fen: int = PRICE_FEN, **terms: Any) -> ClassPage:
    """A class of one lesson for ¥2.40."""
    terms.setdefault("title", f"班级 {slug}")
    return content.class_page(slug, [content.course(hours=str(Decimal(2)))], price_fen=price_fen, **terms)


def role_of(user: Any) -> ActingRole:
    return people.role(user)


def ordered(user: Any, *pages: ClassPage, provider: str = "wechat") -> Order:
    """An open order of these classes, with its QR code."""
    order, _is_new = place_order(
        actor=role_of(user), class_ids=[page.pk for page in pages], provider_name=provider, now=server_clock.now()
    )
    begin_payment(order_id=order.pk, now=server_clock.now())
    return order


def phone(payment: Payment, act: str = "pay") -> None:
    """What the payer does on his phone, in the sandbox."""
    requests.get(payment.code_url, timeout=10).raise_for_status()
    requests.post(payment.code_url, data={"act": act}, timeout=10).raise_for_status()


def payment_of(order: Order) -> Payment:
    """The order's latest attempt."""
    found = order.payments.order_by("-pk").first()
    assert found is not None
    return found


def asked_back(order: Order, *lines: AskedLine, override_reason: str = "") -> Refund:
    """Somebody of finance asks for this, or for all of the order, to be given back."""
    return ask_refund(
        order_id=order.pk,
        lines=lines or [AskedLine(item.pk, item.total_fen) for item in order.items.order_by("pk")],
        reason="开错班",
        override_reason=override_reason,
        actor_id=MAKER,
        acting_as="finance",
        now=server_clock.now(),
    )


def decided(refund: Refund, *, approve: bool = True, by: int = CHECKER) -> Refund:
    """Somebody else of finance decides."""
    return decide_refund(
        refund_id=refund.pk, approve=approve, opinion="看过了", actor_id=by, acting_as="finance", now=server_clock.now()
    )


def given_back(order: Order, *lines: AskedLine, override_reason: str = "") -> Refund:
    """Asked for, approved, and sent to the provider."""
    refund = decided(asked_back(order, *lines, override_reason=override_reason))
    send_refund(refund_id=refund.pk, clock=server_clock.now)
    return refund


def paid(user: Any, *pages: ClassPage, provider: str = "wechat") -> Order:
    """An order that was paid by its QR code; its notice was lost, and the provider told when it was asked."""
    order = ordered(user, *pages, provider=provider)
    phone(payment_of(order), "pay_without_callback")
    refresh_order(order_id=order.pk, now=server_clock.now())
    order.refresh_from_db()
    assert order.state == Order.State.PAID
    return order
