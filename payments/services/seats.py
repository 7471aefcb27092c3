"""Seats (名额, F4) of an order that a unit paid."""

import secrets

from payments.models import OrderItem, Seat

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE = 12


def open_seats(item: OrderItem) -> None:
    """Make the seats that an item paid for, each with a code that nobody can guess."""
    Seat.objects.bulk_create(
        (Seat(item=item, code="".join(secrets.choice(_ALPHABET) for _ in range(_CODE))) for _ in range(item.seats)),
        batch_size=500,
    )
