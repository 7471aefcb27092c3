"""Heartbeats and keys beside a bare view; a million rows beside a thousand; memory over a hundred thousand beats."""

import psutil
from django.conf import settings

from tests.bench import world
from tests.bench.database import copy_to, prepare, working_on
from tests.bench.load import throughput
from tests.bench.report import Report, side_by_side
from tests.bench.server import memory_mb, serving

FEW_LEARNERS, MANY_LEARNERS = 50, 50_000
WATCHERS = 2_000
EARLY_BEATS, LATE_BEATS = 10_000, 100_000
BARE_BEAT = [("/bench/bare", "", '{"position": 30.5, "playing": true, "rate": 1}')]
BARE_GET = [("/bench/bare", "", "")]


def run(report: Report) -> None:
    """All figures of watching."""
    prepare()
    page = world.bench_class()
    world.add_watchers(page, 1, FEW_LEARNERS)
    few = world.heartbeats(WATCHERS)
    large = copy_to("xueshi_large")
    with working_on("xueshi_large"):
        world.add_watchers(page, FEW_LEARNERS + 1, MANY_LEARNERS)
        many, keys = world.heartbeats(WATCHERS), world.keys(WATCHERS)
    with (
        serving("tests.bench.bare_settings") as (bare, _),
        serving("tests.bench.settings", DATABASE_URL=large) as (ours, _),
    ):
        beats, reference = side_by_side(lambda: throughput(ours, many), lambda: throughput(bare, BARE_BEAT))
        report.at_least("heartbeat ÷ bare view", 0.18, beats, reference, "req/s")
        report.tell("watchers one such machine carries", beats * settings.HEARTBEAT_SECONDS, "people")
        given, reference = side_by_side(lambda: throughput(ours, keys), lambda: throughput(bare, BARE_GET))
        report.at_least("key ÷ bare view", 0.35, given, reference, "req/s")
        with serving("tests.bench.settings") as (small, _):
            # As many learners beat in both; only the tables differ.
            beats, reference = side_by_side(lambda: throughput(ours, many[: len(few)]), lambda: throughput(small, few))
        report.at_least("heartbeat with 1,000,000 rows ÷ with 1,000", 0.8, beats, reference, "req/s")
    _memory(report, large, many)


def _memory(report: Report, large: str, beats: list[tuple[str, str, str]]) -> None:
    """One worker's resident memory after 100,000 heartbeats beside that after 10,000."""
    with serving("tests.bench.settings", workers=1, DATABASE_URL=large) as (base, master):
        early = _after(base, master, beats, EARLY_BEATS)
        late = _after(base, master, beats, LATE_BEATS - EARLY_BEATS)
    report.at_most("memory after 100,000 beats ÷ after 10,000", 1.1, late, early, "MiB")


def _after(base: str, master: psutil.Process, beats: list[tuple[str, str, str]], number: int) -> float:
    sent = 0.0
    while sent < number:
        seconds = 5
        sent += throughput(base, beats, seconds) * seconds
    return memory_mb(master)
