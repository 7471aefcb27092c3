"""A provider in memory: it keeps its own trades and refunds, answers at once, and fails as it is told to."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any

import pytest

from core import clock as server_clock
from payments.providers import (
    BillRow,
    Closing,
    Notice,
    NoticeRefused,
    ProviderDown,
    ProviderPayment,
    ProviderRefund,
    ProviderRefused,
    registry,
)
from payments.providers.base import PaymentState, RefundState, Reply

_transactions = count(1)


class PowerCut(BaseException):
    """Nothing catches it, as nothing catches a killed process."""


@dataclass
class Refund:
    amount_fen: int
    state: RefundState


@dataclass
class Trade:
    amount_fen: int
    expires_at: datetime
    state: PaymentState = PaymentState.UNPAID
    transaction_id: str = ""
    paid_at: datetime | None = None
    refunds: dict[str, Refund] = field(default_factory=dict)

    def left_fen(self) -> int:
        """What neither went back nor is on its way."""
        return self.amount_fen - sum(r.amount_fen for r in self.refunds.values() if r.state != RefundState.FAILED)

    def returned_fen(self) -> int:
        return sum(r.amount_fen for r in self.refunds.values() if r.state == RefundState.DONE)


class FakeProvider:
    """Callbacks are JSON: a dict of what it states, and `forged` where it isn't its own."""

    def __init__(self, name: str) -> None:
        self.name, self.merchant_id, self.app_id = name, f"merchant-{name}", f"app-{name}"
        self.trades: dict[str, Trade] = {}
        self.bills: dict[date, list[BillRow]] = {}
        """What a test says the day's bill has."""
        self.calls: list[tuple[str, str]] = []
        self.is_down = False
        self.lost_answers = 0
        self.outcome = "done"
        """What a refund comes to: done, processing, refused."""
        self.cut = ""
        """The caller dies at the next call: "before" it is heard, "after" it was done."""

    def fails(self, *, is_down: bool = False, lost_answers: int = 0, outcome: str = "done", cut: str = "") -> None:
        """From now on; called with nothing it is as it should be."""
        self.is_down, self.lost_answers, self.outcome, self.cut = is_down, lost_answers, outcome, cut

    def _asked(self, call: str, number: str) -> None:
        self.calls.append((call, number))
        cut = self.cut
        if cut == "before":
            self.cut = ""
            raise PowerCut
        if self.is_down:
            raise ProviderDown("down")

    def _answered(self) -> None:
        if self.cut == "after":
            self.cut = ""
            raise PowerCut
        if self.lost_answers:
            self.lost_answers -= 1
            raise ProviderDown("no answer, though it was done")

    # --- What an order needs ------------------------------------------------------------------------------------------
    def create(
        self, *, number: str, amount_fen: int, subject: str, created_at: datetime, expires_at: datetime, notify_url: str
    ) -> str:
        self._asked("create", number)
        trade = self.trades.setdefault(number, Trade(amount_fen, expires_at))
        if (trade.amount_fen, trade.expires_at) != (amount_fen, expires_at):
            raise ProviderRefused("OUT_TRADE_NO_USED")
        self._answered()
        return f"https://{self.name}.example/{number}"

    def query(self, *, number: str) -> ProviderPayment | None:
        self._asked("query", number)
        stated = self.states(number) if number in self.trades else None
        self._answered()
        return stated

    def close(self, *, number: str) -> Closing:
        self._asked("close", number)
        trade = self.trades.get(number)
        if trade and trade.state == PaymentState.UNPAID:
            trade.state = PaymentState.CLOSED
        self._answered()
        if trade is None:
            return Closing.UNKNOWN
        return Closing.CLOSED if trade.state == PaymentState.CLOSED else Closing.PAID

    def refund(
        self, *, number: str, refund_number: str, total_fen: int, amount_fen: int, reason: str, notify_url: str
    ) -> ProviderRefund:
        self._asked("refund", number)
        trade = self.trades[number]
        assert total_fen == trade.amount_fen
        known = trade.refunds.get(refund_number)
        if known is None:
            if trade.state != PaymentState.PAID or amount_fen > trade.left_fen() or self.outcome == "refused":
                raise ProviderRefused("NOT_ENOUGH")
            state = RefundState.DONE if self.outcome == "done" else RefundState.PROCESSING
            known = trade.refunds.setdefault(refund_number, Refund(amount_fen, state))
        assert known.amount_fen == amount_fen, "one number, one refund"
        self._answered()
        return self.states_refund(number, refund_number)

    def query_refund(self, *, number: str, refund_number: str) -> ProviderRefund | None:
        self._asked("query_refund", number)
        known = number in self.trades and refund_number in self.trades[number].refunds
        self._answered()
        return self.states_refund(number, refund_number) if known else None

    def bill(self, *, day: date) -> Iterator[BillRow]:
        self._asked("bill", day.isoformat())
        return iter(self.bills.get(day, ()))

    # --- Its payer and its own desk -----------------------------------------------------------------------------------
    def pay(self, number: str, *, late: bool = False) -> bool:
        """Whether the payer could; `late`: also what is closed or expired, as money sometimes comes."""
        trade = self.trades.get(number)
        if trade is None or trade.state == PaymentState.PAID:
            return False
        if not late and (trade.state != PaymentState.UNPAID or server_clock.now() > trade.expires_at):
            return False
        trade.state, trade.paid_at = PaymentState.PAID, server_clock.now()
        trade.transaction_id = f"{self.name}-{next(_transactions)}"
        return True

    def settle(self, number: str, refund_number: str, state: RefundState) -> None:
        """A refund comes to its end, or, failed once, goes through after all where the money is still there."""
        trade = self.trades[number]
        refund = trade.refunds[refund_number]
        if refund.state == RefundState.DONE or (
            refund.state == RefundState.FAILED and (state != RefundState.DONE or refund.amount_fen > trade.left_fen())
        ):
            return
        refund.state = state

    def states(self, number: str) -> ProviderPayment:
        trade = self.trades[number]
        return ProviderPayment(
            number=number,
            state=trade.state,
            amount_fen=trade.amount_fen,
            currency="CNY",
            merchant_id=self.merchant_id,
            app_id=self.app_id,
            transaction_id=trade.transaction_id,
            paid_at=trade.paid_at,
            raw={"trade_state": str(trade.state)},
        )

    def states_refund(self, number: str, refund_number: str) -> ProviderRefund:
        refund = self.trades[number].refunds[refund_number]
        return ProviderRefund(
            number, refund_number, refund.state, refund.amount_fen, f"id-{refund_number}", {"status": str(refund.state)}
        )

    # --- Callbacks ----------------------------------------------------------------------------------------------------
    def notice(self, number: str, refund_number: str = "", /, **changed: Any) -> bytes:
        """A callback's bytes: of a payment, or of its refund. `changed`: forged=True, amount_fen=…, currency=…"""
        if refund_number:
            refund = self.trades[number].refunds[refund_number]
            said = {"refund_number": refund_number, "state": refund.state, "amount_fen": refund.amount_fen}
        else:
            stated = self.states(number)
            said = {name: getattr(stated, name) for name in ("state", "amount_fen", "currency", "merchant_id")}
            said |= {"app_id": stated.app_id, "transaction_id": stated.transaction_id}
            said["paid_at"] = stated.paid_at.isoformat() if stated.paid_at else None
        return json.dumps({"number": number} | said | changed).encode()

    def read_notice(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice | None:
        said = json.loads(body)
        if said.pop("forged", False):
            raise NoticeRefused("signature")
        if "refund_number" in said:
            said["state"] = RefundState(said["state"])
            return Notice("event", refund=ProviderRefund(**said))
        said["state"] = PaymentState(said["state"])
        said["paid_at"] = datetime.fromisoformat(said["paid_at"]) if said["paid_at"] else None
        return Notice("event", payment=ProviderPayment(**said))

    def accepted(self) -> Reply:
        return Reply(204, "application/json", "")

    def refused(self, reason: str) -> Reply:
        return Reply(400, "application/json", json.dumps({"code": "FAIL", "message": reason}))


def put_on_offer(patch: pytest.MonkeyPatch) -> dict[str, FakeProvider]:
    """Both providers are such ones until the patch is undone."""
    fakes = {name: FakeProvider(name) for name in ("wechat", "alipay")}
    patch.setattr(registry, "is_set_up", lambda name: True)
    patch.setattr(registry, "_provider", lambda name, seconds, values: fakes[name])
    return fakes


class Jobs:
    """What tasks were asked for, not done until somebody works: a broker that a test can lose things from."""

    NAMES = ("look_after_order", "look_after_attempt", "send_refund", "reconcile_bill")

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        from payments import tasks

        self.waiting: list[tuple[Any, int]] = []
        for name in self.NAMES:
            task = getattr(tasks, name)
            patch.setattr(task, "delay", lambda pk, task=task: self.waiting.append((task, pk)))

    def work(self) -> None:
        """All of them, and what they ask for."""
        while self.waiting:
            task, pk = self.waiting.pop(0)
            task(pk)
