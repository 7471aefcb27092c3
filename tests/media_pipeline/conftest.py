"""What the tests of videos share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage

from media_pipeline import queries


@pytest.fixture(autouse=True)
def media_folder(settings: Any, tmp_path: Path) -> Path:
    """Local media of this test alone."""
    folder = tmp_path / "media"
    options = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}}
    settings.STORAGES = {**settings.STORAGES, "default": options}
    return folder


@pytest.fixture(autouse=True)
def _new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the process remembers of another test's video must not answer for this test's, which may have its id."""
    monkeypatch.setattr(queries, "_kept", {})


@pytest.fixture
def stored() -> Callable[[str], list[str]]:
    """The names of all files below a folder of the default storage."""

    def walk(folder: str = "") -> list[str]:
        try:
            folders, files = default_storage.listdir(folder)
        except FileNotFoundError:
            return []
        names = [f"{folder}/{name}".lstrip("/") for name in files]
        return sorted(names + [name for below in folders for name in walk(f"{folder}/{below}".lstrip("/"))])

    return walk


@pytest.fixture
def left_in_work() -> Callable[[Any], list[Path]]:
    """Folders that a video's work left on the disk."""
    return lambda video: list((Path(settings.VAR_DIR) / "transcode").glob(f"{video.public_id}-*"))
