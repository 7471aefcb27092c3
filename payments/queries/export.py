"""The payments room's part of what is stored on somebody (X7)."""

from payments.models import Invoice, Order, OrderItem, Payment, Refund


def export_payments(user_id: int) -> dict[str, list[dict[str, object]]]:
    """Orders for oneself with what was bought, every attempt to pay, refunds and invoices. What he ordered for a unit
    is the unit's. Neither codes that could still be paid nor who decided a refund."""
    mine = Order.objects.filter(user_id=user_id, organisation__isnull=True).order_by("created_at", "pk")
    items = OrderItem.objects.filter(order__in=mine).order_by("order_id", "pk")
    payments = Payment.objects.filter(order__in=mine).order_by("created_at", "pk")
    refunds = Refund.objects.filter(order__in=mine).order_by("asked_at", "pk")
    invoices = Invoice.objects.filter(order__in=mine).order_by("asked_at", "pk")
    parts = {
        "orders": mine.values(
            "no",
            "state",
            "provider",
            "amount_fen",
            "received_fen",
            "returned_fen",
            "created_at",
            "expires_at",
            "paid_at",
            "closed_at",
        ),
        "items": items.values("order__no", "title", "specialty", "price_fen", "seats"),
        "payments": payments.values(
            "order__no", "number", "provider", "amount_fen", "state", "transaction_id", "created_at", "paid_at"
        ),
        "refunds": refunds.values(
            "order__no", "number", "amount_fen", "reason", "state", "decision", "asked_at", "decided_at", "done_at"
        ),
        "invoices": invoices.values(
            "order__no",
            "state",
            "heading_kind",
            "heading",
            "tax_number",
            "email",
            "amount_fen",
            "number",
            "reason",
            "red_fen",
            "red_number",
            "asked_at",
        ),
    }
    return {name: [dict(row) for row in rows] for name, rows in parts.items()}
