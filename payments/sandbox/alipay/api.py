"""The door of Alipay: one gateway, the method is a parameter."""

import json
from collections.abc import Callable
from typing import Any

from payments.sandbox.alipay import bills, refunds, trades
from payments.sandbox.alipay.signing import Fault, require_signature, sign_answer
from payments.sandbox.web import Answer, Request
from payments.sandbox.world import Call, World

Work = Callable[[Call, dict[str, Any], str], dict[str, Any]]

# Method → name of the call, what does it.
_METHODS: dict[str, tuple[str, Work]] = {
    "alipay.trade.precreate": ("create", trades.precreate),
    "alipay.trade.query": ("query", trades.query),
    "alipay.trade.close": ("close", trades.close),
    "alipay.trade.cancel": ("cancel", trades.cancel),
    "alipay.trade.refund": ("refund", refunds.refund),
    "alipay.trade.fastpay.refund.query": ("query_refund", refunds.query_refund),
    "alipay.data.dataservice.bill.downloadurl.query": ("bill", bills.bill_link),
}


def respond(world: World, request: Request) -> Answer:
    """Raises Dropped where a switch says so."""
    parameters = {**request.query, **request.form}
    method = parameters.get("method", "")
    name, work = _METHODS.get(method, ("", None))
    said = _said(parameters)
    call = Call(world, "alipay", name, _number(world, said))
    try:
        require_signature(world, parameters)
        if work is None:
            raise Fault("isv.invalid-method", "不存在的方法名", code="40002")
    except Fault as fault:
        return sign_answer(call, method or "error", fault.content, signed=fault.signed)
    if answer := call.before():
        return answer
    try:
        content = {"code": "10000", "msg": "Success", **work(call, said, parameters.get("notify_url", ""))}
        call.noted("OK")
    except Fault as fault:
        content = fault.content
        call.noted(fault.sub_code)
    call.after()
    return sign_answer(call, method, content)


def _said(parameters: dict[str, str]) -> dict[str, Any]:
    try:
        said = json.loads(parameters.get("biz_content") or "{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _number(world: World, said: dict[str, Any]) -> str:
    if said.get("out_trade_no"):
        return str(said["out_trade_no"])
    row = world.store.row("SELECT number FROM trades WHERE transaction_id = ?", str(said.get("trade_no", "")))
    return row["number"] if row else ""
