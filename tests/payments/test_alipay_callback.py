"""POST /payments/callbacks/alipay: what isn't Alipay's own word on an order of ours changes nothing (F1)."""

from dataclasses import replace
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


@pytest.fixture
def order(sandbox, post, clock):
    """李雷's order of a class, with its code."""
    return shop.ordered(people.learner(), shop.paid_class(), provider="alipay")


@pytest.fixture
def payment(order):
    return shop.payment_of(order)


def kinds(order: Order) -> list[str]:
    return list(OrderEvent.objects.filter(order=order).order_by("pk").values_list("kind", flat=True))


def is_taken(answer) -> bool:
    """Exactly these seven letters; anything else is sent again."""
    return (answer.status_code, answer.content) == (200, b"success")


def is_refused(answer, status: int = 400) -> None:
    assert answer.status_code == status
    assert b"success" not in answer.content


# --- Genuine ----------------------------------------------------------------------------------------------------------
def test_a_genuine_one_enrols(post, order, payment):
    assert is_taken(post.hand_in(post.paid(payment)))

    order.refresh_from_db()
    assert (order.state, order.received_fen) == (Order.State.PAID, shop.PRICE_FEN)
    assert kinds(order) == ["created", "attempted", "paid", "enrolled"]
    assert Enrolment.objects.get().user == order.user
    assert not RefusedNotice.objects.exists()


def test_the_same_one_again_gets_the_same_answer_and_counts_once(post, order, payment, clock):
    """Alipay's repeats may be the first one's bytes: there is no nonce, and what it said it says again."""
    came = post.paid(payment)
    assert is_taken(post.hand_in(came))
    before = all_of_it()
    for seconds in (1, 25 * 3600):
        clock.tick(seconds)
        assert is_taken(post.hand_in(came))
    assert all_of_it() == before
    assert not RefusedNotice.objects.exists()


def test_one_that_comes_before_the_orders_own_answer_holds(sandbox, post, clock):
    sandbox.control.switch("notice_early", times=1)
    sandbox.control.switch("call_answer_lost", call="create", times=1, value=0.1)
    with pytest.raises(ProviderUnavailable):
        shop.ordered(people.learner(), shop.paid_class(), provider="alipay")
    order = Order.objects.get()
    assert shop.payment_of(order).state == "new"

    assert is_taken(post.hand_in(post.inbox.wait(1)[0]))
    order.refresh_from_db()
    assert order.state == Order.State.PAID
    assert kinds(order) == ["created", "paid", "enrolled"]


def test_one_that_comes_after_its_refunds_changes_nothing(sandbox, post, order, payment, clock):
    """The refund's callback is one of its payment, whose money is back: no second payment, no failed one."""
    sandbox.control.switch("notice_out_of_order", number=payment.number, times=1)
    assert sandbox.control.pay(payment.number)
    clock.tick(5)
    refresh_order(order_id=order.pk, now=clock.now())
    refund = shop.given_back(order)
    refund.refresh_from_db()
    assert refund.state == "done", "Alipay's answer has told"
    before = all_of_it()

    for came in post.inbox.wait(2):
        assert is_taken(post.hand_in(came))
    assert all_of_it() == before
    assert Enrolment.objects.get().state == "ended"


def test_one_of_a_closed_order_is_honoured_where_the_class_is_open(sandbox, post, order, payment, clock):
    sandbox.control.scan(payment.number)
    cancel_order(actor=shop.role_of(order.user), order_no=order.no, clock=clock.now)
    order.refresh_from_db()
    assert order.state == Order.State.CLOSED

    assert is_taken(post.hand_in(post.paid(payment, "pay_late")))
    order.refresh_from_db()
    assert order.state == Order.State.PAID
    assert kinds(order)[-3:] == ["paid", "late", "enrolled"]


def test_one_of_a_closed_order_is_given_back_where_the_class_is_over(sandbox, post, clock):
    page = shop.paid_class(ends_on=clock.now().date())
    order = shop.ordered(people.learner(), page, provider="alipay")
    payment = shop.payment_of(order)
    sandbox.control.scan(payment.number)
    cancel_order(actor=shop.role_of(order.user), order_no=order.no, clock=clock.now)
    came = post.paid(payment, "pay_late")
    page.ends_on = clock.now().date() - timedelta(days=1)
    page.save()

    assert is_taken(post.hand_in(came))
    order.refresh_from_db()
    refund = order.refunds.get()
    assert order.state == Order.State.REFUNDING
    assert (refund.is_automatic, refund.amount_fen, refund.state) == (True, shop.PRICE_FEN, "approved")
    assert not Enrolment.objects.exists()


