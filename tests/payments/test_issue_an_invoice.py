"""Finance issues an invoice: number and PDF, about what is left of the money; put right, taken back by red letters."""

import io
import threading

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client

from core.attachments import AttachmentRefused
from core.errors import FieldRefusals
from core.models import AuditEntry
from payments.errors import (
    InvoiceAmountChanged,
    InvoiceDecided,
    InvoiceFieldWrong,
    InvoiceNotAllowed,
    InvoiceNumberTaken,
    NoRedLetterDue,
)
from payments.models import Invoice, Order, OrderEvent, Refund
from payments.queries.invoices import RED, InvoiceFilters, invoices_page
from payments.services import issue_invoice
from registry.inbox.models import Message
from tests.identity import factories as people
from tests.learning.driving import Learner
from tests.payments import units
from tests.payments.invoices import ANOTHER, NUMBER, TELLER, asked, issued, paid_order, red, replaced, who
from tests.support.files import PDF, picture_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(db, clock):
    return people.learner()


@pytest.fixture
def bought(user):
    return paid_order(user)


@pytest.fixture
def invoice(bought):
    return asked(bought.order)


def unchanged(invoice):
    row = Invoice.objects.get(pk=invoice.pk)
    return (
        row.state == invoice.state
        and (row.number, row.file, row.red_fen) == (invoice.number, invoice.file, invoice.red_fen)
        and not OrderEvent.objects.filter(kind="invoiced").exists()
        and not Message.objects.filter(kind="invoice").exists()
        and not AuditEntry.objects.filter(act__startswith="invoice.").exists()
    )


def files():
    return set(default_storage.listdir("private")[1]) if default_storage.exists("private") else set()


def stored(name):
    with default_storage.open(name) as file:
        return file.read()


@pytest.fixture
def kept(db):
    """What the storage held before: other tests' files."""
    return files()


def waits_for_red():
    return [one.pk for one in invoices_page(RED, InvoiceFilters()).rows]


# --- Issued -----------------------------------------------------------------------------------------------------------
def test_it_has_its_number_and_file_and_who_asked_is_told(user, bought, invoice):
    issued(invoice, number=f" {NUMBER[:8]} {NUMBER[8:]} ")
    invoice.refresh_from_db()
    assert (invoice.state, invoice.number, invoice.amount_fen) == ("issued", NUMBER, 240)
    assert invoice.decided_by_id == TELLER
    assert stored(invoice.file) == PDF
    event = OrderEvent.objects.get(order=bought.order, kind="invoiced")
    assert (event.detail, event.actor_id, event.amount_fen) == (NUMBER, TELLER, 0)
    entry = AuditEntry.objects.get(act="invoice.issued")
    assert (entry.target_id, entry.after["number"], entry.after["amount_fen"]) == (bought.order.no, NUMBER, 240)
    message = Message.objects.get(user=user, kind="invoice")
    assert message.title == "发票已开好：李雷"
    assert message.link == f"/orders/{bought.order.no}/"


def test_its_owner_downloads_it_from_his_page_and_by_the_api_and_nobody_else_does(user, bought, invoice, clock):
    issued(invoice)
    learner, stranger = Learner(user, clock), Learner(people.stranger(), clock)
    for address in (f"/orders/{bought.order.no}/invoice.pdf", f"/api/v1/orders/{bought.order.no}/invoice"):
        answer = learner.client.get(address)
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Disposition"].startswith("attachment")
        assert stranger.client.get(address).status_code == 404
        assert Client().get(address).status_code in (302, 401)


def test_a_units_other_administrator_who_asked_is_told_as_well_as_who_ordered(clock):
    buyer = people.administrator()
    order = units.bought(buyer)
    other = people.person("周倩", 46)
    people.membership(other, "employer")
    invoice = asked(order, "示例市第一医院", heading_kind="unit", tax_number="91350100M000100Y43")
    Invoice.objects.filter(pk=invoice.pk).update(asked_by_id=other.pk)
    Message.objects.all().delete()
    issued(invoice)
    told = Message.objects.filter(kind="invoice")
    assert {message.user_id for message in told} == {buyer.pk, other.pk}
    assert {message.link for message in told} == {f"/console/purchases/{order.no}/"}


def test_it_is_about_what_is_left_after_a_refund_that_came_since_it_was_asked_for(bought, invoice):
    bought.gives_back(who()["now"], [(bought.items[0], 100)])
    issued(invoice, expected_fen=140)
    invoice.refresh_from_db()
    assert invoice.amount_fen == 140
    assert waits_for_red() == []


