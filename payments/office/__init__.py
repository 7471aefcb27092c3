"""The finance desk (财务, F3) in Wagtail's admin."""

from payments.office.orders import OrderDesk
from payments.office.refunds import RefundDesk

__all__ = ["OrderDesk", "RefundDesk"]
