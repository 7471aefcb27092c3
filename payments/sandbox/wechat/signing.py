"""WECHATPAY2-SHA256-RSA2048: whether a request is the merchant's, and that an answer is WeChat's."""

import json
import re
import secrets
import time
from typing import Any

from payments.sandbox.keys import Key, nobodys_key
from payments.sandbox.store import Refused
from payments.sandbox.web import Answer, Request
from payments.sandbox.world import Call, World

SCHEME = "WECHATPAY2-SHA256-RSA2048"
PREFIX = "/wechat"
_SKEW_SECONDS = 300
_PAIR = re.compile(r'(\w+)="([^"]*)"')


class Fault(Refused):
    """WeChat's own words for what is wrong: an HTTP status, a code, a sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code, self.message = status, code, message
        super().__init__(code)


def require_signature(world: World, request: Request) -> None:
    """Raises Fault (401 SIGN_ERROR) for all that isn't signed by our merchant just now."""
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    said = dict(_PAIR.findall(rest))
    if scheme != SCHEME or {"mchid", "nonce_str", "timestamp", "serial_no", "signature"} - set(said):
        raise Fault(401, "SIGN_ERROR", "Http头Authorization认证信息不正确")
    merchant = world.keys.current("wechat_merchant")
    if said["mchid"] != world.keys.merchant["mchid"] or said["serial_no"].upper() != merchant.id:
        raise Fault(401, "SIGN_ERROR", "商户证书序列号有误")
    # By the real time: a client's library signs with it, whatever the sandbox's clock says.
    if not said["timestamp"].isdigit() or abs(time.time() - int(said["timestamp"])) > _SKEW_SECONDS:
        raise Fault(401, "SIGN_ERROR", "请求时间戳已过期")
    target = request.target.removeprefix(PREFIX)
    lines = (request.method, target, said["timestamp"], said["nonce_str"])
    message = "".join(f"{line}\n" for line in lines).encode() + request.body + b"\n"
    if not merchant.signed(message, said["signature"]):
        raise Fault(401, "SIGN_ERROR", "签名错误，请检查后再试")


def signer_of(world: World, request: Request) -> Key:
    """The key the client can verify. Raises Fault where it names one WeChat doesn't have."""
    key = world.keys.wechat_signer(request.headers.get("Wechatpay-Serial", ""))
    if key is None:
        raise Fault(400, "PARAM_ERROR", "Wechatpay-Serial与平台公钥或证书不符")
    return key


def signature_headers(world: World, key: Key, body: bytes, *, timestamp: int | None = None) -> dict[str, str]:
    """Over timestamp, nonce and body, each with a line feed behind it: also an empty body."""
    stamp = str(timestamp or round(world.clock.now().timestamp()))
    nonce = secrets.token_hex(16)
    return {
        "Wechatpay-Timestamp": stamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": key.sign(f"{stamp}\n{nonce}\n".encode() + body + b"\n"),
        "Wechatpay-Signature-Type": SCHEME,
        "Wechatpay-Serial": world.keys.wechat_serial(key),
        "Request-ID": secrets.token_hex(16).upper(),
    }


def json_answer(content: dict[str, Any] | None, status: int = 200) -> Answer:
    if content is None:
        return Answer(204)
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, body, "application/json; charset=utf-8")


def sign_answer(call: Call, key: Key, answer: Answer) -> Answer:
    """Signed as every answer of WeChat's is, unless a switch says otherwise."""
    if call.trouble("call_unsigned"):
        return answer
    headers = signature_headers(call.world, key, answer.body)
    if call.trouble("call_badly_signed"):
        message = f"{headers['Wechatpay-Timestamp']}\n{headers['Wechatpay-Nonce']}\n".encode() + answer.body + b"\n"
        headers["Wechatpay-Signature"] = nobodys_key().sign(message)
    answer.headers.update(headers)
    return answer
