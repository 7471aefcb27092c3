"""Callbacks of both providers, genuinely signed and each for an order of its own, beside a bare view."""

import statistics
import tempfile
from datetime import timedelta
from typing import Any

from core import clock
from identity.models import User
from learning.models import Enrolment
from payments.models import Order, OrderItem, Payment
from payments.sandbox import Sandbox
from payments.sandbox.alipay import notices as alipay
from payments.sandbox.notices import Notice
from payments.sandbox.trades import Trade
from payments.sandbox.wechat import notices as wechat
from tests.bench.load import Asked, throughput
from tests.bench.report import Report
from tests.bench.server import serving

SECONDS = 5
A_ROUND = 4_000
"""More than can be taken in within the seconds of a round: none is brought twice."""
ROUNDS = 3
AMOUNT_FEN = 240
BARE = [("/bench/bare", "", '{"position": 30.5, "playing": true, "rate": 1}')]
WRITERS = {"wechat": wechat.write, "alipay": alipay.write}


def run(report: Report, page: Any) -> None:
    """What is confirmed a second, counted in the book, beside the answers of a view that does nothing."""
    people = list(User.objects.filter(username__startswith="payer-").order_by("pk")[: 2 * ROUNDS * A_ROUND])
    with tempfile.TemporaryDirectory() as folder, Sandbox(folder) as sandbox:
        account = {name: value for name, value in sandbox.settings.items() if not name.endswith("_GATEWAY")}
        with (
            serving("tests.bench.bare_settings") as (bare, _),
            serving("tests.bench.settings", **account) as (ours, _),
        ):
            for at, provider in enumerate(WRITERS):
                pairs = []
                for round_ in range(ROUNDS):
                    first = (at * ROUNDS + round_) * A_ROUND
                    orders = _open_orders(sandbox, provider, page, people[first : first + A_ROUND])
                    reference = throughput(bare, BARE, SECONDS)
                    pairs.append((_confirmed(ours, sandbox, provider, orders), reference))
                confirmed, reference = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
                report.at_least(f"{provider}'s callback confirmed ÷ bare view", 0.1, confirmed, reference, "req/s")


def _confirmed(base: str, sandbox: Sandbox, provider: str, payments: list[Payment]) -> float:
    """Payments that became paid a second, each with its enrolment."""
    throughput(base, [_asked(sandbox, provider, payment) for payment in payments], SECONDS)
    paid = Payment.objects.filter(pk__in=[payment.pk for payment in payments], state="paid")
    count = paid.count()
    assert 0 < count < len(payments), "the callbacks lasted as long as the round"
    assert Enrolment.objects.filter(user__in=paid.values("order__user")).count() >= count
    return count / SECONDS


def _open_orders(sandbox: Sandbox, provider: str, page: Any, people: list[User]) -> list[Payment]:
    """An open order of each of these people, with the attempt that its payer has paid at the provider."""
    now, merchant = clock.now(), sandbox._world.keys.merchant
    mine = {
        "wechat": {"merchant_id": merchant["mchid"], "app_id": merchant["appid"]},
        "alipay": {"merchant_id": merchant["seller_id"], "app_id": merchant["app_id"]},
    }[provider]
    later = now + timedelta(minutes=30)
    orders = Order.objects.bulk_create(
        Order(
            no=f"C{provider[0].upper()}{user.pk}",
            user=user,
            provider=provider,
            amount_fen=AMOUNT_FEN,
            created_at=now,
            expires_at=later,
            next_look_at=later,
        )
        for user in people
    )
    OrderItem.objects.bulk_create(
        OrderItem(order=order, user=user, class_page=page, title=page.title, price_fen=AMOUNT_FEN, syllabus_version=1)
        for order, user in zip(orders, people, strict=True)
    )
    return Payment.objects.bulk_create(
        Payment(
            order=order,
            number=f"N{order.no}",
            provider=provider,
            amount_fen=AMOUNT_FEN,
            state="open",
            created_at=now,
            expires_at=later,
            **mine,
        )
        for order in orders
    )


def _asked(sandbox: Sandbox, provider: str, payment: Payment) -> Asked:
    """The callback that says of it that it was paid, as the provider would send it."""
    now = clock.now()
    trade = Trade(
        provider=provider,
        number=payment.number,
        token="",
        terms="",
        subject="班级",
        attach="",
        amount_fen=payment.amount_fen,
        notify_url="",
        state="paid",
        created_at=now,
        expires_at=None,
        lasts_seconds=None,
        scanned_at=now,
        transaction_id=f"T{payment.number}",
        paid_at=now,
        closed_at=None,
        failed=0,
        pays_late=0,
        refunded_fen=0,
    )
    notice = Notice(id=payment.pk, event_id=f"E{payment.number}", trade=trade, refund=None, attempt=1)
    message = WRITERS[provider](sandbox._world, notice, lambda _switch: None)  # type: ignore[arg-type]
    kept = {name: text for name, text in message.headers.items() if name.startswith(("Content", "Wechatpay"))}
    return f"/payments/callbacks/{provider}", "", message.body.decode(), "POST", kept
