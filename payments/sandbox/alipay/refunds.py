"""Refunds of Alipay: done in the call, as a rule; what isn't sure is asked for again."""

import time
from datetime import timedelta
from typing import Any

from payments.sandbox import bills
from payments.sandbox.alipay.signing import Fault
from payments.sandbox.alipay.trades import BUYER, BUYER_ID, fen_of, found
from payments.sandbox.clock import local_text
from payments.sandbox.trades import Refund, Refunds, Trade
from payments.sandbox.world import Call

_LATEST = timedelta(days=365)


def refund(call: Call, said: dict[str, Any], notify_url: str) -> dict[str, Any]:
    """`fund_change` Y: the money moved in this call; N: it had moved before, or hasn't yet. Raises Fault."""
    world, refunds = call.world, Refunds(call.world.store)
    part = fen_of(said.get("refund_amount"))
    with world.store.transaction():
        trade = found(call, said)
        number = str(said.get("out_request_no") or trade.number)
        before = refunds.find("alipay", trade.number, number)
        if before:
            if before.amount_fen != part:
                raise Fault("ACQ.DISCORDANT_REPEAT_REQUEST", "不一致的请求：退款请求号重复且金额不同")
            return _answer(call, trade, moved=False)
        _require_refundable(call, trade, part)
        slow, stuck = call.trouble("refund_slow"), call.trouble("refund_abnormal")
        due = time.time() + world.clock.wait_for(slow.number(3600)) if slow else None
        accepted = refunds.accept(
            trade,
            refund_number=number,
            amount_fen=part,
            terms=said,
            notify_url=trade.notify_url,
            outcome="abnormal" if stuck else "done",
            due=due,
            now=world.clock.now(),
        )
        if accepted.state == "done":
            world.notices.of_refund(trade, accepted)
    world.notices.wake()
    return _answer(call, trade, moved=accepted.state == "done")


def _require_refundable(call: Call, trade: Trade, part: int) -> None:
    if trade.state == "finished":
        raise Fault("ACQ.TRADE_HAS_FINISHED", "交易已经完结，不可退款")
    if trade.state != "paid" or trade.paid_at is None:
        raise Fault("ACQ.TRADE_STATUS_ERROR", "交易状态不合法，不可退款")
    if part > trade.amount_fen - trade.refunded_fen:
        raise Fault("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
    if call.world.clock.now() > trade.paid_at + _LATEST:
        raise Fault("ACQ.TRADE_NOT_ALLOW_REFUND", "当前交易不允许退款")
    if call.trouble("refund_too_soon"):
        raise Fault("aop.ACQ.SYSTEM_ERROR", "系统繁忙", code="20000")
    if call.trouble("refund_refused"):
        raise Fault("ACQ.SELLER_BALANCE_NOT_ENOUGH", "商户的支付宝账户中无足够的资金进行退款")


def _answer(call: Call, trade: Trade, *, moved: bool) -> dict[str, Any]:
    done = [one for one in Refunds(call.world.store).of(trade) if one.state == "done"]
    content = {
        "trade_no": trade.transaction_id,
        "out_trade_no": trade.number,
        "buyer_logon_id": BUYER,
        "buyer_user_id": BUYER_ID,
        "fund_change": "Y" if moved else "N",
        "refund_fee": bills.yuan(sum(one.amount_fen for one in done)),
    }
    if done and done[-1].settled_at:
        content["gmt_refund_pay"] = local_text(done[-1].settled_at)
    return content


def query_refund(call: Call, said: dict[str, Any], notify_url: str) -> dict[str, Any]:
    """A refund that isn't done, or isn't known, has no `refund_status`: the answer itself is a success."""
    trade = found(call, said)
    one = Refunds(call.world.store).find("alipay", trade.number, str(said.get("out_request_no", "")))
    content: dict[str, Any] = {"trade_no": trade.transaction_id, "out_trade_no": trade.number}
    return content | _stated(trade, one) if one else content


def _stated(trade: Trade, one: Refund) -> dict[str, Any]:
    stated = {
        "out_request_no": one.refund_number,
        "total_amount": bills.yuan(trade.amount_fen),
        "refund_amount": bills.yuan(one.amount_fen),
    }
    if one.state == "done" and one.settled_at:
        stated |= {"refund_status": "REFUND_SUCCESS", "gmt_refund_pay": local_text(one.settled_at)}
    return stated
