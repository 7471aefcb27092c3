"""Bring a machine with Debian or Ubuntu, python3 and make to where `make` can go on.

    python3 -m tools.prepare demo|check|fast|test

Each part is done only when it is missing or its lock file has changed, so a second run takes a moment; a run that was
killed is taken up by the next one. System packages are installed where that is allowed (root, or sudo without a
password), otherwise what is missing is named together with the command that installs it.
"""

import fcntl
import glob
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
LOGS = ROOT / "var/log"
LEVELS = ("demo", "check", "fast", "test")
REQUIREMENTS = {"demo": "base", "check": "dev", "fast": "dev", "test": "dev"}


class Missing(Exception):
    """Something that a person has to do first; the message says what."""


# --- System packages --------------------------------------------------------------------------------------------------
def _program(*names: str) -> Callable[[], bool]:
    return lambda: all(shutil.which(name) for name in names)


def _file(*patterns: str) -> Callable[[], bool]:
    return lambda: any(glob.glob(pattern, recursive=True) for pattern in patterns)


@dataclass(frozen=True)
class SystemPart:
    package: str
    why: str
    present: Callable[[], bool]
    levels: tuple[str, ...]
    optional: bool = False


_RUN = ("demo", "fast", "test")
SYSTEM_PARTS = (
    SystemPart("ffmpeg", "transcodes videos", _program("ffmpeg", "ffprobe"), _RUN),
    SystemPart(
        "fonts-noto-cjk",
        "Chinese text in the sample videos",
        _file("/usr/share/fonts/**/NotoSansCJK*", "/usr/share/fonts/**/wqy-*", "/usr/share/fonts/**/LXGW*"),
        _RUN,
    ),
    SystemPart("espeak-ng", "the voice of the sample videos", _program("espeak-ng"), _RUN, optional=True),
    SystemPart(
        "postgresql",
        "the tests' own database server",
        lambda: bool(shutil.which("initdb") or glob.glob("/usr/lib/postgresql/*/bin/initdb")),
        ("test",),
    ),
    SystemPart("redis-server", "the tests' own cache", _program("redis-server"), ("test",)),
    SystemPart("chromium", "browser journeys", _program("chromium"), ("test",)),
    SystemPart("wrk", "the load generator of make bench", _program("wrk"), ("test",), optional=True),
)


def _missing_parts(level: str) -> list[SystemPart]:
    return [part for part in SYSTEM_PARTS if level in part.levels and not part.present()]


def _as_root() -> list[str] | None:
    """The prefix with which this user installs system packages, or None where he may not."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def _start_installing(packages: list[str]) -> subprocess.Popen[bytes] | None:
    prefix = _as_root()
    if not packages or prefix is None:
        return None
    print(f"  system packages: {' '.join(packages)}", flush=True)
    apt = " ".join([*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"])
    # A stale or unreachable list is no reason to stop: the install says what it lacks.
    script = f"{apt} update; {apt} install --no-install-recommends {' '.join(packages)}"
    with _log("apt").open("wb") as log:
        return subprocess.Popen(["sh", "-c", script], stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _finish_installing(job: subprocess.Popen[bytes] | None, level: str) -> None:
    failed = job is not None and job.wait() != 0
    parts = _missing_parts(level)
    for part in parts:
        if part.optional:
            print(f"  without {part.package} ({part.why})")
    required = [part for part in parts if not part.optional]
    if not required:
        return
    lines = [f"  {part.package:<16}{part.why}" for part in required]
    names = " ".join(part.package for part in required)
    command = "" if os.geteuid() == 0 else "sudo "
    hint = f"Install what is missing and start again:\n  {command}apt-get update && {command}apt-get install {names}"
    raise Missing("\n".join(["This machine lacks:", *lines, hint, *(_tail("apt") if failed else [])]))


# --- Python and browser packages --------------------------------------------------------------------------------------
def _log(name: str) -> Path:
    LOGS.mkdir(parents=True, exist_ok=True)
    return LOGS / f"{name}.log"


def _tail(name: str) -> list[str]:
    return [f"The end of var/log/{name}.log:", *_log(name).read_text(errors="replace").splitlines()[-12:]]


def _run(name: str, what: str, command: list[str | Path]) -> None:
    started = time.monotonic()
    with _log(name).open("wb") as log:
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    if done.returncode:
        raise Missing("\n".join([f"{what}: failed.", *_tail(name)]))
    print(f"  {what}: {time.monotonic() - started:.0f} s", flush=True)


def _digest(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _stamped(stamp: Path, digest: str) -> bool:
    return stamp.is_file() and stamp.read_text() == digest


def _venv_works() -> bool:
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", check], capture_output=True).returncode == 0


def _make_venv() -> None:
    if _venv_works():
        return
    if importlib.util.find_spec("ensurepip") is None:
        job = _start_installing(["python3-venv"])
        if job is None or job.wait() != 0:
            raise Missing("This machine lacks python3-venv:\n  sudo apt-get install python3-venv")
    # By command, not by module: ensurepip may have come after this process began.
    _run("venv", "virtual environment", [sys.executable, "-m", "venv", "--clear", VENV])


def _pip_install(name: str, what: str) -> None:
    lock = ROOT / f"requirements/{name}.txt"
    stamp = VENV / f".{name}-installed"
    digest = _digest(lock)
    if PYTHON.exists() and _stamped(stamp, digest):
        return
    _make_venv()
    options = ["--disable-pip-version-check", "--no-input", "--require-hashes"]
    _run("pip", what, [PYTHON, "-m", "pip", "install", *options, "--requirement", lock])
    stamp.write_text(digest)
    if name == "dev":  # everything of base, at the same versions
        (VENV / ".base-installed").write_text(_digest(ROOT / "requirements/base.txt"))


def _npm_install() -> None:
    stamp = ROOT / "node_modules/.installed"
    digest = _digest(ROOT / "package-lock.json")
    if _stamped(stamp, digest):
        return
    npm = shutil.which("npm")
    if npm is None:
        _pip_install("node", "npm")
        npm = str(VENV / "bin/npm")
    _run("npm", "browser packages", [npm, "ci"])
    stamp.write_text(digest)


def prepare(level: str) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    with (ROOT / "var/prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not PYTHON.exists():
            _make_venv()
        installing = _start_installing([part.package for part in _missing_parts(level)])
        try:
            _pip_install(REQUIREMENTS[level], "Python packages")
            _npm_install()
        finally:
            _finish_installing(installing, level)


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] not in LEVELS:
        print(f"usage: python3 -m tools.prepare {'|'.join(LEVELS)}", file=sys.stderr)
        return 2
    try:
        prepare(sys.argv[1])
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
