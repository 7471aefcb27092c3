"""What the payments room hands somebody of his own, and what becomes of it when his account closes (X7)."""

import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from identity.queries import export_of
from learning.models import Enrolment
from payments.models import Invoice, Order, OrderEvent
from payments.services import refresh_order, send_refund
from registry.people.services import close_account
from tests.identity import factories as people
from tests.payments import shop

pytestmark = pytest.mark.django_db(transaction=True)

EMPTY = {"orders": [], "items": [], "payments": [], "refunds": [], "invoices": []}


def paid(order: Order, fakes, clock) -> Order:
    fakes["wechat"].pay(shop.payment_of(order).number)
    clock.tick(5)
    return refresh_order(order_id=order.pk, now=clock.now())


def part_of(user) -> dict:
    return json.loads(json.dumps(export_of(user.pk), cls=DjangoJSONEncoder))["payments"]


def test_ones_own_orders_payments_refunds_and_invoices_are_handed_out(fakes, jobs, clock):
    learner, stranger = people.learner(), people.stranger()
    order = paid(shop.ordered(learner, shop.paid_class()), fakes, clock)
    refund = shop.given_back(order)
    Invoice.objects.create(
        order=order, heading="李雷", amount_fen=order.amount_fen, asked_at=clock.now(), asked_by_id=learner.pk
    )

    part = part_of(learner)

    assert [(row["no"], row["state"], row["returned_fen"]) for row in part["orders"]] == [
        (order.no, "refunded", shop.PRICE_FEN)
    ]
    assert [(row["order__no"], row["price_fen"]) for row in part["items"]] == [(order.no, shop.PRICE_FEN)]
    assert [row["number"] for row in part["payments"]] == [shop.payment_of(order).number]
    assert [row["number"] for row in part["refunds"]] == [refund.number]
    assert [row["heading"] for row in part["invoices"]] == ["李雷"]
    assert part_of(stranger) == EMPTY


def test_what_somebody_ordered_for_a_unit_is_not_his(fakes, jobs, clock):
    learner = people.learner()
    order = shop.ordered(learner, shop.paid_class())
    Order.objects.filter(pk=order.pk).update(organisation=people.organisation())

    assert part_of(learner) == EMPTY


def test_a_code_that_could_still_be_paid_is_not_in_it(fakes, jobs, clock):
    learner = people.learner()
    order = shop.ordered(learner, shop.paid_class())

    assert shop.payment_of(order).code_url not in json.dumps(part_of(learner))


def test_a_closed_account_keeps_its_orders_and_gets_its_money_back(fakes, jobs, clock):
    """The book is kept as the law asks; a refund under way arrives though nobody can log in any more."""
    learner = people.learner()
    order = paid(shop.ordered(learner, shop.paid_class()), fakes, clock)
    refund = shop.decided(shop.asked_back(order))
    events = OrderEvent.objects.filter(order=order).count()

    close_account(actor=shop.role_of(learner), password=people.PASSWORD, now=clock.now())
    assert OrderEvent.objects.filter(order=order).count() == events
    send_refund(refund_id=refund.pk, clock=clock.now)

    order.refresh_from_db()
    assert (order.state, order.returned_fen, order.user_id) == ("refunded", shop.PRICE_FEN, learner.pk)
    assert Enrolment.objects.get().state == "ended"
