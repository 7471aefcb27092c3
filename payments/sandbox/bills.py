"""A day's bill before it is put into a provider's form: which rows, and what a switch does to them."""

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from payments.sandbox.clock import LOCAL, to_ms
from payments.sandbox.switches import Setting
from payments.sandbox.trades import Refund, Refunds, Trade, Trades
from payments.sandbox.world import Call, World

READY_AT = time(10)


@dataclass(frozen=True)
class Row:
    number: str
    transaction_id: str
    at: datetime
    subject: str
    attach: str
    total_fen: int
    """What the trade is about."""
    amount_fen: int
    """What this row moves: paid in, or given back."""
    refund_number: str = ""
    refund_id: str = ""
    refund_state: str = ""
    created_at: datetime | None = None


class NotReady(Exception):
    """The bill isn't made yet; `ever` tells whether it will be."""

    def __init__(self, *, ever: bool) -> None:
        self.ever = ever
        super().__init__()


def day_of(text: str) -> date:
    """2026-11-24, and no other way to write it. Raises ValueError."""
    if len(text) != len("2026-11-24"):
        raise ValueError(text)
    return date.fromisoformat(text)


def require_ready(call: Call, day: date) -> None:
    """Yesterday's is there from ten o'clock, today's isn't. Raises NotReady."""
    now = call.world.clock.now().astimezone(LOCAL)
    if call.trouble("bill_early"):
        return
    if day >= now.date():
        raise NotReady(ever=False)
    if day == now.date() - timedelta(days=1) and now.time() < READY_AT:
        raise NotReady(ever=True)


def rows_of(call: Call, day: date, *, payments: bool = True, refunds: bool = True) -> list[Row]:
    """By the local day: what was paid on it and what was asked back on it, in order of time."""
    since = datetime.combine(day, time(), LOCAL)
    until = datetime.combine(day + timedelta(days=1), time(), LOCAL)
    store = call.world.store
    found: list[Row] = []
    if payments:
        found += [_payment(trade) for trade in Trades(store).paid_between(call.provider, since, until)]
    if refunds:
        for refund in Refunds(store).asked_between(call.provider, since, until):
            trade = Trades(store).find(call.provider, refund.number)
            if trade and not (call.provider == "alipay" and refund.state == "abnormal"):
                found.append(_refund(trade, refund))
    found.sort(key=lambda row: row.at)
    return _distorted(call, found, since)


def _payment(trade: Trade) -> Row:
    assert trade.paid_at  # noqa: S101
    return Row(
        number=trade.number,
        transaction_id=trade.transaction_id or "",
        at=trade.paid_at,
        subject=trade.subject,
        attach=trade.attach,
        total_fen=trade.amount_fen,
        amount_fen=trade.amount_fen,
        created_at=trade.scanned_at,
    )


def _refund(trade: Trade, refund: Refund) -> Row:
    return replace(
        _payment(trade),
        at=refund.asked_at,
        amount_fen=refund.amount_fen,
        refund_number=refund.refund_number,
        refund_id=refund.refund_id,
        refund_state=refund.state,
    )


def _distorted(call: Call, rows: list[Row], since: datetime) -> list[Row]:
    """Those a switch names by their number; a switch that names none takes the first row."""
    take = call.world.switches.take
    named = {switch["number"] for switch in call.world.switches.all()}  # a bill may have 100,000 rows

    def named_by(switch: str, row: Row) -> Setting | None:
        return take(switch, provider=call.provider, number=row.number, named=True) if row.number in named else None

    kept = [row for row in rows if not named_by("bill_missing", row)]
    if kept and take("bill_missing", provider=call.provider):
        kept = kept[1:]
    for index, row in enumerate(kept):
        if more := named_by("bill_altered", row):
            kept[index] = replace(row, amount_fen=row.amount_fen + more.whole(1))
    if kept and (more := take("bill_altered", provider=call.provider)):
        kept[0] = replace(kept[0], amount_fen=kept[0].amount_fen + more.whole(1))
    if extra := take("bill_extra", provider=call.provider):
        kept.append(_invented(since + timedelta(hours=12), extra.whole(100)))
    return kept


def _invented(at: datetime, amount_fen: int) -> Row:
    number = "EXTRA" + secrets.token_hex(8).upper()
    transaction_id = "9" * 10 + f"{secrets.randbelow(10**18):018d}"
    return Row(number, transaction_id, at, "账外交易", "", amount_fen, amount_fen, created_at=at)


# --- Links ------------------------------------------------------------------------------------------------------------
def keep(call: Call, *, name: str, content: bytes, seconds: int) -> str:
    """The token of a link that can be fetched for a while."""
    token = secrets.token_urlsafe(24)
    call.world.store.insert(
        "bills",
        token=token,
        provider=call.provider,
        name=name,
        expires_at=to_ms(call.world.clock.now() + timedelta(seconds=seconds)),
        dead=int(call.trouble("bill_dead_link") is not None),
        content=content,
    )
    return token


def fetch(world: World, provider: str, token: str) -> tuple[str, bytes] | None:
    """Name and content; None where the link is dead, over, or nobody's."""
    row = world.store.row("SELECT * FROM bills WHERE token = ? AND provider = ?", token, provider)
    if not row or row["dead"] or (to_ms(world.clock.now()) or 0) > row["expires_at"]:
        return None
    return row["name"], row["content"]


def plain(text: str) -> str:
    """What a person wrote, as one cell: a comma or a line feed would shift all cells behind it."""
    return text.replace(",", " ").replace("\r", " ").replace("\n", " ")


def yuan(fen: int) -> str:
    """Bills are in yuan, and never a float: 240 → 2.40."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100}.{fen % 100:02d}"
