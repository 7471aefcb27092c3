"""Alipay (支付宝), precreate: the payer scans a QR code.

WAP is a product of its own, to be signed up for. Where the platform gets it, it is a sister of `create` that gives an
address in place of a QR code's text, from the SDK's `api_alipay_trade_wap_pay`; asking, closing, refunds, callbacks and
bills are the same for both.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from payments.providers import alipay_bill
from payments.providers.accounts import AlipayAccount
from payments.providers.alipay_client import ALGORITHM, CHINA, StrictClient
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
from payments.providers.money import fen, yuan
from payments.providers.texts import check_number, check_refund_number, masked, shortened

MAX_NOTICE_BYTES = 64 * 1024
MAX_NOTICE_FIELDS = 100
MAX_AHEAD = timedelta(minutes=5)
# It is said nowhere whether a repeat has the first one's time, and repeats go on for 25 hours: one that is refused for
# its age might be the last. Sent twice, a callback says what it said.
MAX_AGE = timedelta(hours=26)
MAX_SUBJECT_BYTES = 256

_UNKNOWN = "ACQ.TRADE_NOT_EXIST"
_WRONG_STATE = frozenset({"ACQ.TRADE_STATUS_ERROR", "ACQ.REASON_TRADE_STATUS_INVALID", "ACQ.REASON_ILLEGAL_STATUS"})
_ASK_AGAIN = ("SYSTEM_ERROR", "unknow-error")  # with more than one prefix
# An unbalanced brace in an answer's text hides from the SDK where the signed part ends.
_NO_BRACES = str.maketrans("{}", "（）")


class Alipay:
    """One merchant's Alipay; `seconds` is how long a caller is held at most."""

    name = "alipay"

    def __init__(self, account: AlipayAccount, *, seconds: float = WEB_SECONDS) -> None:
        self.merchant_id, self.app_id = account.merchant_id, account.app_id
        self.seconds = seconds
        self._client = StrictClient(account, seconds)

    # --- Payments -----------------------------------------------------------------------------------------------------
    def create(
        self, *, number: str, amount_fen: int, subject: str, created_at: datetime, expires_at: datetime, notify_url: str
    ) -> str:
        """See base.Provider.

        The trade begins with the scan, and `timeout_express` with it; `time_expire` is what ends it in time.
        """
        check_number(number)
        content = {
            "out_trade_no": number,
            "total_amount": yuan(amount_fen),
            "subject": shortened(subject.translate(_NO_BRACES), max_bytes=MAX_SUBJECT_BYTES),
            "seller_id": self.merchant_id,
            "timeout_express": f"{max(1, -((created_at - expires_at) // timedelta(minutes=1)))}m",
            "time_expire": expires_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        }
        answer = within(
            self.seconds,
            lambda: self._ask("alipay.trade.precreate", content, out_trade_no=number, notify_url=notify_url),
        )
        qr_code = answer.get("qr_code")
        if not isinstance(qr_code, str) or not qr_code:
            raise ProviderDown("no qr_code in the answer")
        return qr_code

    def query(self, *, number: str) -> ProviderPayment | None:
        """See base.Provider. None also before the scan."""
        check_number(number)
        return within(self.seconds, lambda: self._query(number))

    def close(self, *, number: str) -> Closing:
        """See base.Provider."""
        check_number(number)
        return within(self.seconds, lambda: self._close(number))

    def _query(self, number: str) -> ProviderPayment | None:
        answer = self._look_up("alipay.trade.query", {"out_trade_no": number})
        if answer is None:
            return None
        # An answer doesn't repeat whom it is about: it is signed for the application and the merchant that asked.
        return _believed(lambda: _payment({"seller_id": self.merchant_id, "app_id": self.app_id} | answer))

    def _close(self, number: str) -> Closing:
        try:
            self._ask("alipay.trade.close", {"out_trade_no": number}, out_trade_no=number)
        except ProviderRefused as refused:
            if refused.code == _UNKNOWN:
                return Closing.UNKNOWN
            if refused.code not in _WRONG_STATE:
                raise
            # "Not in this state" is said of paid ones and of closed ones.
            return self._closed_or_paid(number)
        return Closing.CLOSED

    def _closed_or_paid(self, number: str) -> Closing:
        payment = self._query(number)
        if payment is None or payment.state is PaymentState.UNPAID:
            raise ProviderDown("can't be closed, and it isn't said why")
        return Closing.CLOSED if payment.state is PaymentState.CLOSED else Closing.PAID

    # --- Refunds ------------------------------------------------------------------------------------------------------
    def refund(
        self, *, number: str, refund_number: str, total_fen: int, amount_fen: int, reason: str, notify_url: str
    ) -> ProviderRefund:
        """See base.Provider. Its callback goes to the address that `create` gave."""
        check_number(number)
        check_refund_number(refund_number)
        content = {
            "out_trade_no": number,
            "out_request_no": refund_number,
            "refund_amount": yuan(amount_fen),
            "refund_reason": shortened(reason.translate(_NO_BRACES), max_bytes=MAX_SUBJECT_BYTES),
        }
        return within(self.seconds, lambda: self._refund(number, refund_number, amount_fen, content))

    def query_refund(self, *, number: str, refund_number: str) -> ProviderRefund | None:
        """See base.Provider."""
        check_number(number)
        check_refund_number(refund_number)
        return within(self.seconds, lambda: self._query_refund(number, refund_number))

    def _refund(self, number: str, refund_number: str, amount_fen: int, content: dict[str, str]) -> ProviderRefund:
        answer = self._ask("alipay.trade.refund", content, out_trade_no=number)
        if answer.get("fund_change") == "Y":
            # `refund_fee` is what was given back of this trade so far, not now.
            state, raw = RefundState.DONE, masked(answer)
            return ProviderRefund(number, refund_number, state, amount_fen, answer.get("trade_no", ""), raw)
        # No money moved in this call: it did in an earlier one of this number, or it will.
        known = self._query_refund(number, refund_number)
        return known or ProviderRefund(
            number, refund_number, RefundState.PROCESSING, amount_fen, answer.get("trade_no", ""), masked(answer)
        )

    def _query_refund(self, number: str, refund_number: str) -> ProviderRefund | None:
        answer = self._look_up(
            "alipay.trade.fastpay.refund.query", {"out_trade_no": number, "out_request_no": refund_number}
        )
        if answer is None or not answer.get("refund_amount"):  # "the query went well" is all that it says
            return None
        if answer.get("out_request_no") != refund_number:
            raise ProviderDown("an answer to another question")
        done = answer.get("refund_status") == "REFUND_SUCCESS"
        return _believed(
            lambda: ProviderRefund(
                number,
                refund_number,
                RefundState.DONE if done else RefundState.PROCESSING,
                fen(answer["refund_amount"]),
                answer.get("trade_no", ""),
                masked(answer),
            )
        )

    # --- Bills --------------------------------------------------------------------------------------------------------
    def bill(self, *, day: date) -> Iterator[BillRow]:
        """See base.Provider. A bill that isn't written yet can't be told from a day without trade: ask after 10:00."""
        content = {"bill_type": "trade", "bill_date": day.isoformat()}

        def link() -> str | None:
            try:
                answer = within(
                    self.seconds, lambda: self._ask("alipay.data.dataservice.bill.downloadurl.query", content)
                )
            except ProviderRefused as refused:
                if refused.code.lower().endswith("bill_not_exist"):
                    return None
                raise
            return str(answer.get("bill_download_url", ""))

        return alipay_bill.rows(link, seconds=self.seconds)

    # --- Callbacks ----------------------------------------------------------------------------------------------------
    def read_notice(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice | None:
        """See base.Provider.

        A callback of a refund is one of its payment: it states the sum of all refunds, not which one. Alipay refunds at
        once or not at all, so its answer has told already.
        """
        if len(body) > MAX_NOTICE_BYTES:
            raise NoticeRefused("size")
        fields = _fields(body)
        if fields.get("sign_type") != ALGORITHM:
            raise NoticeRefused("algorithm")
        if not self._is_signed(fields):
            raise NoticeRefused("signature")
        try:
            age = now - _instant(fields["notify_time"])
            if not -MAX_AHEAD <= age <= MAX_AGE:
                raise NoticeRefused("timestamp")
            if fields["notify_type"] != "trade_status_sync":
                return None
            return Notice(fields["notify_id"], payment=_payment(fields))
        except (KeyError, ValueError):
            raise NoticeRefused("content") from None

    def accepted(self) -> Reply:
        """See base.Provider."""
        return Reply(200, "text/plain", "success")

    def refused(self, reason: str) -> Reply:
        """See base.Provider."""
        return Reply(400, "text/plain", "fail")

    def _is_signed(self, fields: Mapping[str, str]) -> bool:
        """Over every field that came, known or not, but these two. Alipay's own libraries differ in whether empty
        fields count; they say nothing, so either is genuine."""
        signed = {name: value for name, value in fields.items() if name not in ("sign", "sign_type")}
        sign = fields.get("sign", "")
        told = {name: value for name, value in signed.items() if value}
        return self._client.verify(signed, sign) or (len(told) < len(signed) and self._client.verify(told, sign))

    # --- Asking -------------------------------------------------------------------------------------------------------
    def _ask(self, method: str, content: dict[str, str], *, out_trade_no: str = "", **public: str) -> dict[str, Any]:
        """The answer of a call that went well, about the trade that was asked for.

        Raises ProviderDown, ProviderRefused.
        """
        answer = self._client.ask(method, content, **public)
        code, sub_code = str(answer.get("code", "")), str(answer.get("sub_code", ""))
        if code == "10000":
            if answer.get("out_trade_no", out_trade_no) != out_trade_no:
                raise ProviderDown("an answer to another question")
            return answer
        if code in ("", "10003", "20000") or sub_code.endswith(_ASK_AGAIN):
            raise ProviderDown(f"{code} {sub_code}".strip() or "no code in the answer")
        raise ProviderRefused(sub_code or code, str(answer.get("sub_msg") or answer.get("msg", "")))

    def _look_up(self, method: str, content: dict[str, str]) -> dict[str, Any] | None:
        """What Alipay knows, None where it says that it knows nothing; any other refusal leaves it open."""
        try:
            return self._ask(method, content, out_trade_no=content["out_trade_no"])
        except ProviderRefused as refused:
            if refused.code == _UNKNOWN:
                return None
            raise ProviderDown(str(refused)) from refused


def _fields(body: bytes) -> dict[str, str]:
    """A form as sent, decoded once. A field that comes twice would be read by one and verified by another."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MAX_NOTICE_FIELDS,
        )
    except ValueError:
        raise NoticeRefused("body") from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise NoticeRefused("doubled")
    return fields


def _believed(read: Any) -> Any:
    try:
        return read()
    except (KeyError, ValueError, TypeError) as fault:
        raise ProviderDown(f"an answer that can't be read: {fault!r}") from fault


def _payment(stated: Mapping[str, Any]) -> ProviderPayment:
    """Of an answer or of a callback. Raises KeyError, ValueError."""
    paid_at = stated.get("send_pay_date") or stated.get("gmt_payment")
    state = _state(stated["trade_status"], paid=bool(paid_at), given_back=bool(stated.get("refund_fee")))
    return ProviderPayment(
        number=stated["out_trade_no"],
        state=state,
        amount_fen=fen(stated["total_amount"]),
        currency=stated.get("trans_currency") or "CNY",  # stated only where it is another
        merchant_id=stated.get("seller_id", ""),
        app_id=stated.get("app_id", ""),
        transaction_id=stated["trade_no"],
        paid_at=_instant(paid_at) if paid_at else None,
        raw=masked(stated),
    )


def _state(status: str, *, paid: bool, given_back: bool) -> PaymentState:
    """TRADE_CLOSED is both: never paid in time, and wholly given back. Raises ValueError."""
    if status == "WAIT_BUYER_PAY":
        return PaymentState.UNPAID
    if status == "TRADE_CLOSED":
        return PaymentState.REFUNDED if paid or given_back else PaymentState.CLOSED
    if status in ("TRADE_SUCCESS", "TRADE_FINISHED"):
        return PaymentState.REFUNDED if given_back else PaymentState.PAID
    raise ValueError(f"trade_status {status!r}")


def _instant(text: str) -> datetime:
    """Alipay's times are local ones; callbacks of a payment may have thousandths."""
    return datetime.strptime(text[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
