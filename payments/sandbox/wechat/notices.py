"""WeChat's notices: a signed JSON whose core is encrypted with the merchant's APIv3 key."""

import base64
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from payments.sandbox.clock import rfc3339
from payments.sandbox.keys import nobodys_key
from payments.sandbox.notices import Message, Notice, Trouble
from payments.sandbox.trades import Trade
from payments.sandbox.wechat import orders, refunds
from payments.sandbox.wechat.signing import signature_headers
from payments.sandbox.world import World

_AAD = ("present", "empty", "missing")
_REFUND_EVENTS = {"SUCCESS": "REFUND.SUCCESS", "ABNORMAL": "REFUND.ABNORMAL", "CLOSED": "REFUND.CLOSED"}


def write(world: World, notice: Notice, trouble: Trouble) -> Message:
    trade = notice.trade
    if notice.refund:
        core = _refund(world, notice)
        event, kind, summary = _REFUND_EVENTS[core["refund_status"]], "refund", "退款结果通知"
    else:
        core, event = _payment(world, trade), "TRANSACTION.SUCCESS"
        kind, summary = "transaction", "支付成功"
    _distort(core, trouble)
    envelope: dict[str, Any] = {
        "id": notice.event_id,
        "create_time": rfc3339(world.clock.now()),
        "resource_type": "encrypt-resource",
        "event_type": event,
        "summary": summary,
        "resource": _encrypt(world, core, kind, notice, trouble),
    }
    if trouble("notice_huge"):
        envelope["padding"] = "0" * (70 * 1024)
    body = json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
    return Message({"Content-Type": "application/json", **_headers(world, body, trouble)}, body)


def accepted(status: int, answer: bytes) -> bool:
    """200 or 204; a body that says FAIL is a refusal all the same."""
    return status in (200, 204) and b'"FAIL"' not in answer


def _payment(world: World, trade: Trade) -> dict[str, Any]:
    """As it was when it was paid: a refund since then has its own notice."""
    return orders.describe(world, trade) | {"trade_state": "SUCCESS", "trade_state_desc": "支付成功"}


def _refund(world: World, notice: Notice) -> dict[str, Any]:
    """The notice of a refund has other names than the answer about it."""
    assert notice.refund  # noqa: S101
    stated = refunds.describe(notice.trade, notice.refund)
    core = {
        "mchid": world.keys.merchant["mchid"],
        "out_trade_no": stated["out_trade_no"],
        "transaction_id": stated["transaction_id"],
        "out_refund_no": stated["out_refund_no"],
        "refund_id": stated["refund_id"],
        "refund_status": stated["status"],
        "user_received_account": stated["user_received_account"],
        "amount": {name: stated["amount"][name] for name in ("total", "refund", "payer_total", "payer_refund")},
    }
    if "success_time" in stated:
        core["success_time"] = stated["success_time"]
    return core


def _distort(core: dict[str, Any], trouble: Trouble) -> None:
    """What is wrong and yet genuinely signed."""
    if more := trouble("notice_wrong_amount"):
        core["amount"]["refund" if "refund" in core["amount"] else "total"] += more.whole(1)
    if currency := trouble("notice_wrong_currency"):
        core["amount"]["currency"] = currency.text("USD")
    if trouble("notice_wrong_merchant"):
        core["mchid"] = "1900000000"
    if trouble("notice_wrong_app"):
        core["appid"] = "wx0000000000000000"
    if trouble("notice_wrong_number"):
        core["out_trade_no"] = "UNKNOWN" + secrets.token_hex(8)


def _encrypt(world: World, core: dict[str, Any], kind: str, notice: Notice, trouble: Trouble) -> dict[str, Any]:
    """AES-256-GCM, the tag last. The associated data isn't always there: turn about, if no switch says which."""
    chosen = trouble("notice_aad")
    aad = chosen.text("missing") if chosen else _AAD[(notice.id + notice.attempt) % len(_AAD)]
    nonce, associated = secrets.token_hex(6), kind if aad == "present" else ""
    key = world.keys.merchant["apiv3_key"].encode()
    plain = json.dumps(core, ensure_ascii=False, separators=(",", ":")).encode()
    sealed = AESGCM(key).encrypt(nonce.encode(), plain, associated.encode())
    if trouble("notice_tampered"):
        sealed = bytes([sealed[0] ^ 1]) + sealed[1:]
    resource = {
        "original_type": kind,
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(sealed).decode(),
        "associated_data": associated,
        "nonce": nonce,
    }
    if aad == "missing":
        del resource["associated_data"]
    return resource


def _headers(world: World, body: bytes, trouble: Trouble) -> dict[str, str]:
    old = trouble("notice_old_timestamp")
    timestamp = round(world.clock.now().timestamp()) - old.whole(600) if old else None
    key = world.keys.current("wechat_platform")
    headers = signature_headers(world, key, body, timestamp=timestamp)
    if trouble("notice_forged"):
        message = f"{headers['Wechatpay-Timestamp']}\n{headers['Wechatpay-Nonce']}\n".encode() + body + b"\n"
        headers["Wechatpay-Signature"] = nobodys_key().sign(message)
    if trouble("notice_signtest"):
        headers["Wechatpay-Signature"] = "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"][19:]
    if trouble("notice_unknown_serial"):
        headers["Wechatpay-Serial"] = "PUB_KEY_ID_0" + secrets.token_hex(18).upper()
    return headers
