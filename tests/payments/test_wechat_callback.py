"""POST /payments/callbacks/wechat: what isn't WeChat's own word on an order of ours changes nothing (F1)."""

import json
from datetime import timedelta

import pytest

from learning.models import Enrolment
from payments.errors import ProviderUnavailable
from payments.models import Order, OrderEvent, RefusedNotice
from payments.providers import registry
from payments.services import cancel_order, refresh_order
from tests.identity import factories as people
from tests.payments import shop
from tests.payments.post import all_of_it, refusals

pytestmark = pytest.mark.django_db(transaction=True)

PAID = ["created", "attempted", "paid", "enrolled"]


@pytest.fixture
def order(sandbox, post, clock):
    """李雷's order of a class, with its code."""
    return shop.ordered(people.learner(), shop.paid_class())


@pytest.fixture
def payment(order):
    return shop.payment_of(order)


def kinds(order: Order) -> list[str]:
    return list(OrderEvent.objects.filter(order=order).order_by("pk").values_list("kind", flat=True))


def is_refused(answer, status: int = 400) -> None:
    """As WeChat expects to hear it, so that it sends again."""
    assert answer.status_code == status
    assert json.loads(answer.content)["code"] == "FAIL"


# --- Genuine ----------------------------------------------------------------------------------------------------------
def test_a_genuine_one_enrols(post, order, payment):
    answer = post.hand_in(post.paid(payment))

    assert (answer.status_code, answer.content) == (204, b"")
    order.refresh_from_db()
    assert (order.state, order.received_fen) == (Order.State.PAID, shop.PRICE_FEN)
    assert kinds(order) == PAID
    assert Enrolment.objects.get().user == order.user
    assert not RefusedNotice.objects.exists()


def test_a_doubled_one_gets_the_same_answer_and_counts_once(sandbox, post, order, payment):
    sandbox.control.switch("notice_doubled", number=payment.number)
    first = post.paid(payment)
    second = post.inbox.wait(2)[1]

    assert first.headers["Wechatpay-Nonce"] != second.headers["Wechatpay-Nonce"]
    assert post.hand_in(first).status_code == 204
    before = all_of_it()
    assert post.hand_in(second).status_code == 204
    assert all_of_it() == before
    assert not RefusedNotice.objects.exists()


def test_one_that_comes_before_the_orders_own_answer_holds(sandbox, post, clock):
    sandbox.control.switch("notice_early", times=1)
    sandbox.control.switch("call_answer_lost", call="create", times=1, value=0.1)
    with pytest.raises(ProviderUnavailable):
        shop.ordered(people.learner(), shop.paid_class())
    order = Order.objects.get()
    assert shop.payment_of(order).state == "new"

    assert post.hand_in(post.inbox.wait(1)[0]).status_code == 204
    order.refresh_from_db()
    assert order.state == Order.State.PAID
    assert kinds(order) == ["created", "paid", "enrolled"]


def test_one_that_comes_after_its_refunds_changes_nothing(sandbox, post, order, payment, clock):
    sandbox.control.switch("notice_out_of_order", number=payment.number, times=1)
    assert sandbox.control.pay(payment.number)
    clock.tick(5)
    refresh_order(order_id=order.pk, now=clock.now())
    refund = shop.given_back(order)
    of_refund, of_payment = post.inbox.wait(2)

    assert post.hand_in(of_refund).status_code == 204
    refund.refresh_from_db()
    order.refresh_from_db()
    assert (refund.state, order.state, order.returned_fen) == ("done", "refunded", shop.PRICE_FEN)
    before = all_of_it()
    assert post.hand_in(of_payment).status_code == 204
    assert all_of_it() == before
    assert Enrolment.objects.get().state == "ended"


def test_one_of_a_closed_order_is_honoured_where_the_class_is_open(post, order, payment, clock):
    cancel_order(actor=shop.role_of(order.user), order_no=order.no, clock=clock.now)
    order.refresh_from_db()
    assert order.state == Order.State.CLOSED

    assert post.hand_in(post.paid(payment, "pay_late")).status_code == 204
    order.refresh_from_db()
    assert order.state == Order.State.PAID
    assert kinds(order)[-3:] == ["paid", "late", "enrolled"]
    assert Enrolment.objects.get().state == "active"


def test_one_of_a_closed_order_is_given_back_where_the_class_is_over(post, clock):
    page = shop.paid_class(ends_on=clock.now().date())
    order = shop.ordered(people.learner(), page)
    payment = shop.payment_of(order)
    cancel_order(actor=shop.role_of(order.user), order_no=order.no, clock=clock.now)
    came = post.paid(payment, "pay_late")
    page.ends_on = clock.now().date() - timedelta(days=1)
    page.save()

    assert post.hand_in(came).status_code == 204
    order.refresh_from_db()
    refund = order.refunds.get()
    assert order.state == Order.State.REFUNDING
    assert (refund.is_automatic, refund.amount_fen, refund.state) == (True, shop.PRICE_FEN, "approved")
    assert kinds(order)[-4:] == ["paid", "late", "not_enrolled", "refund_approved"]
    assert not Enrolment.objects.exists()


