"""With what settings it starts, and what it says where it doesn't (contract.md, Commands; security.md)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {"SECRET_KEY": "k" * 50, "ID_ENCRYPTION_KEYS": "one:" + "A" * 43}


def starts_with(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a program of the project with this environment and nothing of the developer's own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, *(arguments or ("-c", "import config.settings as s; print(s.SITE_URL)"))]
    return subprocess.run(
        command, cwd=ROOT, env=kept | environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ID_ENCRYPTION_KEYS"])
def test_without_a_secret_it_says_which_and_stops(missing):
    given = {name: value for name, value in SECRETS.items() if name != missing}

    run = starts_with("manage.py", "check", **given)

    assert run.returncode != 0
    assert f"{missing} is missing" in run.stderr


def test_with_its_secrets_it_starts():
    run = starts_with(SITE_URL="https://xueshi.example", **SECRETS)

    assert (run.returncode, run.stdout.strip()) == (0, "https://xueshi.example")


@pytest.mark.parametrize("relaxed", ["DEMO", "DEBUG"])
def test_a_demo_and_a_developer_need_no_secrets(relaxed):
    assert starts_with(**{relaxed: "1"}).returncode == 0


@pytest.mark.parametrize("site", ["https://xueshi.example", "http://192.0.2.7:8000", "http://127.0.0.1.example"])
def test_a_demo_is_refused_on_a_public_address(site):
    run = starts_with("manage.py", "check", DEMO="1", SITE_URL=site)

    assert run.returncode != 0
    assert "DEMO=1" in run.stderr


@pytest.mark.parametrize("site", ["http://127.0.0.1:9000", "http://localhost:8000", "http://[::1]:8000"])
def test_a_demo_runs_on_this_machine(site):
    assert starts_with(DEMO="1", SITE_URL=site).returncode == 0
