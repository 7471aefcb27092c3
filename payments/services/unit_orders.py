"""A unit pays for its people (F4): so many seats of a class, by QR or bank transfer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.queries import ClassTerms, class_terms
from core import audit
from identity.acting import ActingRole
from learning.queries import why_not_on_offer
from payments.errors import (
    NotABuyer,
    NothingToPay,
    OrderNotOpen,
    ProviderNotOnOffer,
    SeatsWrong,
    TransferWrong,
)
from payments.models import Order, OrderEvent, OrderItem, Payment, SeatWish
from payments.money import yuan
from payments.providers import ProviderPayment
from payments.providers.base import PaymentState
from payments.services.book import hold, note
from payments.services.by_hand import bank_reference
from payments.services.confirming import Source, confirm_payment
from payments.services.ordering import LOOK_EVERY, PAY_WITHIN, check_on_offer, new_number
from payments.services.seats import people_of_unit

BANK = "bank"
"""对公转账: the money is on its way for days, and finance says when it is there."""
TRANSFER_WITHIN = timedelta(days=30)
MOST_SEATS = 2_000


@dataclass(frozen=True)
class Quote:
    """What so many seats of a class cost now. `valid_until`: the last day the price is promised for."""

    terms: ClassTerms
    seats: int
    valid_until: date

    @property
    def amount_fen(self) -> int:
        return self.terms.price_fen * self.seats


def quote(*, actor: ActingRole, class_id: int, seats: int, now: datetime) -> Quote:
    """The price of seats, by the server. Raises NotABuyer, SeatsWrong, NothingToPay, NotBegun, Over."""
    if not (actor.is_administrator and actor.may("purchases")):
        raise NotABuyer
    if not 1 <= seats <= MOST_SEATS:
        raise SeatsWrong("seats", most=MOST_SEATS)
    terms = class_terms(class_id)
    today = timezone.localdate(now)
    if not terms.is_live:
        raise OrderItem.DoesNotExist
    if not terms.price_fen:
        raise NothingToPay(title=terms.title)
    closed = why_not_on_offer(terms, today)
    if closed:
        raise closed
    return Quote(terms, seats, today + TRANSFER_WITHIN)


@transaction.atomic
def place_unit_order(
    *, actor: ActingRole, class_id: int, seats: int, provider_name: str, people: Sequence[int] = (), now: datetime
) -> Order:
    """Order seats for one's unit. `people`: user ids who get theirs as soon as it is paid; of this unit or below it.

    Raises what `quote` raises, ProviderNotOnOffer, SeatsWrong for more people than seats or somebody else's people.
    """
    offer = quote(actor=actor, class_id=class_id, seats=seats, now=now)
    if provider_name != BANK:
        check_on_offer(provider_name)
    chosen = list(dict.fromkeys(people))
    if len(chosen) > seats or len(people_of_unit(actor.organisation_path, chosen)) < len(chosen):
        raise SeatsWrong("people", most=seats)
    wait = TRANSFER_WITHIN if provider_name == BANK else PAY_WITHIN
    order = Order.objects.create(
        no=new_number(now),
        user_id=actor.user_id,
        organisation_id=actor.organisation_id,
        provider=provider_name,
        amount_fen=offer.amount_fen,
        created_at=now,
        expires_at=now + wait,
        next_look_at=now + LOOK_EVERY,
    )
    item = OrderItem.objects.create(
        order=order,
        class_page_id=offer.terms.id,
        title=offer.terms.title,
        specialty=offer.terms.specialty_title,
        price_fen=offer.terms.price_fen,
        seats=seats,
        syllabus_version=offer.terms.version,
    )
    SeatWish.objects.bulk_create(SeatWish(item=item, user_id=user_id) for user_id in chosen)
    note(order, OrderEvent.Kind.CREATED, now=now, actor_id=actor.user_id)
    if provider_name == BANK:
        _expect_transfer(order, now)
    return order


def _expect_transfer(order: Order, now: datetime) -> Payment:
    """The attempt that a transfer will be booked on; the order's number is what the unit writes on it.

    One begun before the unit turned to a QR code and back goes on.
    """
    begun = order.payments.filter(provider=BANK, state=Payment.State.OPEN).order_by("-pk").first()
    if begun:
        return begun
    return Payment.objects.create(
        order=order,
        number=f"{order.no}_{order.payments.count() + 1}",
        provider=BANK,
        merchant_id=BANK,
        app_id="",
        amount_fen=order.amount_fen,
        state=Payment.State.OPEN,
        created_at=now,
        expires_at=order.expires_at,
    )


@transaction.atomic
def pay_by_transfer(*, actor: ActingRole, order_no: str, now: datetime) -> Order:
    """Pay by bank transfer after all: the order waits for thirty days. Raises Order.DoesNotExist, OrderNotOpen,
    ProviderNotOnOffer for a learner's order.
    """
    order = hold(Order.objects.of(actor).get(no=order_no).pk)
    if order.organisation_id is None:
        raise ProviderNotOnOffer("provider")
    if order.state != Order.State.OPEN or now >= order.expires_at:
        raise OrderNotOpen
    if order.provider != BANK:
        expires_at = order.created_at + TRANSFER_WITHIN
        Order.objects.filter(pk=order.pk).update(provider=BANK, expires_at=expires_at, next_look_at=now)
        order.refresh_from_db()
        note(order, OrderEvent.Kind.PROVIDER_CHANGED, now=now, actor_id=actor.user_id, detail=BANK)
        _expect_transfer(order, now)
    return order


def _check_transfer(payment: Payment, reference: str, amount_fen: int, received_on: date, now: datetime) -> None:
    if amount_fen != payment.amount_fen:
        why = _("订单应付 ¥%s，到账金额要一样；不一样的请先和单位核对") % yuan(payment.amount_fen)
        raise TransferWrong("amount_fen", reason=why)
    if received_on > timezone.localdate(now):
        raise TransferWrong("received_on", reason=_("到账日期不能晚于今天"))
    same = Payment.objects.filter(provider=BANK, transaction_id=reference).exclude(pk=payment.pk)
    if used := same.values_list("order__no", flat=True).first():
        raise TransferWrong("reference", reason=_("这个流水号已经登记在订单 %s 上") % used)


def confirm_bank_transfer(
    *,
    order_id: int,
    reference: str,
    amount_fen: int,
    received_on: date,
    actor_id: int,
    acting_as: str,
    now: datetime,
) -> bool:
    """Finance has seen the money on the account: book it under the bank's reference. Logged. False: booked already.

    Raises Payment.DoesNotExist where no transfer is expected; at their fields ReferenceMissing, ReferenceWrong, and
    TransferWrong (a PaymentMismatch) for another amount, a used reference, a day that hasn't come.
    """
    payment = Payment.objects.filter(order_id=order_id, provider=BANK).latest("pk")
    kept = bank_reference(reference)
    _check_transfer(payment, kept, amount_fen, received_on, now)
    stated = ProviderPayment(
        number=payment.number,
        state=PaymentState.PAID,
        amount_fen=amount_fen,
        currency="CNY",
        merchant_id=BANK,
        app_id="",
        transaction_id=kept,
        paid_at=timezone.make_aware(datetime.combine(received_on, datetime.min.time())),
        raw={"reference": kept, "received_on": received_on.isoformat()},
    )
    with transaction.atomic():
        booked = confirm_payment(provider_name=BANK, stated=stated, source=Source.DESK, now=now, actor_id=actor_id)
        if booked:
            audit.record(
                act="payment.transfer_confirmed",
                now=now,
                actor_id=actor_id,
                acting_as=acting_as,
                target=("payments.order", payment.order.no),
                after={"amount_fen": amount_fen, "reference": kept},
            )
    return booked