# --- Not believed -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("switch", "reason", "names_its_order"),
    [
        ("notice_forged", "signature", False),
        ("notice_signtest", "signature", False),
        ("notice_unknown_serial", "serial", False),
        ("notice_old_timestamp", "timestamp", False),
        ("notice_tampered", "ciphertext", False),
        ("notice_huge", "size", False),
        ("notice_wrong_number", "unknown_payment", False),
        ("notice_wrong_amount", "payment_mismatch", True),
        ("notice_wrong_currency", "payment_mismatch", True),
        ("notice_wrong_merchant", "payment_mismatch", True),
        ("notice_wrong_app", "payment_mismatch", True),
    ],
)
def test_one_that_does_not_fit_is_refused_and_the_next_one_holds(
    sandbox, post, order, payment, caplog, switch, reason, names_its_order
):
    sandbox.control.switch(switch, number=payment.number, times=1)
    came = post.paid(payment)
    before = all_of_it()

    is_refused(post.hand_in(came))
    assert all_of_it() == before
    ((provider, noted, number),) = refusals()
    assert (provider, noted) == ("wechat", reason)
    assert (number == payment.number) == names_its_order
    assert f"wechat's notice refused: {reason}" in caplog.text

    sandbox.control.resend(sandbox.control.notices(payment.number)[0]["id"])
    assert post.hand_in(post.inbox.wait(2)[1]).status_code == 204
    order.refresh_from_db()
    assert order.state == Order.State.PAID


def test_the_very_same_message_again_is_refused(post, order, payment):
    came = post.paid(payment)
    assert post.hand_in(came).status_code == 204
    before = all_of_it()

    is_refused(post.hand_in(came))
    assert all_of_it() == before
    assert refusals() == [("wechat", "replay", "")]


@pytest.mark.parametrize(("seconds", "believed"), [(299, True), (301, False), (-299, True), (-301, False)])
def test_five_minutes_is_how_old_it_may_be(post, order, payment, clock, seconds, believed):
    came = post.paid(payment)
    clock.tick(seconds)
    before = all_of_it()

    answer = post.hand_in(came)
    if believed:
        assert answer.status_code == 204
        return
    is_refused(answer)
    assert all_of_it() == before
    assert refusals() == [("wechat", "timestamp", "")]


@pytest.mark.parametrize("header", ["Timestamp", "Nonce", "Serial", "Signature"])
def test_a_proxy_that_strips_a_header_makes_it_worthless(post, order, payment, header):
    came = post.paid(payment)
    before = all_of_it()

    is_refused(post.hand_in(came, **{f"wechatpay_{header.lower()}": ""}))
    assert all_of_it() == before
    assert len(refusals()) == 1


def test_json_that_was_written_anew_is_not_what_was_signed(post, order, payment):
    from dataclasses import replace

    came = post.paid(payment)
    again = json.dumps(json.loads(came.body)).encode()
    assert again != came.body
    before = all_of_it()

    is_refused(post.hand_in(replace(came, body=again)))
    assert all_of_it() == before
    assert refusals() == [("wechat", "signature", "")]


def test_an_order_of_the_other_provider_is_not_confirmed(sandbox, post, clock):
    """A trade at WeChat under the number of an attempt with Alipay: genuine, and no payment of ours."""
    order = shop.ordered(people.learner(), shop.paid_class(), provider="alipay")
    payment = shop.payment_of(order)
    registry.provider("wechat").create(
        number=payment.number,
        amount_fen=payment.amount_fen,
        subject="急救",
        created_at=payment.created_at,
        expires_at=payment.expires_at,
        notify_url=post.inbox.url.replace("/callback", "/payments/callbacks/wechat"),
    )
    assert sandbox.control.pay(payment.number, provider="wechat")
    before = all_of_it()

    is_refused(post.hand_in(post.inbox.wait(1)[0]))
    assert all_of_it() == before
    assert refusals() == [("wechat", "unknown_payment", payment.number)]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_another_content_type_is_refused(post, order, payment, kind):
    came = post.paid(payment)
    before = all_of_it()

    is_refused(post.hand_in(came, content_type=kind))
    assert all_of_it() == before
    assert refusals() == [("wechat", "content_type", "")]
    assert post.hand_in(came).status_code == 204, "it was not read, so its nonce is unused"


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD"])
def test_only_a_post_is_a_callback(post, order, payment, method):
    came = post.paid(payment)
    before = all_of_it()

    answer = post.hand_in(came, method=method)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert all_of_it() == before
    assert refusals() == [("wechat", "method", "")]


def test_a_refund_of_another_amount_is_refused(sandbox, post, order, payment, clock):
    post.hand_in(post.paid(payment))
    sandbox.control.switch("notice_wrong_amount", number=payment.number, times=1)
    shop.given_back(order)
    of_refund = post.inbox.wait(2)[1]
    before = all_of_it()

    is_refused(post.hand_in(of_refund))
    assert all_of_it() == before
    assert refusals() == [("wechat", "payment_mismatch", payment.number)]
