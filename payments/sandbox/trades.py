"""Trades and refunds as both providers keep them. What each of them says about it stands in its own folder."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from payments.sandbox.clock import from_ms, local_text, to_ms
from payments.sandbox.store import Store

# However late a trade may be paid, its code is worth nothing after this.
CODE_LASTS = timedelta(hours=2)


@dataclass(frozen=True)
class Trade:
    provider: str
    number: str
    token: str
    """Of its code's address."""
    terms: str
    """All its merchant said when he began it: the same number with other terms is another order."""
    subject: str
    attach: str
    amount_fen: int
    notify_url: str
    state: str
    created_at: datetime
    expires_at: datetime | None
    lasts_seconds: int | None
    """Alipay's timeout_express: counted from the scan."""
    scanned_at: datetime | None
    transaction_id: str | None
    paid_at: datetime | None
    closed_at: datetime | None
    failed: int
    """How often its payer tried and failed."""
    pays_late: int
    refunded_fen: int
    """Asked for and neither failed nor closed."""

    @property
    def last_moment(self) -> datetime | None:
        """Until when it may be paid."""
        limits = [self.expires_at] if self.expires_at else []
        if self.lasts_seconds and self.scanned_at:
            limits.append(self.scanned_at + timedelta(seconds=self.lasts_seconds))
        return min(limits) if limits else None

    def expired(self, now: datetime) -> bool:
        return self.state == "waiting" and self.last_moment is not None and now > self.last_moment

    def code_is_stale(self, now: datetime) -> bool:
        """Too old to be scanned for the first time."""
        return self.scanned_at is None and now > self.created_at + CODE_LASTS


@dataclass(frozen=True)
class Refund:
    provider: str
    number: str
    refund_number: str
    refund_id: str
    terms: str
    amount_fen: int
    notify_url: str
    state: str
    outcome: str
    """What it comes to when it is settled."""
    asked_at: datetime
    settled_at: datetime | None


_INSTANTS = ("created_at", "expires_at", "scanned_at", "paid_at", "closed_at", "asked_at", "settled_at")
_TRADES = """
SELECT trades.*, (
    SELECT coalesce(sum(amount_fen), 0) FROM refunds
    WHERE refunds.provider = trades.provider AND refunds.number = trades.number
    AND refunds.state IN ('processing', 'done')
) AS refunded_fen FROM trades
"""


def _instants(row: dict[str, Any]) -> dict[str, Any]:
    return {name: from_ms(value) if name in _INSTANTS else value for name, value in row.items()}


def _trade(row: dict[str, Any]) -> Trade:
    return Trade(**_instants(row))


def _refund(row: dict[str, Any]) -> Refund:
    return Refund(**_instants({name: value for name, value in row.items() if name != "due"}))


class Trades:
    def __init__(self, store: Store) -> None:
        self._store = store

    # --- Finding ------------------------------------------------------------------------------------------------------
    def find(self, provider: str, number: str) -> Trade | None:
        return self._one("provider = ? AND number = ?", provider, number)

    def of_token(self, token: str) -> Trade | None:
        return self._one("token = ?", token)

    def of_transaction(self, provider: str, transaction_id: str) -> Trade | None:
        return self._one("provider = ? AND transaction_id = ?", provider, transaction_id)

    def _one(self, condition: str, *values: Any) -> Trade | None:
        row = self._store.row(f"{_TRADES} WHERE {condition}", *values)
        return _trade(row) if row else None

    def newest(self, limit: int) -> list[Trade]:
        query = f"{_TRADES} ORDER BY created_at DESC, rowid DESC LIMIT ?"
        return [_trade(row) for row in self._store.rows(query, limit)]

    def paid_between(self, provider: str, since: datetime, until: datetime) -> list[Trade]:
        query = f"{_TRADES} WHERE provider = ? AND paid_at >= ? AND paid_at < ? ORDER BY paid_at, number"
        return [_trade(row) for row in self._store.rows(query, provider, to_ms(since), to_ms(until))]

    def due_late(self, now: datetime) -> list[Trade]:
        """Those whose payer confirms only when it is too late, and it is."""
        trades = [_trade(row) for row in self._store.rows(f"{_TRADES} WHERE pays_late = 1")]
        return [trade for trade in trades if trade.state == "closed" or trade.expired(now)]

    # --- Its life -----------------------------------------------------------------------------------------------------
    def begin(self, *, provider: str, number: str, terms: dict[str, Any], now: datetime, **said: Any) -> Trade:
        self._store.insert(
            "trades",
            provider=provider,
            number=number,
            token=secrets.token_urlsafe(18),
            terms=json.dumps(terms, sort_keys=True),
            state="waiting",
            created_at=to_ms(now),
            **{name: to_ms(value) if name in _INSTANTS else value for name, value in said.items()},
        )
        trade = self.find(provider, number)
        assert trade  # noqa: S101
        return trade

    def scan(self, trade: Trade, now: datetime) -> Trade:
        """The first look at its code, which alone makes Alipay's trade exist."""
        if not trade.code_is_stale(now):
            query = "UPDATE trades SET scanned_at = ?, transaction_id = ? WHERE token = ? AND scanned_at IS NULL"
            self._store.change(query, to_ms(now), _transaction_id(trade.provider, now), trade.token)
        return self._again(trade)

    def pay(self, trade: Trade, now: datetime, *, late: bool = False) -> bool:
        """Whether this paid it. `late`: also what is closed or expired, as money sometimes comes."""
        states = ("waiting", "closed") if late else ("waiting", "waiting")
        query = "UPDATE trades SET state = 'paid', paid_at = ?, pays_late = 0 WHERE token = ? AND state IN (?, ?)"
        return self._store.change(query, to_ms(now), trade.token, *states) == 1

    def fail(self, trade: Trade) -> None:
        self._store.change("UPDATE trades SET failed = failed + 1 WHERE token = ? AND state = 'waiting'", trade.token)

    def confirm_late(self, trade: Trade) -> None:
        """Its payer stands before the question for his password, and answers when it is too late."""
        self._store.change("UPDATE trades SET pays_late = 1 WHERE token = ? AND state = 'waiting'", trade.token)

    def close(self, trade: Trade, now: datetime) -> bool:
        query = "UPDATE trades SET state = 'closed', closed_at = ? WHERE token = ? AND state = 'waiting'"
        return self._store.change(query, to_ms(now), trade.token) == 1

    def finish(self, trade: Trade) -> bool:
        """Past the time for refunds (Alipay's TRADE_FINISHED)."""
        query = "UPDATE trades SET state = 'finished' WHERE token = ? AND state = 'paid'"
        return self._store.change(query, trade.token) == 1

    def _again(self, trade: Trade) -> Trade:
        again = self.of_token(trade.token)
        assert again  # noqa: S101
        return again


