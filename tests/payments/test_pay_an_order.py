"""From the order to the class: paid by scan, heard of by asking (F1, F2)."""

from datetime import timedelta

import pytest

from learning.models import Enrolment
from payments.models import Order, OrderEvent
from payments.services import refresh_order
from payments.states import recount
from tests.identity import factories as people
from tests.payments import shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
def test_a_paid_order_enrols_when_the_page_asks(sandbox, clock, provider):
    learner = people.learner()
    order = shop.ordered(learner, shop.paid_class(), provider=provider)
    assert not Enrolment.objects.exists()

    shop.phone(shop.payment_of(order), "pay_without_callback")
    clock.tick(5)
    order = refresh_order(order_id=order.pk, now=clock.now())

    assert order.state == Order.State.PAID
    assert Enrolment.objects.get().user == learner
    told = recount(OrderEvent.objects.filter(order=order).order_by("pk"))
    assert (told.state, told.received_fen, told.returned_fen) == (order.state, order.received_fen, 0)
    assert order.received_fen == shop.PRICE_FEN


def test_an_expired_order_closes(sandbox, clock):
    from payments.services import look_after

    order = shop.ordered(people.learner(), shop.paid_class())
    clock.set(order.expires_at + timedelta(seconds=1))
    look_after(order_id=order.pk, clock=clock.now)
    order.refresh_from_db()
    assert order.state == Order.State.CLOSED
