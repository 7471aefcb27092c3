"""A learner, his orders, his providers' payers and desks, finance, and time: everything that can happen to an order."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from cms.queries import syllabus_of
from core import clock as server_clock
from core.errors import Refusal
from learning.models import Enrolment, LessonProgress
from learning.services import NO_STOP, settle
from payments.models import Order, OrderEvent, Payment, Refund, RefundLine
from payments.providers.base import BillRow, PaymentState, RefundState
from payments.services import (
    AskedLine,
    ask_own_refund,
    ask_refund,
    begin_payment,
    cancel_order,
    change_provider,
    decide_refund,
    look_after,
    order_bill,
    place_order,
    reconcile,
    refresh_order,
    retry_refund,
    send_refund,
    sweep_attempts,
    sweep_orders,
    sweep_refunds,
    take_wish_back,
    withdraw_refund,
)
from payments.views import callback
from tests.identity import factories as people
from tests.payments import invariants
from tests.payments.fakes import FakeProvider, Jobs, PowerCut
from tests.support.clock import FakeClock

_serials = count(100)
FINANCE = (900_001, 900_002)
UNTRUE = (
    {"forged": True},
    {"amount_fen": 1},
    {"currency": "USD"},
    {"merchant_id": "another"},
    {"app_id": "another"},
    {"number": "20260302NOBODYKNOWS"},
    {"transaction_id": ""},
)


class CutAfter:
    """Lets so many statements through, then the process is gone."""

    def __init__(self, statements: int) -> None:
        self.left = statements

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not self.left:
            raise PowerCut
        self.left -= 1
        return execute(sql, params, many, context)


def nth(rows: Sequence[Any], number: int) -> Any:
    """One of them; None of none."""
    return rows[number % len(rows)] if rows else None


def _bill_rows(fake: FakeProvider, day: date) -> Iterator[BillRow]:
    for number, trade in fake.trades.items():
        if trade.paid_at is None or timezone.localdate(trade.paid_at) != day:
            continue
        yield BillRow(number, trade.transaction_id, trade.amount_fen, PaymentState.PAID)
        for refund_number, refund in trade.refunds.items():
            if refund.state != RefundState.FAILED:
                yield BillRow(
                    number, trade.transaction_id, refund.amount_fen, PaymentState.REFUNDED, refund_number=refund_number
                )


class World:
    """Whatever may be refused is; what may be cut off is at any statement, and at any call to a provider."""

    def __init__(self, pages: Sequence[Any], fakes: dict[str, FakeProvider], jobs: Jobs, clock: FakeClock) -> None:
        self.pages, self.fakes, self.jobs, self.clock = list(pages), fakes, jobs, clock
        for fake in fakes.values():
            fake.fails()
        serial = next(_serials)
        self.user = people.learner(f"学员{serial}", serial)
        self.role = people.role(self.user)

    def does(self, act: Callable[[], Any], cut: int | None = None) -> None:
        """Do it, and see that all is as it must be. `cut`: the process is gone after so many statements."""
        wrapped = connection.execute_wrapper(CutAfter(cut)) if cut is not None else contextlib.nullcontext()
        with contextlib.suppress(Refusal, ObjectDoesNotExist, PowerCut), wrapped:
            act()
        invariants.check(self.user.pk, self.fakes)

    # --- Finding ------------------------------------------------------------------------------------------------------
    def order(self, number: int) -> Order:
        """Raises Order.DoesNotExist where he has none."""
        found = nth(Order.objects.filter(user=self.user).order_by("-pk"), number)
        if found is None:
            raise Order.DoesNotExist
        return found

    def payment(self, number: int) -> Payment:
        found = nth(Payment.objects.filter(order__user=self.user).order_by("-pk"), number)
        if found is None:
            raise Payment.DoesNotExist
        return found

    def refund(self, number: int, *states: str) -> Refund:
        rows = Refund.objects.filter(order__user=self.user).select_related("payment").order_by("-pk")
        found = nth(rows.filter(state__in=states) if states else rows, number)
        if found is None:
            raise Refund.DoesNotExist
        return found

    def events(self) -> int:
        return OrderEvent.objects.filter(order__user=self.user).count()

    # --- The learner --------------------------------------------------------------------------------------------------
    def places(self, classes: Sequence[int], provider: str) -> None:
        ids = [self.pages[at % len(self.pages)].pk for at in classes]
        order, _new = place_order(actor=self.role, class_ids=ids, provider_name=provider, now=server_clock.now())
        begin_payment(order_id=order.pk, now=self.clock.now())

    def begins(self, number: int) -> None:
        begin_payment(order_id=self.order(number).pk, now=self.clock.now())

    def changes(self, number: int, provider: str) -> None:
        order = self.order(number)
        change_provider(actor=self.role, order_no=order.no, provider_name=provider, now=self.clock.now())
        begin_payment(order_id=order.pk, now=self.clock.now())

    def cancels(self, number: int) -> None:
        cancel_order(actor=self.role, order_no=self.order(number).no, clock=self.clock.now)

    def pays(self, number: int, late: bool) -> None:
        """Late by five minutes at most: what comes later only the day's bill tells."""
        payment = self.payment(number)
        if self.clock.now() < payment.expires_at + timedelta(minutes=4):
            self.fakes[payment.provider].pay(payment.number, late=late)

    def looks(self, number: int) -> None:
        self.clock.tick(5)
        refresh_order(order_id=self.order(number).pk, now=self.clock.now())

    def wishes_his_money_back(self, number: int) -> None:
        ask_own_refund(actor=self.role, order_no=self.order(number).no, reason="不学了", now=self.clock.now())

    def takes_his_wish_back(self, number: int) -> None:
        take_wish_back(actor=self.role, order_no=self.order(number).no, now=self.clock.now())

    def finishes_a_class(self, number: int) -> None:
        enrolment = nth(Enrolment.objects.filter(user=self.user, state="active").order_by("pk"), number)
        if enrolment is None:
            return
        lesson = syllabus_of(enrolment.class_page_id, enrolment.syllabus_version).courses[0].lessons[0]
        row, _new = LessonProgress.objects.get_or_create(
            enrolment=enrolment, lesson_id=lesson.id, defaults={"duration_ms": lesson.duration_ms}
        )
        LessonProgress.objects.filter(pk=row.pk).update(frontier_ms=lesson.duration_ms, next_stop_ms=NO_STOP)
        settle(progress_id=row.pk, now=self.clock.now())

    # --- Providers ----------------------------------------------------------------------------------------------------
    def calls_back(self, number: int, times: int, untrue: dict[str, Any] | None) -> None:
        """So often; what isn't true, or isn't its own, is refused and changes nothing."""
        payment = self.payment(number)
        fake = self.fakes[payment.provider]
        if payment.number not in fake.trades or fake.trades[payment.number].state != PaymentState.PAID:
            return
        before = self.events()
        for _ in range(times):
            answer = self._post(payment.provider, fake.notice(payment.number, **untrue or {}))
            assert answer.status_code == (400 if untrue else 204)
        assert not untrue or self.events() == before

    def calls_back_of_a_refund(self, number: int, times: int, untrue: bool) -> None:
        refund = self.refund(number)
        payment, fake = refund.payment, self.fakes[refund.payment.provider]
        if refund.number not in fake.trades[payment.number].refunds:
            return
        before = self.events()
        changed = {"amount_fen": refund.amount_fen + 1} if untrue else {}
        for _ in range(times):
            answer = self._post(payment.provider, fake.notice(payment.number, refund.number, **changed))
            assert answer.status_code == (400 if untrue else 204)
        assert not untrue or self.events() == before

    def _post(self, provider: str, body: bytes) -> Any:
        kind = {"wechat": "application/json", "alipay": "application/x-www-form-urlencoded"}[provider]
        return callback(RequestFactory().post("/", body, content_type=kind), provider)

    def settles_a_refund(self, number: int, state: RefundState) -> None:
        """What was on its way comes to its end; one that had failed goes through after all, if nobody replaced it."""
        refund = self.refund(number, "approved", "sent", "failed")
        if refund.number not in self.fakes[refund.payment.provider].trades[refund.payment.number].refunds:
            return
        if refund.state == "failed" and self._is_replaced(refund):
            return
        self.fakes[refund.payment.provider].settle(refund.payment.number, refund.number, state)

    def _is_replaced(self, refund: Refund) -> bool:
        others = RefundLine.objects.filter(item__in=refund.lines.values("item")).exclude(refund=refund)
        return others.filter(refund__state__in=["approved", "sent", "done"]).exists()

    # --- Finance ------------------------------------------------------------------------------------------------------
    def asks_for_a_refund(self, number: int, fen: int, whole: bool, ends: bool, override: str) -> None:
        order = self.order(number)
        lines = [
            AskedLine(item.pk, item.total_fen if whole else 1 + fen % item.total_fen, ends)
            for item in order.items.order_by("pk")[: 1 + fen % 2]
        ]
        who: dict[str, Any] = {"actor_id": FINANCE[fen % 2], "acting_as": "finance"}
        ask_refund(order_id=order.pk, lines=lines, reason="投诉", override_reason=override, now=self.clock.now(), **who)

    def decides(self, number: int, approve: bool, who: int) -> None:
        refund_id = self.refund(number, "asked").pk
        decide_refund(
            refund_id=refund_id,
            approve=approve,
            opinion="看过了",
            actor_id=FINANCE[who % 2],
            acting_as="finance",
            now=self.clock.now(),
        )

    def withdraws(self, number: int, who: int) -> None:
        refund_id = self.refund(number, "asked").pk
        withdraw_refund(refund_id=refund_id, actor_id=FINANCE[who % 2], acting_as="finance", now=self.clock.now())

    def tries_a_refund_again(self, number: int, who: int) -> None:
        retry_refund(
            refund_id=self.refund(number, "failed").pk,
            actor_id=FINANCE[who % 2],
            acting_as="finance",
            now=self.clock.now(),
        )

    # --- The machine --------------------------------------------------------------------------------------------------
    def sweeps(self) -> None:
        for sweep in (sweep_orders, sweep_attempts, sweep_refunds):
            sweep(now=self.clock.now())
        self.jobs.work()

    def is_restarted(self) -> None:
        """What the broker held is lost, and the beat begins anew."""
        self.jobs.waiting.clear()
        self.sweeps()

    def is_looked_after(self, number: int) -> None:
        look_after(order_id=self.order(number).pk, clock=self.clock.now)

    def reconciles(self, provider: str, days_ago: int) -> None:
        """A day's bill as its provider writes it: what was paid on it, with what it gave back of that. A run that ends
        well leaves no money unheard of, and where nothing differs both sums are the same.
        """
        fake, day = self.fakes[provider], timezone.localdate(self.clock.now()) - timedelta(days=days_ago)
        fake.bills[day] = list(_bill_rows(fake, day))
        job = order_bill(provider_name=provider, day=day, now=self.clock.now(), send=False)
        bill = reconcile(bill_id=job.pk, clock=self.clock.now)
        if bill.fetched_at is None or bill.state == "running" or bill.next_try_at:
            return
        listed = [row.number for row in fake.bills[day] if not row.refund_number]
        assert not Payment.objects.filter(number__in=listed).exclude(state="paid").exists()
        if not bill.differences.exists():
            assert (bill.paid_fen, bill.refunded_fen) == (bill.our_paid_fen, bill.our_refunded_fen)

    def sends_a_refund(self, number: int) -> None:
        send_refund(refund_id=self.refund(number, "approved", "sent").pk, clock=self.clock.now)

    def comes_to_rest(self) -> None:
        """Time goes by with everything up: all sweeps run, what is on its way arrives, what failed is told of."""
        for fake in self.fakes.values():
            fake.fails()
        for _minute in range(40):
            self.clock.tick(60)
            self.sweeps()
        self.clock.tick(3600)
        for refund in Refund.objects.filter(order__user=self.user, state__in=["approved", "sent"]):
            known = self.fakes[refund.payment.provider].trades[refund.payment.number].refunds
            if refund.number in known:
                self.fakes[refund.payment.provider].settle(refund.payment.number, refund.number, RefundState.DONE)
        for number in range(Refund.objects.filter(order__user=self.user).count()):
            self.calls_back_of_a_refund(number, 1, untrue=False)
        self.clock.tick(3600)
        self.sweeps()
        invariants.check_quiet(self.user.pk, self.fakes)
