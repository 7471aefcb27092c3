"""The door of WeChat Pay: which call a request is, whose, and its signed answer."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from payments.sandbox.web import Answer, Request
from payments.sandbox.wechat import bills, certificates, orders, refunds
from payments.sandbox.wechat.signing import PREFIX, Fault, json_answer, require_signature, sign_answer, signer_of
from payments.sandbox.world import Call, World

Work = Callable[[Call, dict[str, Any]], dict[str, Any] | Answer | None]

_NUMBER = r"(?P<number>[^/]+)"
_PAY = "/v3/pay/transactions"
# Method, path, name of the call, what does it.
_ROUTES: list[tuple[str, re.Pattern[str], str, Work]] = [
    ("POST", re.compile(f"{_PAY}/native"), "create", orders.create),
    ("GET", re.compile(f"{_PAY}/out-trade-no/{_NUMBER}"), "query", orders.query),
    ("GET", re.compile(f"{_PAY}/id/(?P<transaction>[^/]+)"), "query", orders.query),
    ("POST", re.compile(f"{_PAY}/out-trade-no/{_NUMBER}/close"), "close", orders.close),
    ("POST", re.compile("/v3/refund/domestic/refunds"), "refund", refunds.refund),
    ("GET", re.compile(f"/v3/refund/domestic/refunds/{_NUMBER}"), "query_refund", refunds.query_refund),
    ("GET", re.compile("/v3/bill/tradebill"), "bill", bills.trade_bill),
    ("GET", re.compile("/v3/billdownload/file"), "download", bills.download),
    ("GET", re.compile("/v3/certificates"), "certificates", certificates.certificates),
]


def respond(world: World, request: Request) -> Answer:
    """Raises Dropped where a switch says so."""
    try:
        require_signature(world, request)
        key = signer_of(world, request)
        call, said, work = _call_of(world, request)
    except Fault as fault:
        return _fault_answer(fault)
    if answer := call.before():
        return answer
    try:
        content = work(call, said)
        answer = content if isinstance(content, Answer) else json_answer(content)
        call.noted("OK")
    except Fault as fault:
        answer = _fault_answer(fault)
        call.noted(fault.code)
    call.after()
    if call.name == "download" and answer.status == 200:
        return answer  # the one thing WeChat doesn't sign
    return sign_answer(call, key, answer)


def _fault_answer(fault: Fault) -> Answer:
    return json_answer({"code": fault.code, "message": fault.message}, fault.status)


def _call_of(world: World, request: Request) -> tuple[Call, dict[str, Any], Work]:
    path = request.path.removeprefix(PREFIX)
    for method, pattern, name, work in _ROUTES:
        found = pattern.fullmatch(path)
        if found and method == request.method:
            said = _said(request)
            return Call(world, "wechat", name, _number(world, found.groupdict(), said)), said, work
    raise Fault(404, "RESOURCE_NOT_EXISTS", "请求的资源不存在")


def _said(request: Request) -> dict[str, Any]:
    if request.method == "GET":
        return dict(request.query)
    try:
        said = json.loads(request.body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Fault(400, "PARAM_ERROR", "请求体不是合法的JSON")
    return said


def _number(world: World, parts: dict[str, str], said: dict[str, Any]) -> str:
    """The number of the trade (or refund) a call is about; empty where it is about none."""
    if "transaction" in parts:
        row = world.store.row("SELECT number FROM trades WHERE transaction_id = ?", unquote(parts["transaction"]))
        return row["number"] if row else ""
    if "number" in parts:
        return unquote(parts["number"])
    return str(said.get("out_trade_no", ""))
