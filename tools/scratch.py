"""Folders and child processes that leave nothing behind, whatever ends the process that made them."""

import atexit
import ctypes
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PREFIX = "xueshi-"
_libc = ctypes.CDLL(None, use_errno=True)


def dies_with_parent(how: signal.Signals = signal.SIGKILL, of: int | None = None) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends the child `how` when its parent is gone, also after kill -9."""
    parent = of or os.getpid()

    def arrange() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(how), 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return arrange


def folder(name: str) -> Path:
    """A new folder that goes at exit; those of processes that were killed are swept away first."""
    root = Path(tempfile.gettempdir())
    for old in root.glob(f"{_PREFIX}*-*"):
        pid = old.name.removeprefix(_PREFIX).split("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(old, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-{name}-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