class Refunds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, provider: str, number: str, refund_number: str) -> Refund | None:
        query = "SELECT * FROM refunds WHERE provider = ? AND number = ? AND refund_number = ?"
        row = self._store.row(query, provider, number, refund_number)
        return _refund(row) if row else None

    def of_number(self, provider: str, refund_number: str) -> Refund | None:
        """WeChat's refund numbers are unique for all the merchant's trades."""
        query = "SELECT * FROM refunds WHERE provider = ? AND refund_number = ?"
        row = self._store.row(query, provider, refund_number)
        return _refund(row) if row else None

    def of(self, trade: Trade) -> list[Refund]:
        query = "SELECT * FROM refunds WHERE provider = ? AND number = ? ORDER BY rowid"
        return [_refund(row) for row in self._store.rows(query, trade.provider, trade.number)]

    def asked_between(self, provider: str, since: datetime, until: datetime) -> list[Refund]:
        query = "SELECT * FROM refunds WHERE provider = ? AND asked_at >= ? AND asked_at < ? ORDER BY asked_at, rowid"
        return [_refund(row) for row in self._store.rows(query, provider, to_ms(since), to_ms(until))]

    def accept(
        self,
        trade: Trade,
        *,
        refund_number: str,
        amount_fen: int,
        terms: dict[str, Any],
        notify_url: str,
        outcome: str,
        due: float | None,
        now: datetime,
    ) -> Refund:
        """Taken in; `due` says when (real seconds since 1970) it comes to its outcome, None: it has already."""
        settled = due is None
        self._store.insert(
            "refunds",
            provider=trade.provider,
            number=trade.number,
            refund_number=refund_number,
            refund_id=_refund_id(now),
            terms=json.dumps(terms, sort_keys=True),
            amount_fen=amount_fen,
            notify_url=notify_url,
            state=outcome if settled else "processing",
            outcome=outcome,
            due=due,
            asked_at=to_ms(now),
            settled_at=to_ms(now) if settled else None,
        )
        refund = self.find(trade.provider, trade.number, refund_number)
        assert refund  # noqa: S101
        return refund

    def due(self, at: float) -> list[Refund]:
        query = "SELECT * FROM refunds WHERE state = 'processing' AND due <= ? ORDER BY due"
        return [_refund(row) for row in self._store.rows(query, at)]

    def next_due(self) -> float | None:
        row = self._store.row("SELECT min(due) AS due FROM refunds WHERE state = 'processing'")
        return row["due"] if row else None

    def settle(self, refund: Refund, now: datetime) -> bool:
        query = "UPDATE refunds SET state = outcome, settled_at = ? WHERE provider = ? AND number = ?"
        query += " AND refund_number = ? AND state = 'processing'"
        return self._store.change(query, to_ms(now), refund.provider, refund.number, refund.refund_number) == 1


def _digits(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))


def _transaction_id(provider: str, now: datetime) -> str:
    day = local_text(now)[:10].replace("-", "")
    return f"42000{_digits(5)}{day}{_digits(10)}" if provider == "wechat" else f"{day}22001{_digits(15)}"


def _refund_id(now: datetime) -> str:
    return f"503{_digits(8)}{local_text(now)[:10].replace('-', '')}{_digits(10)}"
