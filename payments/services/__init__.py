"""Every write of the payments room."""

from payments.services.by_hand import MOST_REFERENCE, AskedNow, ask_now, confirm_bank_refund, retry_refund
from payments.services.closing import (
    begin_closing,
    cancel_order,
    close_order,
    look_after,
    look_after_attempt,
    refresh_order,
    sweep_attempts,
    sweep_orders,
)
from payments.services.confirming import Source, confirm_payment
from payments.services.invoicing import (
    ask_invoice,
    invoice_amount,
    invoice_of,
    why_no_invoice,
)
from payments.services.issuing import issue_invoice, note_red_letter, reject_invoice, replace_invoice
from payments.services.notices import drop_old_notices, note_refused, take_notice
from payments.services.ordering import begin_payment, change_provider, check_may_buy, place_order
from payments.services.reconciling import ask_for_bills, order_bill, ready_at, reconcile
from payments.services.refunding import AskedLine, ask_refund, decide_refund, latest_refund
from payments.services.resolving import resolve_difference
from payments.services.returning import finish_refund, send_refund, settle_refund, sweep_refunds
from payments.services.seats import assign_seat, redeem_seat, send_codes
from payments.services.staff import FINANCE, set_up_finance
from payments.services.unit_orders import (
    TRANSFER_WITHIN,
    Quote,
    confirm_bank_transfer,
    pay_by_transfer,
    place_unit_order,
    quote,
)
from payments.services.wishes import ask_own_refund, ask_seats_back, take_wish_back, why_no_refund
from payments.services.withdrawing import withdraw_refund

__all__ = [
    "FINANCE",
    "MOST_REFERENCE",
    "TRANSFER_WITHIN",
    "AskedLine",
    "AskedNow",
    "Quote",
    "Source",
    "ask_for_bills",
    "ask_invoice",
    "ask_now",
    "ask_own_refund",
    "ask_refund",
    "ask_seats_back",
    "assign_seat",
    "begin_closing",
    "begin_payment",
    "cancel_order",
    "change_provider",
    "check_may_buy",
    "close_order",
    "confirm_bank_refund",
    "confirm_bank_transfer",
    "confirm_payment",
    "decide_refund",
    "drop_old_notices",
    "finish_refund",
    "invoice_amount",
    "invoice_of",
    "issue_invoice",
    "latest_refund",
    "look_after",
    "look_after_attempt",
    "note_red_letter",
    "note_refused",
    "order_bill",
    "pay_by_transfer",
    "place_order",
    "place_unit_order",
    "quote",
    "ready_at",
    "reconcile",
    "redeem_seat",
    "refresh_order",
    "reject_invoice",
    "replace_invoice",
    "resolve_difference",
    "retry_refund",
    "send_codes",
    "send_refund",
    "set_up_finance",
    "settle_refund",
    "sweep_attempts",
    "sweep_orders",
    "sweep_refunds",
    "take_notice",
    "take_wish_back",
    "why_no_invoice",
    "why_no_refund",
    "withdraw_refund",
]
