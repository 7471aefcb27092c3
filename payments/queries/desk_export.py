"""The finance desk's list of orders as rows of a workbook: read in portions, of any length in the memory of one."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity import queries as identity
from payments.models import Order, OrderItem
from payments.queries import keyset
from payments.queries.desk import OrderFilters, events_found, ids_by_items, orders_found

MOST_ROWS = 100_000
"""So many orders are told at a time: within seconds, and within what a table program shows."""
_PORTION = 2_000
COLUMNS = (
    (gettext_lazy("订单号"), 20),
    (gettext_lazy("状态"), 11),
    (gettext_lazy("支付方式"), 11),
    (gettext_lazy("下单人"), 11),
    (gettext_lazy("证件号码"), 21),
    (gettext_lazy("单位"), 28),
    (gettext_lazy("班级"), 40),
    (gettext_lazy("专业"), 16),
    (gettext_lazy("名额"), 7),
    (gettext_lazy("应付（元）"), 12),
    (gettext_lazy("到账（元）"), 12),
    (gettext_lazy("退回（元）"), 12),
    (gettext_lazy("下单时间"), 17),
    (gettext_lazy("付款时间"), 17),
    (gettext_lazy("商户订单号"), 26),
    (gettext_lazy("平台流水号"), 30),
)
"""The heads with their widths in characters."""
_READ = (
    "pk",
    "no",
    "state",
    "provider",
    "user_id",
    "organisation__name",
    "amount_fen",
    "received_fen",
    "returned_fen",
    "created_at",
    "paid_at",
    "honoured__number",
    "honoured__transaction_id",
)


def count_to_export(filters: OrderFilters) -> int:
    """How many orders fit, counted up to one more than may be exported."""
    found: QuerySet[Any, Any] = ids_by_items(filters) if _is_by_items(filters) else _orders(filters).values("pk")
    return found[: MOST_ROWS + 1].count()


def rows_to_export(filters: OrderFilters, provider_words: Mapping[str, str]) -> Iterator[list[str | int]]:
    """The orders that fit, the newest first, a row each as COLUMNS says; amounts are fen. Four queries a portion, five
    by classes."""
    states = {value: str(label) for value, label in Order.State.choices}
    zone = get_current_timezone()

    def when(instant: datetime | None) -> str:
        return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}" if instant else ""

    for rows in _portions(filters):
        items: dict[int, list[tuple[str, str, int]]] = {row[0]: [] for row in rows}
        told = OrderItem.objects.filter(order_id__in=items).order_by("pk")
        for order_id, title, specialty, seats in told.values_list("order_id", "title", "specialty", "seats"):
            items[order_id].append((title, specialty, seats))
        people = identity.people_shown({row[4] for row in rows})
        for pk, no, state, provider, user_id, payer, amount, received, returned, created, paid, number, own in rows:
            person = people[user_id]
            yield [
                no,
                states[state],
                provider_words.get(provider, provider),
                person.name,
                person.id_masked,
                payer or person.unit,
                "；".join(title for title, _specialty, _seats in items[pk]),
                "；".join(dict.fromkeys(specialty for _title, specialty, _seats in items[pk] if specialty)),
                str(sum(seats for _title, _specialty, seats in items[pk])),
                amount,
                received,
                returned,
                when(created),
                when(paid),
                number or "",
                own or "",
            ]


def _portions(filters: OrderFilters) -> Iterator[list[Any]]:
    """What is told of the orders that fit, as _READ says, so many at a time."""
    cursor, is_first = "", True
    while cursor or is_first:
        is_first = False
        if _is_by_items(filters):
            ids = keyset.read(ids_by_items(filters), ("order_id",), lambda pk: (pk,), cursor=cursor, most=_PORTION)
            rows = Order.objects.filter(pk__in=ids.rows).order_by("-pk").values_list(*_READ)
            cursor = ids.older
            yield list(rows)
        else:
            found = _orders(filters).values_list(*_READ)
            page = keyset.read(found, ("created_at", "pk"), lambda row: (row[9], row[0]), cursor=cursor, most=_PORTION)
            cursor = page.older
            yield page.rows


def _is_by_items(filters: OrderFilters) -> bool:
    return bool(filters.class_id or filters.specialty) and not filters.event


def _orders(filters: OrderFilters) -> QuerySet[Order]:
    """Also those of unexpected money: each once, however often it came."""
    found = orders_found(filters)
    return found.filter(pk__in=events_found(filters).values("order_id")) if filters.event else found


def sheet_name() -> str:
    """What the sheet is called."""
    return _("订单")
