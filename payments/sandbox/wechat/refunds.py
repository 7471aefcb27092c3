"""Refunds of WeChat Pay: accepted first, done later."""

import json
import re
import time
from datetime import timedelta
from typing import Any

from payments.sandbox.clock import rfc3339
from payments.sandbox.trades import Refund, Refunds, Trade, Trades
from payments.sandbox.wechat.orders import require_notify_url
from payments.sandbox.wechat.signing import Fault
from payments.sandbox.world import Call

_NUMBER = re.compile(r"[0-9A-Za-z_*@|\-]{1,64}")
_LATEST = timedelta(days=365)
_MOST_PARTS = 50
# How long a refund is usually on its way, in the sandbox's seconds.
_ON_ITS_WAY = 30
_STATES = {"processing": "PROCESSING", "done": "SUCCESS", "abnormal": "ABNORMAL", "closed": "CLOSED"}


def _wrong(message: str) -> Fault:
    return Fault(400, "PARAM_ERROR", message)


def _amounts(said: dict[str, Any]) -> tuple[int, int]:
    amount = said.get("amount")
    if not isinstance(amount, dict) or amount.get("currency") != "CNY":
        raise _wrong("amount.currency须为CNY")
    part, total = amount.get("refund"), amount.get("total")
    if type(part) is not int or type(total) is not int or part < 1:
        raise _wrong("amount.refund与amount.total须为大于0的整数，单位为分")
    return part, total


def _trade_of(call: Call, said: dict[str, Any]) -> Trade:
    trades = Trades(call.world.store)
    if said.get("transaction_id"):
        trade = trades.of_transaction("wechat", str(said["transaction_id"]))
    else:
        trade = trades.find("wechat", str(said.get("out_trade_no", "")))
    if trade is None:
        raise Fault(404, "RESOURCE_NOT_EXISTS", "订单不存在")
    return trade


def _require_refundable(call: Call, trade: Trade, part: int, total: int) -> None:
    if trade.paid_at is None:
        raise Fault(400, "INVALID_REQUEST", "订单未支付，不能退款")
    if total != trade.amount_fen:
        raise Fault(400, "INVALID_REQUEST", "订单金额与原订单不一致")
    if part > trade.amount_fen - trade.refunded_fen:
        raise Fault(400, "INVALID_REQUEST", "申请退款金额大于订单可退金额")
    if call.world.clock.now() > trade.paid_at + _LATEST:
        raise Fault(400, "INVALID_REQUEST", "订单已超过退款期限")
    if len(Refunds(call.world.store).of(trade)) >= _MOST_PARTS:
        raise Fault(400, "INVALID_REQUEST", "退款次数超过50次")
    if call.trouble("refund_too_soon"):
        raise Fault(429, "FREQUENCY_LIMITED", "退款过于频繁，请稍后再试")
    if call.trouble("refund_refused"):
        raise Fault(403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")


def _outcome(call: Call) -> str:
    if call.trouble("refund_abnormal"):
        return "abnormal"
    return "closed" if call.trouble("refund_closed") else "done"


def refund(call: Call, said: dict[str, Any]) -> dict[str, Any]:
    """The same number asks for the same refund again. Raises Fault."""
    world, refunds = call.world, Refunds(call.world.store)
    number = str(said.get("out_refund_no", ""))
    if not _NUMBER.fullmatch(number) or len(str(said.get("reason", ""))) > 80:
        raise _wrong("out_refund_no不超过64位，reason不超过80个字符")
    part, total = _amounts(said)
    notify_url = require_notify_url(said["notify_url"]) if said.get("notify_url") else ""
    with world.store.transaction():
        trade, before = _trade_of(call, said), refunds.of_number("wechat", number)
        if before:
            if before.terms != json.dumps(said, sort_keys=True):
                raise Fault(400, "INVALID_REQUEST", "商户退款单号重复，且与原请求参数不一致")
            return describe(trade, before)
        _require_refundable(call, trade, part, total)
        slow = call.trouble("refund_slow")
        accepted = refunds.accept(
            trade,
            refund_number=number,
            amount_fen=part,
            terms=said,
            notify_url=notify_url,
            outcome=_outcome(call),
            due=time.time() + world.clock.wait_for(slow.number(3600) if slow else _ON_ITS_WAY),
            now=world.clock.now(),
        )
    world.notices.wake()
    return describe(trade, accepted)


def query_refund(call: Call, said: dict[str, Any]) -> dict[str, Any]:
    found = Refunds(call.world.store).of_number("wechat", call.number)
    trade = found and Trades(call.world.store).find("wechat", found.number)
    if not found or not trade:
        raise Fault(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    return describe(trade, found)


def describe(trade: Trade, refund: Refund) -> dict[str, Any]:
    content: dict[str, Any] = {
        "refund_id": refund.refund_id,
        "out_refund_no": refund.refund_number,
        "transaction_id": trade.transaction_id,
        "out_trade_no": trade.number,
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": rfc3339(refund.asked_at),
        "status": _STATES[refund.state],
        "funds_account": "AVAILABLE",
        "amount": {
            "total": trade.amount_fen,
            "refund": refund.amount_fen,
            "payer_total": trade.amount_fen,
            "payer_refund": refund.amount_fen,
            "settlement_total": trade.amount_fen,
            "settlement_refund": refund.amount_fen,
            "discount_refund": 0,
            "currency": "CNY",
        },
    }
    if refund.state == "done" and refund.settled_at:
        content["success_time"] = rfc3339(refund.settled_at)
    return content
