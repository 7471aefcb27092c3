"""The pitfalls that others have met (facts/payments.md, section 4), each with the tests that prove we don't.

| pitfall | proven in |
|---|---|
| JSON written anew breaks the signature | test_wechat_callback, providers/test_believe_alipays_answers |
| proxies strip `Wechatpay-*` headers | test_wechat_callback: a proxy that strips a header |
| `+` lost by a second decoding | providers/test_read_alipays_callbacks: decoded once; here: every sign in a title |
| fields escaped as HTML | here: a callback whose signs were escaped |
| foreign keys added | test_alipay_callback: a stranger field; providers/test_read_alipays_callbacks |
| a wrong answer makes it come again | here: what the site answers ends the repeats, and a refusal doesn't |
| a handler that isn't idempotent moves the time of paying | here: a repeat moves nothing |
| our own verification failed, the money was taken | here: asked after, never taken for unpaid or failed |
| late payments | test_wechat_callback, test_alipay_callback: one of a closed order |
| double payments | test_healing: a second code that is paid; test_payment_races: two attempts paid at once |
| partial payments | test_healing: money that does not fit; wrong amounts in both tests of callbacks |
| `timeout_express` starts late | providers/test_believe_alipays_answers; here: a scan in the last minute |
| closing safely | test_payment_races: paying while the time is over; test_healing: cancelling |
| a new number for each attempt | here: back to the first provider |
| at most one attempt is honoured, the rest goes back | test_order_properties, test_payment_races |
"""

import time
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from learning.models import Enrolment
from payments.models import Order, Payment
from payments.services import begin_payment, change_provider, refresh_order, send_refund
from tests.identity import factories as people
from tests.payments import shop
from tests.payments.post import all_of_it, refusals

pytestmark = pytest.mark.django_db(transaction=True)

BOTH = pytest.mark.parametrize("provider", ["wechat", "alipay"])
EVERY_SIGN = """急救 A+B & "C" <i>100%</i> 'x' = 1;2"""


# --- Signs ------------------------------------------------------------------------------------------------------------
@BOTH
def test_a_class_with_every_sign_in_its_title_is_paid_by_callback(sandbox, post, clock, provider):
    order = shop.ordered(people.learner(), shop.paid_class(title=EVERY_SIGN), provider=provider)

    assert post.hand_in(post.paid(shop.payment_of(order))).status_code in (200, 204)
    order.refresh_from_db()
    assert order.state == "paid"
    assert order.items.get().title == EVERY_SIGN


def test_a_callback_whose_signs_were_escaped_on_its_way_is_refused_and_the_money_asked_after(sandbox, post, clock):
    order = shop.ordered(people.learner(), shop.paid_class(title=EVERY_SIGN), provider="alipay")
    came = post.paid(shop.payment_of(order))
    escaped = {name: value.replace("&", "&amp;").replace('"', "&quot;") for name, value in came.form.items()}
    assert escaped != came.form
    before = all_of_it()

    assert post.hand_in(replace(came, body=urlencode(escaped).encode())).content != b"success"
    assert all_of_it() == before
    assert refusals() == [("alipay", "signature", "")]
    clock.tick(5)
    assert refresh_order(order_id=order.pk, now=clock.now()).state == "paid"


# --- Answers and repeats ----------------------------------------------------------------------------------------------
@BOTH
@pytest.mark.slow
def test_what_the_site_answers_ends_the_repeats_and_a_refusal_does_not(sandbox, live_server, settings, clock, provider):
    """Over HTTP, judged by the provider's own rules."""
    settings.SITE_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]
    order = shop.ordered(people.learner(), shop.paid_class(), provider=provider)
    number = shop.payment_of(order).number
    sandbox.control.switch("notice_forged", number=number, times=1)
    sandbox.control.pay(number)
    assert sandbox.control.wait_quiet(30)
    while sandbox.control.notices(number)[0]["state"] == "waiting":
        assert sandbox.control.wait_quiet(30)

    (notice,) = sandbox.control.notices(number)
    assert notice["state"] == "accepted"
    assert [(one["status"], one["faults"]) for one in notice["deliveries"]] == [
        (400, ["notice_forged"]),
        ({"wechat": 204, "alipay": 200}[provider], []),
    ]
    order.refresh_from_db()
    assert order.state == "paid"


