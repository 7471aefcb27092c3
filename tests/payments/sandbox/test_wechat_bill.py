"""WeChat Pay: the trade bill."""

import csv
import gzip
import hashlib
import io
from datetime import UTC, datetime
from typing import Any

import pytest

from payments.sandbox import Sandbox
from tests.payments.sandbox.merchant import WeChatMerchant, http

DAY = "2026-11-23"
# 23:59:59 of the day in Beijing, and the first second of the next.
LAST_SECOND = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)
NEXT_DAY = datetime(2026, 11, 23, 16, 0, 0, tzinfo=UTC)
FIRST_SECOND = datetime(2026, 11, 22, 16, 0, 0, tzinfo=UTC)
READY = datetime(2026, 11, 24, 2, 0, 0, tzinfo=UTC)


@pytest.fixture
def traded(sandbox: Sandbox, wechat: WeChatMerchant) -> WeChatMerchant:
    """Two payments of the day, at its edges, and one of the day after; it is 10:00 the next morning."""
    for number, fen, at in (
        ("XSBILL_1", 240, FIRST_SECOND),
        ("XSBILL_2", 9900, LAST_SECOND),
        ("XSBILL_3", 1, NEXT_DAY),
    ):
        wechat.code_url(number, fen, subject="会计，继续教育, 2026")
        sandbox.control.pay(number, at=at)
    wechat.code_url("XSBILL_UNPAID")
    sandbox.control.wait_quiet()
    sandbox.control.set_clock(READY)
    return wechat


def _file(merchant: WeChatMerchant, day: str = DAY, **chosen: Any) -> tuple[dict[str, str], bytes]:
    """What the call said, and the unpacked file."""
    status, said = merchant.bill(day, **chosen)
    assert status == 200, said
    status, packed = merchant.sdk.download_bill(said["download_url"])
    assert status == 200
    return said, gzip.decompress(packed)


def _rows(merchant: WeChatMerchant, **chosen: Any) -> list[dict[str, str]]:
    """The detail rows, by the names of the head, without their backticks."""
    lines = _file(merchant, **chosen)[1].decode("utf-8-sig").splitlines()
    rows = list(csv.DictReader(io.StringIO("\n".join(lines[:-2]))))
    assert all(cell.startswith("`") for row in rows for cell in row.values())
    return [{name: cell[1:] for name, cell in row.items()} for row in rows]


def test_it_has_what_was_paid_on_the_day_in_beijing(traded: WeChatMerchant) -> None:
    rows = _rows(traded)

    assert [row["商户订单号"] for row in rows] == ["XSBILL_1", "XSBILL_2"]
    assert [row["交易时间"] for row in rows] == ["2026-11-23 00:00:00", "2026-11-23 23:59:59"]
    assert [row["订单金额"] for row in rows] == ["2.40", "99.00"]
    assert {row["交易状态"] for row in rows} == {"SUCCESS"}
    assert rows[0]["微信订单号"] == traded.query("XSBILL_1")[1]["transaction_id"]


def test_its_digest_is_of_the_unpacked_file(traded: WeChatMerchant) -> None:
    said, file = _file(traded)

    assert said["hash_type"] == "SHA1"
    assert said["hash_value"] == hashlib.sha1(file).hexdigest()


def test_its_last_two_rows_are_the_sums(traded: WeChatMerchant) -> None:
    head, sums = _file(traded)[1].decode("utf-8-sig").splitlines()[-2:]

    totals = dict(zip(head.split(","), sums.split(","), strict=True))
    assert totals["总交易单数"] == "`2"
    assert totals["订单总金额"] == "`101.40"
    assert totals["申请退款总金额"] == "`0.00"


def test_the_file_itself_is_not_signed(sandbox: Sandbox, traded: WeChatMerchant) -> None:
    said = traded.bill(DAY)[1]
    path = said["download_url"].removeprefix(f"{sandbox.base}/wechat")
    with pytest.raises(Exception, match="does not support this algorithm"):
        traded.sdk._core.request(path)

    assert http(said["download_url"]).status == 401  # and only the merchant may have it


