"""退款 at the desk (F3): what waits for a second person, what is on its way, what failed; bounded pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from identity.queries import names_of_people, staff_ids
from payments.models import Order, Refund, RefundLine
from payments.queries import keyset
from payments.queries.order_file import RefundFile, asked_as

A_PAGE = 25
_State = Refund.State
TABS: Mapping[str, tuple[Refund.State, ...]] = {
    "asked": (_State.ASKED,),
    "going": (_State.APPROVED, _State.SENT),
    "failed": (_State.FAILED,),
    "done": (_State.DONE,),
    "rejected": (_State.REJECTED, _State.WITHDRAWN),
}
"""The tabs of the queue: name → states."""
_TURNED_DOWN = TABS["rejected"]


@dataclass(frozen=True)
class RefundFilters:
    """What the queue is narrowed to; nothing by default. Days are inclusive and those of asking. `asked_as`: machine,
    desk or buyer."""

    tab: str = "asked"
    provider: str = ""
    asked_as: str = ""
    asked_from: date | None = None
    asked_to: date | None = None


@dataclass(frozen=True)
class RefundRow:
    """A refund as the queue tells it: of whose order, and the rest as the order's page has it."""

    file: RefundFile
    order: Order
    name: str
    unit: str


@dataclass(frozen=True)
class RefundList:
    """A page of the queue with the cursors of its neighbours."""

    rows: list[RefundRow]
    newer: str
    older: str


def refunds_page(filters: RefundFilters, *, cursor: str = "", most: int = A_PAGE) -> RefundList:
    """A page of the refunds that fit, the latest asked first. A constant number of queries."""
    staff = staff_ids()
    found = _found(filters, staff).select_related("order__organisation", "payment")
    page = keyset.read(found, ("asked_at", "pk"), lambda row: (row.asked_at, row.pk), cursor=cursor, most=most)
    return RefundList(_rows(page.rows, staff), page.newer, page.older)


def _found(filters: RefundFilters, staff: frozenset[int]) -> QuerySet[Refund]:
    found = Refund.objects.filter(state__in=TABS[filters.tab])
    if filters.provider:
        found = found.filter(payment__provider=filters.provider)
    if filters.asked_as:
        by_staff = Q(asked_by_id__in=staff)
        found = found.filter(
            {
                "machine": Q(is_automatic=True),
                "desk": Q(is_automatic=False) & by_staff,
                "buyer": Q(is_automatic=False) & ~by_staff,
            }[filters.asked_as]
        )
    if filters.asked_from:
        found = found.filter(asked_at__gte=_start(filters.asked_from))
    if filters.asked_to:
        found = found.filter(asked_at__lt=_start(filters.asked_to + timedelta(days=1)))
    return found


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _rows(refunds: Sequence[Refund], staff: frozenset[int]) -> list[RefundRow]:
    ids = [refund.pk for refund in refunds]
    lines = list(RefundLine.objects.filter(refund__in=ids).select_related("item").order_by("pk"))
    repeats = Refund.objects.filter(repeats__in=ids).exclude(state__in=_TURNED_DOWN)
    repeated = set(repeats.values_list("repeats_id", flat=True))
    people = {refund.order.user_id for refund in refunds}
    people |= {pk for refund in refunds for pk in (refund.asked_by_id, refund.decided_by_id) if pk}
    names = names_of_people(people)
    return [
        RefundRow(
            file=RefundFile(
                refund=refund,
                lines=tuple(line for line in lines if line.refund_id == refund.pk),
                asked_by=names.get(refund.asked_by_id or 0, ""),
                asked_as=asked_as(refund, staff),
                decided_by=names.get(refund.decided_by_id or 0, ""),
                is_repeated=refund.pk in repeated,
            ),
            order=refund.order,
            name=names.get(refund.order.user_id, ""),
            unit=refund.order.organisation.name if refund.order.organisation else "",
        )
        for refund in refunds
    ]


@dataclass(frozen=True)
class Waiting:
    """How many refunds wait for somebody of finance, and since when the oldest does."""

    count: int
    since: datetime | None


def refunds_waiting() -> dict[str, Waiting]:
    """Of the tabs where somebody must act: asked; failed and not asked for again. One query."""
    again = Refund.objects.filter(repeats=OuterRef("pk")).exclude(state__in=_TURNED_DOWN)
    rows = Refund.objects.filter(Q(state=_State.ASKED) | Q(~Exists(again), state=_State.FAILED))
    counted = rows.order_by().values_list("state").annotate(count=Count("pk"), since=Min("asked_at"))
    found = {state: Waiting(count, since) for state, count, since in counted}
    return {tab: found.get(tab, Waiting(0, None)) for tab in ("asked", "failed")}
