"""The beat makes the jobs of the days whose bills are ready, once, and makes up for days it slept through (F3)."""

from datetime import date, datetime, timedelta

import pytest

from payments.models import Bill
from payments.providers import registry
from payments.services import ask_for_bills
from payments.tasks import ask_for_bills as beat
from tests.payments import bills
from tests.payments.bills import DAY
from tests.support.clock import SHANGHAI

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _offer(fakes, jobs, clock):
    """Both providers, and tasks that wait."""


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def days(provider: str = "wechat") -> list[date]:
    return list(Bill.objects.filter(provider=provider).order_by("day").values_list("day", flat=True))


TODAY = DAY + timedelta(days=1)


def test_yesterdays_bills_are_asked_for_from_ten_oclock_on(clock):
    clock.set(at(TODAY, 9, 59))
    beat()
    assert days() == days("alipay") == [DAY - timedelta(days=1)], "the day before yesterday's is there since yesterday"
    clock.set(at(TODAY, 10))
    beat()
    assert days() == days("alipay") == [DAY - timedelta(days=1), DAY]


def test_each_is_made_once(clock, jobs):
    clock.set(at(TODAY, 10))
    beat()
    jobs.work()
    done = list(Bill.objects.order_by("pk").values())
    assert [row["state"] for row in done] == ["matched"] * len(done)
    for _ in range(3):
        clock.tick(300)
        assert ask_for_bills(now=clock.now()) == []
    assert list(Bill.objects.order_by("pk").values()) == done


def test_days_that_the_machine_was_off_are_made_up_for(clock):
    clock.set(at(TODAY, 10))
    beat()
    clock.set(at(TODAY + timedelta(days=4), 11))
    beat()
    assert days()[-5:] == days("alipay")[-5:] == [DAY + timedelta(days=gone) for gone in range(5)]


def test_days_before_the_first_trade_are_nobodys(fakes, clock):
    bills.bought(fakes)
    clock.set(at(DAY + timedelta(days=10), 11))
    beat()
    assert days() == [DAY + timedelta(days=gone) for gone in range(10)]
    assert days("alipay") == [DAY + timedelta(days=9)], "it has had no trade"


def test_a_gap_between_bills_is_closed(clock):
    for gone in (0, 3):
        Bill.objects.create(provider="wechat", day=DAY + timedelta(days=gone), state="matched", fetched_at=clock.now())
    clock.set(at(DAY + timedelta(days=5), 11))
    beat()
    assert days() == [DAY + timedelta(days=gone) for gone in range(5)]


def test_no_more_than_two_months_are_made_up_for(fakes, clock):
    bills.bought(fakes)
    today = DAY + timedelta(days=400)
    clock.set(at(today, 11))
    beat()
    assert days() == [today - timedelta(days=gone) for gone in range(60, 0, -1)]


def test_only_providers_on_offer_are_asked(clock, monkeypatch):
    monkeypatch.setattr(registry, "is_set_up", lambda name: name == "alipay")
    clock.set(at(TODAY, 11))
    beat()
    assert set(Bill.objects.values_list("provider", flat=True)) == {"alipay"}


def test_a_day_that_was_looked_at_before_it_was_over_is_reconciled_again(fakes, jobs, clock):
    bill = bills.run(clock)
    assert (bill.day, bill.state) == (clock.now().date(), "matched")
    payment = bills.bought(fakes)
    fakes["wechat"].bills[DAY] = [bills.row(payment, fakes)]
    bills.bill_is_ready(clock)

    beat()
    jobs.work()

    bill.refresh_from_db()
    assert (bill.state, bill.rows, bill.fetched_at) == ("matched", 1, clock.now())
    clock.tick(300)
    assert ask_for_bills(now=clock.now()) == []


def test_what_waits_is_asked_for_when_its_time_has_come(fakes, jobs, clock):
    fakes["wechat"].fails(is_down=True)
    bills.bill_is_ready(clock)
    bill = bills.run(clock)
    assert bill.pk not in ask_for_bills(now=clock.now())
    fakes["wechat"].fails()
    clock.set(bill.next_try_at)
    beat()
    jobs.work()
    bill.refresh_from_db()
    assert bill.state == "matched"
