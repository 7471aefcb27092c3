"""Over random acts on a unit's order: free, used and returned seats are those bought, the money is the events'."""

import contextlib
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Refusal
from payments.models import Order, Refund, Seat
from payments.services import (
    ask_seats_back,
    assign_seat,
    begin_payment,
    cancel_order,
    change_provider,
    finish_refund,
    look_after,
    pay_by_transfer,
    redeem_seat,
    refresh_order,
    send_codes,
    send_refund,
)
from tests.identity import factories as people
from tests.payments import shop, units
from tests.support.clock import START

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

_serials = count(200)
WHO = st.integers(0, 4)
BEGINS = st.sampled_from([[], [("arrives",)], [("turns to wechat",), ("pays",), ("looks",)]])
"""Most of what matters comes after the money."""
ACTS = st.one_of(
    st.tuples(st.sampled_from(["turns to wechat", "turns to bank", "pays", "arrives", "looks", "looks after"])),
    st.tuples(st.sampled_from(["cancels", "waits", "sends money"])),
    st.tuples(st.sampled_from(["assigns", "redeems", "sends a code"]), WHO),
    st.tuples(st.just("asks"), st.integers(1, 4)),
    st.tuples(st.just("decides"), st.booleans()),
    st.tuples(st.just("refund comes to"), st.sampled_from(["done", "refused", "processing"])),
)


class Office:
    """A unit with one order and five people, everything that can happen to it; a refusal is an answer too."""

    def __init__(self, page: Any, seats: int, provider: str, fakes: Any, clock: Any) -> None:
        serial = next(_serials)
        unit = people.organisation(f"单位{serial}")
        self.buyer = people.administrator(f"管理员{serial}", serial, unit)
        self.people = [people.learner(f"人{serial}-{n}", next(_serials), unit) for n in range(5)]
        self.fakes, self.clock, self.actor = fakes, clock, units.office(self.buyer)
        self.order = units.placed(self.buyer, page, seats=seats, provider=provider, chosen=self.people[:1])
        self.no = self.order.no
        if provider == "wechat":
            begin_payment(order_id=self.order.pk, now=clock.now())

    def does(self, act: str, value: Any = None) -> None:
        self.clock.tick(5)
        with contextlib.suppress(Refusal, ObjectDoesNotExist):
            self._acts()[act](value)
        units.check(self.order)

    def _acts(self) -> dict[str, Callable[[Any], object]]:
        return {
            "turns to wechat": lambda _value: self._turns(),
            "turns to bank": lambda _value: pay_by_transfer(actor=self.actor, order_no=self.no, now=self.clock.now()),
            "pays": lambda _value: self._pays(),
            "arrives": lambda _value: units.arrives(self.order),
            "looks": lambda _value: refresh_order(order_id=self.order.pk, now=self.clock.now()),
            "looks after": lambda _value: look_after(order_id=self.order.pk, clock=self.clock.now),
            "cancels": lambda _value: cancel_order(actor=self.actor, order_no=self.no, clock=self.clock.now),
            "waits": lambda _value: self.clock.tick(1000),
            "sends money": lambda _value: self._sends_money(),
            "assigns": self._assigns,
            "redeems": self._redeems,
            "sends a code": self._sends,
            "asks": self._asks,
            "decides": self._decides,
            "refund comes to": lambda outcome: self.fakes["wechat"].fails(outcome=outcome),
        }

    def _turns(self) -> None:
        change_provider(actor=self.actor, order_no=self.no, provider_name="wechat", now=self.clock.now())
        begin_payment(order_id=self.order.pk, now=self.clock.now())

    def _pays(self) -> None:
        payment = self.order.payments.filter(provider="wechat").latest("pk")
        if payment.number in self.fakes["wechat"].trades and self.clock.now() < payment.expires_at:
            self.fakes["wechat"].pay(payment.number)

    def _sends_money(self) -> None:
        for refund in Refund.objects.filter(order=self.order, state__in=["approved", "sent"]).order_by("pk"):
            if refund.payment.provider == "bank":
                finish_refund(
                    refund_id=refund.pk, provider_refund_id=f"B{refund.pk}", stated=None, now=self.clock.now()
                )
            else:
                send_refund(refund_id=refund.pk, clock=self.clock.now)

    def _assigns(self, who: int) -> None:
        assign_seat(actor=self.actor, order_no=self.no, user_id=self.people[who].pk, now=self.clock.now())

    def _redeems(self, who: int) -> None:
        seats = list(Seat.objects.filter(item__order=self.order).order_by("pk"))
        code = seats[who % len(seats)].code if seats else "NONE"
        redeem_seat(actor=people.role(self.people[who]), code=code, now=self.clock.now())

    def _sends(self, who: int) -> None:
        send_codes(actor=self.actor, order_no=self.no, user_ids=[self.people[who].pk], now=self.clock.now())

    def _asks(self, seats: int) -> None:
        ask_seats_back(actor=self.actor, order_no=self.no, seats=seats, reason="多买了", now=self.clock.now())

    def _decides(self, approve: bool) -> None:
        shop.decided(Refund.objects.filter(order=self.order, state="asked").latest("pk"), approve=approve)


def test_seats_and_money_agree_whatever_happens(transactional_db, fakes, jobs, clock):
    page = shop.paid_class()
    reached: set[str] = set()

    @settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(
        seats=st.integers(1, 4),
        provider=st.sampled_from(["bank", "wechat"]),
        begin=BEGINS,
        acts=st.lists(ACTS, min_size=6, max_size=22),
    )
    def happens(seats: int, provider: str, begin: list[Any], acts: list[Any]) -> None:
        clock.set(START)
        fakes["wechat"].fails()
        office = Office(page, seats, provider, fakes, clock)
        for act in (*begin, *acts):
            office.does(*act)
            reached.update(Seat.objects.filter(item__order=office.order).values_list("state", flat=True))
            reached.add(Order.objects.get(pk=office.order.pk).state)

    happens()
    assert {"free", "used", "refunded", "paid", "closed", "partly_refunded"} <= reached, (
        "it went through all that matters"
    )
