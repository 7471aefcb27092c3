"""HLS playlists (RFC 8216) as the app writes them: small texts of its own, naming static segments and earned keys."""

from collections.abc import Callable
from math import ceil
from typing import Any

from media_pipeline.keys import SEGMENT_MS
from media_pipeline.queries import Media


def master(media: Media, variant_url: Callable[[str], str]) -> str:
    """The renditions on offer, smallest first; `variant_url` gives the address of one by its name."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for rendition in media.renditions:
        attributes = [
            f"BANDWIDTH={rendition['bandwidth']}",
            f"AVERAGE-BANDWIDTH={rendition.get('average_bandwidth', rendition['bandwidth'])}",
            f"RESOLUTION={rendition['width']}x{rendition['height']}",
            f'CODECS="{rendition["codecs"]}"',
        ]
        lines += [f"#EXT-X-STREAM-INF:{','.join(attributes)}", variant_url(rendition["name"])]
    return "\n".join(lines) + "\n"


def rendition(media: Media, name: str, key_url: Callable[[int], str], until_ms: int | None = None) -> str:
    """One rendition, complete, with true lengths; `key_url` gives the address of a window's key.

    `until_ms` cuts it to the windows that end by then. A segment's IV is its media sequence number, as HLS has it.
    Raises KeyError for a name the video doesn't have.
    """
    segments = _segments(media, name)
    if until_ms is not None:
        segments = _cut(media, segments, until_ms)
    longest = max((duration for _, _, duration in segments), default=1000)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        f"#EXT-X-TARGETDURATION:{ceil(longest / 1000)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
    ]
    current = -1
    for number, window, duration in segments:
        if window != current:
            lines.append(f'#EXT-X-KEY:METHOD=AES-128,URI="{key_url(window)}"')
            current = window
        lines += [f"#EXTINF:{duration / 1000:.3f},", f"{media.base_url}/{name}/{number}.ts"]
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def _segments(media: Media, name: str) -> list[tuple[int, int, int]]:
    """(number, window, milliseconds) of each segment. Windows hold whole segments."""
    found: dict[str, Any] = {item["name"]: item for item in media.renditions}[name]
    per_window = media.window_ms // SEGMENT_MS
    return [(number, number // per_window, duration) for number, duration in enumerate(found["segments"])]


def _cut(media: Media, segments: list[tuple[int, int, int]], until_ms: int) -> list[tuple[int, int, int]]:
    if media.duration_ms <= until_ms:
        return segments
    windows = until_ms // media.window_ms
    return [segment for segment in segments if segment[1] < windows]
