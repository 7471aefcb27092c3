"""The production web server, started as the README says, on a free port."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tools.scratch import free_port

WORKERS = 2
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def serving(settings: str, workers: int = WORKERS, **more: str) -> Iterator[tuple[str, psutil.Process]]:
    """gunicorn with `settings` and `more` of the environment: (base address, its master process)."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--config", str(ROOT / "config" / "gunicorn.py"), "--workers", str(workers), "--log-level", "error"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": settings, "LOG_LEVEL": "ERROR", **more}
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        base = f"http://127.0.0.1:{port}"
        _await(base, server)
        yield base, psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(20)


def _await(base: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{base}/bench/bare", timeout=2).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web server did not come up")


def memory_mb(master: psutil.Process) -> float:
    """Resident memory of the largest worker."""
    return max(worker.memory_info().rss for worker in master.children()) / 2**20
