"""A worker may die at any moment: the work is done again, once, and nothing of the dead one stays."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import settings
from django.db import connection

from core import clock as server_clock
from media_pipeline import services, tasks
from media_pipeline.errors import CannotRetry, LeaseLost, NotAVideo
from media_pipeline.models import VideoAsset
from media_pipeline.services import leases, transcode
from media_pipeline.services.transcoding import run_transcoder
from tests.media_pipeline.factories import ready_video, transcoded_video, uploaded_video
from tests.media_pipeline.playing import decrypted
from tests.support.clock import FakeClock

pytestmark = pytest.mark.slow

LEASE_OVER = leases.LEASE + timedelta(seconds=1)


class Killed(BaseException):
    """Stands for kill -9 within this process: nothing that comes after runs, no clean-up of ours either."""


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids of the videos whose jobs were sent."""
    ids: list[int] = []
    monkeypatch.setattr(tasks.transcode_video, "delay", ids.append)
    monkeypatch.setattr("media_pipeline.storage.transaction.on_commit", lambda act, robust: act())
    return ids


def builds(stored: Callable[..., list[str]], video: VideoAsset) -> set[str]:
    return {name.split("/")[2] for name in stored(f"hls/{video.public_id}")}


def assert_one_good_result(video: VideoAsset, stored: Callable[..., list[str]], folder: Path) -> None:
    video.refresh_from_db()
    assert (video.state, video.lease_token, video.failure_code) == ("ready", "", "")
    assert builds(stored, video) == {video.build}
    for item in video.renditions:
        assert decrypted(video, item["name"], folder).read_bytes()[:1] == b"\x47"


# --- Killed for real --------------------------------------------------------------------------------------------------
def start_worker(video: VideoAsset, folder: Path) -> "subprocess.Popen[bytes]":
    """Another process at the job, on the test's own database and media."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        database = f"sqlite:///{known['NAME']}"
    else:
        user, host = f"{known['USER']}:{known['PASSWORD']}", f"{known['HOST']}:{known['PORT']}"
        database = f"postgresql://{user}@{host}/{known['NAME']}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database,
        "MEDIA_STORAGE": f"file:{folder}",
        "BROKER_URL": "memory://",
    }
    code = (
        "import django; django.setup();"
        "from core import clock; from media_pipeline import services;"
        f"services.transcode(video_id={video.pk}, clock=clock.now)"
    )
    return subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=settings.BASE_DIR)


def wait_for_ffmpeg(worker: "subprocess.Popen[bytes]", work: Path) -> list[psutil.Process]:
    """The worker's ffmpeg, once it has written a segment."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and worker.poll() is None:
        found = psutil.Process(worker.pid).children(recursive=True)
        if any(process.name() == "ffmpeg" for process in found) and list(work.glob("*/*/0.ts")):
            return found
        time.sleep(0.02)
    raise AssertionError("ffmpeg was not seen")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_is_followed_by_another(
    stored: Callable[..., list[str]],
    left_in_work: Callable[[Any], list[Path]],
    media_folder: Path,
    tmp_path: Path,
    sent: list[int],
) -> None:
    video = uploaded_video("long_film")
    worker = start_worker(video, media_folder)
    children = wait_for_ffmpeg(worker, Path(settings.VAR_DIR) / "transcode")

    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()

    _gone, alive = psutil.wait_procs(children, timeout=5)
    assert alive == [], "ffmpeg outlived its worker"
    video.refresh_from_db()
    assert (video.state, len(left_in_work(video))) == ("processing", 1)
    sent.clear()
    assert services.sweep_videos(now=server_clock.now()) == []
    assert not transcode(video_id=video.pk, clock=server_clock.now)
    later = FakeClock(server_clock.now() + LEASE_OVER)
    assert services.sweep_videos(now=later.now()) == sent == [video.pk]
    assert transcode(video_id=video.pk, clock=later)
    assert_one_good_result(video, stored, tmp_path)
    assert (video.attempts, left_in_work(video)) == (2, [])


