"""What a test needs to trade in the sandbox: begun orders, their payer, and the callbacks that came."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from core import clock
from payments.providers.base import Notice, NoticeRefused, Provider
from payments.sandbox import Sandbox


@dataclass(frozen=True)
class Came:
    headers: Mapping[str, str]
    body: bytes


class Callbacks:
    """The address callbacks come to: reads each, and answers as the provider expects."""

    def __init__(self) -> None:
        self.forget(None)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/callbacks"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def forget(self, provider: Provider | None) -> None:
        """From here on callbacks are read by this provider; none has come."""
        self.provider = provider
        self.came: list[Came] = []
        self.read: list[Notice | None] = []
        self.refused: list[str] = []

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        callbacks = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                reply = callbacks.take(Came(self.headers, body))
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.content_type)
                content = reply.body.encode()
                if reply.status != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments: Any) -> None:
                """Quiet."""

        return Handler

    def take(self, came: Came) -> Any:
        assert self.provider
        self.came.append(came)
        try:
            self.read.append(self.provider.read_notice(headers=came.headers, body=came.body, now=clock.now()))
        except NoticeRefused as refused:
            self.refused.append(refused.reason)
            return self.provider.refused(refused.reason)
        return self.provider.accepted()


@dataclass
class Stage:
    """A provider of the sandbox, and its payer."""

    sandbox: Sandbox
    provider: Provider
    callbacks: Callbacks
    begun: dict[str, datetime] = field(default_factory=dict)

    @property
    def control(self) -> Any:
        return self.sandbox.control

    def begin(self, number: str = "XS20260302000001", *, amount_fen: int = 240, **terms: Any) -> str:
        """Begin an order; gives the text of its code. Begun again it began when it began first."""
        begun = self.begun.setdefault(number, clock.now())
        terms = {"subject": "公需科目", "expires_at": begun + timedelta(minutes=30)} | terms
        return self.provider.create(
            number=number, amount_fen=amount_fen, created_at=begun, notify_url=self.callbacks.url, **terms
        )

    def paid(self, number: str = "XS20260302000001", *, act: str = "pay", **terms: Any) -> str:
        """An order that somebody has paid; its callback has come, unless `act` keeps it back."""
        self.begin(number, **terms)
        assert self.control.pay(number, act=act)
        assert self.control.wait_quiet()
        return number

    def until(self, so: Callable[[], bool]) -> None:
        """Wait for what the sandbox does by itself."""
        deadline = time.monotonic() + 20
        while not so():
            assert time.monotonic() < deadline, "it never came to be"
            time.sleep(0.01)

    def refund(self, number: str, refund_number: str = "XR1", *, amount_fen: int = 100, total_fen: int = 240) -> Any:
        return self.provider.refund(
            number=number,
            refund_number=refund_number,
            total_fen=total_fen,
            amount_fen=amount_fen,
            reason="不想学了",
            notify_url=self.callbacks.url,
        )
