"""The finance desk (财务, F3) in Wagtail's admin."""

from payments.office.orders import OrderDesk

__all__ = ["OrderDesk"]
