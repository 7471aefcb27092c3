"""Orders with their money, written as services leave them but many at once: the stage of the tests of totals."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from payments.models import Order, OrderEvent, OrderItem, Payment, Refund, RefundLine

_serials = count(1)
_KIND = OrderEvent.Kind


@dataclass
class Written:
    """An order's rows, to be paid and given back."""

    order: Order
    items: list[OrderItem]
    payments: list[Payment] = field(default_factory=list)

    def pays(self, at: datetime, provider: str = "wechat") -> Payment:
        """Money comes; beyond the first time it is surplus."""
        serial = next(_serials)
        payment = Payment.objects.create(
            order=self.order,
            number=f"P{serial}",
            provider=provider,
            merchant_id="m",
            app_id="a",
            amount_fen=self.order.amount_fen,
            state=Payment.State.PAID,
            transaction_id=f"T{serial}",
            created_at=at,
            expires_at=at,
            paid_at=at,
        )
        event = {"order": self.order, "at": at, "provider": provider, "payment": payment}
        OrderEvent.objects.create(kind=_KIND.PAID, amount_fen=payment.amount_fen, **event)
        if self.payments:
            OrderEvent.objects.create(kind=_KIND.SURPLUS, **event)
        else:
            self.order.honoured, self.order.state, self.order.paid_at = payment, Order.State.PAID, at
        self.order.received_fen += payment.amount_fen
        self.order.save()
        self.payments.append(payment)
        return payment

    def gives_back(self, at: datetime, parts: Sequence[tuple[OrderItem, int]] = (), of: int = 0) -> Refund:
        """Money goes back: of items, or a surplus payment whole."""
        payment = self.payments[of]
        refund = Refund.objects.create(
            order=self.order,
            payment=payment,
            number=f"R{next(_serials)}",
            amount_fen=sum(fen for _item, fen in parts) or payment.amount_fen,
            reason="不学了",
            state=Refund.State.DONE,
            asked_by_id=1,
            decided_by_id=2,
            asked_at=at,
            decided_at=at,
            done_at=at,
        )
        for item, fen in parts:
            RefundLine.objects.create(refund=refund, item=item, amount_fen=fen)
            item.reserved_fen += fen
            item.save()
        OrderEvent.objects.create(
            order=self.order,
            at=at,
            kind=_KIND.REFUNDED,
            amount_fen=-refund.amount_fen,
            provider=payment.provider,
            refund=refund,
        )
        self.order.returned_fen += refund.amount_fen
        if of == 0:
            left = any(item.reserved_fen < item.total_fen for item in self.items)
            self.order.state = Order.State.PARTLY_REFUNDED if left else Order.State.REFUNDED
        self.order.save()
        return refund


def written(user: Any, *bought: tuple[Any, str, int, int], at: datetime, provider: str = "wechat") -> Written:
    """An order of (class, specialty, price in fen, seats); seats beyond one are a unit's."""
    order = Order.objects.create(
        no=f"L{next(_serials)}",
        user=user,
        provider=provider,
        amount_fen=sum(price * seats for _page, _specialty, price, seats in bought),
        created_at=at,
        expires_at=at,
        next_look_at=at,
    )
    items = [
        OrderItem.objects.create(
            order=order,
            user=user if seats == 1 else None,
            class_page=page,
            title=page.title,
            specialty=specialty,
            price_fen=price,
            seats=seats,
            syllabus_version=1,
            is_open=False,
        )
        for page, specialty, price, seats in bought
    ]
    return Written(order, items)
