"""What every part of the sandbox has at hand."""

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from payments.sandbox.clock import Clock, to_ms
from payments.sandbox.keys import Keys
from payments.sandbox.store import Store
from payments.sandbox.switches import Setting, Switches
from payments.sandbox.web import Answer, Dropped

if TYPE_CHECKING:
    from payments.sandbox.notices import Notices


@dataclass
class World:
    store: Store
    clock: Clock
    keys: Keys
    switches: Switches
    base: str = ""
    """Where it is reached: http://127.0.0.1:port."""
    stopping: threading.Event = field(default_factory=threading.Event)
    notices: "Notices" = field(init=False)


@dataclass(frozen=True)
class Call:
    """One call of a merchant: of whom, which, about which trade."""

    world: World
    provider: str
    name: str
    number: str = ""

    def trouble(self, switch: str) -> Setting | None:
        return self.world.switches.take(switch, provider=self.provider, number=self.number, call=self.name)

    def before(self) -> Answer | None:
        """Trouble ahead of the work: slow, gone, or a 5xx that did nothing. Raises Dropped."""
        if slow := self.trouble("call_slow"):
            self.world.stopping.wait(slow.number(5))
        if self.trouble("call_dropped"):
            self.noted("dropped")
            raise Dropped
        if error := self.trouble("call_error"):
            self.noted("error")
            return Answer(error.whole(500), b"<html><body>Bad Gateway</body></html>", "text/html")
        return None

    def after(self) -> None:
        """Trouble behind it: the work is done, and nobody hears of it. Raises Dropped."""
        if lost := self.trouble("call_answer_lost"):
            self.noted("answer lost")
            self.world.stopping.wait(lost.number(10))
            raise Dropped

    def noted(self, outcome: str) -> None:
        at = to_ms(self.world.clock.now())
        self.world.store.insert(
            "calls", provider=self.provider, call=self.name, number=self.number, at=at, outcome=outcome
        )
