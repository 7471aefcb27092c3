"""Addresses under that of an order."""

from django.urls import URLPattern, path

from payments.office.order import AskView, OrderView
from payments.office.refund_acts import DecideView, RetryView, SentView, TransferView, WithdrawView
from payments.office.refund_start import StartView

ORDER_ADDRESSES: list[URLPattern] = [
    path("<str:no>/", OrderView.as_view(), name="one"),
    path("<str:no>/ask/", AskView.as_view(), name="ask"),
    path("<str:no>/transfer/", TransferView.as_view(), name="transfer"),
    path("<str:no>/refund/", StartView.as_view(), name="refund"),
    path("<str:no>/refunds/<int:pk>/decide/", DecideView.as_view(), name="decide"),
    path("<str:no>/refunds/<int:pk>/withdraw/", WithdrawView.as_view(), name="withdraw"),
    path("<str:no>/refunds/<int:pk>/retry/", RetryView.as_view(), name="retry"),
    path("<str:no>/refunds/<int:pk>/sent/", SentView.as_view(), name="sent"),
]
