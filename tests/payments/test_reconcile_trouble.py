"""A bill that can't be had, a run that dies or stands still, two at once: nothing half stays, and it ends well (F3)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from payments.models import Bill, BillDifference
from payments.providers import ProviderDown, ProviderRefused
from payments.services import ask_for_bills, lease, matching, order_bill, reconcile, reconciling
from tests.payments import bills
from tests.payments.bills import DAY
from tests.payments.fakes import PowerCut
from tests.payments.world import CutAfter
from tests.support.threads import in_threads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wechat(fakes, jobs, clock):
    return fakes["wechat"]


@pytest.fixture
def traded(wechat, fakes, clock):
    """One payment that agrees, one of another amount, one that the bill lacks; and the bill can be had."""
    good, other, missing = (bills.bought(fakes) for _ in range(3))
    wechat.bills[DAY] = [bills.row(good, fakes), bills.row(other, fakes, amount_fen=241)]
    bills.bill_is_ready(clock)
    return good, other, missing


def result(bill: Bill) -> tuple:
    bill.refresh_from_db()
    return bill.state, bill.rows, bills.sums(bill), bills.marks(bill), bills.differences(bill)


def expected(traded) -> tuple:
    good, other, missing = traded
    found = [("amount", other.number, 240, 241), ("ours_only", missing.number, 240, None)]
    return "different", 2, (481, 0, 720, 0), {good.number}, sorted(found, key=lambda one: one[1])


def failing(fault: Exception, *, after: int = 0):
    """A bill that breaks off after so many rows."""

    def bill(rows):
        def broken(*, day):
            yield from rows[:after]
            raise fault

        return broken

    return bill


# --- It can't be had --------------------------------------------------------------------------------------------------
def test_a_provider_that_is_down_is_asked_again_for_a_day_and_then_given_up(wechat, traded, clock):
    before = bills.all_of_it()["payments"]
    wechat.fails(is_down=True)
    bill, began, tries = bills.run(clock), clock.now(), 1
    while bill.state == "waiting":
        assert bill.fault == "down"
        assert timedelta(minutes=10) <= bill.next_try_at - clock.now() <= timedelta(hours=1)
        clock.set(bill.next_try_at)
        bill = reconcile(bill_id=bill.pk, clock=clock.now)
        tries += 1
    assert (bill.state, tries) == ("failed", lease.MOST_TRIES)
    assert timedelta(hours=20) < clock.now() - began < timedelta(hours=36)
    assert (bill.rows, bill.fetched_at, BillDifference.objects.count()) == (0, None, 0)
    assert bills.all_of_it()["payments"] == before


def test_a_day_that_was_given_up_is_run_again_when_somebody_asks(wechat, traded, clock):
    wechat.fails(is_down=True)
    bill = bills.run(clock)
    Bill.objects.filter(pk=bill.pk).update(state="failed", tries=30)
    wechat.fails()
    bill = bills.run(clock)
    assert result(bill) == expected(traded)
    assert (bill.fault, bill.tries) == ("", 1)


def test_what_is_refused_in_so_many_words_is_given_up_soon(wechat, traded, clock, monkeypatch):
    monkeypatch.setattr(wechat, "bill", failing(ProviderRefused("NO_AUTH", "no right"))([]))
    bill = bills.run(clock)
    for _ in range(2):
        clock.set(bill.next_try_at)
        bill = reconcile(bill_id=bill.pk, clock=clock.now)
    assert (bill.state, bill.fault, bill.next_try_at) == ("failed", "NO_AUTH no right", None)


def test_before_it_can_be_ready_nothing_is_given_up(wechat, traded, clock, monkeypatch):
    monkeypatch.setattr(wechat, "bill", failing(ProviderRefused("INVALID_REQUEST"))([]))
    clock.set(traded[0].paid_at)
    for _ in range(5):
        bill = bills.run(clock)
        assert (bill.state, bill.next_try_at) == ("waiting", reconciling.ready_at(DAY))


@pytest.mark.parametrize("after", [0, 1])
def test_a_bill_that_breaks_off_matches_nothing_and_the_next_try_finds_all(wechat, traded, clock, monkeypatch, after):
    """Adapters give no row of such a bill; one that did would still leave no result."""
    with monkeypatch.context() as patch:
        patch.setattr(wechat, "bill", failing(ProviderDown("cut off"), after=after)(wechat.bills[DAY]))
        bill = bills.run(clock)
    assert (bill.state, bill.fetched_at, bills.marks(bill)) == ("waiting", None, set())

    clock.set(bill.next_try_at)
    assert result(reconcile(bill_id=bill.pk, clock=clock.now)) == expected(traded)


def test_an_earlier_result_stands_while_the_bill_cannot_be_had_again(wechat, traded, clock):
    bill = bills.run(clock)
    fetched_at, stood = bill.fetched_at, result(bill)
    wechat.fails(is_down=True)
    clock.tick(60)
    bill = bills.run(clock)
    assert (bill.state, bill.fetched_at, bill.fault) == ("waiting", fetched_at, "down")
    assert result(bill)[1:] == stood[1:]
    while bill.state == "waiting":
        clock.set(bill.next_try_at)
        bill = reconcile(bill_id=bill.pk, clock=clock.now)
    assert (result(bill), bill.fault) == (stood, "down")


# --- It dies or stands still ------------------------------------------------------------------------------------------
def test_a_run_that_is_killed_between_any_two_statements_is_done_again_and_finds_the_same(
    wechat, traded, clock, monkeypatch
):
    """On a day that had a result already, as its marks and differences are in question."""
    monkeypatch.setattr(matching, "CHUNK", 1)
    monkeypatch.setattr(reconciling, "CHUNK", 1)
    bill = bills.run(clock)
    for statements in range(300):
        order_bill(provider_name="wechat", day=DAY, now=clock.now(), send=False)
        try:
            with connection.execute_wrapper(CutAfter(statements)):
                reconcile(bill_id=bill.pk, clock=clock.now)
        except PowerCut:
            clock.tick(301)  # its lease runs out
            bill.refresh_from_db()
            left = bill.state != "different"  # all was done where only the answer is missing
            assert (bill.pk in ask_for_bills(now=clock.now())) == left, statements
            reconcile(bill_id=bill.pk, clock=clock.now)
            assert result(bill) == expected(traded), statements
            continue
        break
    assert 20 < statements < 299
    assert result(bill) == expected(traded)


def test_while_a_killed_runs_lease_lasts_nobody_takes_the_day_over(wechat, traded, clock):
    job = order_bill(provider_name="wechat", day=DAY, now=clock.now(), send=False)
    assert lease.Lease.take(job.pk, clock.now) is not None
    clock.tick(299)
    assert job.pk not in ask_for_bills(now=clock.now())
    assert reconcile(bill_id=job.pk, clock=clock.now).state == "running"
    clock.tick(2)
    assert job.pk in ask_for_bills(now=clock.now())


def test_a_run_that_stood_still_writes_nothing_when_another_has_begun(wechat, traded, clock):
    good = traded[0]
    job = order_bill(provider_name="wechat", day=DAY, now=clock.now(), send=False)
    full = wechat.bills[DAY]

    def asleep(*, day):
        """Between its rows six minutes go by, in which another run does it all."""
        yield from ()
        clock.tick(360)
        wechat.bill = awake
        other = reconcile(bill_id=job.pk, clock=clock.now)
        assert result(other) == expected(traded)
        yield from [bills.row(good, {"wechat": wechat}, amount_fen=1)]

    def awake(*, day):
        return iter(full)

    wechat.bill = asleep
    bill = reconcile(bill_id=job.pk, clock=clock.now)

    assert result(bill) == expected(traded)
    assert bill.runs == 2


@pytest.mark.parametrize("fault", [None, ProviderDown("too late")], ids=["rows", "a failure"])
def test_a_run_that_stood_still_leaves_one_that_is_under_way_alone(wechat, traded, clock, fault):
    job = order_bill(provider_name="wechat", day=DAY, now=clock.now(), send=False)
    full, taken = wechat.bills[DAY], []

    def asleep(*, day):
        clock.tick(360)
        taken.append(lease.Lease.take(job.pk, clock.now))
        if fault:
            raise fault
        yield from full

    wechat.bill = asleep
    bill = reconcile(bill_id=job.pk, clock=clock.now)

    assert (bill.state, bill.runs, bill.fault, bills.marks(bill)) == ("running", 2, "", set())
    assert not BillDifference.objects.exists()
    taken[0].renew()


def test_a_run_that_dies_again_and_again_is_given_up(wechat, traded, clock):
    order_bill(provider_name="wechat", day=DAY, now=clock.now(), send=False)
    Bill.objects.update(state="running", tries=lease.MOST_TRIES, claimed_until=clock.now() - timedelta(minutes=1))
    ask_for_bills(now=clock.now())
    bill = Bill.objects.get(provider="wechat")
    assert (bill.state, bill.fault) == ("failed", "对账中途停止了太多次")


# --- Two at once ------------------------------------------------------------------------------------------------------
def test_ordering_a_day_that_is_being_reconciled_leaves_the_run_alone(wechat, traded, clock):
    job = order_bill(provider_name="wechat", day=DAY, now=clock.now(), send=False)
    taken = lease.Lease.take(job.pk, clock.now)
    assert taken is not None
    again = order_bill(provider_name="wechat", day=DAY, now=clock.now(), send=False)
    assert (again.state, again.runs) == ("running", taken.run)
    taken.renew()


@pytest.mark.postgres
def test_of_many_who_run_a_day_at_once_one_does(wechat, traded, clock):
    job = order_bill(provider_name="wechat", day=DAY, now=clock.now(), send=False)
    in_threads(lambda _number: reconcile(bill_id=job.pk, clock=clock.now))
    bill = Bill.objects.get()
    assert result(bill) == expected(traded)
    assert bill.runs == 1
    assert [call for call, _number in wechat.calls].count("bill") == 1


@pytest.mark.postgres
def test_without_the_claim_several_run_at_once(wechat, traded, clock, monkeypatch):
    """The control: each read that nobody was at it."""
    job = order_bill(provider_name="wechat", day=DAY, now=clock.now(), send=False)
    together = threading.Barrier(4, timeout=10)

    def take(bill_id, clock):
        free = Bill.objects.filter(lease.claimable(clock()), pk=bill_id).exists()
        together.wait()
        if not free:
            return None
        Bill.objects.filter(pk=bill_id).update(state="running")
        return lease.Lease(bill_id, 0, clock)

    monkeypatch.setattr(lease.Lease, "take", take)
    in_threads(lambda _number: reconcile(bill_id=job.pk, clock=clock.now), count=4)
    assert [call for call, _number in wechat.calls].count("bill") == 4


@pytest.mark.postgres
def test_days_that_are_reconciled_side_by_side_end_as_one_after_the_other(wechat, fakes, clock):
    """Each lacks what the other has: trades that the bills put on the day beside ours."""
    early = bills.bought(fakes)
    next_day = DAY + timedelta(days=1)
    bills.bill_is_ready(clock)
    late = bills.bought(fakes)
    wechat.bills = {DAY: [bills.row(late, fakes)], next_day: [bills.row(early, fakes)]}
    bills.bill_is_ready(clock, next_day)
    jobs = [order_bill(provider_name="wechat", day=day, now=clock.now(), send=False) for day in (DAY, next_day)]

    in_threads(lambda number: reconcile(bill_id=jobs[number % 2].pk, clock=clock.now), count=4)

    assert not BillDifference.objects.exists()
    assert [result(bill)[:3] for bill in jobs] == [("matched", 1, (240, 0, 240, 0))] * 2
