"""WeChat Pay: refunds are accepted first and come to something later."""

from typing import Any

import pytest

from payments.sandbox import Sandbox
from tests.payments.sandbox.merchant import WeChatMerchant

NUMBER, REFUND = "XS20261124C", "XSR20261124C"


@pytest.fixture
def paid(sandbox: Sandbox, wechat: WeChatMerchant) -> WeChatMerchant:
    """An order of 240 fen, paid, its notice read."""
    wechat.code_url(NUMBER)
    sandbox.control.pay(NUMBER)
    wechat.inbox.wait()
    return wechat


def _settled(sandbox: Sandbox, merchant: WeChatMerchant, refund_number: str = REFUND) -> dict[str, Any]:
    """What its notice says; fails where none comes."""
    notice = merchant.read(merchant.inbox.wait(2)[-1])
    content: dict[str, Any] = notice["resource"] | {"event_type": notice["event_type"]}
    assert content["out_refund_no"] == refund_number
    return content


def test_it_is_processing_first_then_done_and_told(sandbox: Sandbox, paid: WeChatMerchant) -> None:
    sandbox.control.switch("refund_slow", value=240)
    status, accepted = paid.refund(NUMBER, REFUND, 100, reason="课程取消")

    assert (status, accepted["status"]) == (200, "PROCESSING")
    told = _settled(sandbox, paid)
    assert (told["event_type"], told["refund_status"]) == ("REFUND.SUCCESS", "SUCCESS")
    assert told["amount"] == {"total": 240, "refund": 100, "payer_total": 240, "payer_refund": 100}
    stated = paid.query_refund(REFUND)[1]
    assert (stated["status"], stated["amount"]["refund"]) == ("SUCCESS", 100)
    assert stated["refund_id"] == told["refund_id"] == accepted["refund_id"]
    assert paid.query(NUMBER)[1]["trade_state"] == "REFUND"


def test_the_same_number_asks_for_the_same_refund(sandbox: Sandbox, paid: WeChatMerchant) -> None:
    first = paid.refund(NUMBER, REFUND, 100)[1]
    again = paid.refund(NUMBER, REFUND, 100)[1]

    assert first["refund_id"] == again["refund_id"]
    assert sandbox.trades()[0]["refunded_fen"] == 100


def test_the_same_number_for_another_amount_is_refused(sandbox: Sandbox, paid: WeChatMerchant) -> None:
    paid.refund(NUMBER, REFUND, 100)

    status, content = paid.refund(NUMBER, REFUND, 101)

    assert (status, content["code"]) == (400, "INVALID_REQUEST")
    assert sandbox.trades()[0]["refunded_fen"] == 100


def test_parts_may_come_to_the_whole_and_no_further(sandbox: Sandbox, paid: WeChatMerchant) -> None:
    assert paid.refund(NUMBER, "XSR_PART_1", 100)[0] == 200
    assert paid.refund(NUMBER, "XSR_PART_2", 140)[0] == 200

    assert paid.refund(NUMBER, "XSR_PART_3", 1)[1]["code"] == "INVALID_REQUEST"
    assert sandbox.trades()[0]["refunded_fen"] == 240


def test_another_total_is_refused(sandbox: Sandbox, paid: WeChatMerchant) -> None:
    assert paid.refund(NUMBER, REFUND, 100, total=241)[1]["code"] == "INVALID_REQUEST"
    assert sandbox.trades()[0]["refunded_fen"] == 0


def test_by_the_transaction_it_is_the_same(paid: WeChatMerchant) -> None:
    transaction = paid.query(NUMBER)[1]["transaction_id"]

    assert paid.refund("", REFUND, 100, transaction_id=transaction)[1]["out_trade_no"] == NUMBER


def test_what_is_not_paid_is_not_refunded(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    wechat.code_url(NUMBER)

    assert wechat.refund(NUMBER, REFUND, 100)[1]["code"] == "INVALID_REQUEST"
    assert wechat.query_refund(REFUND)[0] == 404


def test_of_an_unknown_order_there_is_none(wechat: WeChatMerchant) -> None:
    status, content = wechat.refund("XS_UNKNOWN", REFUND, 100)

    assert (status, content["code"]) == (404, "RESOURCE_NOT_EXISTS")


def test_an_unknown_refund_is_404(wechat: WeChatMerchant) -> None:
    assert wechat.query_refund("XSR_UNKNOWN")[1]["code"] == "RESOURCE_NOT_EXISTS"


def test_after_a_year_it_is_refused(sandbox: Sandbox, paid: WeChatMerchant) -> None:
    sandbox.control.shift_clock(366 * 86400)

    assert paid.refund(NUMBER, REFUND, 100)[1]["code"] == "INVALID_REQUEST"
    assert sandbox.trades()[0]["refunded_fen"] == 0


def test_there_are_fifty_parts_and_no_more(sandbox: Sandbox, paid: WeChatMerchant) -> None:
    assert {paid.refund(NUMBER, f"XSR_PART_{count}", 1, notify_url="")[0] for count in range(50)} == {200}

    assert paid.refund(NUMBER, "XSR_PART_50", 1)[1]["code"] == "INVALID_REQUEST"
    assert sandbox.trades()[0]["refunded_fen"] == 50


@pytest.mark.parametrize(
    ("switch", "status", "code"),
    [("refund_refused", 403, "NOT_ENOUGH"), ("refund_too_soon", 429, "FREQUENCY_LIMITED")],
)
def test_it_can_fail_at_once(sandbox: Sandbox, paid: WeChatMerchant, switch: str, status: int, code: str) -> None:
    sandbox.control.switch(switch, times=1)

    answer, content = paid.refund(NUMBER, REFUND, 100)

    assert (answer, content["code"]) == (status, code)
    assert sandbox.trades()[0]["refunded_fen"] == 0
    assert paid.refund(NUMBER, REFUND, 100)[0] == 200  # the same number, once the trouble is over


@pytest.mark.parametrize(
    ("switch", "state", "event"),
    [("refund_abnormal", "ABNORMAL", "REFUND.ABNORMAL"), ("refund_closed", "CLOSED", "REFUND.CLOSED")],
)
def test_it_can_fail_after_it_was_accepted(
    sandbox: Sandbox, paid: WeChatMerchant, switch: str, state: str, event: str
) -> None:
    sandbox.control.switch(switch, number=NUMBER)

    assert paid.refund(NUMBER, REFUND, 100)[1]["status"] == "PROCESSING"

    told = _settled(sandbox, paid)
    assert (told["event_type"], told["refund_status"]) == (event, state)
    assert paid.query_refund(REFUND)[1]["status"] == state
    assert sandbox.trades()[0]["refunded_fen"] == 0


def test_it_can_be_long_on_its_way(sandbox: Sandbox, paid: WeChatMerchant) -> None:
    sandbox.control.switch("refund_slow")
    paid.refund(NUMBER, REFUND, 100)

    assert sandbox.control.wait_quiet()
    assert paid.query_refund(REFUND)[1]["status"] == "PROCESSING"
    assert len(paid.inbox.received) == 1


@pytest.mark.parametrize("more", [{"reason": "长" * 81}, {"notify_url": "ftp://merchant.example/"}])
def test_a_wrong_parameter_is_refused(sandbox: Sandbox, paid: WeChatMerchant, more: dict[str, str]) -> None:
    assert paid.refund(NUMBER, REFUND, 100, **more)[1]["code"] == "PARAM_ERROR"
    assert sandbox.trades()[0]["refunded_fen"] == 0
