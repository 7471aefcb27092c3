"""What was really uploaded, by ffprobe; never by its name (security.md, "Files are what they say")."""

import json
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from media_pipeline.errors import (
    EmptyFile,
    NotAVideo,
    NoVideoTrack,
    PictureTooLarge,
    PictureTooSmall,
    SourceMissing,
    TooLong,
    TooShort,
    UnknownCodec,
)
from media_pipeline.limited import run_probe

# Containers people upload. Playlists (hls, concat, dash) are out: they would make ffmpeg fetch what they name.
CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,mp3,wav,aac,flac"
SAFE_INPUT = {"protocol_whitelist": "file", "format_whitelist": CONTAINERS}
LONGEST_SECONDS = 6 * 3600
SHORTEST_SECONDS = 1
LARGEST_SIDE = 4096
SMALLEST_SIDE = 64


@dataclass(frozen=True)
class Source:
    """A file that can be transcoded. Width and height as shown: turned upright, square pixels."""

    video_index: int
    audio_index: int | None
    channels: int
    width: int
    height: int
    frame_rate: Fraction
    seconds: float
    video_seconds: float | None
    audio_seconds: float | None


def look_at(path: Path) -> Source:
    """What the file holds. Raises a VideoFault that says why it can't be used."""
    if not path.exists():
        raise SourceMissing
    if path.stat().st_size == 0:
        raise EmptyFile
    answer = _ffprobe(path)
    streams = answer.get("streams", [])
    video = _picture(streams)
    sound = _sound(streams)
    width, height = _shown_size(video)
    _check_size(width, height)
    video_seconds, audio_seconds = _seconds(video), _seconds(sound)
    seconds = _number(answer.get("format", {}).get("duration")) or _measured(path, video["index"])
    known = [part for part in (video_seconds, audio_seconds) if part]
    # A container may count a subtitle or data track that outlasts picture and sound.
    seconds = max(known) if video_seconds and len(known) == (2 if sound else 1) else seconds
    if seconds < SHORTEST_SECONDS:
        raise TooShort
    if seconds > LONGEST_SECONDS:
        raise TooLong(hours=LONGEST_SECONDS // 3600)
    return Source(
        video_index=video["index"],
        audio_index=sound["index"] if sound else None,
        channels=int(sound.get("channels", 0)) if sound else 0,
        width=width,
        height=height,
        frame_rate=_steady_rate(video),
        seconds=seconds,
        video_seconds=video_seconds,
        audio_seconds=audio_seconds,
    )


def _ffprobe(path: Path) -> dict[str, Any]:
    options = [part for name, value in SAFE_INPUT.items() for part in (f"-{name}", value)]
    command = ["ffprobe", "-v", "error", *options, "-of", "json", "-show_streams", "-show_format", f"file:{path}"]
    try:
        done = run_probe(command)
    except subprocess.TimeoutExpired:
        raise NotAVideo from None
    if done.returncode != 0:
        raise NotAVideo
    answer: dict[str, Any] = json.loads(done.stdout or b"{}")
    return answer


def _picture(streams: list[dict[str, Any]]) -> dict[str, Any]:
    """The first moving picture; the cover of an audio file is none."""
    for stream in streams:
        if stream.get("codec_type") == "video" and not stream.get("disposition", {}).get("attached_pic"):
            if not stream.get("codec_name") or stream["codec_name"] == "unknown" or not stream.get("width"):
                raise UnknownCodec
            return stream
    raise NoVideoTrack


def _sound(streams: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The track marked as default, else the first that can be read."""
    tracks = [
        stream
        for stream in streams
        if stream.get("codec_type") == "audio" and stream.get("codec_name") and int(stream.get("channels", 0))
    ]
    marked = [track for track in tracks if track.get("disposition", {}).get("default")]
    return next(iter(marked or tracks), None)


def _shown_size(video: dict[str, Any]) -> tuple[int, int]:
    width, height = int(video["width"]), int(video["height"])
    aspect = _ratio(video.get("sample_aspect_ratio", "1:1").replace(":", "/")) or Fraction(1)
    width = round(width * aspect)
    # ffmpeg turns the picture itself; quarter turns swap the sides, any other angle keeps the frame.
    turned = next((s["rotation"] for s in video.get("side_data_list", []) if "rotation" in s), 0)
    return (height, width) if abs(abs(float(turned)) % 180 - 90) < 1 else (width, height)


def _check_size(width: int, height: int) -> None:
    if max(width, height) > LARGEST_SIDE:
        raise PictureTooLarge(width=width, height=height, limit=LARGEST_SIDE)
    if min(width, height) < SMALLEST_SIDE:
        raise PictureTooSmall(width=width, height=height, limit=SMALLEST_SIDE)


def _number(text: object) -> float | None:
    try:
        value = float(str(text))
    except ValueError:
        return None
    return value if 0 < value < float("inf") else None


def _seconds(stream: dict[str, Any] | None) -> float | None:
    """A track's own length; Matroska writes it as a tag, some containers not at all."""
    if stream is None:
        return None
    tagged = str(stream.get("tags", {}).get("DURATION", "")).split(":")
    if len(tagged) == 3:
        parts = [_number(part) or 0.0 for part in tagged]
        return parts[0] * 3600 + parts[1] * 60 + parts[2] or None
    return _number(stream.get("duration"))


def _measured(path: Path, video_index: int) -> float:
    """The length of a file that doesn't say (a browser's recording): the last packet's time."""
    options = [part for name, value in SAFE_INPUT.items() for part in (f"-{name}", value)]
    entries = ["-select_streams", str(video_index), "-show_entries", "packet=pts_time", "-of", "csv=p=0"]
    try:
        done = run_probe(["ffprobe", "-v", "error", *options, *entries, f"file:{path}"])
    except subprocess.TimeoutExpired:
        raise NotAVideo from None
    times = [_number(line.strip().strip(",")) or 0.0 for line in done.stdout.decode("ascii", "ignore").splitlines()]
    return max(times, default=0.0)


def _ratio(text: str) -> Fraction | None:
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None
    return value if value > 0 else None


def _steady_rate(video: dict[str, Any]) -> Fraction:
    """Frames a second of the output: the source's own where it is steady, at most 30, at least 10."""
    average = _ratio(video.get("avg_frame_rate", "")) or _ratio(video.get("r_frame_rate", "")) or Fraction(25)
    nominal = _ratio(video.get("r_frame_rate", "")) or average
    if average != nominal:
        average = Fraction(round(average))
    while average > 30 and average <= 120:
        average /= 2
    return min(max(average, Fraction(10)), Fraction(30))
