"""Finance sends a request for an invoice back with a reason; it can be asked for again (F3)."""

import pytest

from core.models import AuditEntry
from payments.errors import InvoiceDecided, InvoiceFieldWrong
from payments.models import Invoice, OrderEvent
from registry.inbox.models import Message
from tests.identity import factories as people
from tests.learning.driving import Learner
from tests.payments.invoices import TELLER, asked, issued, paid_order, rejected

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(db, clock):
    return people.learner()


@pytest.fixture
def order(user):
    return paid_order(user).order


@pytest.fixture
def invoice(order):
    return asked(order)


def test_who_asked_reads_the_reason_and_may_ask_again(user, order, invoice, clock):
    rejected(invoice, " 税号和抬头不是同一个单位 ")
    invoice.refresh_from_db()
    assert (invoice.state, invoice.reason) == ("rejected", "税号和抬头不是同一个单位")
    assert invoice.decided_by_id == TELLER
    entry = AuditEntry.objects.get(act="invoice.rejected")
    assert (entry.target_id, entry.after["reason"]) == (order.no, "税号和抬头不是同一个单位")
    message = Message.objects.get(user=user, kind="invoice")
    assert (message.title, message.body) == ("发票申请被退回：李雷", "税号和抬头不是同一个单位")

    learner = Learner(user, clock)
    assert "税号和抬头不是同一个单位" in learner.client.get(f"/orders/{order.no}/").content.decode()
    again = asked(order, "李雷（改）")
    assert (again.state, Invoice.objects.count()) == ("asked", 2)
    issued(again)
    assert learner.client.get(f"/orders/{order.no}/invoice.pdf").status_code == 200


@pytest.mark.parametrize("reason", ["", "   ", "字" * 201])
def test_a_reason_is_needed_and_bounded(invoice, reason):
    with pytest.raises(InvoiceFieldWrong) as refused:
        rejected(invoice, reason)
    assert (refused.value.code, refused.value.attr) == ("invalid", "reason")
    assert Invoice.objects.get().state == "asked"
    assert not Message.objects.filter(kind="invoice").exists()
    assert not AuditEntry.objects.filter(act="invoice.rejected").exists()


def test_what_was_issued_is_not_sent_back(invoice):
    issued(invoice)
    with pytest.raises(InvoiceDecided) as refused:
        rejected(invoice)
    assert refused.value.code == "already_decided"
    assert Invoice.objects.get().state == "issued"
    assert Message.objects.filter(kind="invoice").count() == 1


def test_it_is_not_sent_back_twice(invoice):
    rejected(invoice)
    with pytest.raises(InvoiceDecided):
        rejected(invoice, "再退一次")
    assert Invoice.objects.get().reason == "税号不对"


def test_the_money_and_its_events_stay_as_they_are(order, invoice):
    before = list(OrderEvent.objects.values_list("kind", flat=True))
    rejected(invoice)
    order.refresh_from_db()
    assert (order.state, order.received_fen, order.returned_fen) == ("paid", 240, 0)
    assert list(OrderEvent.objects.values_list("kind", flat=True)) == before