@pytest.mark.parametrize("number", ["", "  ", "1234567", "1" * 21, "26112000-0001", "发票26112000001"])
def test_a_wrong_number_is_refused_at_its_field(invoice, number, kept):
    with pytest.raises(InvoiceFieldWrong) as refused:
        issued(invoice, number=number)
    assert (refused.value.code, refused.value.attr) == ("invalid", "number")
    assert unchanged(invoice)
    assert files() == kept


@pytest.mark.parametrize(
    "content",
    [picture_bytes(), b"", b"not a pdf", PDF[:20], PDF[:-6] + b"/JavaScript %%EOF", PDF + b" " * 4_200_000 + b"%%EOF"],
    ids=["picture", "empty", "text", "cut off", "with a script", "too large"],
)
def test_a_file_that_is_no_pdf_is_refused_at_its_field(invoice, content):
    with pytest.raises(AttachmentRefused) as refused:
        issued(invoice, content=content)
    assert (refused.value.code, refused.value.attr) == ("attachment_refused", "file")
    assert unchanged(invoice)


def test_no_file_and_no_number_are_both_told_at_once(invoice):
    with pytest.raises(FieldRefusals) as refused:
        issue_invoice(invoice_id=invoice.pk, number="", file=None, **who())
    assert [fault.attr for fault in refused.value.faults] == ["number", "file"]
    assert unchanged(invoice)


def test_a_number_that_another_invoice_has_is_refused_and_its_file_is_gone(user, invoice):
    issued(asked(paid_order(user).order), number=NUMBER)
    before = files()
    with pytest.raises(InvoiceNumberTaken) as refused:
        issued(invoice)
    assert (refused.value.code, refused.value.attr) == ("invoice_number_taken", "number")
    invoice.refresh_from_db()
    assert (invoice.state, invoice.number, invoice.file) == ("asked", "", "")
    assert files() == before


def test_it_is_not_issued_twice_nor_after_it_was_sent_back(invoice):
    issued(invoice)
    before = files()
    with pytest.raises(InvoiceDecided) as refused:
        issued(invoice, number=ANOTHER)
    assert refused.value.code == "already_decided"
    invoice.refresh_from_db()
    assert invoice.number == NUMBER
    assert files() == before
    assert OrderEvent.objects.filter(kind="invoiced").count() == 1


@pytest.mark.parametrize("state", ["asked", "approved", "sent"])
def test_while_a_refund_is_under_way_it_waits(bought, invoice, state, kept):
    refund = bought.gives_back(who()["now"], [(bought.items[0], 100)])
    Refund.objects.filter(pk=refund.pk).update(state=state)
    with pytest.raises(InvoiceNotAllowed) as refused:
        issued(invoice)
    assert refused.value.code == "invoice_not_allowed"
    assert unchanged(invoice)
    assert files() == kept


def test_where_all_money_went_back_there_is_nothing_to_issue(bought, invoice):
    bought.gives_back(who()["now"], [(bought.items[0], 240)])
    with pytest.raises(InvoiceNotAllowed):
        issued(invoice)
    assert unchanged(invoice)


def test_an_amount_that_changed_since_finance_saw_it_is_told(bought, invoice):
    bought.gives_back(who()["now"], [(bought.items[0], 100)])
    with pytest.raises(InvoiceAmountChanged) as refused:
        issued(invoice, expected_fen=240)
    assert refused.value.code == "invoice_amount_changed"
    assert "1.40" in str(refused.value)
    assert unchanged(invoice)


