"""The same properties over a smaller run with real adapters and signatures: our books and the sandbox's agree."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments.providers.base import PaymentState, RefundState
from payments.sandbox import Sandbox
from tests.payments import shop
from tests.payments.fakes import Refund, Trade
from tests.payments.post import Post
from tests.payments.world import World
from tests.support.clock import START

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

_STATES = {"paid": PaymentState.PAID, "closed": PaymentState.CLOSED}
_REFUNDS = {"processing": RefundState.PROCESSING, "done": RefundState.DONE}
ACTS = [
    "places",
    "changes",
    "cancels",
    "pays",
    "pays",
    "calls_back",
    "calls_back",
    "looks",
    "asks",
    "decides",
    "decides",
]
ACTS += ["sends", "sweeps", "restarts", "looks_after", "trouble", "waits"]
TROUBLE = (("call_error", 500), ("call_dropped", None), ("call_answer_lost", 0.05), ("call_unsigned", None))

act = st.tuples(
    st.sampled_from(ACTS),
    st.integers(0, 3),
    st.integers(0, 300),
    st.sampled_from(["wechat", "alipay"]),
    st.one_of(st.none(), st.none(), st.integers(0, 30)),
)


class Books:
    """What the sandbox knows, in the form in which a provider in memory would."""

    def __init__(self, sandbox: Sandbox, name: str) -> None:
        self.sandbox, self.name = sandbox, name

    def fails(self, **_: Any) -> None:
        self.sandbox.control.reset()

    @property
    def trades(self) -> dict[str, Trade]:
        mine = [row for row in self.sandbox.trades() if row["provider"] == self.name]
        return {row["number"]: self._trade(row) for row in mine}

    def _trade(self, row: dict[str, Any]) -> Trade:
        state = _STATES.get(row["state"], PaymentState.UNPAID)
        refunds = {
            one["number"]: Refund(one["amount_fen"], _REFUNDS.get(one["state"], RefundState.FAILED))
            for one in row["refunds"]
        }
        return Trade(row["amount_fen"], START, state, row["transaction_id"], None, refunds)


class SandboxWorld(World):
    """Payers and callbacks are the sandbox's; callbacks wait in the post."""

    def __init__(self, pages: Any, sandbox: Sandbox, post: Post, jobs: Any, clock: Any) -> None:
        super().__init__(pages, {name: Books(sandbox, name) for name in ("wechat", "alipay")}, jobs, clock)  # type: ignore[misc]
        self.sandbox, self.box = sandbox, post

    def acts(self, name: str, number: int, other: int, provider: str) -> Callable[[], Any]:
        return {
            "places": lambda: self.places([number, other], provider),
            "changes": lambda: self.changes(number, provider),
            "cancels": lambda: self.cancels(number),
            "pays": lambda: self.pays_on_the_phone(number, ("pay", "pay_without_callback", "pay_late")[other % 3]),
            "calls_back": lambda: self.brings_the_post(number, 1 + other % 3),
            "looks": lambda: self.looks(number),
            "asks": lambda: self.asks_for_a_refund(number, other, other % 2 > 0, other % 3 > 0, ""),
            "decides": lambda: self.decides(number, other % 4 > 0, other),
            "sends": lambda: self.sends_a_refund(number),
            "sweeps": self.sweeps,
            "restarts": self.is_restarted,
            "looks_after": lambda: self.is_looked_after(number),
            "trouble": lambda: self.makes_trouble(number, provider),
            "waits": lambda: self.waits((20, 61, 400, 1900)[number]),
        }[name]

    def pays_on_the_phone(self, number: int, how: str) -> None:
        payment = self.payment(number)
        if payment.number in self.fakes[payment.provider].trades:
            self.sandbox.control.pay(payment.number, provider=payment.provider, act=how)
            assert self.sandbox.control.wait_quiet()

    def brings_the_post(self, number: int, times: int) -> None:
        """Any callback that came, the same one again too: what is too old or came already is refused."""
        came = self.box.inbox.received
        for _ in range(times if came else 0):
            assert self.box.hand_in(came[-1 - number % len(came)]).status_code in (200, 204, 400)

    def makes_trouble(self, number: int, provider: str) -> None:
        name, value = TROUBLE[number]
        self.sandbox.control.switch(name, provider=provider, value=value, times=2)

    def waits(self, seconds: int) -> None:
        """The beat goes on meanwhile."""
        for part in (seconds - seconds % 300, seconds % 300):
            self.clock.tick(part)
            self.sweeps()

    def comes_to_rest(self) -> None:
        """Who pays late does so now, and what wasn't lost is sent again, as providers do for a day."""
        self.sandbox.control.reset()
        self.waits(1900)
        time.sleep(0.6)  # those who are late pay a moment after it was too late
        assert self.sandbox.control.wait_quiet()
        for notice in self.sandbox.control.notices():
            if notice["state"] != "lost":
                self.sandbox.control.resend(notice["id"])
                assert self.box.hand_in(self.box.inbox.received[-1]).status_code in (200, 204)
        super().comes_to_rest()

    def calls_back_of_a_refund(self, number: int, times: int, untrue: bool) -> None:
        """The sandbox sends its own."""

    def settles_a_refund(self, number: int, state: RefundState) -> None:
        """The sandbox does so by itself."""


def test_whatever_happens_the_sandboxs_books_and_ours_agree(sandbox, post, jobs, clock, monkeypatch):
    pages = [shop.paid_class("ji-jiu"), shop.paid_class("hu-li", 500)]
    monkeypatch.setattr(Books, "settle", lambda self, *names: None, raising=False)

    @settings(max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(act, min_size=8, max_size=20))
    def run(acts: list[tuple[str, int, int, str, int | None]]) -> None:
        sandbox.control.forget()
        post.inbox.received.clear()
        jobs.waiting.clear()
        clock.set(START)
        world = SandboxWorld(pages, sandbox, post, jobs, clock)
        world.does(lambda: world.places([0], "wechat"))
        for name, number, other, provider, cut in acts:
            world.does(world.acts(name, number, other, provider), cut)
        world.comes_to_rest()

    run()
