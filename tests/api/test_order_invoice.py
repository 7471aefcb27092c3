"""POST and GET orders/{no}/invoice: asked for once it is paid, handed to its owner when it is issued (F3)."""

import io

import pytest

from core import clock as server_clock
from payments.models import Invoice
from payments.services import issue_invoice, reject_invoice
from tests.identity import factories as people
from tests.learning.driving import Learner
from tests.payments import shop

pytestmark = pytest.mark.django_db(transaction=True)
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
PERSON = {"heading_kind": "person", "heading": "李雷", "email": "lilei@example.com"}
UNIT = {"heading_kind": "unit", "heading": "示例市第一医院"}


@pytest.fixture
def learner(transactional_db, clock):
    return Learner(people.learner(), clock)


@pytest.fixture
def order(sandbox, learner):
    return shop.paid(learner.user, shop.paid_class())


def code_of(answer):
    return answer.status_code, answer.json()["errors"][0]["code"]


def issued(order):
    return issue_invoice(
        invoice_id=order.invoices.order_by("-pk")[0].pk,
        number="26112000001",
        file=io.BytesIO(PDF),
        actor_id=shop.MAKER,
        acting_as="finance",
        now=server_clock.now(),
    )


def test_an_invoice_is_asked_for_and_waits(learner, order):
    answer = learner.post(f"orders/{order.no}/invoice", **PERSON)
    assert answer.status_code == 201
    told = answer.json()["invoice"]
    assert (told["state"], told["heading"], told["amount_fen"], told["number"]) == ("asked", "李雷", 240, "")
    assert learner.get(f"orders/{order.no}/invoice").status_code == 404


def test_the_issued_one_is_a_download(learner, order):
    learner.post(f"orders/{order.no}/invoice", **PERSON)
    issued(order)
    assert learner.get(f"orders/{order.no}").json()["invoice"]["number"] == "26112000001"
    answer = learner.get(f"orders/{order.no}/invoice")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == PDF


def test_a_second_request_is_refused_and_one_after_a_rejection_is_not(learner, order):
    learner.post(f"orders/{order.no}/invoice", **PERSON)
    assert code_of(learner.post(f"orders/{order.no}/invoice", **PERSON)) == (409, "invoice_not_allowed")
    reject_invoice(
        invoice_id=Invoice.objects.get().pk,
        reason="抬头写错了",
        actor_id=shop.MAKER,
        acting_as="finance",
        now=server_clock.now(),
    )
    assert learner.get(f"orders/{order.no}").json()["invoice"]["reason"] == "抬头写错了"
    assert learner.post(f"orders/{order.no}/invoice", **PERSON).status_code == 201


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({**UNIT, "tax_number": ""}, "tax_number"),
        ({**UNIT, "tax_number": "91350100M000100Y44"}, "tax_number"),
        ({**PERSON, "email": "lilei"}, "email"),
        ({**PERSON, "heading": ""}, "heading"),
        ({**PERSON, "heading_kind": "club"}, "heading_kind"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(learner, order, body, attr):
    answer = learner.post(f"orders/{order.no}/invoice", **body)
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)
    assert not Invoice.objects.exists()


def test_a_units_heading_takes_its_tax_number(learner, order):
    answer = learner.post(f"orders/{order.no}/invoice", **UNIT, tax_number="9135 0100 M000 100Y 43")
    assert answer.json()["invoice"]["tax_number"] == "91350100M000100Y43"


def test_an_unpaid_order_has_no_invoice(sandbox, learner):
    order = shop.ordered(learner.user, shop.paid_class())
    assert code_of(learner.post(f"orders/{order.no}/invoice", **PERSON)) == (409, "invoice_not_allowed")
    assert not Invoice.objects.exists()


def test_another_finds_neither_order_nor_file_and_a_visitor_logs_in(learner, order, clock, client):
    learner.post(f"orders/{order.no}/invoice", **PERSON)
    issued(order)
    stranger = Learner(people.stranger(), clock)
    assert stranger.post(f"orders/{order.no}/invoice", **PERSON).status_code == 404
    assert stranger.get(f"orders/{order.no}/invoice").status_code == 404
    assert client.get(f"/api/v1/orders/{order.no}/invoice").status_code == 401