def test_money_that_came_twice_is_on_no_invoice(bought, invoice):
    bought.pays(who()["now"])
    issued(invoice)
    invoice.refresh_from_db()
    assert invoice.amount_fen == 240
    bought.gives_back(who()["now"], of=1)
    assert waits_for_red() == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_issue_at_once_issue_one(kept):
    invoice = asked(paid_order(people.learner()).order)
    told: list[str] = []
    start = threading.Barrier(2)

    def issue(number):
        start.wait()
        try:
            issued(invoice, number=number)
            told.append("issued")
        except InvoiceDecided:
            told.append("decided")
        finally:
            connection.close()

    threads = [threading.Thread(target=issue, args=(number,)) for number in (NUMBER, ANOTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["decided", "issued"]
    assert OrderEvent.objects.filter(kind="invoiced").count() == 1
    assert {f"private/{name}" for name in files() - kept} == {Invoice.objects.get().file}


# --- Put right --------------------------------------------------------------------------------------------------------
def test_a_wrong_pdf_and_number_are_replaced_and_the_old_ones_stay_in_the_trail(user, bought, invoice, clock):
    issued(invoice)
    old = Invoice.objects.get().file
    replaced(invoice, ANOTHER, PDF + b"\n", reason="传成了别人的")
    invoice.refresh_from_db()
    assert (invoice.state, invoice.number) == ("issued", ANOTHER)
    entry = AuditEntry.objects.get(act="invoice.replaced")
    assert entry.before == {"number": NUMBER, "file": old}
    assert (entry.after["number"], entry.after["reason"]) == (ANOTHER, "传成了别人的")
    assert stored(old) == PDF
    assert Message.objects.filter(user=user, kind="invoice").count() == 2
    assert list(OrderEvent.objects.filter(kind="invoiced").order_by("pk").values_list("detail", flat=True)) == [
        NUMBER,
        ANOTHER,
    ]
    answer = Learner(user, clock).client.get(f"/orders/{bought.order.no}/invoice.pdf")
    assert b"".join(answer.streaming_content) == PDF + b"\n"


def test_the_number_alone_is_put_right_and_the_pdf_stays(invoice):
    issued(invoice)
    old = Invoice.objects.get().file
    replaced(invoice, ANOTHER)
    invoice.refresh_from_db()
    assert (invoice.number, invoice.file) == (ANOTHER, old)


@pytest.mark.parametrize(
    ("fields", "attr"),
    [
        ({"number": "12"}, "number"),
        ({"reason": "  "}, "reason"),
        ({"reason": "字" * 201}, "reason"),
        ({"content": picture_bytes()}, "file"),
        ({}, "number"),
    ],
)
def test_what_is_wrong_with_a_replacement_is_said_at_its_field(invoice, fields, attr):
    issued(invoice)
    invoice.refresh_from_db()
    with pytest.raises((InvoiceFieldWrong, AttachmentRefused)) as refused:
        replaced(invoice, **fields)
    assert refused.value.attr == attr
    row = Invoice.objects.get()
    assert (row.number, row.file) == (invoice.number, invoice.file)
    assert not AuditEntry.objects.filter(act="invoice.replaced").exists()


def test_what_was_never_issued_is_not_replaced(invoice, kept):
    with pytest.raises(Invoice.DoesNotExist):
        replaced(invoice, ANOTHER, PDF)
    assert unchanged(invoice)
    assert files() == kept


# --- Red letters ------------------------------------------------------------------------------------------------------
def test_a_refund_after_it_was_issued_needs_a_red_letter_for_what_went_back(user, bought, invoice):
    issued(invoice)
    bought.gives_back(who()["now"], [(bought.items[0], 100)])
    assert waits_for_red() == [invoice.pk]
    red(invoice)
    invoice.refresh_from_db()
    assert (invoice.red_fen, invoice.red_number, invoice.amount_fen) == (100, ANOTHER, 240)
    assert waits_for_red() == []
    assert AuditEntry.objects.get(act="invoice.red_letter").after["red_fen"] == 100
    message = Message.objects.filter(user=user, kind="invoice").latest("pk")
    assert message.title == "已开红字发票：李雷"
    assert "1.00" in message.body
    assert ANOTHER in message.body


def test_each_further_refund_needs_its_own_and_no_more_than_the_invoice_goes(bought, invoice):
    issued(invoice)
    for number, fen in (("26112000001", 100), ("26112000002", 140)):
        bought.gives_back(who()["now"], [(bought.items[0], fen)])
        red(invoice, number)
    invoice.refresh_from_db()
    assert (invoice.red_fen, invoice.red_number) == (240, "26112000002")
    assert Order.objects.get().state == "refunded"
    assert waits_for_red() == []


def test_a_red_letter_that_nothing_asks_for_is_refused(invoice):
    issued(invoice)
    with pytest.raises(NoRedLetterDue) as refused:
        red(invoice)
    assert refused.value.code == "no_red_letter_due"
    assert Invoice.objects.get().red_fen == 0


@pytest.mark.parametrize(("number", "kind"), [("", InvoiceFieldWrong), (NUMBER, InvoiceNumberTaken)])
def test_a_red_letters_number_is_one_of_its_own(bought, invoice, number, kind):
    issued(invoice)
    bought.gives_back(who()["now"], [(bought.items[0], 100)])
    with pytest.raises(kind) as refused:
        red(invoice, number)
    assert refused.value.attr == "number"
    assert Invoice.objects.get().red_fen == 0
    assert waits_for_red() == [invoice.pk]


# --- Asked for --------------------------------------------------------------------------------------------------------
def test_a_persons_heading_has_no_tax_number_however_long_what_was_typed(bought):
    invoice = asked(bought.order, tax_number="9" * 30)
    assert Invoice.objects.get(pk=invoice.pk).tax_number == ""


def test_a_file_like_none_is_refused(invoice):
    with pytest.raises(AttachmentRefused):
        issue_invoice(invoice_id=invoice.pk, number=NUMBER, file=None, **who())
    with pytest.raises(Invoice.DoesNotExist):
        issue_invoice(invoice_id=invoice.pk + 99, number=NUMBER, file=io.BytesIO(PDF), **who())
    assert unchanged(invoice)
