"""The hand behind the scene: switches, the clock, keys, a payer who needs no page; for tests, and over HTTP."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from payments.sandbox import phone
from payments.sandbox.clock import LOCAL, rfc3339
from payments.sandbox.trades import Refunds, Trade, Trades
from payments.sandbox.web import Answer, Request
from payments.sandbox.world import World

_MOST_ROWS = 500


class NoSuchTrade(LookupError):
    """Nobody began an order of that number."""


class Control:
    """What a test does to a sandbox. `number`: the merchant's own; `provider` only where two share a number."""

    def __init__(self, world: World) -> None:
        self._world = world

    # --- Switches -----------------------------------------------------------------------------------------------------
    def switch(
        self,
        name: str,
        *,
        provider: str = "",
        number: str = "",
        call: str = "",
        times: int | None = None,
        value: Any = None,
    ) -> int:
        """Turn trouble on: for the trade `number`, for the next `times`, or until it is reset.

        `call` narrows call_… switches to create, query, close, cancel, refund, query_refund, bill or download.
        Raises switches.UnknownSwitch.
        """
        return self._world.switches.on(name, provider=provider, number=number, call=call, times=times, value=value)

    def off(self, switch_id: int) -> None:
        self._world.switches.off(switch_id)

    def switches(self) -> list[dict[str, Any]]:
        return self._world.switches.all()

    def reset(self) -> None:
        """No switch is on, and the clock shows the time again. Trades and keys stay."""
        self._world.switches.reset()
        self.shift_clock(0)

    def forget(self) -> None:
        """Reset, and no trade was ever made."""
        with self._world.store.transaction():
            self.reset()
            self._world.store.forget_trading()

    # --- Clock and keys -----------------------------------------------------------------------------------------------
    def set_clock(self, instant: datetime) -> None:
        """What the sandbox says the time is: expiry, bills, and the stamps on all it sends."""
        self._world.clock.set(instant)
        self._world.store.say("clock_shift", self._world.clock.shift.total_seconds())

    def shift_clock(self, seconds: float) -> None:
        """So many seconds from the real time."""
        self._world.clock.shift = self._world.clock.shift * 0
        self.set_clock(datetime.fromtimestamp(self._world.clock.now().timestamp() + seconds, LOCAL))

    def rotate(self, provider: str, *, keep_old: bool = True) -> None:
        self._world.keys.rotate(provider, keep_old=keep_old)

    def use_wechat_mode(self, mode: str) -> None:
        """WeChat signs as `public_key` or as `certificate`."""
        self._world.keys.use_wechat_mode(mode)

    # --- The payer ----------------------------------------------------------------------------------------------------
    def scan(self, number: str, *, provider: str = "") -> None:
        phone.scan(self._world, self._trade(number, provider))

    def pay(self, number: str, *, provider: str = "", act: str = "pay", at: datetime | None = None) -> bool:
        """As on the page; `at` is when the provider says it was paid. Whether it could be done."""
        return phone.act(self._world, self._trade(number, provider), phone.Act(act), at=at)

    def finish(self, number: str, *, provider: str = "") -> bool:
        """Past the time for refunds."""
        return Trades(self._world.store).finish(self._trade(number, provider))

    def _trade(self, number: str, provider: str) -> Trade:
        for name in [provider] if provider else ["wechat", "alipay"]:
            if trade := Trades(self._world.store).find(name, number):
                return trade
        raise NoSuchTrade(number)

    # --- Looking ------------------------------------------------------------------------------------------------------
    def trades(self) -> list[dict[str, Any]]:
        """The newest first."""
        return [_shown(self._world, trade) for trade in Trades(self._world.store).newest(_MOST_ROWS)]

    def notices(self, number: str = "") -> list[dict[str, Any]]:
        """In order of time, each with its deliveries."""
        query = "SELECT * FROM notices WHERE ? IN ('', number) ORDER BY id DESC LIMIT ?"
        rows = self._world.store.rows(query, number, _MOST_ROWS)
        return [{**row, "deliveries": self._deliveries(row["id"])} for row in reversed(rows)]

    def _deliveries(self, notice_id: int) -> list[dict[str, Any]]:
        rows = self._world.store.rows("SELECT * FROM deliveries WHERE notice_id = ? ORDER BY id", notice_id)
        return [{**row, "faults": json.loads(row["faults"])} for row in rows]

    def calls(self, number: str = "") -> list[dict[str, Any]]:
        """What was asked of the sandbox, in order of time: provider, call, number, outcome."""
        query = "SELECT * FROM calls WHERE ? IN ('', number) ORDER BY id DESC LIMIT ?"
        return list(reversed(self._world.store.rows(query, number, _MOST_ROWS)))

    def resend(self, notice_id: int) -> None:
        """Send a notice now, also one that was lost or given up."""
        self._world.notices.deliver(notice_id)

    def wait_quiet(self, seconds: float = 10) -> bool:
        """Until no notice is due or on its way; whether that came to be."""
        return self._world.notices.wait_quiet(seconds)


