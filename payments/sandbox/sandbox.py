"""One sandbox: its store, its server, its notices; in a process of its own, or in a test's."""

import fcntl
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from payments.sandbox import control, page
from payments.sandbox.alipay import api as alipay
from payments.sandbox.alipay import bills as alipay_bills
from payments.sandbox.alipay import notices as alipay_notices
from payments.sandbox.clock import Clock
from payments.sandbox.control import Control
from payments.sandbox.keys import Keys, write_settings
from payments.sandbox.notices import Notices
from payments.sandbox.store import Store
from payments.sandbox.switches import Switches
from payments.sandbox.web import Answer, Request, serve
from payments.sandbox.wechat import api as wechat
from payments.sandbox.wechat import notices as wechat_notices
from payments.sandbox.world import World


class InUse(Exception):
    """Another sandbox works with this state."""


def prepare(state_dir: Path | str, port: int) -> dict[str, str]:
    """The settings of a sandbox that will run with this state at this port; its keys are made if there are none."""
    folder = Path(state_dir)
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(folder / "sandbox.sqlite3")
    try:
        settings = Keys(store, Clock(speed=1)).settings(_base(port))
    finally:
        store.close()
    write_settings(folder, settings)
    return settings


def _base(port: int) -> str:
    return f"http://127.0.0.1:{port}"


class Sandbox:
    """WeChat Pay and Alipay on 127.0.0.1.

    `clock_speed`: how many times faster than a provider it waits (retries, refunds on their way). `now`: where it
    takes the time from, for a caller with a clock of his own. Raises InUse, and OSError where the port is taken.
    """

    def __init__(
        self,
        state_dir: Path | str,
        port: int = 0,
        *,
        clock_speed: float = 60,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        folder = Path(state_dir)
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise InUse(folder) from None
        store, clock = Store(folder / "sandbox.sqlite3"), Clock(speed=clock_speed, source=now)
        clock.shift = timedelta(seconds=store.fact("clock_shift") or 0)
        self._folder = folder
        self._world = World(store, clock, Keys(store, clock), Switches(store))
        self._world.notices = Notices(
            self._world,
            {"wechat": wechat_notices.write, "alipay": alipay_notices.write},
            {"wechat": wechat_notices.accepted, "alipay": alipay_notices.accepted},
        )
        try:
            self._server = serve(port, self._respond)
        except OSError:
            store.close()
            self._lock.close()
            raise
        self._world.base = _base(self._server.server_port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="sandbox", daemon=True
        )
        write_settings(folder, self.settings)

    @property
    def base(self) -> str:
        """http://127.0.0.1:port, open from the moment it is made."""
        return self._world.base

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a project that trades here; after a rotation, with the new keys."""
        return self._world.keys.settings(self.base)

    @property
    def control(self) -> Control:
        return Control(self._world)

    def trades(self) -> list[dict[str, Any]]:
        return self.control.trades()

    def start(self) -> "Sandbox":
        self._thread.start()
        self._world.notices.start()
        return self

    def stop(self) -> None:
        """What wasn't told yet is told by the next one that starts on this state."""
        self._world.stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()
        self._world.notices.stop()
        self._world.store.close()
        self._lock.close()

    def __enter__(self) -> "Sandbox":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _respond(self, request: Request) -> Answer:
        """Raises Dropped where a switch says so."""
        path = urlsplit(request.target).path
        if path.startswith("/wechat/"):
            return wechat.respond(self._world, request)
        if path == "/alipay/gateway.do":
            return alipay.respond(self._world, request)
        if path.startswith("/alipay/bill/"):
            return alipay_bills.download(self._world, path.removeprefix("/alipay/bill/"))
        if path.startswith("/pay/"):
            return page.pay_page(self._world, request)
        if path.startswith("/control/"):
            answer = control.respond(self._world, request)
            if path == "/control/keys":
                write_settings(self._folder, self.settings)
            return answer
        if path == "/assets/sandbox.css":
            return page.stylesheet()
        if path == "/favicon.ico":
            return Answer(204)  # else every page would leave an error in the browser's console
        return page.desk(self._world) if path == "/" else Answer(404)
