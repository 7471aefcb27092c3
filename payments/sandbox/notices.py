"""Notices (回调) to the merchant: sent until he answers as expected, by each provider's ladder, across restarts."""

import http.client
import ipaddress
import json
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from payments.sandbox import phone
from payments.sandbox.clock import local_text, to_ms
from payments.sandbox.switches import Setting
from payments.sandbox.trades import Refund, Refunds, Trade, Trades
from payments.sandbox.world import World

# Seconds from one try to the next; after the last there is no more.
LADDERS = {
    "wechat": (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600),
    "alipay": (240, 600, 600, 3600, 7200, 21600, 54000),
}
_ANSWER_SECONDS = 5
_AT_ONCE = 16


@dataclass(frozen=True)
class Notice:
    """One thing to tell: of a trade, or of its refund."""

    id: int
    event_id: str
    trade: Trade
    refund: Refund | None
    attempt: int


@dataclass(frozen=True)
class Message:
    """What goes over the wire."""

    headers: dict[str, str]
    body: bytes


class Trouble:
    """The switches that hold for one sending, and which of them it met."""

    def __init__(self, world: World, trade: Trade) -> None:
        self._world, self._trade = world, trade
        self.met: list[str] = []

    def __call__(self, switch: str) -> Setting | None:
        setting = self._world.switches.take(switch, provider=self._trade.provider, number=self._trade.number)
        if setting:
            self.met.append(switch)
        return setting


Writer = Callable[[World, Notice, Trouble], Message]
Judge = Callable[[int, bytes], bool]