def test_a_refund_is_a_row_of_the_day_it_was_asked_for(sandbox: Sandbox, traded: WeChatMerchant) -> None:
    sandbox.control.set_clock(LAST_SECOND)
    traded.refund("XSBILL_2", "XSBILLR_1", 900, total=9900)
    sandbox.control.set_clock(READY)

    refunds = [row for row in _rows(traded) if row["交易状态"] == "REFUND"]

    assert [(row["商户退款单号"], row["申请退款金额"], row["订单金额"]) for row in refunds] == [
        ("XSBILLR_1", "9.00", "0.00")
    ]
    assert [row["商户退款单号"] for row in _rows(traded, bill_type="REFUND")] == ["XSBILLR_1"]
    assert [row["商户订单号"] for row in _rows(traded, bill_type="SUCCESS")] == ["XSBILL_1", "XSBILL_2"]


def test_without_packing_it_is_the_file_itself(traded: WeChatMerchant) -> None:
    said = traded.bill(DAY, tar_type="")[1]

    content = traded.sdk.download_bill(said["download_url"])[1]

    assert content.startswith("\ufeff交易时间".encode())


def test_a_day_without_trade_has_none(traded: WeChatMerchant) -> None:
    status, content = traded.bill("2026-11-20")

    assert (status, content["code"]) == (400, "NO_STATEMENT_EXIST")


def test_before_ten_yesterdays_is_being_made(sandbox: Sandbox, traded: WeChatMerchant) -> None:
    sandbox.control.set_clock(datetime(2026, 11, 24, 1, 59, 0, tzinfo=UTC))

    assert traded.bill(DAY)[1]["code"] == "STATEMENT_CREATING"


@pytest.mark.parametrize(("day", "code"), [("2026-11-24", "INVALID_REQUEST"), ("2026-08-01", "INVALID_REQUEST")])
def test_of_today_and_of_long_ago_there_is_none(traded: WeChatMerchant, day: str, code: str) -> None:
    assert traded.bill(day)[1]["code"] == code


@pytest.mark.parametrize(("day", "kind"), [("20261123", "ALL"), ("yesterday!", "ALL"), (DAY, "NONE")])
def test_a_wrong_parameter_is_refused(traded: WeChatMerchant, day: str, kind: str) -> None:
    assert traded.bill(day, bill_type=kind)[1]["code"] == "PARAM_ERROR"


def test_todays_can_be_had_by_a_switch(sandbox: Sandbox, traded: WeChatMerchant) -> None:
    sandbox.control.switch("bill_early")

    assert traded.bill("2026-11-24")[0] == 200


def test_its_link_lasts_five_minutes(sandbox: Sandbox, traded: WeChatMerchant) -> None:
    link = traded.bill(DAY)[1]["download_url"]
    sandbox.control.set_clock(datetime(2026, 11, 24, 2, 5, 1, tzinfo=UTC))

    assert traded.sdk.download_bill(link)[0] == 404


def test_its_link_can_be_dead(sandbox: Sandbox, traded: WeChatMerchant) -> None:
    sandbox.control.switch("bill_dead_link", times=1)

    assert traded.sdk.download_bill(traded.bill(DAY)[1]["download_url"])[0] == 404
    assert traded.sdk.download_bill(traded.bill(DAY)[1]["download_url"])[0] == 200


def test_its_digest_can_be_wrong(sandbox: Sandbox, traded: WeChatMerchant) -> None:
    sandbox.control.switch("bill_wrong_hash")

    said, file = _file(traded)

    assert said["hash_value"] != hashlib.sha1(file).hexdigest()


def test_a_row_can_be_missing(sandbox: Sandbox, traded: WeChatMerchant) -> None:
    sandbox.control.switch("bill_missing", number="XSBILL_2")

    assert [row["商户订单号"] for row in _rows(traded)] == ["XSBILL_1"]


def test_a_row_can_be_too_many(sandbox: Sandbox, traded: WeChatMerchant) -> None:
    sandbox.control.switch("bill_extra", value=500, times=1)

    extra = _rows(traded)[-1]

    assert (extra["订单金额"], extra["商户订单号"][:5]) == ("5.00", "EXTRA")
    assert len(_rows(traded)) == 2


def test_a_row_can_have_another_amount(sandbox: Sandbox, traded: WeChatMerchant) -> None:
    sandbox.control.switch("bill_altered", number="XSBILL_2")

    assert [row["订单金额"] for row in _rows(traded)] == ["2.40", "99.01"]
    assert traded.query("XSBILL_2")[1]["amount"]["total"] == 9900
