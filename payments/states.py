"""An order's state is the sum of its events. What services write step by step, this folds from the start, and tests and
the doctor compare the two.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from payments.models import Order, OrderEvent

_State, _Kind = Order.State, OrderEvent.Kind

MAY_BECOME: dict[str, frozenset[str]] = {
    _State.OPEN: frozenset({_State.CLOSING, _State.PAID, _State.REFUNDING}),
    _State.CLOSING: frozenset({_State.CLOSED, _State.PAID, _State.REFUNDING}),
    _State.CLOSED: frozenset({_State.PAID_LATE}),
    _State.PAID_LATE: frozenset({_State.PAID, _State.REFUNDING}),
    _State.PAID: frozenset({_State.REFUNDING}),
    _State.REFUNDING: frozenset({_State.PAID, _State.PARTLY_REFUNDED, _State.REFUNDED}),
    _State.PARTLY_REFUNDED: frozenset({_State.REFUNDING}),
    _State.REFUNDED: frozenset(),
}
"""Which state an order may go to from which (architecture: Money)."""


@dataclass(frozen=True)
class Recount:
    """What the events say: the state, and the money that came and went back, in fen."""

    state: str
    received_fen: int
    returned_fen: int


def recount(events: Iterable[OrderEvent]) -> Recount:
    """Fold an order's events, in their order. `refund` and `payment` of each should be loaded."""
    base = _State.OPEN
    honoured: int | None = None
    received = returned = honoured_fen = honoured_returned = 0
    pending: set[int] = set()
    for event in events:
        if event.kind == _Kind.CLOSING:
            base = _State.CLOSING
        elif event.kind == _Kind.CLOSED:
            base = _State.CLOSED
        elif event.kind == _Kind.PAID:
            received += event.amount_fen
            if honoured is None:
                honoured, honoured_fen, base = event.payment_id, event.amount_fen, _State.PAID
        elif event.refund is not None and event.kind in (_Kind.REFUND_APPROVED, _Kind.REFUND_FAILED, _Kind.REFUNDED):
            returned -= event.amount_fen
            if event.refund.payment_id != honoured:
                continue
            honoured_returned -= event.amount_fen
            if event.kind == _Kind.REFUND_APPROVED:
                pending.add(event.refund.pk)
            else:
                pending.discard(event.refund.pk)
    if honoured is not None:
        base = state_by_refunds(bool(pending), honoured_returned, honoured_fen)
    return Recount(base, received, returned)


def state_by_refunds(is_pending: bool, returned_fen: int, paid_fen: int) -> Order.State:
    """The state of a paid order: what is on its way back, and what has gone back, of the honoured payment."""
    if is_pending:
        return _State.REFUNDING
    if returned_fen >= paid_fen:
        return _State.REFUNDED
    return _State.PARTLY_REFUNDED if returned_fen else _State.PAID
