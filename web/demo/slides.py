"""Sample lessons: small slide videos, drawn and spoken at load, so that a demo has something to look at."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, FRAMES = 1280, 720, 12
INK, BRAND, PALE, AMBER, WHITE, SOFT = "#14262b", "#0b6164", "#eef4f4", "#f3bd62", "#ffffff", "#586a70"
_FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
_FONT_NAMES = ("NotoSansCJK-Regular.ttc", "wqy-zenhei.ttc", "LXGWWenKai-Regular.ttf")
_TRACK_X, _TRACK_Y, _TRACK_WIDTH = 64, 676, WIDTH - 128


class NoChineseFont(Exception):
    """No font with Chinese characters is installed; `make demo` installs one."""


@dataclass(frozen=True)
class Slides:
    """One lesson: a heading and lines that appear one after the other, over `seconds`."""

    title: str
    lines: Sequence[str]
    seconds: int


def chinese_font(size: int) -> ImageFont.FreeTypeFont:
    """A font with simplified Chinese characters; collections hold several countries' forms. Raises NoChineseFont."""
    for folder in _FONT_FOLDERS:
        for name in _FONT_NAMES:
            for path in sorted(folder.rglob(name)):
                faces = (_face(path, size, index) for index in range(8))
                found = [face for face in faces if face is not None]
                return next((face for face in found if " SC" in str(face.getname()[0])), found[0])
    raise NoChineseFont


def _face(path: Path, size: int, index: int) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(str(path), size, index=index)
    except OSError:  # past the last face of the file
        return None


def make_video(slides: Slides, target: Path) -> None:
    """Write the lesson as an MP4: moving text, a mark that shows how far it is, a voice or soft tones."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frames = _draw(slides, folder)
        sound = _speak(slides, folder) or _tones(slides.seconds)
        _encode(slides, frames, sound, target)


def _draw(slides: Slides, folder: Path) -> Path:
    """One picture for each state of the page, and the list ffmpeg reads them from."""
    title, body, small = (chinese_font(size) for size in (46, 40, 24))
    each = slides.seconds / len(slides.lines)
    listing = []
    for shown in range(1, len(slides.lines) + 1):
        picture = Image.new("RGB", (WIDTH, HEIGHT), PALE)
        draw = ImageDraw.Draw(picture)
        draw.rectangle((0, 0, WIDTH, 112), fill=BRAND)
        draw.text((64, 56), slides.title, font=title, fill=WHITE, anchor="lm")
        first = max(0, shown - 6)
        for row, line in enumerate(slides.lines[first:shown]):
            y = 176 + row * 78
            is_new = first + row == shown - 1
            draw.rounded_rectangle((64, y, 76, y + 40), radius=4, fill=AMBER if is_new else BRAND)
            draw.text((104, y - 6), line, font=body, fill=INK if is_new else SOFT)
        draw.text((WIDTH - 64, 636), f"{shown} / {len(slides.lines)}", font=small, fill=SOFT, anchor="rm")
        draw.rounded_rectangle((_TRACK_X, _TRACK_Y, _TRACK_X + _TRACK_WIDTH, _TRACK_Y + 8), radius=4, fill="#c9dcdc")
        path = folder / f"{shown:03}.png"
        picture.save(path)
        listing.append(f"file '{path}'\nduration {each:.3f}\n")
    listing.append(f"file '{path}'\n")
    (folder / "list.txt").write_text("".join(listing))
    dot = Image.new("RGBA", (24, 24), (0, 0, 0, 0))
    ImageDraw.Draw(dot).ellipse((0, 0, 23, 23), fill=BRAND)
    dot.save(folder / "dot.png")
    return folder


def _speak(slides: Slides, folder: Path) -> list[str] | None:
    """ffmpeg's sound input with the lines read aloud, None where no voice is installed."""
    program = shutil.which("espeak-ng")
    if program is None:
        return None
    wav = folder / "voice.wav"
    text = "。".join([slides.title, *slides.lines])
    done = subprocess.run(
        [program, "-v", "cmn", "-s", "150", "-w", str(wav), text], check=False, capture_output=True, timeout=120
    )
    return ["-i", str(wav)] if done.returncode == 0 and wav.exists() else None


def _tones(seconds: int) -> list[str]:
    """A soft chord that swells and fades each two seconds."""
    wave = "0.06*(sin(262*2*PI*t)+sin(330*2*PI*t)+sin(392*2*PI*t))*(0.6+0.4*sin(PI*t))"
    return ["-f", "lavfi", "-i", f"aevalsrc='{wave}':s=44100:d={seconds}"]


def _encode(slides: Slides, folder: Path, sound: list[str], target: Path) -> None:
    moving = f"[0:v]fps={FRAMES}[page];[page][1:v]overlay=x='{_TRACK_X - 12}+{_TRACK_WIDTH}*t/{slides.seconds}':y=668"
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", str(folder / "list.txt")]
    command += ["-loop", "1", "-framerate", str(FRAMES), "-i", str(folder / "dot.png"), *sound]
    command += ["-filter_complex", f"{moving}[v];[2:a]apad[a]", "-map", "[v]", "-map", "[a]"]
    command += ["-t", str(slides.seconds), "-c:v", "libx264", "-preset", "ultrafast", "-crf", "24"]
    command += ["-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "96k", "-ac", "2", str(target)]
    subprocess.run(command, check=True, timeout=600)
