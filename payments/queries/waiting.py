"""How much waits for finance (F3): counted no further than anybody needs to know."""

from collections.abc import Callable, Mapping
from datetime import datetime, time

from django.db.models import QuerySet
from django.utils import timezone

from payments.models import BillDifference, Refund, RefusedNotice
from payments.queries.invoices import RED, invoices_of

MOST_COUNTED = 99
REFUNDS, DIFFERENCES, INVOICES, RED_LETTERS, REFUSED = "refunds", "differences", "invoices", "red_letters", "refused"


def waiting(what: str, now: datetime) -> int:
    """How many of these wait, up to MOST_COUNTED + 1; of refused notices those of today. One query."""
    return _FOUND[what](now).order_by()[: MOST_COUNTED + 1].count()


def _refused_today(now: datetime) -> QuerySet[RefusedNotice]:
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    return RefusedNotice.objects.filter(received_at__gte=midnight)


_FOUND: Mapping[str, Callable[[datetime], QuerySet]] = {
    REFUNDS: lambda _now: Refund.objects.filter(state=Refund.State.ASKED),
    DIFFERENCES: lambda _now: BillDifference.objects.filter(resolved_at__isnull=True),
    INVOICES: lambda _now: invoices_of("asked"),
    RED_LETTERS: lambda _now: invoices_of(RED),
    REFUSED: _refused_today,
}
