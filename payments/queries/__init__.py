"""What others may ask of the payments room."""

from payments.queries.mine import OrderView, my_order, my_orders

__all__ = ["OrderView", "my_order", "my_orders"]
