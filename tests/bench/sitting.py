"""Learners sitting at once: each sends an answer every twenty seconds, whether or not the last one has been answered.

Time counts from when an answer should have left, so a server that falls behind can't hide it by slowing the learners.
"""

import asyncio
import gc
import statistics
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.bench.exam_world import Save

INTERVAL_SECONDS = 20
PATIENCE_SECONDS = 30


@dataclass
class Outcome:
    """What came of it: seconds of every answer, and how many weren't acknowledged."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    @property
    def sent(self) -> int:
        return len(self.seconds) + self.failed

    def percentile(self, percent: int) -> float:
        """The seconds within which so many percent were answered."""
        return statistics.quantiles(self.seconds, n=100, method="inclusive")[percent - 1]


def sit(base: str, saves: list[Save], seconds: int) -> Outcome:
    """Let everybody answer for so many seconds, evenly spread over the interval; on this machine only."""
    assert base.startswith("http://127.0.0.1:"), "load stays on this machine"
    gc.collect()
    gc.freeze()
    try:
        return asyncio.run(_sit(base, saves, seconds))
    finally:
        gc.unfreeze()


async def _sit(base: str, saves: list[Save], seconds: int) -> Outcome:
    outcome = Outcome()
    begins = time.perf_counter() + 1
    address = urlsplit(base)
    await asyncio.gather(
        *(
            _learner(Browser(address.hostname or "", address.port or 0), save, due, begins + seconds, outcome)
            for save, due in zip(saves, _spread(begins, len(saves)), strict=True)
        )
    )
    return outcome


def _spread(begins: float, number: int) -> list[float]:
    """When each one's first answer is due."""
    return [begins + INTERVAL_SECONDS * place / number for place in range(number)]


async def _learner(browser: "Browser", save: Save, due: float, ends: float, outcome: Outcome) -> None:
    place = 0
    while due < ends:
        await asyncio.sleep(max(0, due - time.perf_counter()))
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                status = await browser.send(save.raw(place))
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            status = 0
        if status == 200:
            outcome.seconds.append(time.perf_counter() - due)
        else:
            outcome.failed += 1
        place, due = place + 1, due + INTERVAL_SECONDS
    browser.close()


class Browser:
    """One kept connection; opened anew where the server closed it meanwhile, as browsers do."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def send(self, raw: bytes) -> int:
        """The status of the answer."""
        is_kept = self.writer is not None and self.reader is not None and not self.reader.at_eof()
        if not is_kept:
            await self._connect()
        try:
            return await self._exchange(raw)
        except (ConnectionError, asyncio.IncompleteReadError):
            if not is_kept:
                raise
        await self._connect()  # it was closed at the very moment
        return await self._exchange(raw)

    async def _connect(self) -> None:
        self.close()
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port)

    async def _exchange(self, raw: bytes) -> int:
        assert self.reader
        assert self.writer
        self.writer.write(raw)
        await self.writer.drain()
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = next(line for line in head.split("\r\n") if line.startswith("content-length:"))
        await self.reader.readexactly(int(length.partition(":")[2]))
        if "\r\nconnection: close" in head:
            self.close()
        return int(head.split(" ", 2)[1])

    def close(self) -> None:
        """Let the connection go."""
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None