def test_a_program_dies_with_the_worker_that_started_it() -> None:
    code = (
        "import subprocess, time; from media_pipeline.limited import limited;"
        "print(subprocess.Popen(limited(['sleep', '60'], memory=2**30, cpu_seconds=5)).pid, flush=True);"
        "time.sleep(60)"
    )
    worker = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=settings.BASE_DIR)
    assert worker.stdout is not None
    program = psutil.Process(int(worker.stdout.readline()))
    while program.name() != "sleep":
        time.sleep(0.01)

    worker.kill()
    worker.wait()
    worker.stdout.close()

    assert psutil.wait_procs([program], timeout=5)[1] == []


# --- Killed between any two steps -------------------------------------------------------------------------------------
STEPS = ["look_at", "run_transcoder", "put", "Lease.finish", "remove_folder"]


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_killed_between_any_two_steps_it_ends_with_one_result(
    step: str,
    when: str,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    stored: Callable[..., list[str]],
    tmp_path: Path,
) -> None:
    video = uploaded_video("plain")
    module = "media_pipeline.services.transcoding"
    with monkeypatch.context() as dying:
        dying.setattr(f"{module}.{step}", _dies(module, step, when))
        with pytest.raises(Killed):
            transcode(video_id=video.pk, clock=clock)

    clock.set(clock.now() + LEASE_OVER)
    services.sweep_videos(now=clock.now())
    transcode(video_id=video.pk, clock=clock)

    assert_one_good_result(video, stored, tmp_path)


def _dies(module: str, step: str, when: str) -> Callable[..., Any]:
    owner: Any = sys.modules[module]
    for name in step.split("."):
        owner = getattr(owner, name)
    real = owner

    def die(*args: Any, **kwargs: Any) -> Any:
        if when == "after":
            real(*args, **kwargs)
        raise Killed

    return die


# --- Two at once ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_worker_that_was_taken_for_dead_throws_its_work_away(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch, stored: Callable[..., list[str]], tmp_path: Path
) -> None:
    video = uploaded_video("plain")
    finished: list[bool] = []

    def stalls(*args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr("media_pipeline.services.transcoding.run_transcoder", run_transcoder)
        run_transcoder(*args, **kwargs)
        clock.set(clock.now() + LEASE_OVER)
        finished.append(transcode(video_id=video.pk, clock=clock))

    monkeypatch.setattr("media_pipeline.services.transcoding.run_transcoder", stalls)

    assert not transcode(video_id=video.pk, clock=clock)

    assert finished == [True]
    assert_one_good_result(video, stored, tmp_path)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "act",
    [
        lambda lease: lease.extend(80),
        lambda lease: lease.finish(build="dead", duration_ms=1),
        lambda lease: lease.fail(NotAVideo()),
        lambda lease: lease.postpone("disk full"),
    ],
)
def test_a_lease_that_was_lost_changes_nothing(act: Callable[[leases.Lease], None], clock: FakeClock) -> None:
    video = uploaded_video("text")
    dead = leases.claim(video_id=video.pk, clock=clock)
    clock.set(clock.now() + LEASE_OVER)
    alive = leases.claim(video_id=video.pk, clock=clock)
    assert dead is not None
    assert alive is not None

    with pytest.raises(LeaseLost):
        act(dead)

    video.refresh_from_db()
    assert (video.state, video.lease_token, video.progress_pct) == ("processing", alive.token, 0)


@pytest.mark.django_db
def test_the_work_extends_its_lease_and_tells_its_progress(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    video = uploaded_video("plain")
    seen: list[tuple[int, Any]] = []

    def slow(command: list[str], *, seconds: float, on_progress: Callable[[float], None]) -> None:
        clock.tick(40)
        on_progress(seconds / 2)
        video.refresh_from_db()
        seen.append((video.progress_pct, video.lease_until))
        run_transcoder(command, seconds=seconds, on_progress=on_progress)

    monkeypatch.setattr("media_pipeline.services.transcoding.run_transcoder", slow)
    assert transcode(video_id=video.pk, clock=clock)

    assert seen == [(47, clock.now() + leases.LEASE)]


@pytest.mark.django_db
def test_a_video_deleted_while_it_is_transcoded_leaves_nothing(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch, stored: Callable[..., list[str]], sent: list[int]
) -> None:
    video = uploaded_video("plain")

    def meanwhile(*args: Any, **kwargs: Any) -> None:
        run_transcoder(*args, **kwargs)
        services.delete_video(video_id=video.pk, actor_id=None, now=clock.now())

    monkeypatch.setattr("media_pipeline.services.transcoding.run_transcoder", meanwhile)

    assert not transcode(video_id=video.pk, clock=clock)
    assert stored() == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_gets_the_video() -> None:
    from concurrent.futures import ThreadPoolExecutor

    video = uploaded_video("text")

    def take(_: int) -> bool:
        try:
            return leases.claim(video_id=video.pk, clock=server_clock.now) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(16))) == 1


