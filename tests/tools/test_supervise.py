"""What the demo starts is kept running, ends with it, and is cleared away after a kill -9."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import scratch
from tools.supervise import Child, Children, clear_away

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
# Starts a program of its own, as a worker does with a transcoder, and says its number.
FORKING = "import subprocess, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _soon(condition: Callable[[], object]) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def child(tmp_path: Path) -> Child:
    return Child("sleeper", SLEEPER, tmp_path, dict(os.environ), tmp_path / "log")


def test_a_child_that_died_is_started_again(child, tmp_path):
    children = Children([child], tmp_path / "children.json")
    children.start()
    first = child.process.pid
    child.process.kill()

    assert _soon(lambda: children.revive() or child.process.pid != first)
    assert children.all_live()
    children.stop()
    assert not _alive(child.process.pid)


def test_what_a_killed_supervisor_left_is_ended_with_all_it_started(tmp_path):
    parent = Child("parent", [sys.executable, "-c", FORKING], tmp_path, dict(os.environ), tmp_path / "log")
    Children([parent], tmp_path / "children.json").start()
    assert _soon(lambda: (tmp_path / "log").read_text().strip())
    grandchild = int((tmp_path / "log").read_text())

    clear_away(tmp_path / "children.json")

    assert parent.process.wait(5) == -signal.SIGKILL
    assert _soon(lambda: not _alive(grandchild))


def test_a_number_that_another_process_has_now_is_left_alone(tmp_path):
    other = subprocess.Popen(SLEEPER, start_new_session=True)
    (tmp_path / "children.json").write_text(f'[[{other.pid}, "1"]]')

    clear_away(tmp_path / "children.json")

    assert other.poll() is None
    other.kill()
    other.wait()


def test_a_half_written_note_is_no_reason_to_stop(tmp_path):
    (tmp_path / "children.json").write_text('[[12, "')

    clear_away(tmp_path / "children.json")


def test_a_child_ends_with_a_parent_that_was_killed(tmp_path):
    code = (
        "import subprocess, sys, time; from tools import scratch\n"
        "print(subprocess.Popen(['sleep', '60'], preexec_fn=scratch.dies_with_parent()).pid, flush=True)\n"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    sleeper = int(parent.stdout.readline())
    assert _alive(sleeper)

    parent.kill()
    parent.communicate()

    assert _soon(lambda: not _alive(sleeper))


def test_folders_of_dead_processes_are_swept_away(tmp_path, monkeypatch):
    monkeypatch.setattr(scratch.tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen(["true"])
    ended.wait()
    left = tmp_path / f"xueshi-{ended.pid}-redis-x"
    left.mkdir()
    own = scratch.folder("first")

    scratch.folder("second")

    assert not left.exists()
    assert own.exists()
