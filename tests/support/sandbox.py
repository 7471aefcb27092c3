"""A sandbox that plays both providers, and a project that trades there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import clock as server_clock
from payments.sandbox import Sandbox


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One a worker: its keys take a while. Its clock is the server's, also a test's fake one; it waits 600 times faster
    than a provider."""
    folder: Path = tmp_path_factory.mktemp("sandbox")
    with Sandbox(folder, clock_speed=600, now=lambda: server_clock.now()) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: Sandbox, settings: Any) -> Iterator[Sandbox]:
    """Both providers are set up, and they are the sandbox: no trade was made yet, no switch is on."""
    running_sandbox.control.forget()
    settings.DEMO = True
    for name, value in running_sandbox.settings.items():
        setattr(settings, name, value)
    yield running_sandbox
    running_sandbox.control.forget()
