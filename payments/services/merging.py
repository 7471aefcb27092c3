"""A unit's orders move with it when it is merged into another (S1)."""

from datetime import datetime

from payments.models import Order


def orders_of_unit(organisation_id: int) -> int:
    """How many orders a unit has made for its people."""
    return Order.objects.filter(organisation_id=organisation_id).count()


def move_orders(*, from_id: int, to_id: int, now: datetime) -> int:
    """Hand them to another unit: paid or not, with their history. People's own orders are theirs wherever they work."""
    return Order.objects.filter(organisation_id=from_id).update(organisation_id=to_id)