@BOTH
def test_a_repeat_moves_nothing_least_of_all_the_time_of_paying(sandbox, post, clock, provider):
    order = shop.ordered(people.learner(), shop.paid_class(), provider=provider)
    payment = shop.payment_of(order)
    sandbox.control.switch("notice_doubled", number=payment.number)
    first = post.paid(payment)
    second = post.inbox.wait(2)[1]
    post.hand_in(first)
    before = all_of_it()
    paid_at = Payment.objects.get(pk=payment.pk).paid_at
    assert paid_at is not None

    clock.tick(120)
    assert post.hand_in(second).status_code in (200, 204)
    assert all_of_it() == before


# --- Unverified isn't unpaid ------------------------------------------------------------------------------------------
@BOTH
def test_what_we_could_not_verify_is_asked_after_never_taken_for_unpaid(sandbox, post, clock, provider):
    """Neither the callback nor the first answers can be believed; the money was taken all the same."""
    order = shop.ordered(people.learner(), shop.paid_class(), provider=provider)
    payment = shop.payment_of(order)
    sandbox.control.switch("notice_forged", number=payment.number)
    sandbox.control.switch("call_badly_signed", number=payment.number, call="query", times=2)
    assert post.hand_in(post.paid(payment)).status_code == 400
    for _ in range(2):
        clock.tick(5)
        assert refresh_order(order_id=order.pk, now=clock.now()).state == "open"
        assert not Enrolment.objects.exists()
    clock.tick(5)
    assert refresh_order(order_id=order.pk, now=clock.now()).state == "paid"
    assert Enrolment.objects.get().state == "active"


@BOTH
def test_a_refund_whose_answer_we_could_not_verify_is_asked_after_never_taken_for_failed(
    sandbox, post, jobs, clock, provider
):
    order = shop.ordered(people.learner(), shop.paid_class(), provider=provider)
    payment = shop.payment_of(order)
    post.hand_in(post.paid(payment))
    refund = shop.decided(shop.asked_back(order))
    sandbox.control.switch("call_badly_signed", number=payment.number, times=1)
    sandbox.control.switch("call_badly_signed", number=refund.number, times=1)
    assert not send_refund(refund_id=refund.pk, clock=clock.now)
    refund.refresh_from_db()
    assert refund.state == "approved"

    until = time.monotonic() + 30
    while refund.state != "done" and time.monotonic() < until:
        sandbox.control.reset()
        sandbox.control.wait_quiet()
        clock.tick(3600)  # longer than any wait before it is asked after again
        send_refund(refund_id=refund.pk, clock=clock.now)
        refund.refresh_from_db()
    assert refund.state == "done"
    assert [one["number"] for one in sandbox.trades()[0]["refunds"]] == [refund.number]


# --- Time -------------------------------------------------------------------------------------------------------------
@BOTH
def test_a_scan_in_the_last_minute_gives_no_half_hour_more(sandbox, clock, provider):
    """Alipay counts `timeout_express` from the scan; `time_expire` ends it in time."""
    order = shop.ordered(people.learner(), shop.paid_class(), provider=provider)
    number = shop.payment_of(order).number
    clock.tick(29 * 60)
    sandbox.control.scan(number)
    clock.tick(2 * 60)
    assert not sandbox.control.pay(number)


# --- Attempts ---------------------------------------------------------------------------------------------------------
def test_back_to_the_first_provider_is_a_new_attempt_with_a_new_number(sandbox, clock):
    learner = people.learner()
    order = shop.ordered(learner, shop.paid_class(), provider="wechat")
    for provider in ("alipay", "wechat"):
        change_provider(actor=shop.role_of(learner), order_no=order.no, provider_name=provider, now=clock.now())
        begin_payment(order_id=order.pk, now=clock.now())

    attempts = list(order.payments.order_by("pk").values_list("provider", "number"))
    assert [provider for provider, _number in attempts] == ["wechat", "alipay", "wechat"]
    assert len({number for _provider, number in attempts}) == 3
    assert Order.objects.count() == 1
