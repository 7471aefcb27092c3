"""Running ffmpeg: its progress read as it comes, killed when it stalls or when the work is no longer ours."""

import selectors
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from typing import IO

from media_pipeline.errors import TranscoderFailed
from media_pipeline.limited import TRANSCODE_MEMORY, limited

STALL_SECONDS = 180
CPU_SECONDS_FLOOR = 600
CPU_SECONDS_PER_SECOND = 60


def run_transcoder(command: list[str], *, seconds: float, on_progress: Callable[[float], None]) -> None:
    """Run ffmpeg over `seconds` of video; `on_progress` gets the seconds done and may raise to stop it.

    Raises TranscoderFailed with ffmpeg's last words.
    """
    cpu_seconds = CPU_SECONDS_FLOOR + int(seconds * CPU_SECONDS_PER_SECOND)
    # Pages come first where a worker shares the machine with them.
    program = ["nice", "-n", "10", *limited(command, memory=TRANSCODE_MEMORY, cpu_seconds=cpu_seconds)]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(program, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors)
        assert process.stdout is not None  # noqa: S101  # said for the type checker
        try:
            for line in _lines(process.stdout):
                name, _, value = line.partition("=")
                if name == "out_time_us" and value.lstrip("-").isdigit():
                    on_progress(max(0.0, min(int(value) / 1_000_000, seconds)))
            code = process.wait(timeout=STALL_SECONDS)
        except subprocess.TimeoutExpired:
            raise TranscoderFailed("ffmpeg did not end") from None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            process.stdout.close()
        if code != 0:
            raise TranscoderFailed(f"ffmpeg {code}: {_last_words(errors)}")


def _lines(pipe: IO[bytes]) -> Iterator[str]:
    """ffmpeg's progress lines. Raises TranscoderFailed when none comes for long."""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        rest = b""
        while True:
            if not selector.select(STALL_SECONDS):
                raise TranscoderFailed("ffmpeg stalled")
            chunk = pipe.read1(65536)  # type: ignore[attr-defined]
            if not chunk:
                return
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line.decode("ascii", "replace").strip()


def _last_words(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = errors.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:200] if lines else "no message"
