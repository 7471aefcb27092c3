"""Many threads at one waiting or failed refund, on PostgreSQL: taken back, decided, tried again; with a control."""

import pytest
from django.db import IntegrityError

from core import clock as server_clock
from core.errors import Refusal
from payments.models import Order, Refund
from payments.services import by_hand, refunding, retry_refund, withdraw_refund, withdrawing
from tests.identity import factories as people
from tests.payments import desk_orders as desk
from tests.payments import invariants, shop
from tests.payments.test_payment_races import pause_after_reading
from tests.support.threads import in_threads

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 4


@pytest.fixture
def order(fakes, jobs, clock) -> Order:
    return desk.paid(people.learner(), fakes, clock)


def withdrawn(refund: Refund) -> str:
    try:
        withdraw_refund(refund_id=refund.pk, actor_id=shop.MAKER, acting_as="staff", now=server_clock.now())
    except Refusal:
        return ""
    return "withdrawn"


def approved(refund: Refund) -> str:
    try:
        shop.decided(refund)
    except Refusal:
        return ""
    return "approved"


def retried(refund: Refund) -> str:
    try:
        retry_refund(refund_id=refund.pk, actor_id=shop.MAKER, acting_as="staff", now=server_clock.now())
    except Refusal:
        return ""
    except IntegrityError as refused:
        return str(refused)
    return "retried"


def part(order: Order, fakes) -> Refund:
    """¥1 of ¥2.40 that failed to go back."""
    return desk.failed(shop.decided(desk.asked(order, people.staff("who", "谁"), (0, 100))), fakes)


def test_taken_back_and_approved_at_once_it_is_one_of_both(order, fakes):
    for _round in range(ROUNDS):
        refund = shop.asked_back(order)
        told = in_threads(lambda n, row=refund: withdrawn(row) if n % 2 else approved(row), count=4)
        refund.refresh_from_db()
        assert [word for word in told if word] == [refund.state]
        invariants.check(order.user_id, fakes)
        if refund.state == "approved":
            return


def test_without_holding_the_order_what_was_approved_is_taken_back(order, monkeypatch):
    """The control: the money is on its way, and what it reserved is free."""
    refund = shop.asked_back(order)
    pause_after_reading(monkeypatch, withdrawing)
    monkeypatch.setattr(refunding, "hold", withdrawing.hold)  # both wait for one another
    told = in_threads(lambda n: withdrawn(refund) if n else approved(refund), count=2)
    assert sorted(told) == ["approved", "withdrawn"]


def test_of_many_who_try_again_one_does(order, fakes):
    failure = part(order, fakes)
    told = in_threads(lambda _n: retried(failure))
    assert sorted(told) == [""] * 7 + ["retried"]
    assert Refund.objects.filter(repeats=failure).count() == 1
    invariants.check(order.user_id, fakes)


def test_without_holding_the_order_two_try_again_until_the_database_refuses(order, fakes, monkeypatch):
    """The control: each saw nobody who had."""
    failure = part(order, fakes)
    pause_after_reading(monkeypatch, by_hand)
    told = in_threads(lambda _n: retried(failure), count=2)
    assert any("a_failed_refund_is_repeated_once" in word for word in told)
