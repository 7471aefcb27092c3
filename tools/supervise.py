"""Programs that are kept running, and cleared away after a kill."""

import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path

from tools import scratch

STOP_SECONDS = 2


def _started_at(pid: int) -> str | None:
    """The kernel's start time of a process: with the number it names one process for good."""
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    return None


def _end_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


class Child:
    """One program with a group of its own, so that all it starts can be ended with it."""

    def __init__(self, name: str, command: list[str], cwd: Path, environment: dict[str, str], log: Path) -> None:
        self.name, self.log = name, log
        self._command, self._cwd, self._environment = command, cwd, environment
        self._quick_deaths = 0
        self._again_at = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._since = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                cwd=self._cwd,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=scratch.dies_with_parent(),
            )

    def died(self) -> int | None:
        return self.process.poll() if self.process else None

    def revive(self) -> bool:
        """Start again what has died, later each time it dies young; tells whether it did."""
        code = self.died()
        if code is None or self.process is None:
            return False
        if not self._again_at:
            _end_group(self.process.pid)
            self._quick_deaths = 0 if time.monotonic() - self._since > 60 else self._quick_deaths + 1
            self._again_at = time.monotonic() + min(2**self._quick_deaths - 1, 30)
            print(f"{self.name} has ended ({code}) and is started again; see {self.log}", flush=True)
        if time.monotonic() < self._again_at:
            return False
        self._again_at = 0.0
        self.start()
        return True


class Children:
    """All programs of one supervisor; a file names them for whoever comes after a kill -9."""

    def __init__(self, children: list[Child], written_down: Path) -> None:
        self._children, self._file = children, written_down

    def start(self) -> None:
        for child in self._children:
            child.start()
        self._write_down()

    def revive(self) -> None:
        if any([child.revive() for child in self._children]):  # noqa: C419  # each of them, not up to the first
            self._write_down()

    def all_live(self) -> bool:
        return all(child.died() is None for child in self._children)

    def stop(self) -> None:
        processes = [child.process for child in self._children if child.process]
        for process in processes:
            process.send_signal(signal.SIGQUIT)  # gunicorn and Celery: at once; jobs are taken up by the next start
        deadline = time.monotonic() + STOP_SECONDS
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(deadline - time.monotonic(), 0))
            _end_group(process.pid)
            process.wait()
        self._file.unlink(missing_ok=True)

    def _write_down(self) -> None:
        pids = [child.process.pid for child in self._children if child.process]
        self._file.write_text(json.dumps([(pid, _started_at(pid)) for pid in pids]))


def clear_away(written_down: Path) -> None:
    """End what a killed supervisor left: whole groups, for a transcoder outlives its worker."""
    with contextlib.suppress(OSError, ValueError):
        for pid, started in json.loads(written_down.read_text()):
            if _started_at(pid) in (started, None):  # None: the leader is gone, its group may not be
                _end_group(pid)
