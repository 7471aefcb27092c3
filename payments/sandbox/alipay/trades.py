"""Trades of Alipay: a code first (precreate), the trade only when somebody has scanned it."""

import json
import re
from datetime import datetime
from typing import Any

from payments.sandbox import bills, phone
from payments.sandbox.alipay.signing import Fault
from payments.sandbox.clock import LOCAL, local_text
from payments.sandbox.trades import Refunds, Trade, Trades
from payments.sandbox.world import Call, World

_NUMBER = re.compile(r"[0-9A-Za-z_]{1,64}")
_AMOUNT = re.compile(r"(0|[1-9]\d{0,7})(?:\.(\d{1,2}))?")
_LASTS = re.compile(r"([1-9]\d*)([mhd])")
_SECONDS = {"m": 60, "h": 3600, "d": 86400}
_LONGEST_SECONDS = 15 * 86400
BUYER_ID, BUYER = "2088900000000017", "138****0000"


def wrong(message: str) -> Fault:
    return Fault("ACQ.INVALID_PARAMETER", message)


def fen_of(text: Any) -> int:
    """Yuan with at most two decimals, as a text or a JSON number: "2.40" → 240. Raises Fault."""
    found = _AMOUNT.fullmatch(str(text))
    fen = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    if not fen:
        raise wrong("金额须大于0，单位为元，至多两位小数")
    return fen


def _expires_at(said: dict[str, Any], now: datetime) -> datetime | None:
    if not said.get("time_expire"):
        return None
    try:
        instant = datetime.strptime(str(said["time_expire"]), "%Y-%m-%d %H:%M:%S").replace(tzinfo=LOCAL)
    except ValueError:
        raise wrong("time_expire格式为yyyy-MM-dd HH:mm:ss") from None
    if instant <= now:
        raise wrong("time_expire须晚于当前时间")
    return instant


def _lasts_seconds(said: dict[str, Any], now: datetime) -> int | None:
    text = str(said.get("timeout_express", ""))
    if not text:
        return None
    if text == "1c":  # to the end of the local day
        local = now.astimezone(LOCAL)
        return 86400 - (local.hour * 3600 + local.minute * 60 + local.second)
    found = _LASTS.fullmatch(text)
    seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
    if not 0 < seconds <= _LONGEST_SECONDS:
        raise wrong("timeout_express须为1m至15d")
    return seconds


def precreate(call: Call, said: dict[str, Any], notify_url: str) -> dict[str, Any]:
    """A code for a number; the same number and terms give the same one. Raises Fault."""
    world, now = call.world, call.world.clock.now()
    subject = said.get("subject")
    if not _NUMBER.fullmatch(call.number):
        raise wrong("out_trade_no须为1至64位的数字、字母或下划线")
    if not isinstance(subject, str) or not 1 <= len(subject) <= 256:
        raise wrong("subject必填且不超过256个字符")
    if said.get("seller_id", world.keys.merchant["seller_id"]) != world.keys.merchant["seller_id"]:
        raise wrong("seller_id不是签约账号")
    amount_fen = fen_of(said.get("total_amount"))
    lasts = _lasts_seconds(said, now)
    with world.store.transaction():
        trade = Trades(world.store).find("alipay", call.number)
        if trade:
            _require_same(current(world, trade), said)
        else:
            trade = Trades(world.store).begin(
                provider="alipay",
                number=call.number,
                terms=said,
                subject=subject,
                attach=str(said.get("body", "")),
                amount_fen=amount_fen,
                notify_url=notify_url,
                expires_at=_expires_at(said, now),
                lasts_seconds=lasts,
                now=now,
            )
    if call.trouble("notice_early"):
        phone.act(world, trade, phone.Act.PAY)
        world.notices.wait_quiet(5)
    return {"out_trade_no": trade.number, "qr_code": f"{world.base}/pay/{trade.token}"}


def _require_same(trade: Trade, said: dict[str, Any]) -> None:
    if trade.state in ("paid", "finished"):
        raise Fault("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
    if trade.state == "closed":
        raise Fault("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
    if trade.terms != json.dumps(said, sort_keys=True):
        raise Fault("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改：商户订单号重复且参数不一致")


def current(world: World, trade: Trade) -> Trade:
    """As it is now: unlike WeChat, Alipay closes what wasn't paid in time."""
    trades = Trades(world.store)
    if trade.scanned_at and trade.last_moment and trade.expired(world.clock.now()):
        trades.close(trade, trade.last_moment)
    return trades.find("alipay", trade.number) or trade


def found(call: Call, said: dict[str, Any]) -> Trade:
    """The trade, which exists only from the scan on. Raises Fault (ACQ.TRADE_NOT_EXIST)."""
    trades = Trades(call.world.store)
    if said.get("trade_no"):
        trade = trades.of_transaction("alipay", str(said["trade_no"]))
    else:
        trade = trades.find("alipay", str(said.get("out_trade_no", "")))
    if trade is None or trade.scanned_at is None:
        raise Fault("ACQ.TRADE_NOT_EXIST", "交易不存在")
    return current(call.world, trade)


def status_of(trade: Trade) -> str:
    if trade.state == "paid" and trade.refunded_fen == trade.amount_fen:
        return "TRADE_CLOSED"
    states = {"waiting": "WAIT_BUYER_PAY", "closed": "TRADE_CLOSED", "finished": "TRADE_FINISHED"}
    return states.get(trade.state, "TRADE_SUCCESS")


def query(call: Call, said: dict[str, Any], notify_url: str) -> dict[str, Any]:
    trade = found(call, said)
    more = call.trouble("answer_wrong_amount")
    paid = bills.yuan(trade.amount_fen + (more.whole(1) if more else 0))
    content: dict[str, Any] = {
        "trade_no": trade.transaction_id,
        "out_trade_no": trade.number,
        "buyer_logon_id": BUYER,
        "buyer_user_id": BUYER_ID,
        "trade_status": status_of(trade),
        "total_amount": paid,
    }
    if trade.paid_at:
        content |= {
            "receipt_amount": paid,
            "buyer_pay_amount": paid,
            "invoice_amount": paid,
            "point_amount": "0.00",
            "send_pay_date": local_text(trade.paid_at),
            "fund_bill_list": [{"amount": paid, "fund_channel": "ALIPAYACCOUNT"}],
        }
    return content


def close(call: Call, said: dict[str, Any], notify_url: str) -> dict[str, Any]:
    """Only what exists and isn't paid. Raises Fault."""
    world, trade = call.world, found(call, said)
    if trade.state == "waiting" and call.trouble("close_races_payment"):
        phone.pay(world, trade, at=world.clock.now())
    if not Trades(world.store).close(trade, world.clock.now()):
        raise Fault("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
    return {"out_trade_no": trade.number, "trade_no": trade.transaction_id}


def cancel(call: Call, said: dict[str, Any], notify_url: str) -> dict[str, Any]:
    """Closes what isn't paid, gives back what is. Raises Fault."""
    world, trade = call.world, found(call, said)
    action = ""
    if Trades(world.store).close(trade, world.clock.now()):
        action = "close"
    elif trade.state == "paid" and trade.refunded_fen < trade.amount_fen:
        action = "refund"
        Refunds(world.store).accept(
            trade,
            refund_number="CANCEL" + trade.number,
            amount_fen=trade.amount_fen - trade.refunded_fen,
            terms={},
            notify_url="",
            outcome="done",
            due=None,
            now=world.clock.now(),
        )
    return {"out_trade_no": trade.number, "trade_no": trade.transaction_id, "retry_flag": "N", "action": action}
