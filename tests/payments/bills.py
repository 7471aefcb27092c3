"""A day of trade and its bill: the stage of the tests of reconciliation (F3)."""

from datetime import date, datetime, timedelta
from typing import Any

from core import clock as server_clock
from payments.models import Bill, BillDifference, Order, Payment, Refund
from payments.providers import BillRow
from payments.providers.base import PaymentState
from payments.services import Source, confirm_payment, order_bill, reconcile
from tests.identity import factories as people
from tests.payments import shop
from tests.payments.fakes import FakeProvider
from tests.support.clock import SHANGHAI, START

DAY = START.date()
"""The day on which all is traded; its bill can be had on the next from ten o'clock on."""
BOOKKEEPER = 900_007


def bill_is_ready(clock: Any, day: date = DAY) -> None:
    """It is the morning after, five past ten."""
    clock.set(datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI) + timedelta(hours=10, minutes=5))


def run(clock: Any, provider: str = "wechat", day: date = DAY) -> Bill:
    """Somebody has the day reconciled, and waits for it."""
    job = order_bill(provider_name=provider, day=day, now=clock.now(), send=False)
    return reconcile(bill_id=job.pk, clock=clock.now)


def bought(fakes: dict[str, FakeProvider], *, price_fen: int = 240, provider: str = "wechat") -> Payment:
    """Somebody has bought something now, and our book knows it."""
    payment = unheard(fakes, price_fen=price_fen, provider=provider)
    stated = fakes[provider].states(payment.number)
    confirm_payment(provider_name=provider, stated=stated, source=Source.CALLBACK, now=server_clock.now())
    payment.refresh_from_db()
    return payment


def unheard(fakes: dict[str, FakeProvider], *, price_fen: int = 240, provider: str = "wechat") -> Payment:
    """Somebody has paid, and no callback came."""
    serial = Order.objects.count() + 1
    page = shop.paid_class(f"class-{serial}", price_fen)
    order = shop.ordered(people.learner(f"学员{serial}", serial), page, provider=provider)
    payment = shop.payment_of(order)
    assert fakes[provider].pay(payment.number)
    return payment


def row(payment: Payment, fakes: dict[str, FakeProvider], **changed: Any) -> BillRow:
    """How the bill tells of a payment that its provider took."""
    trade = fakes[payment.provider].trades[payment.number]
    told: dict[str, Any] = {"amount_fen": trade.amount_fen, "transaction_id": trade.transaction_id}
    told |= {"state": PaymentState.PAID, "at": trade.paid_at}
    return BillRow(number=payment.number, **told | changed)


def refund_row(refund: Refund, **changed: Any) -> BillRow:
    """How the bill tells of a refund that its provider took."""
    told = {"amount_fen": refund.amount_fen, "refund_number": refund.number} | changed
    payment = refund.payment
    return BillRow(number=payment.number, transaction_id=payment.transaction_id, state=PaymentState.REFUNDED, **told)


def differences(bill: Bill, **wanted: Any) -> list[tuple[str, str, int | None, int | None]]:
    """Kind, number, our fen and theirs of what nobody has resolved."""
    rows = BillDifference.objects.filter(bill=bill, resolved_at__isnull=True, **wanted).order_by("number", "kind")
    return list(rows.values_list("kind", "number", "ours_fen", "theirs_fen"))


def sums(bill: Bill) -> tuple[int, int, int, int]:
    """Their fen paid and refunded, then ours."""
    bill.refresh_from_db()
    return bill.paid_fen, bill.refunded_fen, bill.our_paid_fen, bill.our_refunded_fen


def marks(bill: Bill) -> set[str]:
    """Numbers of what matched."""
    paid = Payment.objects.filter(bill=bill).values_list("number", flat=True)
    return {*paid, *Refund.objects.filter(bill=bill).values_list("number", flat=True)}


def all_of_it() -> dict[str, Any]:
    """What reconciliation may write."""
    return {
        "bills": list(Bill.objects.order_by("pk").values()),
        "differences": list(BillDifference.objects.order_by("pk").values()),
        "payments": list(Payment.objects.order_by("pk").values()),
        "refunds": list(Refund.objects.order_by("pk").values()),
        "orders": list(Order.objects.order_by("pk").values()),
    }
