"""Finance's queue of invoices (发票, F3): what waits, what was issued or sent back, what a refund made too high."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import F, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import OuterRef
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.audit import entries_of
from core.models import AuditEntry
from identity.queries import names_of_people
from payments.models import Invoice, Order, Refund
from payments.queries import keyset

A_PAGE = 25
MOST_COUNTED = 99
RED = "red"
"""The list of issued invoices that still need a red-letter one."""
_State = Invoice.State
TABS = (_State.ASKED.value, _State.ISSUED.value, _State.REJECTED.value, RED)
_OLDEST = "n0-0"


@dataclass(frozen=True)
class InvoiceFilters:
    """What the list is narrowed to; nothing by default. Days are inclusive, and those on which it was asked for."""

    heading: str = ""
    order_no: str = ""
    asked_from: date | None = None
    asked_to: date | None = None


def invoices_page(tab: str, filters: InvoiceFilters, *, cursor: str = "", most: int = A_PAGE) -> keyset.Slice[Invoice]:
    """A page of one of the TABS. What waits stands in the order it was asked for, all else the latest first.

    One query. `newer` leads to the page before, `older` to the one after.
    """
    found = _narrowed(invoices_of(tab), filters).select_related("order__organisation", "order__user")
    if tab == _State.ASKED:
        return _oldest_first(found, cursor, most)
    return keyset.read(found, ("decided_at", "pk"), lambda row: (row.decided_at, row.pk), cursor=cursor, most=most)


def _oldest_first(found: QuerySet[Invoice], cursor: str, most: int) -> keyset.Slice[Invoice]:
    page = keyset.read(
        found, ("asked_at", "pk"), lambda row: (row.asked_at, row.pk), cursor=cursor or _OLDEST, most=most
    )
    before = page.older if cursor and cursor != _OLDEST else ""
    return keyset.Slice(page.rows[::-1], newer=before, older=page.newer)


def invoice_counts() -> dict[str, int]:
    """How many wait for an invoice or for a red-letter one, each counted up to MOST_COUNTED + 1. Two queries."""
    return {tab: invoices_of(tab).order_by()[: MOST_COUNTED + 1].count() for tab in (_State.ASKED.value, RED)}


@dataclass(frozen=True)
class InvoiceFacts:
    """What the page of an invoice tells. `back_fen`: went back of what was paid; `under_way_fen`: is asked back or on
    its way; `due_fen`: needs a red-letter invoice. `past`: what was done, by whom, the latest first."""

    invoice: Invoice
    back_fen: int
    under_way_fen: int
    due_fen: int
    past: Sequence[tuple[AuditEntry, str]]


def invoice_facts(invoice_id: int) -> InvoiceFacts:
    """A constant number of queries. Raises Invoice.DoesNotExist."""
    invoice = Invoice.objects.select_related("order__organisation", "order__user").get(pk=invoice_id)
    done = Q(state=Refund.State.DONE)
    going = Q(state__in=[Refund.State.ASKED, Refund.State.APPROVED, Refund.State.SENT])
    sums = Refund.objects.filter(payment=invoice.order.honoured_id).aggregate(
        back=Coalesce(Sum("amount_fen", filter=done), 0), under_way=Coalesce(Sum("amount_fen", filter=going), 0)
    )
    entries = [one for one in _entries(invoice) if one.after.get("invoice") == invoice.pk]
    names = names_of_people({one.actor_id for one in entries if one.actor_id})
    past = [(one, names.get(one.actor_id or 0, "")) for one in entries]
    return InvoiceFacts(invoice, int(sums["back"]), int(sums["under_way"]), red_letter_due(invoice), past)


def _entries(invoice: Invoice) -> QuerySet[AuditEntry]:
    return entries_of("payments.order", invoice.order.no).filter(act__startswith="invoice.")[:200]


def red_letter_due(invoice: Invoice) -> int:
    """How much, in fen, went back since the invoice was issued that no red-letter invoice has taken back yet."""
    back = Refund.objects.filter(payment=invoice.order.honoured_id, state=Refund.State.DONE)
    kept = invoice.order.amount_fen - int(back.aggregate(fen=Coalesce(Sum("amount_fen"), 0))["fen"])
    return max(0, invoice.amount_fen - invoice.red_fen - kept) if invoice.state == _State.ISSUED else 0


def invoices_of(tab: str) -> QuerySet[Invoice]:
    """All of one of the TABS, unsorted."""
    if tab != RED:
        return Invoice.objects.filter(state=tab)
    # Only orders in these states have given anything back of what was honoured: few, and found by an index.
    given_back = [Order.State.REFUNDING, Order.State.PARTLY_REFUNDED, Order.State.REFUNDED]
    refunds = Refund.objects.filter(payment=OuterRef("order__honoured"), state=Refund.State.DONE)
    back = refunds.order_by().values("payment").annotate(fen=Sum("amount_fen")).values("fen")
    issued = Invoice.objects.filter(state=_State.ISSUED, order__state__in=given_back)
    return issued.annotate(back_fen=Coalesce(Subquery(back), 0)).filter(
        amount_fen__gt=F("red_fen") + F("order__amount_fen") - F("back_fen")
    )


def _narrowed(found: QuerySet[Invoice], filters: InvoiceFilters) -> QuerySet[Invoice]:
    conditions = Q()
    if filters.heading:
        conditions &= Q(heading__icontains=filters.heading)
    if filters.order_no:
        conditions &= Q(order__no=filters.order_no)
    if filters.asked_from:
        conditions &= Q(asked_at__gte=_midnight(filters.asked_from))
    if filters.asked_to:
        conditions &= Q(asked_at__lt=_midnight(filters.asked_to + timedelta(days=1)))
    return found.filter(conditions)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
