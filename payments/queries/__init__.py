"""What others may ask of the payments room."""

from payments.queries.mine import OrderPage, OrderView, my_order, my_orders, my_orders_page
from payments.queries.qr import qr_of

__all__ = ["OrderPage", "OrderView", "my_order", "my_orders", "my_orders_page", "qr_of"]
