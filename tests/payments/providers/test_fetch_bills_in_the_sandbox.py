"""The bills of a day that was traded on in the sandbox, and what it can do to them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core import clock
from payments.providers.base import PaymentState, ProviderDown

NUMBER = "XS20260302000001"
CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def traded(stage):
    """A day with one payment of 240 and a refund of 100 of it, whose bill can be had at once."""
    stage.control.switch("bill_early")
    stage.paid(subject="公需,科目 & 其它")
    stage.refund(NUMBER)
    stage.until(lambda: stage.sandbox.trades()[0]["refunds"][0]["state"] == "done")
    return stage


def rows(stage, day=None):
    return list(stage.provider.bill(day=day or clock.now().astimezone(CHINA).date()))


def told(stage):
    return [(row.number, row.amount_fen, row.state, row.refund_number) for row in rows(stage)]


PAYMENT, REFUND = (NUMBER, 240, PaymentState.PAID, ""), (NUMBER, 100, PaymentState.REFUNDED, "XR1")


def test_a_payment_and_its_refund_stand_in_the_bill(traded):
    assert told(traded) == [PAYMENT, REFUND]
    [trade] = traded.sandbox.trades()
    assert {row.transaction_id for row in rows(traded)} == {trade["transaction_id"]}
    assert all(abs(row.at - clock.now()) < timedelta(minutes=1) for row in rows(traded))


def test_a_day_without_trade_is_empty(stage):
    assert rows(stage, clock.now().astimezone(CHINA).date() - timedelta(days=10)) == []


def test_the_last_second_belongs_to_its_day_and_the_next_to_the_next(stage):
    day = clock.now().astimezone(CHINA).date() - timedelta(days=5)
    for number, second in (("XS00000001", -1), ("XS00000002", 0)):
        stage.begin(number)
        midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), CHINA)
        stage.control.pay(number, at=midnight + timedelta(seconds=second))

    assert [row.number for row in rows(stage, day)] == ["XS00000001"]
    assert [row.number for row in rows(stage, day + timedelta(days=1))] == ["XS00000002"]


@pytest.mark.parametrize(
    ("switch", "expected"),
    [
        ("bill_missing", [REFUND]),
        ("bill_altered", [(NUMBER, 241, PaymentState.PAID, ""), REFUND]),
    ],
)
def test_a_bill_that_differs_is_told_as_it_is(traded, switch, expected):
    traded.control.switch(switch, times=1)

    assert told(traded) == expected


def test_a_row_that_only_the_provider_has_is_told(traded):
    traded.control.switch("bill_extra", times=1)

    assert len(told(traded)) == 3


def test_a_dead_link_is_renewed_once(traded):
    traded.control.switch("bill_dead_link", times=1)
    assert told(traded) == [PAYMENT, REFUND]

    traded.control.switch("bill_dead_link", times=2)
    with pytest.raises(ProviderDown):
        rows(traded)


@pytest.mark.parametrize("stage", ["wechat"], indirect=True)
def test_a_file_with_another_hash_is_not_read(traded):
    traded.control.switch("bill_wrong_hash")

    with pytest.raises(ProviderDown):
        rows(traded)


@pytest.mark.parametrize("switch", ["call_error", "call_dropped", "call_unsigned", "call_badly_signed"])
def test_a_link_that_cannot_be_trusted_is_not_followed(traded, switch):
    traded.control.switch(switch, call="bill")

    with pytest.raises(ProviderDown):
        rows(traded)

    assert "download" not in [call["call"] for call in traded.control.calls()]