def test_a_code_that_is_scanned_after_the_order_was_cancelled_still_pays(sandbox, post, order, payment, clock):
    """Before the scan there is nothing to close at Alipay (facts/payments.md, section 2)."""
    cancel_order(actor=shop.role_of(order.user), order_no=order.no, clock=clock.now)
    order.refresh_from_db()
    assert order.state == Order.State.CLOSED

    assert is_taken(post.hand_in(post.paid(payment)))
    order.refresh_from_db()
    assert order.state == Order.State.PAID
    assert "late" in kinds(order)


# --- Not believed -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("switch", "value", "reason", "names_its_order"),
    [
        ("notice_forged", None, "signature", False),
        ("notice_tampered", None, "signature", False),
        ("notice_wrong_sign_type", None, "algorithm", False),
        ("notice_field_twice", None, "doubled", False),
        ("notice_old_timestamp", 27 * 3600, "timestamp", False),
        ("notice_huge", None, "size", False),
        ("notice_wrong_number", None, "unknown_payment", False),
        ("notice_wrong_amount", None, "payment_mismatch", True),
        ("notice_wrong_merchant", None, "payment_mismatch", True),
        ("notice_wrong_app", None, "payment_mismatch", True),
    ],
)
def test_one_that_does_not_fit_is_refused_and_the_next_one_holds(
    sandbox, post, order, payment, caplog, switch, value, reason, names_its_order
):
    sandbox.control.switch(switch, number=payment.number, times=1, value=value)
    came = post.paid(payment)
    before = all_of_it()

    is_refused(post.hand_in(came))
    assert all_of_it() == before
    ((provider, noted, number),) = refusals()
    assert (provider, noted) == ("alipay", reason)
    assert (number == payment.number) == names_its_order
    assert f"alipay's notice refused: {reason}" in caplog.text

    sandbox.control.resend(sandbox.control.notices(payment.number)[0]["id"])
    assert is_taken(post.hand_in(post.inbox.wait(2)[1]))
    order.refresh_from_db()
    assert order.state == Order.State.PAID


@pytest.mark.parametrize(
    "changed",
    [
        {"trans_currency": "USD"},
        {"total_amount": "2.39"},
        {"total_amount": "0.01"},
        {"seller_id": ""},
        {"app_id": ""},
    ],
)
def test_one_that_is_genuinely_signed_and_says_something_else_is_refused(post, order, payment, changed):
    came = post.signed_again(post.paid(payment), **changed)
    before = all_of_it()

    is_refused(post.hand_in(came))
    assert all_of_it() == before
    assert refusals() == [("alipay", "payment_mismatch", payment.number)]


@pytest.mark.parametrize("status", ["WAIT_BUYER_PAY", "TRADE_CLOSED"])
def test_one_that_says_nothing_of_money_changes_nothing(post, order, payment, status):
    came = post.signed_again(post.paid(payment), trade_status=status, gmt_payment="")
    before = all_of_it()

    assert is_taken(post.hand_in(came))
    assert all_of_it() == before


def test_a_stranger_field_is_signed_like_any_other(post, order, payment):
    """Keys that Alipay adds one day are verified, not dropped."""
    assert is_taken(post.hand_in(post.signed_again(post.paid(payment), new_key="一 + 二&=")))
    order.refresh_from_db()
    assert order.state == Order.State.PAID


def test_a_stranger_field_that_was_not_signed_makes_it_worthless(post, order, payment):
    came = post.paid(payment)
    before = all_of_it()

    is_refused(post.hand_in(replace(came, body=came.body + b"&new_key=1")))
    assert all_of_it() == before
    assert refusals() == [("alipay", "signature", "")]


def test_an_order_of_the_other_provider_is_not_confirmed(sandbox, post, clock):
    """A trade at Alipay under the number of an attempt with WeChat: genuine, and no payment of ours."""
    order = shop.ordered(people.learner(), shop.paid_class(), provider="wechat")
    payment = shop.payment_of(order)
    registry.provider("alipay").create(
        number=payment.number,
        amount_fen=payment.amount_fen,
        subject="急救",
        created_at=payment.created_at,
        expires_at=payment.expires_at,
        notify_url=post.inbox.url.replace("/callback", "/payments/callbacks/alipay"),
    )
    assert sandbox.control.pay(payment.number, provider="alipay")
    before = all_of_it()

    is_refused(post.hand_in(post.inbox.wait(1)[0]))
    assert all_of_it() == before
    assert refusals() == [("alipay", "unknown_payment", payment.number)]


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data"])
def test_another_content_type_is_refused(post, order, payment, kind):
    came = post.paid(payment)
    before = all_of_it()

    is_refused(post.hand_in(came, content_type=kind))
    assert all_of_it() == before
    assert refusals() == [("alipay", "content_type", "")]


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD"])
def test_only_a_post_is_a_callback(post, order, payment, method):
    came = post.paid(payment)
    before = all_of_it()

    answer = post.hand_in(came, method=method)
    is_refused(answer, 405)
    assert answer["Allow"] == "POST"
    assert all_of_it() == before
    assert refusals() == [("alipay", "method", "")]
