"""Exams: saving answers beside a bare view; two thousand sitting beside two hundred; drawing beside reading a row."""

import statistics
import time
import uuid
from collections.abc import Callable
from itertools import islice

from cms.models import BankQuestion, QuestionBank
from tests.bench import exam_world
from tests.bench.database import prepare
from tests.bench.load import throughput
from tests.bench.report import Report, side_by_side
from tests.bench.server import serving
from tests.bench.sitting import Outcome, sit

QUESTIONS = 100_000
DRAWN = 40
MANY, FEW = 2_000, 200
SITTING_SECONDS = 120
WARM_SECONDS = 20
ROUNDS = 300


def run(report: Report) -> None:
    """All figures of exams."""
    prepare()
    course = exam_world.bench_exam(QUESTIONS, DRAWN)
    _drawing(report, course)
    saves = exam_world.open_attempts(course, MANY)
    with serving("tests.bench.bare_settings") as (bare, _), serving("tests.bench.settings") as (ours, _):
        requests = [save.request(place) for place, save in enumerate(saves)]
        reference = [("/bench/bare", "", requests[0][2], "PATCH")]
        # An evening's pace: who saves is known by now, and the database's log has grown to its size.
        throughput(ours, requests, WARM_SECONDS)
        saved, plain = side_by_side(lambda: throughput(ours, requests), lambda: throughput(bare, reference))
        report.at_least("saving answers ÷ bare view", 0.2, saved, plain, "req/s")
        few, many = (sit(ours, saves[:number], SITTING_SECONDS) for number in (FEW, MANY))
    _sitting(report, few, many)


def _sitting(report: Report, few: Outcome, many: Outcome) -> None:
    """Errors among all answers of the evening, and how much slower the slowest hundredth becomes."""
    report.tell(f"answers of {MANY:,} learners", many.sent, "requests")
    report.at_most("failed answers ÷ answers", 0.0, many.failed + few.failed, many.sent + few.sent, "requests")
    report.tell("middle answer of 2,000 learners", many.percentile(50) * 1000, "ms")
    report.at_most("p99 of 2,000 learners sitting ÷ of 200", 3.0, many.percentile(99), few.percentile(99), "s")


def _drawing(report: Report, course: exam_world.BenchExam) -> None:
    """A paper of forty of a hundred thousand beside one row by its key, in turn, so that both meet the same machine."""
    ids = BankQuestion.objects.filter(bank_id=course.bank_id).order_by("?").values_list("pk", flat=True)[:ROUNDS]
    QuestionBank.objects.filter(pk=course.bank_id).update(stamp=uuid.uuid4())
    first = _seconds(course.draw)
    report.tell("the first drawing after the bank changed", first * 1000, "ms")
    pairs = [(_seconds(course.draw), _seconds(lambda pk=pk: BankQuestion.objects.get(pk=pk))) for pk in ids]
    drawn, read = (statistics.median(side) for side in zip(*islice(pairs, 20, None), strict=True))
    report.at_most("drawing 40 of 100,000 ÷ reading one by its key", 5.0, drawn * 1000, read * 1000, "ms")


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
