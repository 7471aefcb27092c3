"""Taking callbacks (回调) in, and keeping a note of those that aren't believed."""

from datetime import datetime
from hashlib import sha256

from payments.models import RefusedNotice
from payments.providers import Notice
from payments.services.confirming import Source, confirm_payment
from payments.services.returning import settle_refund


def take_notice(*, provider_name: str, notice: Notice, now: datetime) -> None:
    """Do what a genuine callback says; said twice it changes nothing. Raises UnknownPayment, PaymentMismatch."""
    if notice.payment:
        confirm_payment(provider_name=provider_name, stated=notice.payment, source=Source.CALLBACK, now=now)
    if notice.refund:
        settle_refund(provider_name=provider_name, stated=notice.refund, now=now)


def note_misfit(*, provider_name: str, reason: str, body: bytes, number: str, now: datetime) -> None:
    """Keep a note of an answer that doesn't fit what it is about: once, however often it is given."""
    digest = sha256(body).hexdigest()
    if not RefusedNotice.objects.filter(number=number, reason=reason, digest=digest).exists():
        note_refused(provider_name=provider_name, reason=reason, body=body, address=None, now=now, number=number)


def note_refused(
    *, provider_name: str, reason: str, body: bytes, address: str | None, now: datetime, number: str = ""
) -> None:
    """Keep a note of a callback that was refused: why, from where, the hash of its bytes."""
    RefusedNotice.objects.create(
        provider=provider_name,
        reason=reason[:40],
        number=number[:64],
        digest=sha256(body).hexdigest(),
        address=address,
        received_at=now,
    )
