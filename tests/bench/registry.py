"""The registry at the size of a big city: queue, batch and unit picker among 500,000 people in 100,000 units."""

import statistics
import time
from collections.abc import Callable

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from identity.models import Membership, Organisation, User
from identity.queries import find_organisations, organisation
from registry.approvals.models import Case, Step
from registry.approvals.services import PASS, decide_cases
from tests.bench.database import prepare
from tests.bench.report import Report
from tests.identity import factories
from web.population.building import Plan, populate

PEOPLE, UNITS = 500_000, 100_000
LONG, SHORT = 10_000, 100
QUEUE = "/console/reviews/technician_registration/"
MOST_QUERIES = 12
ROUNDS = 15


def run(report: Report) -> None:
    """Figures of issue-sized data; the province is written first and its speed is one of them."""
    prepare()
    _populate(report)
    long_queue, short_queue = _gather(LONG, SHORT)
    _queue(report, long_queue, short_queue)
    _batch(report, long_queue)
    _picker(report)


def _populate(report: Report) -> None:
    plan = Plan(people=PEOPLE, units=UNITS // 10, open_cases=LONG + SHORT, password="!")
    began = time.perf_counter()
    with transaction.atomic():
        populate(plan, now=clock.now(), say=lambda line: None)
    per_second = PEOPLE / (time.perf_counter() - began)
    report.at_least("people generated a second ÷ 20,000", 1.0, per_second, 20_000, "people/s")
    with transaction.atomic():
        more = Plan(people=1_000, units=UNITS - UNITS // 10, open_cases=0, password="!")
        populate(more, now=clock.now(), say=lambda line: None)


def _gather(long: int, short: int) -> tuple[Membership, Membership]:
    """Move the open registrations to two units, `long` to the first and `short` to the second; their reviewers."""
    first, second = Membership.objects.filter(is_super=True, organisation__kind="employer").order_by("pk")[:2]
    ids = list(Case.objects.filter(kind="technician_registration").order_by("pk").values_list("pk", flat=True))
    for reviewer, share in ((first, ids[:long]), (second, ids[long : long + short])):
        Case.objects.filter(pk__in=share).update(organisation=reviewer.organisation)
        Step.objects.filter(case__in=share).update(organisation=reviewer.organisation)
        applicants = Case.objects.filter(pk__in=share).values("applicant")
        Membership.objects.filter(user__in=applicants).update(organisation=reviewer.organisation)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE approvals_case SET payload = jsonb_set(payload, '{after,organisation}', to_jsonb(%s::bigint)) "
                "WHERE id = ANY(%s)",
                [reviewer.organisation_id, share],
            )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return first, second


def _queue(report: Report, long_queue: Membership, short_queue: Membership) -> None:
    def page_of(reviewer: Membership) -> Callable[[], object]:
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(reviewer.user, backend="identity.backends.LoginKeyBackend")

        def get() -> None:
            assert client.get(QUEUE).status_code == 200

        return get

    page = page_of(long_queue)
    page()
    with CaptureQueriesContext(connection) as captured:
        page()
    report.at_most("queries of the queue's first page ÷ 12", 1.0, len(captured), MOST_QUERIES, "queries")
    ours, reference = _medians(page, page_of(short_queue))
    report.at_most("queue page, 10,000 open cases beside 100", 1.5, ours, reference, "s")


def _batch(report: Report, reviewer: Membership) -> None:
    role = factories.role(User.objects.get(pk=reviewer.user_id), "employer")
    open_ids = list(
        Step.objects.filter(organisation=reviewer.organisation, state="open")
        .order_by("pk")
        .values_list("case", flat=True)
    )

    def seconds_for(ids: list[int]) -> float:
        began = time.perf_counter()
        for at in range(0, len(ids), 100):
            outcomes = decide_cases(actor=role, case_ids=ids[at : at + 100], decision=PASS, now=clock.now())
            assert all(one.refusal is None for one in outcomes)
            assert len(outcomes) == len(ids[at : at + 100])
        return time.perf_counter() - began

    seconds_for(open_ids[:50])
    few = statistics.median(seconds_for(open_ids[at : at + 100]) for at in (100, 200, 300))
    many = seconds_for(open_ids[1_000:1_500])
    report.at_least("registrations passed a second in a batch of 500 ÷ 100", 1.0, 500 / many, 100, "cases/s")
    report.at_most("a case of a batch of 500 beside one of 100", 1.3, many / 500, few / 100, "s")


def _picker(report: Report) -> None:
    ids = list(Organisation.objects.filter(kind="employer").order_by("?").values_list("pk", flat=True)[:20])

    def search() -> None:
        for q in ("医院", "临河", "软件", "实验"):
            assert len(find_organisations(kinds=["employer"], q=q)) == 20

    def by_key() -> None:
        for at in range(4):
            rows = Organisation.objects.select_related("region").filter(pk__in=ids[at:] + ids[:at])
            assert len([organisation_name(row) for row in rows]) == 20

    assert organisation(ids[0]).kind == "employer"
    ours, reference = _medians(search, by_key)
    report.at_most("unit picker, two characters among 100,000 units, beside a page by key", 5.0, ours, reference, "s")


def organisation_name(row: Organisation) -> str:
    """What a row of the reference page shows."""
    return f"{row.name} {row.region.name}"


def _medians(ours: Callable[[], object], reference: Callable[[], object]) -> tuple[float, float]:
    """Medians of both, taken in turn."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for act, taken in zip((ours, reference), times, strict=True):
            began = time.perf_counter()
            act()
            taken.append(time.perf_counter() - began)
    return statistics.median(times[0]), statistics.median(times[1])
