"""What a payer does with his phone: looks at the code, pays, fails, or pays when it is too late."""

from datetime import datetime, timedelta
from enum import StrEnum

from payments.sandbox.trades import Trade, Trades
from payments.sandbox.world import World


class Act(StrEnum):
    PAY = "pay"
    PAY_WITHOUT_CALLBACK = "pay_without_callback"
    PAY_LATE = "pay_late"
    FAIL = "fail"


def scan(world: World, trade: Trade) -> Trade:
    return Trades(world.store).scan(trade, world.clock.now())


def act(world: World, trade: Trade, what: Act, *, at: datetime | None = None) -> bool:
    """Whether it could be done. `at`: when the provider says it was paid, if not now.

    Paying late: a trade that is closed or expired is paid at once, any other as soon as it is.
    """
    trades, now = Trades(world.store), world.clock.now()
    trade = trades.scan(trade, now)
    if trade.state in ("paid", "finished"):
        return what in (Act.PAY, Act.PAY_WITHOUT_CALLBACK)
    if trade.scanned_at is None:
        return False
    gone = trade.state == "closed" or trade.expired(now)
    if what is Act.FAIL:
        trades.fail(trade)
        return not gone
    if what is Act.PAY_LATE and not gone:
        trades.confirm_late(trade)
        return True
    late = what is Act.PAY_LATE
    if gone and not late:
        late = bool(world.switches.take("pay_after_close", provider=trade.provider, number=trade.number))
        if not late:
            return False
    return pay(world, trade, at=at or now, late=late, silent=what is Act.PAY_WITHOUT_CALLBACK)


def pay(world: World, trade: Trade, *, at: datetime, late: bool = False, silent: bool = False) -> bool:
    """Take the money, and tell the merchant, unless `silent`."""
    with world.store.transaction():
        if not Trades(world.store).pay(trade, at, late=late):
            return False
        world.notices.of_payment(trade, silent=silent)
    world.notices.wake()
    return True


def pay_those_who_are_late(world: World) -> None:
    """A moment after it was too late: the close is answered by then."""
    now = world.clock.now()
    pause = timedelta(milliseconds=500)
    for trade in Trades(world.store).due_late(now):
        since = trade.closed_at or trade.last_moment
        if since is None or now >= since + pause:
            pay(world, trade, at=now, late=True)
