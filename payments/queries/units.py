"""What a unit bought for its people (F4): how many seats are free, who has which, who has begun and finished."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.queries import class_terms
from identity import queries as identity
from identity.acting import ActingRole
from identity.queries import Technician
from learning.errors import PaymentRequired
from learning.queries import begun, finished, learning_in, why_not
from payments.models import Order, Seat

A_PAGE = 50
_CHUNK = 500


@dataclass(frozen=True)
class Seats:
    """The seats of an order by what became of them; all nought before it is paid."""

    free: int = 0
    used: int = 0
    refunded: int = 0

    @property
    def count(self) -> int:
        return self.free + self.used + self.refunded


def seats_of(order_ids: Collection[int]) -> dict[int, Seats]:
    """The seats of these orders by order id. One query."""
    rows = Seat.objects.filter(item__order_id__in=order_ids).values_list("item__order_id", "state").order_by()
    counted: dict[int, dict[str, int]] = {pk: {} for pk in order_ids}
    for order_id, state, count in rows.annotate(count=Count("pk")):
        counted[order_id][state] = count
    return {pk: Seats(**states) for pk, states in counted.items()}


@dataclass(frozen=True)
class SeatRow:
    """A seat as its unit sees it. `sent_to`: whom its code was sent to; the words of `person` hold once it is used."""

    id: int
    state: str
    code: str
    person: str
    sent_to: str
    used_at: datetime | None
    has_begun: bool
    is_finished: bool


@dataclass(frozen=True)
class SeatsPage:
    """A page of seats, of how many pages and seats that fit."""

    rows: list[SeatRow]
    count: int
    page: int
    pages: int


def seats_page(role: ActingRole, order_no: str, *, q: str = "", state: str = "", page: int = 1) -> SeatsPage:
    """Seats of one's unit's order, by a part of the name of who has it or of its code. A constant number of queries."""
    found = _seats(role, order_no)
    text = q.strip()
    if text:
        code = "".join(text.split()).replace("-", "").upper()
        found = found.filter(
            Q(user__name__icontains=text) | Q(sent_to__name__icontains=text) | Q(code__startswith=code)
        )
    if state in Seat.State.values:
        found = found.filter(state=state)
    count = found.count()
    pages = max(1, -(-count // A_PAGE))
    page = min(max(1, page), pages)
    return SeatsPage(_rows(list(found[(page - 1) * A_PAGE : page * A_PAGE])), count, page, pages)


def all_seats(role: ActingRole, order_no: str) -> Iterator[SeatRow]:
    """Every seat of one's unit's order, in chunks."""
    found, last = _seats(role, order_no), 0
    while chunk := list(found.filter(pk__gt=last)[:_CHUNK]):
        yield from _rows(chunk)
        last = chunk[-1].pk


def _seats(role: ActingRole, order_no: str) -> QuerySet[Seat]:
    orders = Order.objects.of(role).filter(no=order_no, organisation__isnull=False)
    return Seat.objects.filter(item__order__in=orders).select_related("user", "sent_to").order_by("pk")


def _rows(seats: list[Seat]) -> list[SeatRow]:
    ids = [seat.enrolment_id for seat in seats if seat.enrolment_id]
    have_begun, are_finished = begun(ids), finished(ids)
    return [
        SeatRow(
            id=seat.pk,
            state=seat.state,
            code=seat.code,
            person=seat.user.name if seat.user else "",
            sent_to=seat.sent_to.name if seat.sent_to else "",
            used_at=seat.used_at,
            has_begun=seat.enrolment_id in have_begun,
            is_finished=seat.enrolment_id in are_finished,
        )
        for seat in seats
    ]


# --- Whom to choose ---------------------------------------------------------------------------------------------------
def find_people(role: ActingRole, q: str) -> list[Technician]:
    """People of the administrator's unit and below it, by a part of name, department or unit; 50 at most."""
    return identity.find_technicians(role.organisation_path, q) if role.is_administrator else []


def why_no_places(class_id: int, user_ids: Collection[int], now: datetime) -> dict[int, str]:
    """Who of these people couldn't be put into a class now, and why, in words. A constant number of queries."""
    terms, today = class_terms(class_id), timezone.localdate(now)
    roles, inside = identity.technician_roles(user_ids), learning_in(class_id, user_ids)
    told: dict[int, str] = {}
    for user_id in user_ids:
        refusal = why_not(roles[user_id], terms, today) if user_id in roles else None
        if user_id not in roles:
            told[user_id] = _("现在不是技术人员")
        elif user_id in inside:
            told[user_id] = _("已经在这个班里")
        elif refusal and not isinstance(refusal, PaymentRequired):
            told[user_id] = str(refusal)
    return told
