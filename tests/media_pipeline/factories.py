"""Videos of the tests: ready ones without files, real ones, and real files as people upload them, made by ffmpeg."""

import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from core import clock
from media_pipeline.keys import SEGMENT_MS
from media_pipeline.models import VideoAsset
from media_pipeline.queries import forget
from media_pipeline.services import receive_upload, transcode
from tests.support.clock import START

SIZES = {"360p": (640, 360, 900_000, "avc1.4d401e,mp4a.40.2"), "720p": (1280, 720, 2_500_000, "avc1.4d401f,mp4a.40.2")}
_X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
_AAC = ["-c:a", "aac", "-b:a", "64k"]


def segments(duration_ms: int) -> list[int]:
    """The lengths of a video's segments in milliseconds."""
    whole, rest = divmod(duration_ms, SEGMENT_MS)
    return [SEGMENT_MS] * whole + ([rest] if rest else [])


def ready_video(duration_ms: int = 60_000, renditions: Sequence[str] = ("360p", "720p"), **fields: Any) -> VideoAsset:
    """A video that can be played as far as its row tells; there are no files."""
    rows = [
        {"name": name, "width": width, "height": height, "bandwidth": bits, "codecs": codecs}
        | {"segments": segments(duration_ms)}
        for name, (width, height, bits, codecs) in SIZES.items()
        if name in renditions
    ]
    values = {
        "title": "按压示范",
        "state": VideoAsset.State.READY,
        "source": "sources/none",
        "source_name": "按压示范.mp4",
        "source_bytes": 3_000_000,
        "uploaded_at": START,
        "build": "b1",
        "duration_ms": duration_ms,
        "renditions": rows,
    }
    video = VideoAsset.objects.create(**values | fields)
    forget(video.pk)  # the process may remember another test's video under this id
    return video


def uploaded_video(kind: str = "plain", **fields: Any) -> VideoAsset:
    """A real file of that kind, received and waiting for its worker."""
    with sample_file(kind).open("rb") as content:
        values = {"name": f"{kind}.mp4", "uploaded_by_id": None, "now": clock.now()}
        return receive_upload(content=content, **values | fields)


def transcoded_video(kind: str = "plain") -> VideoAsset:
    """A real file of that kind after its worker: ready, or failed with a reason."""
    video = uploaded_video(kind)
    transcode(video_id=video.pk, clock=clock.now)
    video.refresh_from_db()
    return video


# --- Files ------------------------------------------------------------------------------------------------------------
@cache
def sample_file(kind: str) -> Path:
    """A real file of a kind, made once a session. Kinds: the functions below."""
    folder = Path(settings.TEST_DIR) / "samples"
    folder.mkdir(exist_ok=True)
    target = folder / f"{kind}.mp4"
    _MAKERS[kind](target)
    return target


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments], check=True, timeout=120)


def _picture(size: str = "320x180", rate: str = "25", seconds: float = 2) -> list[str]:
    return ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"]


def _tone(hertz: int = 440, seconds: float = 2) -> list[str]:
    return ["-f", "lavfi", "-i", f"sine=frequency={hertz}:duration={seconds}"]


def _film(target: Path, size: str = "320x180", rate: str = "25", seconds: float = 2) -> None:
    _ffmpeg(*_picture(size, rate, seconds), *_tone(seconds=seconds), *_X264, *_AAC, str(target))


def _silent(target: Path, size: str = "320x180", rate: str = "25", seconds: float = 2) -> None:
    _ffmpeg(*_picture(size, rate, seconds), *_X264, str(target))


def _turned(target: Path) -> None:
    _ffmpeg("-i", str(sample_file("plain")), "-c", "copy", "-metadata:s:v", "rotate=90", str(target))


def _five_tracks(target: Path) -> None:
    """Tones of 300, 400, 500, 600, 700 Hz; the third is marked as default."""
    tones = [part for hertz in (300, 400, 500, 600, 700) for part in _tone(hertz)]
    maps = [part for number in range(6) for part in ("-map", str(number))]
    marks = ["-disposition:a", "0", "-disposition:a:2", "default"]
    _ffmpeg(*_picture(), *tones, *maps, *_X264, *_AAC, *marks, str(target))


