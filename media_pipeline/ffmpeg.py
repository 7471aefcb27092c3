"""One pass of ffmpeg from a source to clear HLS segments of every rendition, and a poster (facts/proven.md, D).

Key frames are forced at every multiple of the segment length and nowhere else, at a steady frame rate, so segment *n*
begins at n × 6 s in each rendition and a key window of 60 s is ten whole segments.
"""

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from media_pipeline.keys import SEGMENT_MS
from media_pipeline.probe import SAFE_INPUT, Source, look_at

SEGMENT_SECONDS = SEGMENT_MS // 1000
POSTER = "poster.jpg"
PLAYLIST = "index.m3u8"
# Width and height of a box (turned for upright pictures), most kilobits a second, H.264 level and its CODECS name.
LADDER = (
    ((640, 360), 900, "3.0", "avc1.4d401e"),
    ((1280, 720), 2500, "3.1", "avc1.4d401f"),
)
AUDIO_CODEC = "mp4a.40.2"
# A rendition hardly larger than the one before is not worth its time.
WORTH_IT = 1.25


@dataclass(frozen=True)
class Rendition:
    """One picture size on offer; `name` is by its short side, as people say it."""

    name: str
    width: int
    height: int
    kilobits: int
    level: str
    codecs: str


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)


def ladder_for(source: Source) -> list[Rendition]:
    """The renditions a source gets: never above its own size, its aspect kept, even sides, smallest first."""
    chosen: list[Rendition] = []
    for box, kilobits, level, codec in LADDER:
        long_side, short_side = box
        across, down = (long_side, short_side) if source.width >= source.height else (short_side, long_side)
        factor = min(1.0, across / source.width, down / source.height)
        width, height = _even(source.width * factor), _even(source.height * factor)
        if chosen and width * height < chosen[-1].width * chosen[-1].height * WORTH_IT:
            continue
        name = f"{short_side if factor < 1 else min(width, height)}p"
        codecs = codec if source.audio_index is None else f"{codec},{AUDIO_CODEC}"
        chosen.append(Rendition(name, width, height, kilobits, level, codecs))
    return chosen


def transcode_command(path: Path, folder: Path) -> list[str]:
    """The exact command that `transcode` runs for a file; benchmarks run it by hand. Raises VideoFault."""
    source = look_at(path)
    return command(path, source, ladder_for(source), folder)


def command(path: Path, source: Source, ladder: list[Rendition], folder: Path) -> list[str]:
    """ffmpeg's arguments: source → `folder/<name>/<n>.ts`, `folder/<name>/index.m3u8` and `folder/poster.jpg`."""
    source_input = ffmpeg.input(f"file:{path}", **SAFE_INPUT)
    pictures = _pictures(source_input[str(source.video_index)], source, len(ladder) + 1)
    sounds = _sounds(source_input, source, len(ladder))
    streams: list[Any] = []
    groups: list[str] = []
    for number, rendition in enumerate(ladder):
        streams.append(_sized(pictures[number], rendition))
        group = f"v:{number}"
        if sounds:
            streams.append(sounds[number])
            group += f",a:{number}"
        groups.append(f"{group},name:{rendition.name}")
    hls = ffmpeg.output(
        *streams,
        f"{folder}/%v/{PLAYLIST}",
        var_stream_map=" ".join(groups),
        hls_segment_filename=f"{folder}/%v/%d.ts",
        **_hls_options(source),
        **_encoder_options(source, ladder),
    )
    poster = ffmpeg.output(
        _sized(pictures[-1].filter("select", f"gte(t,{min(3.0, source.seconds / 3):.2f})"), ladder[-1]),
        f"{folder}/{POSTER}",
        **{"frames:v": 1, "qscale:v": 4, "f": "image2", "update": 1, "map_metadata": -1},
    )
    both = ffmpeg.merge_outputs(hls, poster).global_args(
        "-nostdin", "-y", "-hide_banner", "-loglevel", "error", "-nostats", "-progress", "pipe:1"
    )
    arguments: list[str] = both.compile()
    return arguments


def _pictures(stream: Any, source: Source, copies: int) -> list[Any]:
    """The picture at a steady rate from second 0 on, as often as it is needed."""
    rate = f"{source.frame_rate.numerator}/{source.frame_rate.denominator}"
    steady = stream.filter("fps", fps=rate, start_time=0)
    missing = (source.audio_seconds or 0) - (source.video_seconds or source.seconds)
    if missing > 0:  # the sound goes on: the last picture stays, or the last segment would be endless
        steady = steady.filter("tpad", stop_mode="clone", stop_duration=f"{missing:.3f}")
    split = steady.filter_multi_output("split", copies)
    return [split[number] for number in range(copies)]


def _sized(stream: Any, rendition: Rendition) -> Any:
    return stream.filter("scale", rendition.width, rendition.height).filter("setsar", "1").filter("format", "yuv420p")


def _sounds(source_input: Any, source: Source, copies: int) -> list[Any]:
    """The one sound track, in step with the picture from second 0 to its end; none for a silent film."""
    if source.audio_index is None:
        return []
    steady = source_input[str(source.audio_index)].filter("aresample", **{"async": 1, "first_pts": 0})
    missing = source.seconds - (source.audio_seconds or source.seconds)
    if missing > 0:
        steady = steady.filter("apad", pad_dur=f"{missing:.3f}")
    split = steady.filter_multi_output("asplit", copies)
    return [split[number] for number in range(copies)]


def _hls_options(source: Source) -> dict[str, Any]:
    return {
        "f": "hls",
        "hls_time": SEGMENT_SECONDS,
        "hls_list_size": 0,
        "hls_playlist_type": "vod",
        "hls_flags": "independent_segments+temp_file",
        "t": f"{source.seconds:.3f}",
        "map_metadata": -1,
        "map_chapters": -1,
        "max_muxing_queue_size": 4096,
    }


def _encoder_options(source: Source, ladder: list[Rendition]) -> dict[str, Any]:
    options: dict[str, Any] = {
        "c:v": "libx264",
        "preset": "veryfast",
        "crf": 23,
        "profile:v": "main",
        "sc_threshold": 0,
        "g": math.ceil(source.frame_rate * SEGMENT_SECONDS) + 2,
        "force_key_frames": f"expr:gte(t,n_forced*{SEGMENT_SECONDS})",
        "threads": os.cpu_count() or 1,
    }
    for number, rendition in enumerate(ladder):
        options[f"maxrate:v:{number}"] = f"{rendition.kilobits}k"
        options[f"bufsize:v:{number}"] = f"{2 * rendition.kilobits}k"
        options[f"level:v:{number}"] = rendition.level
    if source.audio_index is not None:
        options |= {"c:a": "aac", "b:a": "96k", "ac": 1 if source.channels == 1 else 2, "ar": 48000}
    return options
