"""WeChat Pay (微信支付) v3, Native: the payer scans a QR code.

H5 and JSAPI are products of their own, to be signed up for. Where the platform gets them, each is a sister of `create`
that gives an address (H5) or a `prepay_id` to sign (JSAPI) in place of a QR code's text, from the SDK's `pay` with
another `pay_type`; asking, closing, refunds, callbacks and bills are the same for all.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache

from payments.providers import wechat_bill, wechat_client
from payments.providers.accounts import WeChatAccount
from payments.providers.base import (
    BillRow,
    Closing,
    Notice,
    NoticeRefused,
    PaymentState,
    ProviderDown,
    ProviderPayment,
    ProviderRefund,
    ProviderRefused,
    RefundState,
    Reply,
)
from payments.providers.deadline import WEB_SECONDS, within
from payments.providers.texts import check_number, check_refund_number, masked, shortened

MAX_NOTICE_BYTES = 64 * 1024
MAX_SUBJECT_BYTES = 127
MAX_REASON_BYTES = 80
CIPHER = "AEAD_AES_256_GCM"

_CHINA = ZoneInfo("Asia/Shanghai")
_PAYMENT_STATES = {
    "SUCCESS": PaymentState.PAID,
    "REFUND": PaymentState.REFUNDED,
    "NOTPAY": PaymentState.UNPAID,
    "USERPAYING": PaymentState.UNPAID,
    "PAYERROR": PaymentState.UNPAID,
    "CLOSED": PaymentState.CLOSED,
    "REVOKED": PaymentState.CLOSED,
}
_REFUND_STATES = {
    "PROCESSING": RefundState.PROCESSING,
    "SUCCESS": RefundState.DONE,
    "CLOSED": RefundState.FAILED,
    # The payer's account or card can't take it: the money is still the merchant's.
    "ABNORMAL": RefundState.FAILED,
}
# Both spellings are in WeChat's documents.
_UNKNOWN_PAYMENT = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST"})
_UNKNOWN_REFUND = frozenset({"RESOURCE_NOT_EXISTS", "REFUND_NOT_EXISTS"})
_PAID = frozenset({"ORDERPAID", "ORDER_PAID"})
_CLOSED = frozenset({"ORDER_CLOSED", "ORDERCLOSED"})
_ASK_AGAIN = frozenset(
    {
        "SYSTEM_ERROR",
        "SYSTEMERROR",
        "FREQUENCY_LIMITED",
        "FREQUENCY_LIMIT_EXCEED",
        "RATELIMIT_EXCEEDED",
        "BIZERR_NEED_RETRY",
    }
)


class WeChat:
    """One merchant's WeChat Pay; `seconds` is how long a caller is held at most."""

    name = "wechat"

    def __init__(self, account: WeChatAccount, *, seconds: float = WEB_SECONDS) -> None:
        self.merchant_id, self.app_id = account.merchant_id, account.app_id
        self.seconds = seconds
        self._gateway = account.gateway
        self._sdk = wechat_client.client(account, seconds)

    # --- Payments -----------------------------------------------------------------------------------------------------
    def create(
        self, *, number: str, amount_fen: int, subject: str, created_at: datetime, expires_at: datetime, notify_url: str
    ) -> str:
        """See base.Provider."""
        check_number(number)
        answer = self._ask(
            lambda: self._sdk.pay(
                description=shortened(subject, max_bytes=MAX_SUBJECT_BYTES),
                out_trade_no=number,
                amount={"total": amount_fen, "currency": "CNY"},
                time_expire=expires_at.astimezone(_CHINA).isoformat(timespec="seconds"),
                notify_url=notify_url,
            )
        )
        code_url = answer.get("code_url")
        if not isinstance(code_url, str) or not code_url:
            raise ProviderDown("no code_url in the answer")
        return code_url

    def query(self, *, number: str) -> ProviderPayment | None:
        """See base.Provider."""
        check_number(number)
        answer = self._look_up(lambda: self._sdk.query(out_trade_no=number), _UNKNOWN_PAYMENT)
        return None if answer is None else _believed(_payment, answer, number=number)

    def close(self, *, number: str) -> Closing:
        """See base.Provider."""
        check_number(number)
        try:
            self._ask(lambda: self._sdk.close(out_trade_no=number))
        except ProviderRefused as refused:
            if refused.code in _PAID:
                return Closing.PAID
            if refused.code in _UNKNOWN_PAYMENT:
                return Closing.UNKNOWN
            if refused.code not in _CLOSED:
                raise
        return Closing.CLOSED

    # --- Refunds ------------------------------------------------------------------------------------------------------
    def refund(
        self, *, number: str, refund_number: str, total_fen: int, amount_fen: int, reason: str, notify_url: str
    ) -> ProviderRefund:
        """See base.Provider. What comes back is seldom final: a callback or `query_refund` tells."""
        check_number(number)
        check_refund_number(refund_number)
        answer = self._ask(
            lambda: self._sdk.refund(
                out_refund_no=refund_number,
                out_trade_no=number,
                amount={"refund": amount_fen, "total": total_fen, "currency": "CNY"},
                reason=shortened(reason, max_bytes=MAX_REASON_BYTES),
                notify_url=notify_url,
            )
        )
        return _believed(_refund, answer, number=number, refund_number=refund_number)

    def query_refund(self, *, number: str, refund_number: str) -> ProviderRefund | None:
        """See base.Provider."""
        check_number(number)
        check_refund_number(refund_number)
        answer = self._look_up(lambda: self._sdk.query_refund(refund_number), _UNKNOWN_REFUND)
        if answer is None:
            return None
        return _believed(_refund, answer, number=number, refund_number=refund_number)

    # --- Bills --------------------------------------------------------------------------------------------------------
    def bill(self, *, day: date) -> Iterator[BillRow]:
        """See base.Provider. Nothing is given before the whole file has the hash that WeChat signed."""

        def link() -> wechat_bill.Link | None:
            try:
                answer = self._ask(lambda: self._sdk.trade_bill(day.isoformat()))
            except ProviderRefused as refused:
                if refused.code == "NO_STATEMENT_EXIST":  # a day without trade
                    return None
                if refused.code == "STATEMENT_CREATING":  # too early
                    raise ProviderDown(refused.code) from refused
                raise
            return wechat_bill.Link.of(answer, gateway=self._gateway)

        yield from wechat_bill.rows(link, open_link=self._sdk._core.send)

    # --- Callbacks ----------------------------------------------------------------------------------------------------
    def read_notice(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice | None:
        """See base.Provider."""
        if len(body) > MAX_NOTICE_BYTES:
            raise NoticeRefused("size")
        try:
            self._sdk._core.check_stamp(headers, body, now=now)
        except wechat_client.BadStamp as bad:
            raise NoticeRefused(bad.reason) from None
        _check_new(headers)
        sealed = _sealed(body)
        kind = str(sealed.get("event_type", "")).partition(".")[0]
        if kind not in ("TRANSACTION", "REFUND"):
            return None
        content = self._opened(headers, body, sealed)
        event_id = str(sealed.get("id", ""))
        try:
            if kind == "TRANSACTION":
                return Notice(event_id, payment=_payment(content))
            if content["mchid"] != self.merchant_id:  # which a refund doesn't tell the caller
                raise NoticeRefused("merchant")
            return Notice(event_id, refund=_refund(content))
        except (KeyError, ValueError, TypeError, AttributeError):
            raise NoticeRefused("content") from None

    def accepted(self) -> Reply:
        """See base.Provider."""
        return Reply(204, "application/json", "")

    def refused(self, reason: str) -> Reply:
        """See base.Provider."""
        return Reply(400, "application/json", json.dumps({"code": "FAIL", "message": reason}))

    def _opened(self, headers: Mapping[str, str], body: bytes, sealed: Mapping[str, Any]) -> dict[str, Any]:
        """What was in the envelope."""
        resource = sealed.get("resource")
        if sealed.get("resource_type") != "encrypt-resource" or not isinstance(resource, dict):
            raise NoticeRefused("content")
        if resource.get("algorithm") != CIPHER:
            raise NoticeRefused("algorithm")
        try:
            opened = self._sdk.callback(headers, body)
        except (ValueError, TypeError, AttributeError):  # no base64, a nonce of another length, no JSON inside
            opened = None
        content = opened["resource"] if opened else None
        if not isinstance(content, dict):
            raise NoticeRefused("ciphertext")
        return content

    # --- Asking -------------------------------------------------------------------------------------------------------
    def _ask(self, call: Callable[[], tuple[int, dict[str, Any]]]) -> dict[str, Any]:
        """The answer of a call that went well. Raises ProviderDown, ProviderRefused."""
        status, answer = within(self.seconds, call)
        if 200 <= status < 300:
            return answer
        code = str(answer.get("code", ""))
        if status >= 500 or status == 429 or code in _ASK_AGAIN or not code:
            raise ProviderDown(f"{status} {code}".strip())
        raise ProviderRefused(code, str(answer.get("message", "")))

    def _look_up(
        self, call: Callable[[], tuple[int, dict[str, Any]]], unknown: frozenset[str]
    ) -> dict[str, Any] | None:
        """What WeChat knows, None where it says that it knows nothing; any other refusal leaves it open."""
        try:
            return self._ask(call)
        except ProviderRefused as refused:
            if refused.code in unknown:
                return None
            raise ProviderDown(str(refused)) from refused


def _check_new(headers: Mapping[str, str]) -> None:
    """Refuse a callback sent once more as it was: WeChat signs its repeats anew. Only after the signature was found
    good, so that nobody else can use a nonce up."""
    stamp = {name.lower(): value for name, value in headers.items()}
    seen = "\n".join(stamp.get(f"wechatpay-{part}", "") for part in ("serial", "timestamp", "nonce"))
    key = f"payments.notice.{hashlib.sha256(seen.encode()).hexdigest()}"
    if not cache.add(key, True, 2 * wechat_client.MAX_AGE.total_seconds()):
        raise NoticeRefused("replay")


def _sealed(body: bytes) -> dict[str, Any]:
    try:
        sealed = json.loads(body)
    except ValueError:
        sealed = None
    if not isinstance(sealed, dict):
        raise NoticeRefused("content")
    return sealed


def _believed(read: Callable[..., Any], answer: Mapping[str, Any], **asked: str) -> Any:
    """A signed answer as a value. One of another number, or one that says nothing clear, answers nothing."""
    try:
        stated = read(answer)
    except (KeyError, ValueError, TypeError, AttributeError) as fault:
        raise ProviderDown(f"an answer that can't be read: {fault!r}") from fault
    if any(getattr(stated, name) != value for name, value in asked.items()):
        raise ProviderDown("an answer to another question")
    return stated


def _payment(stated: Mapping[str, Any]) -> ProviderPayment:
    """Raises KeyError, ValueError, TypeError, AttributeError."""
    state = _PAYMENT_STATES[stated["trade_state"]]
    amount = stated.get("amount") or {}
    paid = state in (PaymentState.PAID, PaymentState.REFUNDED)
    return ProviderPayment(
        number=stated["out_trade_no"],
        state=state,
        # What nobody has paid may be stated without its amount.
        amount_fen=_fen(amount["total"]) if paid else _fen(amount.get("total", 0)),
        currency=amount.get("currency", "CNY"),  # left out, it is what a merchant in China has
        merchant_id=stated["mchid"],
        app_id=stated["appid"],
        transaction_id=stated["transaction_id"] if paid else stated.get("transaction_id", ""),
        paid_at=_instant(stated["success_time"]) if paid else None,
        raw=masked(stated),
    )


def _refund(stated: Mapping[str, Any]) -> ProviderRefund:
    """Of an answer, whose state is `status`, or of a callback, whose state is `refund_status`. Raises as `_payment`."""
    return ProviderRefund(
        number=stated["out_trade_no"],
        refund_number=stated["out_refund_no"],
        state=_REFUND_STATES[stated["refund_status"] if "refund_status" in stated else stated["status"]],
        amount_fen=_fen(stated["amount"]["refund"]),
        provider_refund_id=stated.get("refund_id", ""),
        raw=masked(stated),
    )


def _fen(value: object) -> int:
    """An amount as WeChat's API states it, a JSON integer."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"not fen: {value!r}")
    return value


def _instant(text: str) -> datetime:
    """RFC 3339; without an offset it would be the provider's own."""
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=_CHINA)
