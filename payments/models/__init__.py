"""Orders, what was paid and given back for them, and the days' bills. Amounts are integer fen."""

from payments.models.bill import Bill, BillDifference
from payments.models.invoice import Invoice
from payments.models.notice import RefusedNotice
from payments.models.order import Order, OrderEvent, OrderItem, Seat, SeatWish
from payments.models.payment import Payment, Refund, RefundLine

__all__ = [
    "Bill",
    "BillDifference",
    "Invoice",
    "Order",
    "OrderEvent",
    "OrderItem",
    "Payment",
    "Refund",
    "RefundLine",
    "RefusedNotice",
    "Seat",
    "SeatWish",
]
