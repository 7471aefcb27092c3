"""The finance desk (财务, F3) in Wagtail's admin."""

from payments.office.orders import OrderDesk
from payments.office.refunds import RefundDesk
from payments.office.refused import RefusedDesk

__all__ = ["OrderDesk", "RefundDesk", "RefusedDesk"]