def _uneven(target: Path) -> None:
    """Variable frame rate: 10 a second, then a picture that stands for seconds, then 30."""
    kept = "select='if(lt(t,3),not(mod(n,3)),if(lt(t,8),eq(n,100),1))'"
    _ffmpeg(*_picture("320x180", "30", 10), "-vf", kept, "-vsync", "vfr", *_X264, str(target))


def _sound_only(target: Path) -> None:
    _ffmpeg(*_tone(), *_AAC, str(target))


def _with_cover(target: Path) -> None:
    """Sound with a cover picture, as music comes."""
    cover = ["-f", "lavfi", "-i", "color=red:size=300x300:duration=1"]
    marks = ["-map", "0", "-map", "1", "-frames:v", "1", "-c:v", "mjpeg", "-disposition:v:0", "attached_pic"]
    _ffmpeg(*_tone(), *cover, *marks, *_AAC, "-f", "mp4", str(target))


def _broken_off(target: Path) -> None:
    """Half of a file whose head promises all of it."""
    whole = target.with_name("whole.mp4")
    _ffmpeg(*_picture(seconds=8), *_X264, "-movflags", "+faststart", str(whole))
    content = whole.read_bytes()
    target.write_bytes(content[: len(content) // 2])


def _headless(target: Path) -> None:
    """A file whose index, at its end, was lost."""
    target.write_bytes(sample_file("plain").read_bytes()[:20_000])


def _long_sound(target: Path) -> None:
    _ffmpeg(*_picture(), *_tone(seconds=8), *_X264, *_AAC, str(target))


def _late_sound(target: Path) -> None:
    _ffmpeg(*_picture(seconds=5), "-itsoffset", "2", *_tone(seconds=2), *_X264, *_AAC, str(target))


def _recording(target: Path) -> None:
    """A browser's own recording: WebM that doesn't say how long it is."""
    made = [
        "ffmpeg",
        "-nostdin",
        "-v",
        "error",
        *_picture(),
        "-c:v",
        "libvpx",
        "-deadline",
        "realtime",
        "-f",
        "webm",
        "-",
    ]
    target.write_bytes(subprocess.run(made, check=True, capture_output=True, timeout=60).stdout)


def _playlist(target: Path) -> None:
    """A playlist that names another file of this machine."""
    target.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{sample_file('plain')}\n#EXT-X-ENDLIST\n")


def _concat(target: Path) -> None:
    target.write_text(f"ffconcat version 1.0\nfile {sample_file('plain')}\n")


_MAKERS = {
    "plain": _film,
    "silent": _silent,
    "large": lambda target: _film(target, "1920x1080", "25", 2),
    "upright": lambda target: _film(target, "180x320"),
    "upright_large": lambda target: _silent(target, "1080x1920", "10", 1.5),
    "four_to_three": lambda target: _film(target, "640x480"),
    "odd_sides": lambda target: _ffmpeg(*_picture("427x241"), "-c:v", "ffv1", "-f", "matroska", str(target)),
    "turned": _turned,
    "five_tracks": _five_tracks,
    "uneven": _uneven,
    "fifty_frames": lambda target: _silent(target, rate="50"),
    "cinema_rate": lambda target: _film(target, "160x90", "30000/1001", 130),
    "minute": lambda target: _film(target, "160x90", "10", 66),
    "long_film": lambda target: _film(target, "640x360", "25", 40),
    "long_sound": _long_sound,
    "late_sound": _late_sound,
    "recording": _recording,
    "text": lambda target: target.write_text("这只是一段文字，不是视频。\n" * 50) and None,
    "empty": lambda target: target.write_bytes(b"") and None,
    "sound_only": _sound_only,
    "with_cover": _with_cover,
    "broken_off": _broken_off,
    "headless": _headless,
    "playlist": _playlist,
    "concat": _concat,
    "script": lambda target: target.write_bytes(b"MZ\x90\x00" + bytes(range(256)) * 40) and None,
    "blink": lambda target: _silent(target, seconds=0.5),
    "wide": lambda target: _silent(target, "4800x90", "5", 1.2),
    "tiny": lambda target: _silent(target, "32x32"),
}
