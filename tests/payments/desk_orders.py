"""Orders that finance deals with at its desk: paid in memory, asked back, failed; and their addresses."""

from typing import Any

from django.urls import reverse

from cms.queries import syllabus_of
from core import clock as server_clock
from learning.models import LessonProgress
from learning.services import NO_STOP, settle
from payments.models import Order, Refund
from payments.providers.base import RefundState
from payments.services import AskedLine, ask_refund, decide_refund, refresh_order, send_refund, settle_refund
from tests.payments import shop


def address(order: Order, act: str = "one", refund: Refund | None = None) -> str:
    """Of the order's page, or of an act there."""
    return reverse(f"finance_orders:{act}", args=[order.no, *([refund.pk] if refund else [])])


def paid(user: Any, fakes: Any, clock: Any, *pages: Any, provider: str = "wechat") -> Order:
    """A paid order of these classes, or of one for ¥2.40."""
    order = shop.ordered(user, *(pages or [shop.paid_class()]), provider=provider)
    fakes[provider].pay(shop.payment_of(order).number)
    clock.tick(5)
    order = refresh_order(order_id=order.pk, now=clock.now())
    assert order.state == Order.State.PAID
    return order


def asked(order: Order, by: Any, *parts: tuple[int, int]) -> Refund:
    """This person of finance asks for it; `parts`: (item, fen), else for all."""
    items = list(order.items.order_by("pk"))
    lines = [AskedLine(items[at].pk, fen) for at, fen in parts] or [AskedLine(row.pk, row.total_fen) for row in items]
    now = server_clock.now()
    return ask_refund(order_id=order.pk, lines=lines, reason="开错班", actor_id=by.pk, acting_as="staff", now=now)


def seats_asked(order: Order, seats: int, by: Any) -> Refund:
    """This person of finance asks for so many unused seats of a unit's order."""
    item = order.items.get()
    line = AskedLine(item.pk, seats * item.price_fen, ends_enrolment=False, seats=seats)
    now = server_clock.now()
    return ask_refund(order_id=order.pk, lines=[line], reason="多买了", actor_id=by.pk, acting_as="staff", now=now)


def approved(refund: Refund, by: Any) -> Refund:
    """That person of finance approves it; nothing is sent yet."""
    return decide_refund(
        refund_id=refund.pk,
        approve=True,
        opinion="看过了",
        actor_id=by.pk,
        acting_as="staff",
        now=server_clock.now(),
    )


def failed(refund: Refund, fakes: Any) -> Refund:
    """Sent, taken, and then it comes to nothing."""
    fake, number = fakes[refund.payment.provider], refund.payment.number
    fake.fails(outcome="processing")
    send_refund(refund_id=refund.pk, clock=server_clock.now)
    fake.settle(number, refund.number, RefundState.FAILED)
    stated = fake.states_refund(number, refund.number)
    settle_refund(provider_name=refund.payment.provider, stated=stated, now=server_clock.now())
    fake.fails()
    refund.refresh_from_db()
    assert refund.state == "failed"
    return refund


def finished(order: Order, clock: Any) -> None:
    """Its learner has watched the first class to its end, and has its hours."""
    item = order.items.order_by("pk")[0]
    lesson = syllabus_of(item.class_page_id, item.syllabus_version).courses[0].lessons[0]
    progress = LessonProgress.objects.create(
        enrolment=item.enrolment,
        lesson_id=lesson.id,
        duration_ms=lesson.duration_ms,
        frontier_ms=lesson.duration_ms,
        next_stop_ms=NO_STOP,
    )
    settle(progress_id=progress.pk, now=clock.now())
