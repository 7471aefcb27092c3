"""The transcoding job beside the same ffmpeg command by hand."""

import subprocess
import tempfile
import time
from pathlib import Path

from core import clock
from media_pipeline.ffmpeg import transcode_command
from media_pipeline.services import receive_upload, transcode
from tests.bench.database import prepare
from tests.bench.report import Report, side_by_side

SECONDS = 60


def run(report: Report) -> None:
    """Wall time of the job ÷ wall time of ffmpeg alone."""
    prepare()
    with tempfile.TemporaryDirectory() as name:
        sample = Path(name) / "sample.mp4"
        _make(sample)
        ours, by_hand = side_by_side(lambda: _job(sample), lambda: _by_hand(sample, Path(name)), rounds=3)
    report.at_most("transcoding job ÷ ffmpeg by hand", 1.15, ours, by_hand, "s")


def _make(target: Path) -> None:
    picture = f"testsrc2=size=1280x720:rate=25:duration={SECONDS}"
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", picture]
    command += ["-f", "lavfi", "-i", f"sine=frequency=330:duration={SECONDS}"]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-shortest", str(target)]
    subprocess.run(command, check=True, timeout=300)


def _job(sample: Path) -> float:
    with sample.open("rb") as file:
        video = receive_upload(content=file, name="sample.mp4", uploaded_by_id=None, now=clock.now())
    began = time.monotonic()
    assert transcode(video_id=video.pk, clock=clock.now)
    return time.monotonic() - began


def _by_hand(sample: Path, folder: Path) -> float:
    target = Path(tempfile.mkdtemp(dir=folder))
    began = time.monotonic()
    subprocess.run(transcode_command(sample, target), check=True, capture_output=True, timeout=600)
    return time.monotonic() - began
