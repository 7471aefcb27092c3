"""Reading ffmpeg's own playlist, and refusing segments that don't fit the key windows."""

from itertools import pairwise
from pathlib import Path

from media_pipeline.errors import Corrupt, TranscoderFailed
from media_pipeline.ffmpeg import PLAYLIST
from media_pipeline.keys import SEGMENT_MS
from media_pipeline.probe import Source

_EXTINF = "#EXTINF:"
# What may be missing at the end: encoders' delay, a last frame of unknown length.
_SLACK_SECONDS = 1.0
_SLACK_SHARE = 0.02


def read(folder: Path) -> list[int]:
    """The segments' true lengths in milliseconds; rounding errors don't add up."""
    lines = (folder / PLAYLIST).read_text().splitlines()
    lengths = [float(line.removeprefix(_EXTINF).rstrip(",")) for line in lines if line.startswith(_EXTINF)]
    ends, total = [0], 0.0
    for length in lengths:
        total += length
        ends.append(round(total * 1000))
    return [end - start for start, end in pairwise(ends)]


def check(durations: list[int], source: Source) -> None:
    """Every segment begins where its number says, and nothing is missing at the end.

    Raises Corrupt where the source broke off, TranscoderFailed where the windows would not fit.
    """
    found = sum(durations) / 1000
    if found < source.seconds * (1 - _SLACK_SHARE) - _SLACK_SECONDS:
        raise Corrupt(expected=round(source.seconds), found=round(found))
    frame_ms = 1000 / source.frame_rate
    start = 0
    for number, duration in enumerate(durations):
        if not -1 <= start - number * SEGMENT_MS <= frame_ms + 1:
            raise TranscoderFailed(f"segment {number} begins at {start} ms")
        start += duration
    if durations and durations[-1] > SEGMENT_MS + 2 * frame_ms + _SLACK_SECONDS * 1000:
        raise Corrupt(expected=round(source.seconds), found=(len(durations) * SEGMENT_MS) // 1000)
