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
from payments.queries.quotes import QuotePaper, quote_pdf, transfer_words
from payments.queries.units import (
    SeatRow,
    Seats,
    SeatsPage,
    all_seats,
    find_people,
    seats_of,
    seats_page,
    why_no_places,
)

__all__ = [
    "OrderPage",
    "OrderView",
    "QuotePaper",
    "SeatRow",
    "Seats",
    "SeatsPage",
    "StoryEvent",
    "all_seats",
    "find_people",
    "my_open_order",
    "my_order",
    "my_order_counts",
    "my_order_story",
    "my_orders",
    "my_orders_page",
    "on_offer",
    "qr_of",
    "qr_png",
    "quote_pdf",
    "seats_of",
    "seats_page",
    "transfer_words",
    "why_no_places",
    "yuan",
]
