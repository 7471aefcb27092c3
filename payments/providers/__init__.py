"""The two payment providers behind one interface: what an order needs of WeChat Pay and Alipay, and no more."""

from payments.providers.base import (
    BillRow,
    Closing,
    Notice,
    NoticeRefused,
    Provider,
    ProviderDown,
    ProviderPayment,
    ProviderRefund,
    ProviderRefused,
)

__all__ = [
    "BillRow",
    "Closing",
    "Notice",
    "NoticeRefused",
    "Provider",
    "ProviderDown",
    "ProviderPayment",
    "ProviderRefund",
    "ProviderRefused",
]
