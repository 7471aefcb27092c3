"""Ordering (下单, L4): who may buy what, at the server's price; and beginning to pay."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from cms.queries import ClassTerms, terms_of
from core.errors import Refusal
from identity.acting import ActingRole
from learning.errors import NotALearner, PaymentRequired
from learning.queries import enrolled_in, why_not
from payments.errors import (
    AlreadyEnrolled,
    NothingToPay,
    OrderNotOpen,
    ProviderNotOnOffer,
    ProviderUnavailable,
    TooManyClasses,
)
from payments.models import Order, OrderEvent, OrderItem, Payment
from payments.providers import ProviderDown, ProviderRefused
from payments.providers.registry import NotOnOffer, on_offer, provider
from payments.services.addresses import notify_url
from payments.services.book import hold, note

PAY_WITHIN = timedelta(minutes=30)
"""How long an order waits for its money (F1)."""
LOOK_EVERY = timedelta(seconds=60)
"""How often the machine itself asks about an open order that nobody looks at."""
MOST_CLASSES = 50
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def place_order(
    *, actor: ActingRole, class_ids: Sequence[int], provider_name: str, now: datetime
) -> tuple[Order, bool]:
    """Order classes for oneself. An open order for one of them is given back (False) and nothing is ordered twice.

    The price and who may be in the class are settled here and frozen with the order. Raises NotALearner, NotBegun,
    Over, WrongRegion, NothingToPay, AlreadyEnrolled, TooManyClasses, ProviderNotOnOffer; `ObjectDoesNotExist` for no
    class.
    """
    check_on_offer(provider_name)
    if not actor.is_learner:
        raise NotALearner
    ids = list(dict.fromkeys(class_ids))
    if len(ids) > MOST_CLASSES:
        raise TooManyClasses(most=MOST_CLASSES)
    found = _open_order(actor.user_id, ids, now)
    if found:
        return found, False
    terms = check_may_buy(actor, ids, now)
    try:
        with transaction.atomic():
            return _write(actor, terms, provider_name, now), True
    except IntegrityError:
        # Somebody else's hand, most likely his own second click: that order is the one.
        found = _open_order(actor.user_id, ids, now)
        if found is None:
            raise
        return found, False


def check_on_offer(provider_name: str) -> None:
    """Raises ProviderNotOnOffer."""
    if provider_name not in on_offer():
        raise ProviderNotOnOffer("provider")


def _open_order(user_id: int, class_ids: Sequence[int], now: datetime) -> Order | None:
    items = OrderItem.objects.filter(user_id=user_id, class_page_id__in=class_ids, is_open=True)
    return Order.objects.filter(items__in=items, expires_at__gt=now).order_by("-pk").first()


def check_may_buy(actor: ActingRole, class_ids: Sequence[int], now: datetime) -> list[ClassTerms]:
    """The terms of these classes, all of which this learner may buy now. Raises what `place_order` raises."""
    found = terms_of(class_ids)
    mine = enrolled_in(actor, class_ids)
    today = timezone.localdate(now)
    terms = []
    for class_id in class_ids:
        of_class = found.get(class_id)
        if of_class is None or not of_class.is_live:
            raise OrderItem.DoesNotExist
        if class_id in mine:
            raise AlreadyEnrolled(title=of_class.title)
        _check_refusal(why_not(actor, of_class, today), of_class)
        terms.append(of_class)
    return terms


def _check_refusal(refusal: Refusal | None, terms: ClassTerms) -> None:
    """Owing the price is what one comes for; nothing else may stand in the way."""
    if refusal is None:
        raise NothingToPay(title=terms.title)
    if not isinstance(refusal, PaymentRequired):
        raise refusal


def _write(actor: ActingRole, terms: Sequence[ClassTerms], provider_name: str, now: datetime) -> Order:
    # An order whose time is over, but which nobody has closed yet, no longer stands in the way of a new one.
    expired = OrderItem.objects.filter(user_id=actor.user_id, is_open=True, order__expires_at__lte=now)
    expired.filter(class_page_id__in=[of_class.id for of_class in terms]).update(is_open=False)
    order = Order.objects.create(
        no=new_number(now),
        user_id=actor.user_id,
        provider=provider_name,
        amount_fen=sum(of_class.price_fen for of_class in terms),
        created_at=now,
        expires_at=now + PAY_WITHIN,
        next_look_at=now + LOOK_EVERY,
    )
    OrderItem.objects.bulk_create(
        OrderItem(
            order=order,
            user_id=actor.user_id,
            class_page_id=of_class.id,
            title=of_class.title,
            specialty=of_class.specialty_title,
            price_fen=of_class.price_fen,
            syllabus_version=of_class.version,
        )
        for of_class in terms
    )
    note(order, OrderEvent.Kind.CREATED, now=now, actor_id=actor.user_id)
    return order


def new_number(now: datetime) -> str:
    """An order's number: the day, and ten signs that nobody can guess."""
    return f"{timezone.localdate(now):%Y%m%d}" + "".join(secrets.choice(_ALPHABET) for _ in range(10))


