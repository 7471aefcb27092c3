"""The sandbox as a program: alone, on this machine, several at once, and killed at any moment."""

import ast
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from payments.sandbox import InUse, Sandbox, prepare
from tests.payments.sandbox.merchant import AlipayMerchant, Inbox, WeChatMerchant, http

ROOT = Path(__file__).resolve().parents[3]
NUMBER = "XS20261124N"
pytestmark = pytest.mark.slow  # programs are started, keys are made
Start = Callable[..., tuple["subprocess.Popen[str]", str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a program on a state; gives it and the line it says when it is ready."""
    programs: list[subprocess.Popen[str]] = []

    def start(state: Path, *arguments: str) -> tuple["subprocess.Popen[str]", str]:
        command = [sys.executable, "-m", "payments.sandbox", "--state", str(state), *arguments]
        program = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        programs.append(program)
        assert program.stdout
        return program, program.stdout.readline().strip()

    yield start
    for program in programs:
        program.kill()
        program.communicate()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    prepare(tmp_path / "empty", 1)
    return tmp_path / "empty"


def _settings(state: Path) -> dict[str, str]:
    settings: dict[str, str] = json.loads((state / "settings.json").read_text())
    return settings


def test_it_says_one_line_when_it_is_ready(start: Start, tmp_path: Path) -> None:
    program, line = start(tmp_path / "new", "--port", "0")

    base = line.removeprefix("The payment sandbox is at ")
    assert http(f"{base}/").status == 200
    assert _settings(tmp_path / "new")["WECHAT_GATEWAY"] == f"{base}/wechat"
    program.terminate()
    assert program.wait(5) == 0


def test_killed_it_forgets_nothing_and_tells_what_it_had_to(start: Start, state: Path, inbox: Inbox) -> None:
    program, _ = start(state, "--port", "0", "--clock-speed", "3")
    before = _settings(state)
    WeChatMerchant(before, inbox).code_url(NUMBER)
    base = before["WECHAT_GATEWAY"].removesuffix("/wechat")
    inbox.answers = [(500, b""), (200, b"")]  # the next try is 5 s away
    http(f"{base}/control/switches", json.dumps({"name": "call_error", "call": "close"}).encode())
    http(f"{base}/control/pay", json.dumps({"number": NUMBER}).encode())
    inbox.wait()
    http(f"{base}/control/wait", b"{}")
    program.send_signal(signal.SIGKILL)
    program.wait()

    port = base.rpartition(":")[2]
    start(state, "--port", port, "--clock-speed", "3")

    assert _settings(state) == before
    merchant = WeChatMerchant(before, inbox)
    assert merchant.query(NUMBER)[1]["trade_state"] == "SUCCESS"
    assert merchant.close(NUMBER)[0] == 500  # its switches too
    assert merchant.read(inbox.wait(2)[1])["resource"]["out_trade_no"] == NUMBER


def test_two_work_side_by_side(another: Callable[..., Sandbox], inbox: Inbox) -> None:
    one, other = another("one"), another("other")

    WeChatMerchant(one.settings, inbox).code_url(NUMBER)

    assert one.base != other.base
    assert (len(one.trades()), len(other.trades())) == (1, 0)


def test_each_has_merchants_and_keys_of_its_own(tmp_path: Path) -> None:
    one, other = prepare(tmp_path / "one", 9000), prepare(tmp_path / "other", 9000)

    same = {name for name in one if one[name] == other[name]}

    assert same == {"WECHAT_GATEWAY", "ALIPAY_GATEWAY"}
    keys = [one[name] for name in one if name.endswith(("PRIVATE_KEY", "PUBLIC_KEY"))]
    assert len(set(keys)) == 4
    assert (len(one["WECHAT_APIV3_KEY"]), one["WECHAT_PUBLIC_KEY_ID"][:11]) == (32, "PUB_KEY_ID_")


def test_one_state_has_one_sandbox(start: Start, another: Callable[..., Sandbox], tmp_path: Path) -> None:
    another("own")

    program, line = start(tmp_path / "own", "--port", "0")

    assert (program.wait(10), line) == (1, "")
    with pytest.raises(InUse):
        Sandbox(tmp_path / "own")


def test_a_taken_port_is_said(start: Start, another: Callable[..., Sandbox], tmp_path: Path) -> None:
    port = another("own").base.rpartition(":")[2]

    program, _ = start(tmp_path / "second", "--port", port)

    assert program.wait(10) == 1
    assert program.stderr
    assert f"Port {port}" in program.stderr.read()


def test_it_listens_on_this_machine_alone(sandbox: Sandbox) -> None:
    port = int(sandbox.base.rpartition(":")[2])

    bound = {
        line.split()[1]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    }

    assert bound == {f"{int.from_bytes(socket.inet_aton('127.0.0.1'), sys.byteorder):08X}:{port:04X}"}


def test_its_keys_are_its_owners_alone(state: Path) -> None:
    assert stat.S_IMODE((state / "settings.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((state / "sandbox.sqlite3").stat().st_mode) == 0o600


def test_a_body_over_a_megabyte_is_refused(sandbox: Sandbox) -> None:
    assert http(f"{sandbox.base}/control/switches", b"x" * ((1 << 20) + 1)).status == 413


def test_it_loads_nothing_of_the_project_and_no_django() -> None:
    script = "import sys, payments.sandbox.__main__; print(*{name.partition('.')[0] for name in sys.modules})"
    script += "; print(*[name for name in sys.modules if name.startswith('payments')])"
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    tops, ours = (set(line.split()) for line in done.stdout.splitlines())
    rooms = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()} - {"payments"}
    assert tops & (rooms | {"django", "rest_framework", "celery", "wagtail"}) == set()
    assert {name for name in ours if not name.startswith("payments.sandbox")} == {"payments"}


def test_nowhere_does_it_import_the_project() -> None:
    """Also not inside a function, where loading doesn't show it."""
    imported = set()
    for path in (ROOT / "payments/sandbox").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
            elif isinstance(node, ast.Import):
                imported |= {name.name for name in node.names}

    own = {name for name in imported if name.startswith("payments.sandbox")}
    known = sys.stdlib_module_names | {"cryptography"}
    assert own
    assert {name for name in imported - own if name.partition(".")[0] not in known} == set()


def test_the_demo_leads_web_and_worker_to_it_past_a_real_merchants_keys(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tools import demo

    monkeypatch.setattr(demo, "SANDBOX", tmp_path / "sandbox")
    monkeypatch.setattr(demo, "SECRETS", tmp_path / "demo.env")
    monkeypatch.setenv("WECHAT_MCHID", "1600000001")
    monkeypatch.setenv("ALIPAY_GATEWAY", "https://openapi.alipay.com/gateway.do")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = demo._sandbox_port(taken.getsockname()[1] - 1)
        assert port != taken.getsockname()[1]

    environment = demo._environment(8000, port)

    assert environment["WECHAT_MCHID"] == _settings(tmp_path / "sandbox")["WECHAT_MCHID"] != "1600000001"
    assert environment["ALIPAY_GATEWAY"] == f"http://127.0.0.1:{port}/alipay/gateway.do"
    assert demo._sandbox_port(8000) == port  # kept


def test_started_again_it_says_the_time_that_was_set(another: Callable[..., Sandbox], inbox: Inbox) -> None:
    first = another()
    first.control.shift_clock(3600)
    first.stop()
    again = another()
    AlipayMerchant(again.settings, inbox).code_url(NUMBER)

    said = datetime.fromisoformat(again.trades()[0]["created_at"])

    assert timedelta(minutes=59) < said - datetime.now(UTC) < timedelta(minutes=61)


def test_a_caller_may_have_a_clock_of_his_own(another: Callable[..., Sandbox], inbox: Inbox) -> None:
    sandbox = another(now=lambda: datetime(2026, 3, 1, 4, 0, 0, tzinfo=UTC))
    merchant = AlipayMerchant(sandbox.settings, inbox)
    merchant.code_url(NUMBER, time_expire="2026-03-01 12:30:00")
    sandbox.control.pay(NUMBER)

    assert merchant.query(NUMBER)["send_pay_date"] == "2026-03-01 12:00:00"
    assert inbox.wait()[0].form["notify_time"] == "2026-03-01 12:00:00"
