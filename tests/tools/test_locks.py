"""The locks install the same everywhere."""

import json
import re

import pytest

from tools.check import ROOT


@pytest.mark.parametrize("name", ["base", "dev", "node"])
def test_every_package_is_pinned_with_hashes_and_no_place_to_fetch_from(name):
    text = (ROOT / f"requirements/{name}.txt").read_text()
    packages = re.findall(r"^[^#\s].*\n.*", text, re.MULTILINE)

    assert packages
    assert all(re.match(r"[a-z0-9.-]+==\S+ \\\n +--hash=sha256:", package) for package in packages)
    assert "://" not in text


def test_what_is_developed_with_is_what_runs():
    base, dev = (
        dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / f"requirements/{name}.txt").read_text(), re.MULTILINE))
        for name in ("base", "dev")
    )

    assert {name: dev.get(name) for name in base} == base


def test_browser_packages_are_pinned_and_name_no_host():
    declared = json.loads((ROOT / "package.json").read_text())
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    for name, version in {**declared["dependencies"], **declared["devDependencies"]}.items():
        assert lock[f"node_modules/{name}"]["version"] == version
    assert all("integrity" in entry and "resolved" not in entry for path, entry in lock.items() if path)
