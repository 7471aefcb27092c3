"""Throw-away PostgreSQL, Redis and S3-compatible servers on free ports of this machine.

    python -m tools.services [--production] -- COMMAND …   run COMMAND with them, end with its exit code
    python -m tools.services [--production]                keep them, print what to export, until Ctrl-C

They hold nothing that anybody needs: by default nothing is written through to the disk. `--production` gives
PostgreSQL its own durability and adds the secrets that a start without DEMO and DEBUG asks for.
"""

import base64
import glob
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tools import scratch

BUCKET = "xueshi-media"
_START_SECONDS = 60
_FORGETFUL = ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"]


class NotStarted(Exception):
    """A server didn't come up; the message has the end of its log."""


def _unprivileged() -> dict[str, int | list[int]]:
    """How to start a program that refuses to run as root: `subprocess` arguments, empty for everybody else."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise NotStarted("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody")


def _postgres_program(name: str) -> str:
    installed = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), key=lambda path: int(path.split("/")[4]))
    found = installed[-1] if installed else shutil.which(name)
    if found is None:
        raise NotStarted(f"{name} is missing: install postgresql")
    return found


@contextmanager
def _running(command: list[str], port: int, log: Path, stop: signal.Signals, **user: object) -> Iterator[None]:
    with log.open("wb") as output:
        # Its own session: a Ctrl-C at the terminal reaches the command first, the servers end after it.
        server = subprocess.Popen(  # type: ignore[call-overload]
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=log.parent,
            start_new_session=True,
            preexec_fn=scratch.dies_with_parent(signal.SIGQUIT if "postgres" in command[0] else signal.SIGKILL),
            **user,
        )
    try:
        _await(server, command[0], port, log)
        yield
    finally:
        server.send_signal(stop)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _await(server: "subprocess.Popen[bytes]", name: str, port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not scratch.listening(port):
        if server.poll() is not None or time.monotonic() > deadline:
            end = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise NotStarted(f"{name} did not start:\n{end}")
        time.sleep(0.05)


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[dict[str, str]]:
    place = scratch.folder("postgres")
    user = _unprivileged()
    data, port = place / "data", scratch.free_port()
    data.mkdir(mode=0o700)
    if user:
        place.chmod(0o755)
        os.chown(data, user["user"], user["group"])  # type: ignore[arg-type]
    initdb = [_postgres_program("initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync"]
    initdb += ["--encoding=UTF8", "--locale=C.UTF-8"]
    made = subprocess.run(initdb, capture_output=True, text=True, cwd="/", **user)  # type: ignore[call-overload]
    if made.returncode:
        raise NotStarted(f"initdb failed:\n{made.stdout}{made.stderr}")
    command = [_postgres_program("postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", ""]
    command += ["-c", "max_connections=200", "-c", "shared_buffers=256MB", "-c", "jit=off"]
    command += [] if durable else _FORGETFUL
    with _running(command, port, place / "log", signal.SIGQUIT, **user):
        # The server listens a moment before it lets anybody in.
        _create_database(port, "xueshi")
        yield {"DATABASE_URL": f"postgres://postgres@127.0.0.1:{port}/xueshi"}


def _create_database(port: int, name: str) -> None:
    import psycopg

    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            with psycopg.connect(host="127.0.0.1", port=port, user="postgres", autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@contextmanager
def redis() -> Iterator[dict[str, str]]:
    place, port = scratch.folder("redis"), scratch.free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(place)]
    command += ["--save", "", "--appendonly", "no", "--databases", "32"]
    with _running(command, port, place / "log", signal.SIGTERM):
        yield {"REDIS_URL": f"redis://127.0.0.1:{port}/0"}


@contextmanager
def s3() -> Iterator[dict[str, str]]:
    place, port = scratch.folder("s3"), scratch.free_port()
    (place / "buckets" / BUCKET).mkdir(parents=True)
    key, secret = secrets.token_hex(8), secrets.token_hex(16)
    rclone = shutil.which("rclone", path=os.path.dirname(sys.executable)) or "rclone"
    command = [rclone, "--config", "/dev/null", "--cache-dir", str(place / "cache"), "serve", "s3"]
    command += ["--addr", f"127.0.0.1:{port}", "--auth-key", f"{key},{secret}", str(place / "buckets")]
    with _running(command, port, place / "log", signal.SIGTERM):
        yield {
            "TEST_S3_ENDPOINT": f"http://127.0.0.1:{port}",
            "TEST_S3_BUCKET": BUCKET,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
        }


def production_secrets() -> dict[str, str]:
    """What a start without DEMO and DEBUG asks for, made up for this run."""
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    return {"SECRET_KEY": secrets.token_urlsafe(64), "ID_ENCRYPTION_KEYS": f"run:{key}"}


@contextmanager
def running(*, production: bool = False) -> Iterator[dict[str, str]]:
    """All three servers; gives the environment variables that point at them."""
    with ExitStack() as stack:
        environment: dict[str, str] = production_secrets() if production else {}
        for server in (postgres(durable=production), redis(), s3()):
            environment |= stack.enter_context(server)
        yield environment


def run(command: list[str], environment: dict[str, str]) -> int:
    """Run `command` in the environment given on top of this one; signals end it before the servers."""
    child = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        preexec_fn=scratch.dies_with_parent(signal.SIGTERM),
    )
    try:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:  # the terminal has told the child too
                continue
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()


def _on_sigterm(*_: object) -> None:
    raise SystemExit(143)


def main(arguments: list[str]) -> int:
    production = arguments[:1] == ["--production"]
    command = arguments[production:]
    signal.signal(signal.SIGTERM, _on_sigterm)
    try:
        with running(production=production) as environment:
            if command[:1] == ["--"]:
                return run(command[1:], environment)
            for name, value in environment.items():
                print(f"export {name}='{value}'", flush=True)
            signal.pause()
    except NotStarted as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
