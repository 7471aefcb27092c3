"""What every provider (支付渠道) gives and takes.

Amounts are integer fen, instants are aware, `raw` has its secrets masked.

Adapters speak a provider's protocol through its SDK and know no order: numbers are made by the caller and are the
provider's own idempotency keys (商户订单号 `out_trade_no`, 商户退款单号 `out_refund_no` / `out_request_no`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol


class ProviderDown(Exception):
    """No answer that can be trusted: a time-out, a 5xx, a missing or wrong signature. Nothing is known; ask again."""


class ProviderRefused(Exception):
    """The provider answered, genuinely, that it won't; `code` is the provider's own."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(f"{code} {detail}".strip())


class NoticeRefused(Exception):
    """A callback (回调) that isn't believed; `reason` is a word for the log: signature, timestamp, replay, …"""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class PaymentState(StrEnum):
    """What a provider says of a payment attempt."""

    UNPAID = "unpaid"
    PAID = "paid"
    CLOSED = "closed"
    REFUNDED = "refunded"
    """Paid once, and partly or wholly given back since."""


class RefundState(StrEnum):
    """What a provider says of a refund."""

    PROCESSING = "processing"
    DONE = "done"
    FAILED = "failed"


class Closing(StrEnum):
    """What closing came to."""

    CLOSED = "closed"
    PAID = "paid"
    """Somebody has paid: query, and honour it."""
    UNKNOWN = "unknown"
    """The provider knows no such trade (Alipay before the scan): nothing to close, but a late scan may still pay."""


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """One payment as its provider states it."""

    number: str
    state: PaymentState
    amount_fen: int
    currency: str
    merchant_id: str
    app_id: str
    transaction_id: str = ""
    paid_at: datetime | None = None
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProviderRefund:
    """One refund as its provider states it."""

    number: str
    refund_number: str
    state: RefundState
    amount_fen: int
    provider_refund_id: str = ""
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """A genuine callback: of a payment, or of a refund. `event_id` is what the provider calls it.

    Alipay's callback of a refund is one of its payment, REFUNDED: it doesn't say how much this refund was.
    """

    event_id: str
    payment: ProviderPayment | None = None
    refund: ProviderRefund | None = None


@dataclass(frozen=True, slots=True)
class BillRow:
    """One line of a day's bill (对账单); a refund has its `refund_number`, and its amount is positive too."""

    number: str
    transaction_id: str
    amount_fen: int
    state: PaymentState
    refund_number: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the provider expects to hear of its callback."""

    status: int
    content_type: str
    body: str


class Provider(Protocol):
    """One provider. Calls but `read_notice` go over the network, are bounded in time, and may raise ProviderDown."""

    name: str
    merchant_id: str
    app_id: str

    def create(
        self, *, number: str, amount_fen: int, subject: str, created_at: datetime, expires_at: datetime, notify_url: str
    ) -> str:
        """Begin a payment attempt; gives the text of its QR code. Sent again with the same number it gives the same.

        Raises ProviderRefused.
        """

    def query(self, *, number: str) -> ProviderPayment | None:
        """What became of an attempt; None where the provider knows none of that number."""

    def close(self, *, number: str) -> Closing:
        """Close an attempt so that nobody can pay it any more. Raises ProviderRefused."""

    def refund(
        self, *, number: str, refund_number: str, total_fen: int, amount_fen: int, reason: str, notify_url: str
    ) -> ProviderRefund:
        """Give back a part; the same refund number asks for the same refund. Raises ProviderRefused."""

    def query_refund(self, *, number: str, refund_number: str) -> ProviderRefund | None:
        """What became of a refund; None where the provider knows none."""

    def bill(self, *, day: date) -> Iterator[BillRow]:
        """The day's bill row by row, in constant memory; empty for a day without trade. Raises ProviderRefused."""

    def read_notice(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice | None:
        """A callback as sent, verified; None for a genuine one that says nothing of a payment or refund.

        `headers`: `request.headers`. Raises NoticeRefused. Checks the signature, its age and what it is signed for;
        the amount, the merchant and the order are the caller's to check.
        """

    def accepted(self) -> Reply:
        """What to answer to a callback that was taken."""

    def refused(self, reason: str) -> Reply:
        """What to answer to one that wasn't, so that it is sent again."""
