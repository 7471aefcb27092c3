"""Orders of WeChat Pay: begin (Native), ask, close."""

import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from payments.sandbox import phone
from payments.sandbox.clock import rfc3339
from payments.sandbox.trades import Trade, Trades
from payments.sandbox.wechat.signing import Fault
from payments.sandbox.world import Call, World

_NUMBER = re.compile(r"[0-9A-Za-z_*\-]{6,32}")
_LONGEST = timedelta(days=90)
_SHORTEST = timedelta(minutes=1)
_USUAL = timedelta(days=7)
PAYER = "oSandbox7pQx3vTn0cWk5eYb2uHd"


def _wrong(message: str) -> Fault:
    return Fault(400, "PARAM_ERROR", message)


def require_merchant(world: World, said: dict[str, Any], *, with_app: bool = False) -> None:
    if said.get("mchid") != world.keys.merchant["mchid"]:
        raise _wrong("mchid与签名的商户号不一致")
    if with_app and said.get("appid") != world.keys.merchant["appid"]:
        raise Fault(400, "APPID_MCHID_NOT_MATCH", "appid和mchid不匹配")


def _require_text(said: dict[str, Any], name: str, longest: int, *, needed: bool = True) -> str:
    value = said.get(name, "")
    if not isinstance(value, str) or len(value) > longest or (needed and not value):
        raise _wrong(f"{name}必填且不超过{longest}个字符")
    return value


def require_notify_url(value: str) -> str:
    """HTTPS in the real world, this machine's own HTTP here; never with a query."""
    parts = urlsplit(value)
    near = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    if not parts.hostname or parts.query or not (parts.scheme == "https" or near):
        raise _wrong("notify_url须为不带参数的https地址")
    return value


def _amount(said: dict[str, Any]) -> int:
    amount = said.get("amount")
    total = amount.get("total") if isinstance(amount, dict) else None
    if type(total) is not int or total < 1:
        raise _wrong("amount.total须为大于0的整数，单位为分")
    if isinstance(amount, dict) and amount.get("currency", "CNY") != "CNY":
        raise _wrong("amount.currency只支持CNY")
    return total


def _expires_at(said: dict[str, Any]) -> datetime | None:
    text = said.get("time_expire")
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise _wrong("time_expire须为RFC3339格式") from None
    if instant.tzinfo is None:
        raise _wrong("time_expire须带时区")
    return instant


def create(call: Call, said: dict[str, Any]) -> dict[str, Any]:
    """The same number with the same terms gives the same code, until it expires. Raises Fault."""
    world, now = call.world, call.world.clock.now()
    require_merchant(world, said, with_app=True)
    if not _NUMBER.fullmatch(str(said.get("out_trade_no", ""))):
        raise _wrong("out_trade_no须为6至32位的数字、字母或_-*")
    subject, attach = _require_text(said, "description", 127), _require_text(said, "attach", 128, needed=False)
    notify_url = require_notify_url(_require_text(said, "notify_url", 255))
    amount_fen, expires_at = _amount(said), _expires_at(said)
    with world.store.transaction():
        trade = Trades(world.store).find("wechat", call.number)
        if trade:
            _require_same(trade, said, now)
        else:
            if expires_at and not now + _SHORTEST <= expires_at <= now + _LONGEST:
                raise _wrong("time_expire须在1分钟之后、90天之内")
            trade = Trades(world.store).begin(
                provider="wechat",
                number=call.number,
                terms=said,
                subject=subject,
                attach=attach,
                amount_fen=amount_fen,
                notify_url=notify_url,
                expires_at=expires_at or now + _USUAL,
                now=now,
            )
    if call.trouble("notice_early"):
        phone.act(world, trade, phone.Act.PAY)
        world.notices.wait_quiet(5)
    return {"code_url": f"{world.base}/pay/{trade.token}"}


def _require_same(trade: Trade, said: dict[str, Any], now: datetime) -> None:
    if trade.terms != json.dumps(said, sort_keys=True):
        raise Fault(400, "INVALID_REQUEST", "商户订单号重复，且与原请求参数不一致")
    if trade.state in ("paid", "finished"):
        raise Fault(400, "ORDERPAID", "该订单已支付")
    if trade.state == "closed":
        raise Fault(400, "ORDER_CLOSED", "该订单已关闭")
    if trade.expired(now):
        raise Fault(400, "INVALID_REQUEST", "订单已过支付截止时间，请更换商户订单号")


def _found(call: Call) -> Trade:
    trade = Trades(call.world.store).find("wechat", call.number)
    if trade is None:
        raise Fault(404, "ORDER_NOT_EXIST", "订单不存在")
    return trade


def query(call: Call, said: dict[str, Any]) -> dict[str, Any]:
    require_merchant(call.world, said)
    content = describe(call.world, _found(call))
    if more := call.trouble("answer_wrong_amount"):
        content["amount"]["total"] += more.whole(1)
    if call.trouble("answer_wrong_merchant"):
        content["mchid"] = "1900000000"
    if call.trouble("answer_wrong_app"):
        content["appid"] = "wx0000000000000000"
    return content


def describe(world: World, trade: Trade) -> dict[str, Any]:
    """An order as WeChat states it, in an answer and in a notice."""
    state = {"waiting": "NOTPAY", "closed": "CLOSED"}.get(trade.state, "SUCCESS")
    if state == "SUCCESS" and trade.refunded_fen:
        state = "REFUND"
    words = {"NOTPAY": "订单未支付", "CLOSED": "订单已关闭", "SUCCESS": "支付成功", "REFUND": "订单发生过退款"}
    content: dict[str, Any] = {
        "appid": world.keys.merchant["appid"],
        "mchid": world.keys.merchant["mchid"],
        "out_trade_no": trade.number,
        "trade_state": state,
        "trade_state_desc": words[state],
        "attach": trade.attach,
        "amount": {"total": trade.amount_fen, "currency": "CNY"},
    }
    if trade.paid_at:
        content |= {
            "transaction_id": trade.transaction_id,
            "trade_type": "NATIVE",
            "bank_type": "OTHERS",
            "success_time": rfc3339(trade.paid_at),
            "payer": {"openid": PAYER},
        }
        content["amount"] |= {"payer_total": trade.amount_fen, "payer_currency": "CNY"}
    return content


def close(call: Call, said: dict[str, Any]) -> None:
    """Raises Fault: ORDERPAID, ORDER_CLOSED."""
    world, trades = call.world, Trades(call.world.store)
    require_merchant(world, said)
    trade = _found(call)
    if trade.state == "waiting" and call.trouble("close_races_payment"):
        phone.pay(world, trades.scan(trade, world.clock.now()), at=world.clock.now())
    if trades.close(trade, world.clock.now()):
        return
    if _found(call).state == "closed":
        raise Fault(400, "ORDER_CLOSED", "订单已关闭，无法重复关闭")
    raise Fault(400, "ORDERPAID", "订单已支付，不能关闭")
