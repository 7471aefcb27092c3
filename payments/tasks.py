"""Jobs of the payments room. The waiting rows are the jobs; each is safe twice."""

from celery import shared_task

from core import clock
from payments import services


@shared_task(name="payments.look_after_order")
def look_after_order(order_id: int) -> None:
    """Ask the provider about an open order, expire it, close it."""
    services.look_after(order_id=order_id, clock=clock.now)


@shared_task(name="payments.look_after_attempt")
def look_after_attempt(payment_id: int) -> None:
    """Close an attempt that its order doesn't need any more, or ask about a closed one."""
    services.look_after_attempt(payment_id=payment_id, clock=clock.now)


@shared_task(name="payments.sweep_orders")  # beat, every 20 seconds
def sweep_orders() -> None:
    """Find the orders and attempts that need looking after: lost callbacks heal so where no page is open."""
    services.sweep_orders(now=clock.now())
    services.sweep_attempts(now=clock.now())


@shared_task(name="payments.send_refund")
def send_refund(refund_id: int) -> None:
    """Send a refund, or ask what became of it."""
    services.send_refund(refund_id=refund_id, clock=clock.now)


@shared_task(name="payments.sweep_refunds")  # beat, every 20 seconds
def sweep_refunds() -> None:
    """Send refunds again that wait."""
    services.sweep_refunds(now=clock.now())


@shared_task(name="payments.ask_for_bills")  # beat, every five minutes
def ask_for_bills() -> None:
    """Fetch yesterday's bills once they are ready."""
    services.ask_for_bills(now=clock.now())


@shared_task(name="payments.reconcile_bill")
def reconcile_bill(bill_id: int) -> None:
    """Match one day's bill of one provider."""
    services.reconcile(bill_id=bill_id, clock=clock.now)


@shared_task(name="payments.drop_old_notices")  # beat, every hour
def drop_old_notices() -> int:
    """Let refused callbacks go that are older than half a year."""
    return services.drop_old_notices(now=clock.now())