class Notices:
    """Writers put a notice into their provider's words, judges say whether an answer is the expected one."""

    def __init__(self, world: World, writers: dict[str, Writer], judges: dict[str, Judge]) -> None:
        self._world, self._writers, self._judges = world, writers, judges
        self._news = threading.Condition()
        self._under_way: set[int] = set()
        self._pool = ThreadPoolExecutor(_AT_ONCE, "notices")
        self._thread = threading.Thread(target=self._run, name="notices", daemon=True)

    # --- What is to be told -------------------------------------------------------------------------------------------
    def of_payment(self, trade: Trade, *, silent: bool = False) -> None:
        trouble = Trouble(self._world, trade)
        state = "lost" if silent or trouble("notice_lost") else "waiting"
        if state == "waiting" and trouble("notice_out_of_order"):
            state = "held"
        self._add(trade, "", trade.notify_url, state, trouble("notice_delayed"))

    def of_refund(self, trade: Trade, refund: Refund) -> None:
        if trade.provider == "alipay" and refund.outcome != "done":
            return  # Alipay tells of success alone
        trouble = Trouble(self._world, trade)
        state = "lost" if trouble("notice_lost") else "waiting"
        self._add(trade, refund.refund_number, refund.notify_url, state, trouble("notice_delayed"))

    def _add(self, trade: Trade, refund_number: str, url: str, state: str, delayed: Setting | None) -> None:
        if not url:
            return
        wait = self._world.clock.wait_for(delayed.number(60)) if delayed else 0
        self._world.store.insert(
            "notices",
            event_id=_event_id(trade.provider, local_text(self._world.clock.now())),
            provider=trade.provider,
            number=trade.number,
            refund_number=refund_number,
            url=url,
            state=state if _is_near(url) else "unreachable",
            due=time.time() + wait,
            created_at=to_ms(self._world.clock.now()),
        )

    # --- The thread ---------------------------------------------------------------------------------------------------
    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.wake()
        self._thread.join(5)
        self._pool.shutdown(cancel_futures=True)

    def wake(self) -> None:
        with self._news:
            self._news.notify_all()

    def wait_quiet(self, seconds: float) -> bool:
        """Until nothing is on its way or due now; whether that came to be."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            # In this order: what is settled becomes due, what is due gets under way.
            if not Refunds(self._world.store).due(time.time()) and not self._due():
                with self._news:
                    if not self._under_way:
                        return True
            time.sleep(0.01)
        return False

    def _due(self) -> list[dict[str, Any]]:
        query = "SELECT * FROM notices WHERE state = 'waiting' AND due <= ? ORDER BY due, id"
        return self._world.store.rows(query, time.time())

    def _run(self) -> None:
        while not self._world.stopping.is_set():
            self.settle_refunds()
            phone.pay_those_who_are_late(self._world)
            with self._news:
                busy = set(self._under_way)  # asked before: one that ends meanwhile isn't sent by what was read of it
            for row in self._due():
                if row["id"] in busy:
                    continue
                with self._news:
                    self._under_way.add(row["id"])
                self._pool.submit(self._deliver_one, row["id"]).add_done_callback(_say_what_broke)
            with self._news:
                self._news.wait(self._pause())

    def _pause(self) -> float:
        row = self._world.store.row(
            "SELECT min(due) AS due FROM notices WHERE state = 'waiting' AND due > ?", time.time()
        )
        instants = [row["due"] if row else None, Refunds(self._world.store).next_due(), time.time() + 0.25]
        return max(min(instant for instant in instants if instant) - time.time(), 0.005)

    def settle_refunds(self) -> None:
        """What is due comes to its outcome, and is told."""
        store = self._world.store
        for refund in Refunds(store).due(time.time()):
            trade = Trades(store).find(refund.provider, refund.number)
            with store.transaction():
                if trade and Refunds(store).settle(refund, self._world.clock.now()):
                    self.of_refund(trade, refund)

    # --- One notice ---------------------------------------------------------------------------------------------------
    def _deliver_one(self, notice_id: int) -> None:
        try:
            self.deliver(notice_id)
        finally:
            with self._news:
                self._under_way.discard(notice_id)
                self._news.notify_all()

    def deliver(self, notice_id: int) -> None:
        """Send it once more, whatever its ladder says, and write down what came of it."""
        store = self._world.store
        row = store.row("SELECT * FROM notices WHERE id = ?", notice_id)
        trade = row and Trades(store).find(row["provider"], row["number"])
        if not row or not trade:
            return
        # Killed, or broken, while it is sent: the next try isn't at once.
        store.change("UPDATE notices SET due = ? WHERE id = ?", time.time() + _ANSWER_SECONDS, notice_id)
        refund = Refunds(store).find(trade.provider, trade.number, row["refund_number"])
        notice = Notice(notice_id, row["event_id"], trade, refund, row["attempts"])
        trouble = Trouble(self._world, trade)
        accepted = self._send_as_told(row["url"], notice, trouble)
        with store.transaction():
            self._write_down(row, accepted)
            if refund:
                query = "UPDATE notices SET state = 'waiting', due = ? WHERE state = 'held'"
                store.change(f"{query} AND provider = ? AND number = ?", time.time(), trade.provider, trade.number)

    def _send_as_told(self, url: str, notice: Notice, trouble: Trouble) -> bool:
        """Once, twice at the same time, or the same once more; whether the first was accepted."""
        write = self._writers[notice.trade.provider]
        message = write(self._world, notice, trouble)
        if not trouble("notice_doubled"):
            accepted = self._send(url, notice, message, trouble.met)
        else:
            both = [message, write(self._world, notice, trouble)]
            with ThreadPoolExecutor(2) as pair:
                accepted = any([*pair.map(lambda one: self._send(url, notice, one, trouble.met), both)])
        if trouble("notice_replayed"):
            self._send(url, notice, message, trouble.met)
        return accepted

    def _send(self, url: str, notice: Notice, message: Message, faults: list[str]) -> bool:
        sent_at = to_ms(self._world.clock.now())
        status, answer = _post(url, message)
        self._world.store.insert(
            "deliveries",
            notice_id=notice.id,
            sent_at=sent_at,
            faults=json.dumps(faults),
            status=status,
            answer=answer[:500].decode("utf-8", "replace"),
        )
        return self._judges[notice.trade.provider](status, answer)

    def _write_down(self, row: dict[str, Any], accepted: bool) -> None:
        attempts, ladder = row["attempts"] + 1, LADDERS[row["provider"]]
        if accepted:
            state, due = "accepted", row["due"]
        elif attempts <= len(ladder):
            state, due = "waiting", time.time() + self._world.clock.wait_for(ladder[attempts - 1])
        else:
            state, due = "given_up", row["due"]
        query = "UPDATE notices SET state = ?, attempts = ?, due = ? WHERE id = ? AND state != 'accepted'"
        self._world.store.change(query, state, attempts, due, row["id"])


def _say_what_broke(delivery: "Future[None]") -> None:
    """A pool keeps it to itself, and the notice would be missing without a word."""
    if not delivery.cancelled() and (fault := delivery.exception()):
        traceback.print_exception(fault)


def _event_id(provider: str, local: str) -> str:
    """WeChat's `id`, Alipay's `notify_id`: the same at every try."""
    if provider == "wechat":
        return str(uuid.uuid4())
    return local[:10].replace("-", "") + "00222" + uuid.uuid4().hex[:21]


def _is_near(url: str) -> bool:
    """Only this machine is ever called: the sandbox must not be led to anybody's server."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return urlsplit(url).scheme == "http"
    try:
        return ipaddress.ip_address(host).is_loopback and urlsplit(url).scheme == "http"
    except ValueError:
        return False


def _post(url: str, message: Message) -> tuple[int, bytes]:
    """Status and body of the merchant's answer; status 0 where there was none."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=_ANSWER_SECONDS)
    try:
        connection.request("POST", parts.path or "/", message.body, message.headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as fault:
        return 0, str(fault).encode()
    finally:
        connection.close()