# --- Trying again -----------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_what_may_pass_is_tried_three_times_and_then_told(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch, stored: Callable[..., list[str]]
) -> None:
    def full(name: str, content: bytes) -> None:
        raise OSError("No space left on device")

    video = uploaded_video("plain")
    monkeypatch.setattr("media_pipeline.services.transcoding.put", full)
    states = []
    for _ in range(3):
        transcode(video_id=video.pk, clock=clock)
        video.refresh_from_db()
        states.append((video.state, video.attempts))
        clock.tick(120)

    assert states == [("uploaded", 1), ("uploaded", 2), ("failed", 3)]
    assert video.failure_code == "gave_up"
    assert "No space left on device" in video.failure_reason
    assert stored() == [video.source]


@pytest.mark.django_db
def test_a_video_that_kills_every_worker_is_given_up(clock: FakeClock) -> None:
    video = uploaded_video("plain")
    for _ in range(3):
        assert leases.claim(video_id=video.pk, clock=clock)
        clock.set(clock.now() + LEASE_OVER)

    assert not transcode(video_id=video.pk, clock=clock)

    video.refresh_from_db()
    assert (video.state, video.failure_code) == ("failed", "gave_up")


@pytest.mark.django_db
def test_a_failed_video_can_be_tried_again(clock: FakeClock, sent: list[int], media_folder: Path) -> None:
    video = transcoded_video("text")
    sent.clear()

    services.retry_transcode(video_id=video.pk, now=clock.now())

    video.refresh_from_db()
    assert (video.state, video.attempts, video.failure_code, video.failure_reason) == ("uploaded", 0, "", "")
    assert sent == [video.pk]


@pytest.mark.django_db
def test_a_good_video_is_not_tried_again(clock: FakeClock, sent: list[int]) -> None:
    video = ready_video()

    with pytest.raises(CannotRetry):
        services.retry_transcode(video_id=video.pk, now=clock.now())

    video.refresh_from_db()
    assert (video.state, sent) == ("ready", [])


# --- Lost messages ----------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_lost_message_is_sent_again_after_a_minute_and_not_before(clock: FakeClock, sent: list[int]) -> None:
    video = uploaded_video("text", now=clock.now())
    sent.clear()

    assert services.sweep_videos(now=clock.now()) == []
    assert services.sweep_videos(now=clock.tick(61)) == [video.pk]
    assert services.sweep_videos(now=clock.tick(5)) == []
    assert services.sweep_videos(now=clock.tick(60)) == [video.pk]
    assert sent == [video.pk, video.pk]


@pytest.mark.django_db
def test_a_new_worker_gets_all_that_waits_at_once(clock: FakeClock, sent: list[int]) -> None:
    videos = [uploaded_video("text", now=clock.now()) for _ in range(2)]
    sent.clear()

    tasks.send_what_waits()

    assert sorted(sent) == [video.pk for video in videos]


@pytest.mark.django_db
def test_the_task_and_the_sweep_run_by_their_public_names(clock: FakeClock, sent: list[int]) -> None:
    video = uploaded_video("text", now=clock.now())
    clock.tick(61)
    assert tasks.sweep_videos.name == "media_pipeline.sweep_videos"
    assert tasks.transcode_video.name == "media_pipeline.transcode_video"

    tasks.sweep_videos()
    tasks.transcode_video(sent[-1])

    video.refresh_from_db()
    assert video.state == "failed"