def _shown(world: World, trade: Trade) -> dict[str, Any]:
    return {
        "provider": trade.provider,
        "number": trade.number,
        "code_url": f"{world.base}/pay/{trade.token}",
        "subject": trade.subject,
        "amount_fen": trade.amount_fen,
        "refunded_fen": trade.refunded_fen,
        "state": "expired" if trade.expired(world.clock.now()) else trade.state,
        "scanned": trade.scanned_at is not None,
        "transaction_id": trade.transaction_id or "",
        "created_at": rfc3339(trade.created_at),
        "paid_at": rfc3339(trade.paid_at) if trade.paid_at else None,
        "refunds": [
            {"number": one.refund_number, "amount_fen": one.amount_fen, "state": one.state}
            for one in Refunds(world.store).of(trade)
        ],
    }


# --- Over HTTP --------------------------------------------------------------------------------------------------------
def _instant(text: Any) -> datetime | None:
    """ISO 8601; a time without offset is Beijing's."""
    if not text:
        return None
    instant = datetime.fromisoformat(str(text))
    return instant if instant.tzinfo else instant.replace(tzinfo=LOCAL)


def _switch(control: Control, said: dict[str, Any]) -> Any:
    times = said.get("times")
    return {
        "id": control.switch(
            str(said.get("name", "")),
            provider=str(said.get("provider", "")),
            number=str(said.get("number", "")),
            call=str(said.get("call", "")),
            times=int(times) if times not in (None, "") else None,
            value=None if said.get("value") == "" else said.get("value"),
        )
    }


def _clock(control: Control, said: dict[str, Any]) -> None:
    instant = _instant(said.get("now"))
    if instant:
        control.set_clock(instant)
    else:
        control.shift_clock(float(said.get("shift") or 0))


def _pay(control: Control, said: dict[str, Any]) -> Any:
    done = control.pay(
        str(said.get("number", "")),
        provider=str(said.get("provider", "")),
        act=str(said.get("act", "pay")),
        at=_instant(said.get("at")),
    )
    return {"done": done}


def _truth(value: Any) -> bool:
    return value not in (False, "", "0", "false", None)


_READS: dict[str, Callable[[Control, str], Any]] = {
    "trades": lambda control, number: control.trades(),
    "notices": lambda control, number: control.notices(number),
    "calls": lambda control, number: control.calls(number),
    "switches": lambda control, number: control.switches(),
}
_WRITES: dict[str, Callable[[Control, dict[str, Any]], Any]] = {
    "switches": _switch,
    "switches/off": lambda control, said: control.off(int(said["id"])),
    "reset": lambda control, said: control.reset(),
    "forget": lambda control, said: control.forget(),
    "clock": _clock,
    "keys": lambda control, said: control.rotate(said["provider"], keep_old=_truth(said.get("keep_old", True))),
    "mode": lambda control, said: control.use_wechat_mode(said["mode"]),
    "scan": lambda control, said: control.scan(str(said["number"]), provider=str(said.get("provider", ""))),
    "pay": _pay,
    "finish": lambda control, said: {"done": control.finish(str(said["number"]))},
    "resend": lambda control, said: control.resend(int(said["id"])),
    "wait": lambda control, said: {"quiet": control.wait_quiet(float(said.get("seconds", 10)))},
}


def respond(world: World, request: Request) -> Answer:
    """GET and POST /control/…; a form of the sandbox's own page is led back to it."""
    control, name = Control(world), request.path.removeprefix("/control/")
    origin = request.headers.get("Origin")
    if origin not in (None, world.base, world.base.replace("127.0.0.1", "localhost")):
        return _json({"error": "another site's page"}, 403)
    if request.method == "GET" and name in _READS:
        return _json({name: _READS[name](control, request.query.get("number", ""))})
    if request.method != "POST" or name not in _WRITES:
        return _json({"error": "no such control"}, 404)
    # A program that forgets to name its JSON is understood.
    is_form = "urlencoded" in request.headers.get("Content-Type", "") and not request.body.startswith(b"{")
    try:
        said = request.form if is_form else json.loads(request.body or b"{}")
        done = _WRITES[name](control, said)
    except (ValueError, LookupError, TypeError, AttributeError) as fault:
        return _json({"error": f"{type(fault).__name__}: {fault}"}, 400)
    if is_form:
        return Answer(303, b"", "", {"Location": "/"})
    return _json(done or {})


def _json(content: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(content, ensure_ascii=False).encode(), "application/json; charset=utf-8")
