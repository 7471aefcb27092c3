"""What others may ask of the payments room."""

from payments.money import yuan
from payments.providers.registry import on_offer
from payments.queries.mine import (
    OrderPage,
    OrderView,
    StoryEvent,
    my_open_order,
    my_order,
    my_order_counts,
    my_order_story,
    my_orders,
    my_orders_page,
)
from payments.queries.qr import qr_of, qr_png

__all__ = [
    "OrderPage",
    "OrderView",
    "StoryEvent",
    "my_open_order",
    "my_order",
    "my_order_counts",
    "my_order_story",
    "my_orders",
    "my_orders_page",
    "on_offer",
    "qr_of",
    "qr_png",
    "yuan",
]