def begin_payment(*, order_id: int, now: datetime) -> Payment:
    """The order's present attempt with its QR code, asked of the provider where it has none yet.

    Asked again with the same number after a time-out, for the provider may have begun it. Raises OrderNotOpen,
    ProviderUnavailable.
    """
    with transaction.atomic():
        payment = _present_attempt(hold(order_id), now)
    if payment.state == Payment.State.OPEN:
        return payment
    order = payment.order
    try:
        code_url = provider(payment.provider).create(
            number=payment.number,
            amount_fen=payment.amount_fen,
            subject=_subject(order),
            created_at=payment.created_at,
            expires_at=payment.expires_at,
            notify_url=notify_url(payment.provider),
        )
    except (ProviderDown, ProviderRefused, NotOnOffer) as fault:
        raise ProviderUnavailable from fault
    with transaction.atomic():
        order = hold(order_id)
        begun = Payment.objects.filter(pk=payment.pk, state=Payment.State.NEW)
        if begun.update(state=Payment.State.OPEN, code_url=code_url):
            note(order, OrderEvent.Kind.ATTEMPTED, now=now, payment=payment)
    payment.refresh_from_db()
    return payment


def _present_attempt(order: Order, now: datetime) -> Payment:
    """The attempt with the order's present provider; a new one where it has none that can be paid."""
    if order.state != Order.State.OPEN or now >= order.expires_at:
        raise OrderNotOpen
    latest = order.payments.order_by("-pk").first()
    waiting = {Payment.State.NEW, Payment.State.OPEN}
    if latest and latest.provider == order.provider and latest.state in waiting:
        return latest
    try:
        adapter = provider(order.provider)
    except NotOnOffer as fault:
        raise ProviderUnavailable from fault
    return Payment.objects.create(
        order=order,
        number=f"{order.no}_{order.payments.count() + 1}",
        provider=order.provider,
        merchant_id=adapter.merchant_id,
        app_id=adapter.app_id,
        amount_fen=order.amount_fen,
        created_at=now,
        expires_at=order.expires_at,
    )


def _subject(order: Order) -> str:
    """What the payer's phone shows."""
    titles = list(order.items.order_by("pk").values_list("title", flat=True)[:2])
    more = order.items.count() - 1
    return titles[0] if not more else f"{titles[0]} 等 {more + 1} 个班"


def change_provider(*, actor: ActingRole, order_no: str, provider_name: str, now: datetime) -> Order:
    """Pay by the other provider after all. The earlier attempt is closed; whichever is paid first holds.

    Raises Order.DoesNotExist for another's, ProviderNotOnOffer, OrderNotOpen.
    """
    found = Order.objects.of(actor).get(no=order_no)
    check_on_offer(provider_name)
    with transaction.atomic():
        order = hold(found.pk)
        if order.state != Order.State.OPEN or now >= order.expires_at:
            raise OrderNotOpen
        if order.provider != provider_name:
            # A transfer has a month, a code half an hour: turned to a code, the order waits as long as one by code.
            expires_at = order.expires_at if order.provider in on_offer() else now + PAY_WITHIN
            Order.objects.filter(pk=order.pk).update(
                provider=provider_name, expires_at=min(order.expires_at, expires_at), next_look_at=now
            )
            order.refresh_from_db()
            note(order, OrderEvent.Kind.PROVIDER_CHANGED, now=now, actor_id=actor.user_id, detail=provider_name)
    return order
