"""manage.py reconcile: what it says and how it exits, against the sandbox's real bills of both providers (contract)."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core import clock as server_clock
from learning.models import Enrolment
from payments.models import Bill, BillDifference, Payment
from payments.providers.accounts import ALIPAY_SETTINGS
from payments.services import lease, refresh_order
from tests.identity import factories as people
from tests.payments import bills, shop
from tests.payments.bills import DAY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["wechat", "alipay"])
def provider(request, sandbox, jobs, clock):
    return request.param


@pytest.fixture
def traded(provider, sandbox, clock):
    """A payment of ¥2.40, one of ¥10.00 of which ¥1.00 went back; and the next morning has come."""
    first = shop.paid(people.learner("甲", 1), shop.paid_class(), provider=provider)
    second = shop.paid(people.learner("乙", 2), shop.paid_class("dear", 1_000), provider=provider)
    item = second.items.get()
    clock.tick(60)
    shop.given_back(second, shop.AskedLine(item.pk, 100, ends_enrolment=False))
    bills.bill_is_ready(clock)
    return shop.payment_of(first), shop.payment_of(second)


def reconciled(provider: str, day=DAY) -> list[str]:
    """The lines that it writes."""
    out = StringIO()
    call_command("reconcile", provider=provider, date=day, stdout=out)
    return out.getvalue().splitlines()


# --- It compares ------------------------------------------------------------------------------------------------------
def test_a_day_that_agrees_is_told_in_a_line(traded, provider):
    assert reconciled(provider) == [
        f"{provider} {DAY}: 3 rows, paid ¥12.40 (ours ¥12.40), refunded ¥1.00 (ours ¥1.00), 0 differences"
    ]
    assert Bill.objects.get().state == "matched"


def test_a_day_without_trade_is_matched(provider, clock):
    bills.bill_is_ready(clock)
    assert reconciled(provider) == [
        f"{provider} {DAY}: 0 rows, paid ¥0.00 (ours ¥0.00), refunded ¥0.00 (ours ¥0.00), 0 differences"
    ]


@pytest.mark.parametrize(
    ("switch", "expected", "paid"),
    [
        ("bill_missing", ("ours_only", 240, None), "10.00"),
        ("bill_altered", ("amount", 240, 241), "12.41"),
    ],
)
def test_a_row_that_differs_is_told(traded, provider, sandbox, switch, expected, paid):
    number = traded[0].number
    sandbox.control.switch(switch, provider=provider, number=number)

    lines = reconciled(provider)

    kind, ours, theirs = expected
    found = BillDifference.objects.get()
    assert (found.kind, found.number, found.ours_fen, found.theirs_fen) == (kind, number, ours, theirs)
    assert f"paid ¥{paid} (ours ¥12.40)" in lines[0]
    assert lines[0].endswith("1 differences")
    assert lines[1] == f"  {found.get_kind_display()}: {number}"
    sandbox.control.reset()
    assert reconciled(provider)[0].endswith("0 differences"), "the bill was put right"


def test_a_row_that_only_the_bill_has_is_told(traded, provider, sandbox):
    sandbox.control.switch("bill_extra", provider=provider, value=500)
    lines = reconciled(provider)
    found = BillDifference.objects.get()
    assert (found.kind, found.ours_fen, found.theirs_fen) == ("theirs_only", None, 500)
    assert lines[1] == f"  账单有、我方没有: {found.number}"


def test_a_payment_of_another_state_is_told_while_the_provider_cannot_be_asked(traded, provider, sandbox, clock):
    """A third has paid, nobody has told us, and the question is not answered; when it is, the payment is taken in."""
    clock.set(traded[0].paid_at + timedelta(minutes=1))
    order = shop.ordered(people.learner("丙", 3), shop.paid_class("third"), provider=provider)
    payment = shop.payment_of(order)
    sandbox.control.pay(payment.number, provider=provider, act="pay_without_callback")
    bills.bill_is_ready(clock)
    sandbox.control.switch("call_error", provider=provider, call="query")

    assert reconciled(provider)[1] == f"  状态不同: {payment.number} 我方状态：待付款"

    sandbox.control.reset()
    assert reconciled(provider)[0].endswith("0 differences")
    payment.refresh_from_db()
    assert (payment.state, payment.bill_id) == ("paid", Bill.objects.get().pk)
    assert Enrolment.objects.filter(user=order.user, state="active").exists()


def test_the_last_second_of_a_day_is_reconciled_with_it(provider, sandbox, clock):
    paid = []
    for serial, seconds in ((1, -1), (2, 0)):
        bills.bill_is_ready(clock, DAY)
        midnight = clock.now() - timedelta(hours=10, minutes=5)
        clock.set(midnight + timedelta(seconds=seconds - 60))
        order = shop.ordered(people.learner(f"学员{serial}", serial), shop.paid_class(f"c{serial}"), provider=provider)
        payment = shop.payment_of(order)
        sandbox.control.scan(payment.number)
        clock.tick(60)
        assert sandbox.control.pay(payment.number, act="pay_without_callback")
        clock.tick(5)
        refresh_order(order_id=order.pk, now=clock.now())
        paid.append(Payment.objects.get(pk=payment.pk))
    for at, day in enumerate((DAY, DAY + timedelta(days=1))):
        bills.bill_is_ready(clock, day)
        assert reconciled(provider, day)[0].startswith(f"{provider} {day}: 1 rows, paid ¥2.40 (ours ¥2.40)")
        assert bills.marks(Bill.objects.get(day=day)) == {paid[at].number}


def test_a_dead_link_is_renewed(traded, provider, sandbox):
    sandbox.control.switch("bill_dead_link", provider=provider, times=1)
    assert reconciled(provider)[0].endswith("0 differences")


# --- It can't ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("switch", "call"),
    [("bill_dead_link", ""), ("call_error", "bill"), ("call_dropped", "bill"), ("call_unsigned", "bill")],
)
def test_a_bill_that_cannot_be_had_is_a_failure_and_marks_nothing(traded, provider, sandbox, switch, call):
    sandbox.control.switch(switch, provider=provider, call=call)
    with pytest.raises(CommandError, match=f"{provider} {DAY}: "):
        reconciled(provider)
    bill = Bill.objects.get()
    assert (bill.state, bill.fetched_at, bills.marks(bill)) == ("waiting", None, set())
    assert bill.fault


def test_a_file_that_is_not_what_its_provider_signed_is_a_failure(sandbox, jobs, clock):
    shop.paid(people.learner(), shop.paid_class())
    bills.bill_is_ready(clock)
    sandbox.control.switch("bill_wrong_hash")
    with pytest.raises(CommandError):
        reconciled("wechat")
    assert bills.marks(Bill.objects.get()) == set()


def test_todays_bill_is_not_there_yet(provider, clock):
    with pytest.raises(CommandError):
        reconciled(provider)
    assert Bill.objects.get().state == "waiting"


def test_a_day_to_come_is_refused_and_makes_no_job(provider, clock):
    with pytest.raises(CommandError, match="这一天还没有到"):
        reconciled(provider, DAY + timedelta(days=1))
    assert not Bill.objects.exists()


def test_a_provider_that_is_not_set_up_is_refused(settings, sandbox, clock):
    for name in ALIPAY_SETTINGS:
        setattr(settings, name, "")
    with pytest.raises(CommandError, match="alipay is not set up"):
        reconciled("alipay")
    assert not Bill.objects.exists()


def test_a_day_that_another_process_is_at_is_left_alone(traded, provider):
    reconciled(provider)
    Bill.objects.update(state="waiting", next_try_at=server_clock.now())
    assert lease.Lease.take(Bill.objects.get().pk, server_clock.now) is not None
    with pytest.raises(CommandError, match="another process is at it"):
        reconciled(provider)
    assert Bill.objects.get().runs == 2
