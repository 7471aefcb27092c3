"""Seats (名额, F4) of an order that a unit paid: opened when it is paid, given by name or by code, used once."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.queries import class_terms
from core.errors import Refusal
from identity.acting import ActingRole
from identity.queries import technician_role, technicians_of
from learning.errors import PaymentRequired
from learning.queries import enrolled_in, why_not
from learning.services import enrol_paid
from payments.errors import HasAPlace, NotOfTheUnit, SeatTaken
from payments.models import Order, OrderEvent, OrderItem, Seat, SeatWish
from payments.services.book import hold, note
from registry.inbox.services import send

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE = 12


def people_of_unit(path: str, user_ids: Collection[int]) -> set[int]:
    """Those of these people who are technicians of the unit at `path` or of one below it."""
    return technicians_of(path, user_ids)


def open_seats(order: Order, item: OrderItem, now: datetime) -> None:
    """Make the seats that an item paid for, and give theirs to who was chosen. The caller holds the order.

    Somebody who can't be in the class leaves his seat free; the book says so.
    """
    Seat.objects.bulk_create(
        (Seat(item=item, code="".join(secrets.choice(_ALPHABET) for _ in range(_CODE))) for _ in range(item.seats)),
        batch_size=500,
    )
    note(order, OrderEvent.Kind.SEATS_OPENED, now=now, detail=f"{item.title} × {item.seats}")
    free = iter(Seat.objects.filter(item=item, state=Seat.State.FREE).order_by("pk"))
    for wish in SeatWish.objects.filter(item=item).order_by("pk"):
        try:
            _tell_given(_give(order, next(free), wish.user_id, now), now)
        except Refusal as refusal:
            note(order, OrderEvent.Kind.NOT_ENROLLED, now=now, detail=str(refusal))


def _give(order: Order, seat: Seat, user_id: int, now: datetime) -> Seat:
    """Use a free seat for a person. Raises HasAPlace, NotOfTheUnit, and why he may not be in the class."""
    item = seat.item
    role = technician_role(user_id)
    organisation = order.organisation
    if role is None or organisation is None or not role.organisation_path.startswith(organisation.path):
        raise NotOfTheUnit
    terms = class_terms(item.class_page_id)
    refusal = why_not(role, terms, timezone.localdate(now))
    if refusal and not isinstance(refusal, PaymentRequired):
        raise refusal
    if item.class_page_id in enrolled_in(role, [item.class_page_id]):
        raise HasAPlace(title=item.title)
    enrolment = enrol_paid(
        user_id=user_id, class_id=item.class_page_id, syllabus_version=item.syllabus_version, now=now
    )
    if enrolment is None:
        raise HasAPlace(title=item.title)
    taken = Seat.objects.filter(pk=seat.pk, state=Seat.State.FREE)
    if not taken.update(state=Seat.State.USED, user_id=user_id, enrolment=enrolment, used_at=now):
        raise SeatTaken
    note(order, OrderEvent.Kind.ENROLLED, now=now, detail=item.title)
    seat.refresh_from_db()
    return seat


@transaction.atomic
def assign_seat(*, actor: ActingRole, order_no: str, user_id: int, now: datetime) -> Seat:
    """Give a free seat of one's unit's order to one of its people, who can learn at once and is told. A seat whose code
    was sent to another is given last.

    Raises Order.DoesNotExist, SeatTaken where none is free, HasAPlace, NotOfTheUnit, WrongRegion, Over.
    """
    order = hold(Order.objects.of(actor).get(no=order_no).pk)
    free = Seat.objects.filter(item__order=order, state=Seat.State.FREE).select_related("item")
    his = free.filter(sent_to=user_id).order_by("pk").first()
    seat = his or free.order_by(F("sent_to").asc(nulls_first=True), "pk").first()
    if seat is None:
        raise SeatTaken
    given = _give(order, seat, user_id, now)
    _tell_given(given, now)
    return given


def _tell_given(seat: Seat, now: datetime) -> None:
    send(
        user_id=seat.user_id or 0,
        kind="seat",
        title=_("单位为你开通了“%s”") % seat.item.title,
        body=_("现在就可以开始学。"),
        link="/learn/",
        now=now,
    )


@transaction.atomic
def send_codes(*, actor: ActingRole, order_no: str, user_ids: Sequence[int], now: datetime) -> int:
    """Send each of these people of one's unit the code of a free seat; who was sent one that is free still, gets that
    again. A code that was sent to somebody is nobody else's, unless he hands it on. Gives how many.

    Raises Order.DoesNotExist, NotOfTheUnit where one of them isn't of the unit, SeatTaken for too few seats; then
    nobody is sent any.
    """
    order = hold(Order.objects.of(actor).get(no=order_no).pk)
    chosen = list(dict.fromkeys(user_ids))
    if order.organisation is None or len(people_of_unit(order.organisation.path, chosen)) < len(chosen):
        raise NotOfTheUnit
    free = list(Seat.objects.filter(item__order=order, state=Seat.State.FREE).select_related("item").order_by("pk"))
    sent = {seat.sent_to_id: seat for seat in free if seat.sent_to_id}
    left = iter([seat for seat in free if seat.sent_to_id is None])
    for user_id in chosen:
        seat = sent.get(user_id) or next(left, None)
        if seat is None:
            raise SeatTaken
        Seat.objects.filter(pk=seat.pk).update(sent_to=user_id)
        _tell_code(user_id, seat, now)
    return len(chosen)


def _tell_code(user_id: int, seat: Seat, now: datetime) -> None:
    send(
        user_id=user_id,
        kind="seat_code",
        title=_("单位为你买了“%s”") % seat.item.title,
        body=_("学习码：%s，只能用一次。") % seat.code,
        link=f"/orders/redeem/?code={seat.code}",
        now=now,
    )


def redeem_seat(*, actor: ActingRole, code: str, now: datetime) -> Seat:
    """Use a code one was given (学习码). Only people of the unit that paid, or below it; once.

    Raises NotOfTheUnit for an unknown code too, so that none can be guessed at; SeatTaken, HasAPlace.
    """
    if not actor.is_learner:
        raise NotOfTheUnit
    text = "".join(code.split()).replace("-", "").upper()
    found = Seat.objects.filter(code=text).values_list("item__order_id", flat=True).first()
    if found is None:
        raise NotOfTheUnit
    with transaction.atomic():
        order = hold(found)
        seat = Seat.objects.select_related("item").get(code=text)
        if seat.state == Seat.State.USED and seat.user_id == actor.user_id:
            return seat
        if seat.state != Seat.State.FREE:
            raise SeatTaken
        return _give(order, seat, actor.user_id, now)
