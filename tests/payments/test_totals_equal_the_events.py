"""Totals are the sum of the events: by provider, by day, by month, by specialty, whatever came and went back (F3)."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments.models import Order, OrderEvent
from payments.queries.totals import DAY, MONTH, PUBLIC, REST, Sums, periods, summed, totals, whole
from payments.services import begin_payment, change_provider, look_after_attempt, refresh_order, sweep_refunds
from tests.identity import factories as people
from tests.payments import shop, units
from tests.payments.ledger import written
from tests.support.clock import SHANGHAI, START

YEAR = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}
SPECIALTIES = (PUBLIC, "内科学", "护理学", "=2+3")


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


@pytest.fixture
def pages(db):
    return [shop.paid_class(f"ban-{number}") for number in range(3)]


@pytest.fixture
def user(db):
    return people.learner()


# --- A few by hand ----------------------------------------------------------------------------------------------------
def test_money_counts_on_its_local_day_to_the_last_second(user, pages):
    for instant in (at(2026, 3, 1, 23, 59, 59), at(2026, 3, 2), at(2026, 3, 2, 23, 59, 59), at(2026, 3, 3)):
        written(user, (pages[0], "内科学", 100, 1), at=instant).pays(instant)
    by_day = summed(totals(by=DAY, start=date(2026, 3, 2), end=date(2026, 3, 2)).book, 0)
    assert {day: sums.paid_fen for day, sums in by_day.items()} == {date(2026, 3, 2): 200}
    both = summed(totals(by=DAY, start=date(2026, 3, 1), end=date(2026, 3, 3)).book, 0)
    assert [both[date(2026, 3, day)].payments for day in (1, 2, 3)] == [1, 2, 1]


def test_a_month_ends_at_local_midnight(user, pages):
    for instant in (at(2026, 3, 31, 23, 59, 59), at(2026, 4, 1)):
        written(user, (pages[0], "内科学", 100, 1), at=instant).pays(instant)
    by_month = summed(totals(by=MONTH, **YEAR).book, 0)
    assert {month: sums.paid_fen for month, sums in by_month.items()} == {date(2026, 3, 1): 100, date(2026, 4, 1): 100}


def test_a_payment_is_split_by_what_each_class_cost(user, pages):
    order = written(user, (pages[0], "内科学", 240, 1), (pages[1], PUBLIC, 100, 1), at=START)
    order.pays(START, "alipay")
    shares = summed(totals(by=DAY, **YEAR).shares, 2)
    assert shares == {"内科学": Sums(paid_fen=240, payments=1), PUBLIC: Sums(paid_fen=100, payments=1)}


def test_a_partial_refund_is_taken_off_the_class_it_is_for_on_its_own_day(user, pages):
    order = written(user, (pages[0], "内科学", 240, 1), (pages[1], "护理学", 100, 1), at=START)
    order.pays(START)
    order.gives_back(START + timedelta(days=40), [(order.items[1], 60)])
    found = totals(by=MONTH, **YEAR)
    assert found.shares[date(2026, 4, 1), "wechat", "护理学"] == Sums(refunded_fen=60, refunds=1)
    assert summed(found.shares, 2)["护理学"].net_fen == 40
    assert summed(found.shares, 2)["内科学"].net_fen == 240


def test_money_that_came_twice_and_its_refund_are_no_specialtys(user, pages):
    order = written(user, (pages[0], "内科学", 240, 1), at=START)
    order.pays(START)
    order.pays(START + timedelta(days=1), "alipay")
    order.gives_back(START + timedelta(days=2), of=1)
    shares = summed(totals(by=DAY, **YEAR).shares, 2)
    assert shares["内科学"] == Sums(paid_fen=240, payments=1)
    assert shares[REST] == Sums(paid_fen=240, refunded_fen=240, payments=1, refunds=1)


def test_a_units_seats_count_as_one_purchase(db, clock):
    order = units.bought(people.administrator(), shop.paid_class(price_fen=500), seats=7)
    found = totals(by=DAY, start=clock.now().date(), end=clock.now().date())
    assert whole(found.book) == Sums(paid_fen=3500, payments=1)
    assert [key[1:] for key in found.shares] == [("bank", order.items.get().specialty)]
    assert whole(found.shares) == whole(found.book)


@pytest.mark.django_db(transaction=True)
def test_what_services_wrote_adds_up_surplus_and_refund_included(fakes, jobs, clock):
    user = people.learner()
    order = shop.ordered(user, shop.paid_class())
    first = shop.payment_of(order)
    fakes["wechat"].pay(first.number)
    change_provider(actor=shop.role_of(user), order_no=order.no, provider_name="alipay", now=clock.now())
    begin_payment(order_id=order.pk, now=clock.now())
    second = shop.payment_of(order)
    fakes["alipay"].pay(second.number)
    refresh_order(order_id=order.pk, now=clock.tick(10))
    look_after_attempt(payment_id=first.pk, clock=clock.now)
    clock.tick(60)
    sweep_refunds(now=clock.now())
    jobs.work()

    found = totals(by=DAY, start=clock.now().date(), end=clock.now().date())
    order.refresh_from_db()
    assert (order.received_fen, order.returned_fen) == (480, 240)
    assert whole(found.book) == Sums(480, 240, 2, 1)
    assert summed(found.shares, 2)[REST] == Sums(240, 240, 1, 1)
    assert whole(found.shares).net_fen == 240


def test_another_provider_is_left_out(user, pages):
    for provider in ("wechat", "alipay", "bank"):
        written(user, (pages[0], "内科学", 100, 1), at=START, provider=provider).pays(START, provider)
    found = totals(by=DAY, **YEAR, provider="alipay")
    assert {key[1] for key in (*found.book, *found.shares)} == {"alipay"}
    assert whole(found.book).paid_fen == whole(found.shares).paid_fen == 100


def test_the_queries_are_as_many_for_one_order_as_for_twenty(user, pages, django_assert_num_queries):
    for number in range(20):
        written(user, (pages[0], f"专业{number}", 100, 1), at=START + timedelta(days=number)).pays(START)
    with django_assert_num_queries(4):
        totals(by=DAY, **YEAR)


@pytest.mark.parametrize(
    ("by", "start", "end", "count"),
    [
        (DAY, date(2024, 1, 1), date(2024, 12, 31), 366),
        (DAY, date(2026, 3, 1), date(2026, 3, 1), 1),
        (MONTH, date(2025, 12, 31), date(2026, 1, 1), 2),
        (MONTH, date(2017, 1, 1), date(2026, 12, 31), 120),
    ],
)
def test_every_period_of_a_range_is_listed(by, start, end, count):
    found = periods(by, start, end)
    assert len(found) == len(set(found)) == count
    assert found[0] <= start
    assert found[-1] <= end


# --- Whatever happens -------------------------------------------------------------------------------------------------
EDGES = st.sampled_from(
    [at(2026, 2, 28, 23, 59, 59), at(2026, 3, 1), at(2026, 3, 31, 23, 59, 59), at(2026, 4, 1), at(2026, 7, 1, 12)]
)
INSTANTS = st.builds(lambda edge, seconds: edge + timedelta(seconds=seconds), EDGES, st.integers(-90_000, 90_000))
PROVIDERS = st.sampled_from(["wechat", "alipay", "bank"])
BOUGHT = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(SPECIALTIES), st.integers(1, 99_999), st.sampled_from([1, 1, 1, 40])),
    min_size=1,
    max_size=3,
    unique_by=lambda one: one[0],
)
ORDERS = st.lists(
    st.tuples(
        BOUGHT,
        st.lists(st.tuples(INSTANTS, PROVIDERS), max_size=3),  # the first is honoured, the others are surplus
        st.lists(st.tuples(INSTANTS, st.integers(1, 100), st.integers(1, 3)), max_size=2),  # percent, how many items
        st.booleans(),  # whether surplus has gone back already
    ),
    max_size=6,
)


def happen(user: Any, pages: list[Any], orders: Any) -> None:
    for bought, paid, back, is_settled in orders:
        order = written(user, *((pages[at], of, fen, seats) for at, of, fen, seats in bought), at=START)
        for instant, provider in paid:
            order.pays(instant, provider)
        for instant, percent, most in back if paid else []:
            parts = [(one, max(1, one.total_fen * percent // 300)) for one in order.items[:most]]
            parts = [(one, fen) for one, fen in parts if one.reserved_fen + fen <= one.total_fen]
            if parts:
                order.gives_back(instant, parts)
        for number in range(1, len(paid)) if is_settled else []:
            order.gives_back(paid[number][0] + timedelta(days=1), of=number)


def told(by: str, start: date, end: date) -> tuple[Counter[Any], Counter[Any]]:
    """The sum of the events and, by the orders themselves, of specialties: counted row by row."""
    book: Counter[Any] = Counter()
    shares: Counter[Any] = Counter()
    for event in OrderEvent.objects.exclude(amount_fen=0).select_related("order", "refund"):
        day = event.at.astimezone(SHANGHAI).date()
        if not start <= day <= end:
            continue
        period = day.replace(day=1) if by == MONTH else day
        book[period, event.provider] += event.amount_fen
        if event.payment_id and event.payment_id == event.order.honoured_id:
            for item in event.order.items.all():
                shares[period, event.provider, item.specialty] += item.total_fen
        elif event.refund and event.refund.lines.exists():
            for line in event.refund.lines.select_related("item"):
                shares[period, event.provider, line.item.specialty] -= line.amount_fen
        else:
            shares[period, event.provider, REST] += event.amount_fen
    return book, shares


def test_the_totals_are_the_events_whatever_happened(user, pages):
    seen: set[str] = set()

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(orders=ORDERS, by=st.sampled_from([DAY, MONTH]))
    def are_the_events(orders: Any, by: str) -> None:
        with transaction.atomic():
            happen(user, pages, orders)
            for start, end in ((YEAR["start"], YEAR["end"]), (date(2026, 3, 1), date(2026, 3, 31))):
                found = totals(by=by, start=start, end=end)
                book, shares = told(by, start, end)
                assert {key: sums.net_fen for key, sums in found.book.items() if sums.net_fen} == {
                    key: fen for key, fen in book.items() if fen
                }
                assert {key: sums.net_fen for key, sums in found.shares.items() if sums.net_fen} == {
                    key: fen for key, fen in shares.items() if fen
                }
                together = totals(by=by, start=start, end=end, each_period=False)
                assert summed(together.shares, 2) == summed(found.shares, 2)
                assert sum(sums.net_fen for sums in found.shares.values()) == whole(found.book).net_fen
                assert whole(found.shares).paid_fen == whole(found.book).paid_fen
                seen.update("rest" if key[2] is REST else "share" for key in found.shares)
                seen.update("refund" for sums in found.shares.values() if sums.refunded_fen)
            paid = Order.objects.filter(honoured__isnull=False)
            assert (
                sum(order.received_fen - order.returned_fen for order in paid)
                == whole(totals(by=by, start=date(2025, 1, 1), end=date(2027, 12, 31)).book).net_fen
            )
            transaction.set_rollback(True)

    are_the_events()
    assert seen == {"rest", "share", "refund"}, "it went through all that matters"
