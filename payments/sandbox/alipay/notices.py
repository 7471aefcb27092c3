"""Alipay's notices: a signed form, answered by the one word success."""

import json
from typing import Any
from urllib.parse import quote_plus

from payments.sandbox import bills
from payments.sandbox.alipay.signing import signed_text
from payments.sandbox.alipay.trades import BUYER, BUYER_ID
from payments.sandbox.clock import local_text
from payments.sandbox.keys import nobodys_key
from payments.sandbox.notices import Message, Notice, Trouble
from payments.sandbox.trades import Refunds
from payments.sandbox.world import World

_CHARSET = "utf-8"


def write(world: World, notice: Notice, trouble: Trouble) -> Message:
    fields = _fields(world, notice)
    _distort(fields, trouble)
    if old := trouble("notice_old_timestamp"):
        shifted = world.clock.now().timestamp() - old.number(600)
        fields["notify_time"] = local_text(world.clock.now().fromtimestamp(shifted, world.clock.now().tzinfo))
    key = nobodys_key() if trouble("notice_forged") else world.keys.current("alipay_platform")
    fields["sign"] = key.sign(signed_text(fields, "sign_type").encode())
    if trouble("notice_wrong_sign_type"):
        fields["sign_type"] = "RSA"
    if trouble("notice_tampered"):
        fields["total_amount"] = bills.yuan(notice.trade.amount_fen + 1)
    # Blanks and plus signs as a browser's form would send them.
    pairs = [f"{name}={quote_plus(value)}" for name, value in fields.items()]
    if trouble("notice_field_twice"):
        pairs.append("total_amount=0.01")
    return Message({"Content-Type": f"application/x-www-form-urlencoded; charset={_CHARSET}"}, "&".join(pairs).encode())


def accepted(status: int, answer: bytes) -> bool:
    """Exactly these seven letters."""
    return status == 200 and answer == b"success"


def _fields(world: World, notice: Notice) -> dict[str, str]:
    trade, refund = notice.trade, notice.refund
    paid = bills.yuan(trade.amount_fen)
    assert trade.paid_at  # noqa: S101
    fields = {
        "gmt_create": local_text(trade.scanned_at or trade.created_at),
        "charset": _CHARSET,
        "seller_email": "sandbox@example.com",
        "subject": trade.subject,
        "buyer_id": BUYER_ID,
        "buyer_logon_id": BUYER,
        "invoice_amount": paid,
        "notify_id": notice.event_id,
        "fund_bill_list": json.dumps([{"amount": paid, "fundChannel": "ALIPAYACCOUNT"}], separators=(",", ":")),
        "notify_type": "trade_status_sync",
        "trade_status": "TRADE_SUCCESS",
        "receipt_amount": paid,
        "buyer_pay_amount": paid,
        "app_id": world.keys.merchant["app_id"],
        "seller_id": world.keys.merchant["seller_id"],
        "gmt_payment": local_text(trade.paid_at),
        "notify_time": local_text(world.clock.now()),
        "version": "1.0",
        "out_trade_no": trade.number,
        "total_amount": paid,
        "trade_no": trade.transaction_id or "",
        "auth_app_id": world.keys.merchant["app_id"],
        "point_amount": "0.00",
        "sign_type": "RSA2",
    }
    if refund and refund.settled_at:
        back = _refunded_by(world, notice)
        fields |= {
            "trade_status": "TRADE_CLOSED" if back == trade.amount_fen else "TRADE_SUCCESS",
            "out_biz_no": refund.refund_number,
            "refund_fee": bills.yuan(back),
            "gmt_refund": local_text(refund.settled_at) + ".000",
        }
    return fields


def _refunded_by(world: World, notice: Notice) -> int:
    """`refund_fee` is what has come back of the trade so far, this refund included."""
    total = 0
    for one in Refunds(world.store).of(notice.trade):
        total += one.amount_fen if one.state == "done" else 0
        if notice.refund and one.refund_number == notice.refund.refund_number:
            break
    return total


def _distort(fields: dict[str, Any], trouble: Trouble) -> None:
    """What is wrong and yet genuinely signed."""
    if more := trouble("notice_wrong_amount"):
        yuan, fen = fields["total_amount"].split(".")
        fields["total_amount"] = bills.yuan(int(yuan) * 100 + int(fen) + more.whole(1))
    if trouble("notice_wrong_merchant"):
        fields["seller_id"] = "2088000000000000"
    if trouble("notice_wrong_app"):
        fields["app_id"] = "2021000000000000"
    if trouble("notice_wrong_number"):
        fields["out_trade_no"] = "UNKNOWN" + fields["notify_id"][-12:]
    if trouble("notice_huge"):
        fields["passback_params"] = "0" * (70 * 1024)
