"""Asking a provider about what its bill says was paid or given back and our book doesn't: a lost callback ends here at
the latest.

Bounded: so many questions a run, and none more where three in a row weren't answered. What is left over is listed as a
difference meanwhile, and the day is looked at again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from payments.errors import PaymentMismatch, UnknownPayment
from payments.models import Payment, Refund
from payments.providers import Provider, ProviderDown, ProviderRefused
from payments.services.confirming import Source, confirm_payment
from payments.services.lease import Lease
from payments.services.returning import settle_refund

MOST_QUESTIONS = 1000
_MOST_SILENT = 3
T = TypeVar("T")


class Asking:
    """The questions of one run. `is_short`: some were not asked or not answered."""

    def __init__(self, adapter: Provider, lease: Lease, clock: Callable[[], datetime]) -> None:
        self._adapter, self._lease, self._clock = adapter, lease, clock
        self._left, self._silent = MOST_QUESTIONS, 0
        self.is_short = False

    def payment(self, payment: Payment) -> Payment:
        """As it stands when the provider has been asked. Outside a transaction. Raises LostLease."""
        stated = self._answer(lambda: self._adapter.query(number=payment.number))
        if stated is None:
            return payment
        try:
            confirm_payment(provider_name=payment.provider, stated=stated, source=Source.BILL, now=self._clock())
        except (UnknownPayment, PaymentMismatch):
            return payment  # a person sees both amounts
        return Payment.objects.get(pk=payment.pk)

    def refund(self, refund: Refund) -> Refund:
        """As it stands when the provider has been asked; its payment is loaded. Raises LostLease."""
        payment = refund.payment
        stated = self._answer(lambda: self._adapter.query_refund(number=payment.number, refund_number=refund.number))
        if stated is None:
            return refund
        try:
            settle_refund(provider_name=payment.provider, stated=stated, now=self._clock())
        except (UnknownPayment, PaymentMismatch):
            return refund
        return Refund.objects.select_related("payment").get(pk=refund.pk)

    def _answer(self, question: Callable[[], T | None]) -> T | None:
        if not self._left or self._silent >= _MOST_SILENT:
            self.is_short = True
            return None
        self._left -= 1
        self._lease.renew()
        try:
            stated = question()
        except (ProviderDown, ProviderRefused):
            self._silent += 1
            self.is_short = True
            return None
        self._silent = 0
        return stated
