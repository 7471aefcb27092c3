"""Orders when units merge and people move (S1): a unit's go with it, a person's stay his."""

import pytest

from payments.models import Order
from payments.queries import my_orders
from registry.units.models import Merger
from registry.units.services import follow_mergers, merge_units, preview_merger
from tests.identity import factories as people
from tests.payments import shop
from tests.support.files import attachment

pytestmark = pytest.mark.django_db


@pytest.fixture
def units():
    """The one that will be gone, and the one it goes into."""
    bureau = people.organisation("示例市人社局", kind="bureau")
    return people.organisation("示例市中医院", parent=bureau), people.organisation(parent=bureau)


@pytest.fixture
def merge(units, clock):
    gone, survivor = units
    support = people.role(people.staff("support", "客服甲"), "staff")

    def run() -> int:
        return merge_units(
            actor=support,
            gone_id=gone.pk,
            survivor_id=survivor.pk,
            reason="两院合并，编办批复",
            evidence=attachment(),
            now=clock.now(),
        )

    return run


def test_a_units_orders_are_the_survivors_with_their_history(units, merge, fakes, jobs, clock):
    gone, survivor = units
    order = shop.ordered(people.learner(unit=gone), shop.paid_class())
    Order.objects.filter(pk=order.pk).update(organisation=gone)
    events = order.events.count()
    head = people.role(people.administrator(unit=survivor), "employer")
    assert not Order.objects.of(head).exists()

    moves = dict(preview_merger(gone_id=gone.pk, survivor_id=survivor.pk).moves)
    merge()

    assert moves["单位订单"] == Merger.objects.get().moved["单位订单"] == 1
    assert Order.objects.of(head).get() == order
    assert order.events.count() == events


def test_what_was_ordered_in_the_instant_of_the_merger_is_brought_after(units, merge, fakes, jobs, clock):
    gone, survivor = units
    order = shop.ordered(people.learner(unit=gone), shop.paid_class())
    merge()
    Order.objects.filter(pk=order.pk).update(organisation=gone)

    follow_mergers(now=clock.now())
    order.refresh_from_db()
    assert order.organisation_id == survivor.pk


def test_a_persons_own_orders_stay_his_where_his_unit_goes(units, merge, fakes, jobs, clock):
    gone, survivor = units
    learner = people.learner(unit=gone)
    order = shop.ordered(learner, shop.paid_class())

    merge()

    assert people.role(learner).organisation_id == survivor.pk
    assert [view.order.no for view in my_orders(people.role(learner))] == [order.no]
    order.refresh_from_db()
    assert (order.user_id, order.organisation_id) == (learner.pk, None)
