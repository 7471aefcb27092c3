"""Serve the demo world on this machine: one web server, one worker, the payment sandbox; all they write is below var/.

    PORT=8000 python -m tools.demo

This process starts them, starts them again when they die, and ends them on Ctrl-C. It may be killed at any moment: the
kernel then ends its children, and the next start clears away what is left of them.
"""

import base64
import fcntl
import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

from payments.sandbox import prepare
from tools import scratch
from tools.supervise import STOP_SECONDS, Child, Children, clear_away

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
LOGS = VAR / "log"
SECRETS = VAR / "demo.env"
CHILDREN = VAR / "demo-children.json"
LOADED = VAR / "demo-loaded"
SANDBOX = VAR / "sandbox"
# The demo needs none of these; a developer's own must not lead it to his servers.
FOREIGN = ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "MEDIA_STORAGE", "MEDIA_BASE_URL", "DEBUG", "ALLOWED_HOSTS")


class Refused(Exception):
    """The demo can't start; the message says why and what to do."""


# --- Environment ------------------------------------------------------------------------------------------------------
def _secrets() -> dict[str, str]:
    """Made once, for this machine alone: what is encrypted today is readable tomorrow."""
    if not SECRETS.exists():
        key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        making = SECRETS.with_suffix(".making")
        making.unlink(missing_ok=True)
        with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"SECRET_KEY={secrets.token_urlsafe(64)}\nID_ENCRYPTION_KEYS=demo:{key}\n")
        making.rename(SECRETS)
    return dict(line.split("=", 1) for line in SECRETS.read_text().splitlines())


def _environment(port: int, sandbox_port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    own = {"DEMO": "1", "SITE_URL": f"http://127.0.0.1:{port}", "DJANGO_SETTINGS_MODULE": "config.settings"}
    # Last: a merchant's real keys in this environment must not meet the demo's orders.
    return kept | _secrets() | own | prepare(SANDBOX, sandbox_port)


def _sandbox_port(port: int) -> int:
    """The one it had before, for codes shown then lead to it; else the next after the demo's own, or any free one."""
    kept = SANDBOX / "port"
    wanted = int(kept.read_text()) if kept.exists() else port + 1
    deadline = time.monotonic() + (2 if kept.exists() else 0)  # one killed a moment ago lets go of it
    while wanted == port or not _is_free(wanted):
        if wanted == port or time.monotonic() > deadline:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                wanted = probe.getsockname()[1]
        time.sleep(0.1)
    SANDBOX.mkdir(parents=True, exist_ok=True)
    kept.write_text(str(wanted))
    return wanted


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


# --- One demo at a time -----------------------------------------------------------------------------------------------
def _lock() -> IO[str]:
    file = (VAR / "demo.lock").open("a+")
    deadline = time.monotonic() + STOP_SECONDS + 2  # one that was told to end a moment ago
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except BlockingIOError:
            if time.monotonic() > deadline:
                file.seek(0)
                raise Refused(f"The demo of this folder is running already: {file.read().strip()}") from None
        time.sleep(0.1)


def _require_port(port: int) -> None:
    deadline = time.monotonic() + 3  # a server that was killed a moment ago lets go of it
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                return probe.bind(("127.0.0.1", port))
            except PermissionError:
                raise Refused(f"This user may not open port {port}; choose another: make demo PORT=8001") from None
            except OSError:
                if time.monotonic() > deadline:
                    raise Refused(f"Port {port} is taken; choose another: make demo PORT={port + 1}") from None
        time.sleep(0.1)


# --- Programs ---------------------------------------------------------------------------------------------------------
def _children(port: int, sandbox_port: int, environment: dict[str, str]) -> Children:
    sandbox = ["payments.sandbox", "--port", str(sandbox_port), "--state", str(SANDBOX)]
    web = ["gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "8"]
    web += ["--no-control-socket"]
    worker = ["celery", "-A", "config", "worker", "--beat", "--queues", "default,media", "--concurrency", "2"]
    worker += ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    # The sandbox plays strangers: it isn't told the platform's secrets.
    programs = (("sandbox", sandbox, dict(os.environ)), ("web", web, environment), ("worker", worker, environment))
    return Children(
        [
            Child(name, [sys.executable, "-m", *arguments], ROOT, told, LOGS / f"{name}.log")
            for name, arguments, told in programs
        ],
        CHILDREN,
    )


# --- The world --------------------------------------------------------------------------------------------------------
def _migrations() -> str:
    digest = hashlib.sha256((ROOT / "requirements/base.txt").read_bytes())
    for path in sorted(ROOT.glob("[a-z]*/**/migrations/*.py")):
        if "node_modules" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _load(environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Migrate and load in one process, which prints what it does and the accounts; a second time it only looks."""
    code = "import django; django.setup(); from django.core.management import call_command as call\n"
    code += "call('migrate', interactive=False, verbosity=0); call('load_demo')"
    with (LOGS / "load.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-u", "-c", code],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stderr=log,
            preexec_fn=scratch.dies_with_parent(),
        )


def _require_loaded(job: "subprocess.Popen[bytes]") -> None:
    if job.wait():
        end = "\n".join((LOGS / "load.log").read_text(errors="replace").splitlines()[-15:])
        raise Refused(f"The demo world could not be loaded (var/log/load.log):\n{end}")
    LOADED.write_text(_migrations())


def _await_page(address: str, children: Children) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and children.all_live():
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    print(f"No answer yet from {address}; see var/log/web.log", flush=True)


def serve(port: int) -> None:
    address = f"http://127.0.0.1:{port}"
    lock = _lock()
    clear_away(CHILDREN)
    for stale in VAR.glob("celerybeat-schedule*"):  # a kill may leave it half written
        stale.unlink(missing_ok=True)
    _require_port(port)
    lock.truncate(0)
    lock.write(f"{address} (process {os.getpid()})\n")
    lock.flush()
    sandbox_port = _sandbox_port(port)
    environment = _environment(port, sandbox_port)
    children = _children(port, sandbox_port, environment)
    loading = _load(environment)
    if not (LOADED.exists() and LOADED.read_text() == _migrations()):
        _require_loaded(loading)  # whoever finds the page finds the whole world
    try:
        children.start()
        _require_loaded(loading)
        _await_page(address, children)
        sandbox = f"payment sandbox at http://127.0.0.1:{sandbox_port}"
        print(f"Xueshi is at {address} · staff at {address}/admin/ · {sandbox} · Ctrl-C ends it", flush=True)
        while True:
            time.sleep(0.5)
            children.revive()
    finally:
        children.stop()


def _on_sigterm(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    signal.signal(signal.SIGTERM, _on_sigterm)
    if "MAKELEVEL" in os.environ:
        scratch.dies_with_parent(signal.SIGTERM, of=os.getppid())()
    LOGS.mkdir(parents=True, exist_ok=True)
    try:
        serve(int(os.environ.get("PORT", "8000")))
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
