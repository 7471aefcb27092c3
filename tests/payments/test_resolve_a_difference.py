"""A difference is resolved once, by somebody, with a note; the last one makes its day matched (F3)."""

import threading
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection

from core.audit import entries_of
from payments.errors import DifferenceGone, NoteMissing
from payments.models import Bill, BillDifference
from payments.services import matching, resolve_difference, resolving
from tests.payments import bills
from tests.payments.bills import DAY
from tests.support.threads import in_threads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bill(fakes, jobs, clock):
    """A day with two differences: one of another amount, one that the bill lacks."""
    other, _missing = bills.bought(fakes), bills.bought(fakes)
    fakes["wechat"].bills[DAY] = [bills.row(other, fakes, amount_fen=241)]
    bills.bill_is_ready(clock)
    return bills.run(clock)


def open_ones() -> list[BillDifference]:
    return list(BillDifference.objects.filter(resolved_at__isnull=True).order_by("pk"))


def resolves(one: BillDifference, clock, note: str = "已和平台核对", by: int = bills.BOOKKEEPER) -> BillDifference:
    return resolve_difference(difference_id=one.pk, note=note, actor_id=by, acting_as="staff", now=clock.now())


def test_it_keeps_who_and_when_and_how(bill, clock):
    resolved = resolves(open_ones()[0], clock, "  已和平台核对，次日更正 ")
    assert (resolved.note, resolved.resolved_by_id, resolved.resolved_at) == (
        "已和平台核对，次日更正",
        bills.BOOKKEEPER,
        clock.now(),
    )
    bill.refresh_from_db()
    assert bill.state == "different", "another one is left"


def test_the_last_one_makes_its_day_matched_and_changes_no_sum(bill, clock):
    before = bills.sums(bill)
    for one in open_ones():
        resolves(one, clock)
    bill.refresh_from_db()
    assert (bill.state, bills.sums(bill)) == ("matched", before)


def test_it_is_logged(bill, clock):
    one = open_ones()[0]
    resolves(one, clock)
    entry = entries_of("payments.billdifference", one.pk).get()
    assert (entry.act, entry.actor_id, entry.acting_as) == ("bill.difference_resolved", bills.BOOKKEEPER, "staff")
    assert (entry.before, entry.after) == (
        {"kind": "amount", "ours_fen": 240, "theirs_fen": 241},
        {"note": "已和平台核对"},
    )


@pytest.mark.parametrize("note", ["", "  \n"])
def test_it_is_refused_without_a_note(bill, clock, note):
    before = bills.all_of_it()
    with pytest.raises(NoteMissing) as refused:
        resolves(open_ones()[0], clock, note)
    assert (refused.value.code, refused.value.attr) == ("note_missing", "note")
    assert bills.all_of_it() == before


def test_the_second_who_resolves_it_is_refused(bill, clock):
    one = open_ones()[0]
    resolves(one, clock)
    before = bills.all_of_it()
    with pytest.raises(DifferenceGone) as refused:
        resolves(one, clock, "我也看过", by=bills.BOOKKEEPER + 1)
    assert refused.value.code == "already_decided"
    assert bills.all_of_it() == before
    assert entries_of("payments.billdifference", one.pk).count() == 1


def test_one_that_a_new_run_has_not_found_again_is_refused(bill, fakes, clock):
    one = open_ones()[0]
    fakes["wechat"].bills[DAY] = []
    bills.run(clock)
    before = bills.all_of_it()
    with pytest.raises(DifferenceGone):
        resolves(one, clock)
    assert bills.all_of_it() == before


# --- Races ------------------------------------------------------------------------------------------------------------
@pytest.mark.postgres
def test_of_many_who_resolve_it_at_once_one_does(bill, clock):
    one = open_ones()[0]

    def resolve(number: int) -> bool:
        with suppress(DifferenceGone):
            resolves(one, clock, f"第 {number} 人", by=910_000 + number)
            return True
        return False

    assert sum(in_threads(resolve)) == 1
    assert entries_of("payments.billdifference", one.pk).count() == 1


@pytest.mark.postgres
def test_of_two_who_resolve_the_last_two_at_once_one_makes_the_day_matched(bill, clock):
    last = open_ones()
    in_threads(lambda number: resolves(last[number], clock), count=2)
    bill.refresh_from_db()
    assert bill.state == "matched"


@pytest.mark.postgres
def test_without_holding_the_bill_each_leaves_it_to_the_other(bill, clock, monkeypatch):
    """The control: neither sees what the other has resolved and not committed."""
    last, together = open_ones(), threading.Barrier(2, timeout=30)

    def both_have_looked(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('UPDATE "payments_bill"'):
            together.wait()
        return execute(sql, params, many, context)

    def resolve(number: int) -> None:
        with connection.execute_wrapper(both_have_looked):
            resolves(last[number], clock)

    monkeypatch.setattr(resolving, "hold_bill", lambda bill_id: None)
    monkeypatch.setattr(matching, "hold_bill", lambda bill_id: Bill.objects.get(pk=bill_id))
    in_threads(resolve, count=2)
    bill.refresh_from_db()
    assert (bill.state, open_ones()) == ("different", [])
