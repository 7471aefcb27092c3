"""Over random interleavings of everything that can happen to an order, also a crash between any two statements: the
state and the money are the sum of the events, enrolled means paid and not refunded, and in the end nothing hangs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from payments.providers.base import RefundState
from tests.payments import shop
from tests.payments.fakes import Jobs
from tests.payments.world import UNTRUE, World
from tests.support.clock import START, FakeClock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# What can happen, the likelier the more often.
ACTS = {
    "places": 6,
    "begins": 2,
    "changes": 4,
    "cancels": 3,
    "pays": 10,
    "calls_back": 8,
    "lies": 4,
    "looks": 6,
    "wishes": 3,
    "takes_wish_back": 2,
    "finishes": 3,
    "asks": 8,
    "decides": 10,
    "withdraws": 2,
    "tries_again": 3,
    "sends": 5,
    "settles": 6,
    "calls_back_of_a_refund": 4,
    "lies_of_a_refund": 1,
    "fails": 8,
    "waits": 6,
    "sweeps": 5,
    "restarts": 3,
    "looks_after": 3,
    "reconciles": 4,
}
SECONDS = (20, 61, 61, 400, 1900, 86_400)
which = st.integers(0, 3)
cut = st.one_of(st.none(), st.none(), st.none(), st.integers(0, 40))
provider = st.sampled_from(["wechat", "alipay"])
outcome = st.sampled_from(["done", "processing", "refused"])


@pytest.fixture
def new_world(fakes: Any, jobs: Jobs, clock: FakeClock) -> Callable[[], World]:
    """Worlds over the same three classes, each with its own learner; the third class is over tomorrow."""
    pages = [shop.paid_class("ji-jiu"), shop.paid_class("hu-li", 500)]
    pages.append(shop.paid_class("jin-tian", 90, ends_on=timezone.localdate(START)))

    def world() -> World:
        clock.set(START)
        jobs.waiting.clear()
        return World(pages, fakes, jobs, clock)

    return world


class Orders(RuleBasedStateMachine):
    """`begin` is set by the test."""

    begin: Callable[[], World]

    def __init__(self) -> None:
        super().__init__()
        self.world = type(self).begin()

    @initialize(
        classes=st.lists(st.integers(0, 2), min_size=1, max_size=3),
        name=provider,
        outcome=outcome,
        far=st.integers(0, 5),
    )
    def begins_somewhere(self, classes: list[int], name: str, outcome: str, far: int) -> None:
        """With an order: just placed, paid, asked back, on its way back, given back; or closed."""
        world = self.world
        world.fakes[name].outcome = outcome
        steps = [
            lambda: world.pays(0, late=False),
            lambda: world.calls_back(0, 1, None),
            lambda: world.asks_for_a_refund(0, 0, whole=True, ends=True, override=""),
            lambda: world.decides(0, approve=True, who=1),
            lambda: world.sends_a_refund(0),
        ]
        world.does(lambda: world.places(classes, name))
        for step in steps[:far] if far else [lambda: world.cancels(0)]:
            world.does(step)

    @rule(
        name=st.sampled_from([name for name, often in ACTS.items() for _ in range(often)]),
        number=which,
        other=st.integers(0, 500),
        yes=st.booleans(),
        also=st.booleans(),
        by=provider,
        cut=cut,
    )
    def something_happens(
        self, name: str, number: int, other: int, yes: bool, also: bool, by: str, cut: int | None
    ) -> None:
        """`other`, `yes` and `also` say how; `cut`: the process is gone after so many statements."""
        world, fake = self.world, self.world.fakes[by]
        state = RefundState.DONE if yes else RefundState.FAILED
        acts: dict[str, Callable[[], Any]] = {
            "places": lambda: world.places([number, other] if yes else [number], by),
            "begins": lambda: world.begins(number),
            "changes": lambda: world.changes(number, by),
            "cancels": lambda: world.cancels(number),
            "pays": lambda: world.pays(number, late=yes and also),
            "calls_back": lambda: world.calls_back(number, 1 + other % 3, None),
            "lies": lambda: world.calls_back(number, 1, UNTRUE[other % len(UNTRUE)]),
            "looks": lambda: world.looks(number),
            "wishes": lambda: world.wishes_his_money_back(number),
            "takes_wish_back": lambda: world.takes_his_wish_back(number),
            "finishes": lambda: world.finishes_a_class(number),
            "asks": lambda: world.asks_for_a_refund(number, other, yes, other % 3 > 0, "开错班" if also else ""),
            "decides": lambda: world.decides(number, other % 4 > 0, other),
            "withdraws": lambda: world.withdraws(number, other),
            "tries_again": lambda: world.tries_a_refund_again(number, other),
            "sends": lambda: world.sends_a_refund(number),
            "settles": lambda: world.settles_a_refund(number, state),
            "calls_back_of_a_refund": lambda: world.calls_back_of_a_refund(number, 1 + other % 2, untrue=False),
            "lies_of_a_refund": lambda: world.calls_back_of_a_refund(number, 1, untrue=True),
            "fails": lambda: fake.fails(
                is_down=yes and also,
                lost_answers=other % 2,
                outcome=("done", "processing", "refused")[other % 3],
                cut=("", "", "before", "after")[number],
            ),
            "waits": lambda: world.clock.tick(SECONDS[other % len(SECONDS)]),
            "sweeps": world.sweeps,
            "restarts": world.is_restarted,
            "looks_after": lambda: world.is_looked_after(number),
            "reconciles": lambda: world.reconciles(by, other % 2),
        }
        world.does(acts[name], cut)

    def teardown(self) -> None:
        self.world.comes_to_rest()


def test_whatever_happens_in_whatever_order_the_money_is_exact(new_world):
    machine = type("Machine", (Orders,), {"begin": staticmethod(new_world)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            database=None,
            report_multiple_bugs=False,
        ),
    )
