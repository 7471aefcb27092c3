"""A machine is brought to where `make` can go on, or told what it lacks."""

import pytest

from tools import prepare


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine without system packages, on which nothing may be installed."""
    parts = (
        prepare.SystemPart("ffmpeg", "transcodes videos", lambda: False, ("demo",)),
        prepare.SystemPart("espeak-ng", "the voice", lambda: False, ("demo",), optional=True),
    )
    monkeypatch.setattr(prepare, "SYSTEM_PARTS", parts)
    monkeypatch.setattr(prepare, "LOGS", tmp_path)
    monkeypatch.setattr(prepare, "_as_root", lambda: None)


def test_a_user_without_rights_is_told_what_is_missing_and_how_to_get_it(bare, monkeypatch):
    monkeypatch.setattr(prepare.os, "geteuid", lambda: 1000)
    job = prepare._start_installing(["ffmpeg", "espeak-ng"])

    with pytest.raises(prepare.Missing) as told:
        prepare._finish_installing(job, "demo")

    assert job is None
    assert "sudo apt-get update && sudo apt-get install ffmpeg" in str(told.value)
    assert "espeak-ng" not in str(told.value)


def test_what_another_level_needs_is_not_asked_for(bare):
    prepare._finish_installing(None, "check")


def test_a_changed_lock_is_installed_again(monkeypatch, tmp_path):
    lock = tmp_path / "requirements/base.txt"
    lock.parent.mkdir()
    lock.write_text("one==1")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").touch()
    ran = []
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    monkeypatch.setattr(prepare, "VENV", tmp_path)
    monkeypatch.setattr(prepare, "PYTHON", tmp_path / "bin/python")
    monkeypatch.setattr(prepare, "_make_venv", lambda: None)
    monkeypatch.setattr(prepare, "_run", lambda name, what, command: ran.append(name))

    prepare._pip_install("base", "Python packages")
    prepare._pip_install("base", "Python packages")
    assert ran == ["pip"]

    lock.write_text("one==2")
    prepare._pip_install("base", "Python packages")
    assert ran == ["pip", "pip"]


def test_an_install_that_failed_is_tried_again(monkeypatch, tmp_path):
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/base.txt").write_text("one==1")
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    monkeypatch.setattr(prepare, "VENV", tmp_path)
    monkeypatch.setattr(prepare, "LOGS", tmp_path)
    monkeypatch.setattr(prepare, "PYTHON", tmp_path / "false")
    monkeypatch.setattr(prepare, "_make_venv", lambda: None)
    (tmp_path / "false").symlink_to("/bin/false")

    for _ in range(2):
        with pytest.raises(prepare.Missing, match="Python packages: failed"):
            prepare._pip_install("base", "Python packages")
