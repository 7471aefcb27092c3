"""One sandbox for all tests of a worker, whose keys take a second to make; each finds it without trades or trouble."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from payments.sandbox import Sandbox, prepare
from tests.payments.sandbox.merchant import AlipayMerchant, Inbox, WeChatMerchant

SPEED = 600  # a refund is on its way for 0.05 s, WeChat tries again after 0.025 s, Alipay after 0.4 s


@pytest.fixture(scope="session")
def state_with_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sandbox")
    prepare(folder, 1)
    return folder


@pytest.fixture(scope="session")
def _running(state_with_keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = shutil.copytree(state_with_keys, tmp_path_factory.mktemp("shared") / "state")
    with Sandbox(folder, clock_speed=SPEED) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_running: Sandbox) -> Iterator[Sandbox]:
    yield _running
    _running.control.forget()


@pytest.fixture
def another(state_with_keys: Path, tmp_path: Path) -> Iterator[Callable[..., Sandbox]]:
    """A sandbox of this test's own: its keys may change, its clock run at any speed. `folder` to start one again."""
    started: list[Sandbox] = []

    def start(folder: str = "own", **chosen: Any) -> Sandbox:
        if not (tmp_path / folder).exists():
            shutil.copytree(state_with_keys, tmp_path / folder)
        started.append(Sandbox(tmp_path / folder, **{"clock_speed": SPEED, **chosen}).start())
        return started[-1]

    yield start
    for sandbox in started:
        sandbox.stop()


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """Where the merchant takes notices."""
    inbox = Inbox()
    yield inbox
    inbox.close()


@pytest.fixture
def wechat(sandbox: Sandbox, inbox: Inbox) -> WeChatMerchant:
    return WeChatMerchant(sandbox.settings, inbox)


@pytest.fixture
def alipay(sandbox: Sandbox, inbox: Inbox) -> AlipayMerchant:
    return AlipayMerchant(sandbox.settings, inbox)
