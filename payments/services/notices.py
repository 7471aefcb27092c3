"""Taking callbacks (回调) in, and keeping a note of those that aren't believed."""

from datetime import datetime, timedelta
from hashlib import sha256

from payments.models import RefusedNotice
from payments.providers import Notice
from payments.services.confirming import Source, confirm_payment
from payments.services.returning import settle_refund

KEPT_DAYS = 180
"""How long a refused callback is kept: longer than any provider sends one again, or anybody asks for one."""
_DROPPED_AT_ONCE = 10_000
_MOST_TIMES = 50


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


def drop_old_notices(*, now: datetime) -> int:
    """Refused callbacks older than KEPT_DAYS go; gives how many. In parts, so that the table is never held long, and so
    many of them that who floods us with forgeries doesn't fill it."""
    old = RefusedNotice.objects.filter(received_at__lt=now - timedelta(days=KEPT_DAYS)).order_by("received_at", "pk")
    gone = 0
    for _part in range(_MOST_TIMES):
        dropped, _models = RefusedNotice.objects.filter(
            pk__in=list(old.values_list("pk", flat=True)[:_DROPPED_AT_ONCE])
        ).delete()
        gone += dropped
        if dropped < _DROPPED_AT_ONCE:
            break
    return gone
