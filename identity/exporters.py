"""What each room has stored on one human, for himself (X7). Rooms register at start-up; nobody else reads it."""

from collections.abc import Callable
from typing import Any

Export = Callable[[int], Any]
"""A user's id in, plain data out: what JSON can hold, with dates and instants."""

_exporters: dict[str, Export] = {}


def register_exporter(part: str, export: Export) -> None:
    """Make a room's part known; at start-up only. `part` is its name in the file."""
    _exporters[part] = export


def export_of(user_id: int) -> dict[str, Any]:
    """All that is stored on this human, part by part: in the clear, so for himself only."""
    return {part: export(user_id) for part, export in sorted(_exporters.items())}
