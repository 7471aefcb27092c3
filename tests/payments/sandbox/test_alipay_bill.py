"""Alipay: the trade bill."""

import csv
import io
import zipfile
from datetime import UTC, datetime

import pytest

from payments.sandbox import Sandbox
from tests.payments.sandbox.merchant import AlipayMerchant, fetch, http

DAY = "2026-11-23"
# 23:59:59 of the day in Beijing, and the first second of the next.
LAST_SECOND = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)
NEXT_DAY = datetime(2026, 11, 23, 16, 0, 0, tzinfo=UTC)
READY = datetime(2026, 11, 24, 2, 0, 0, tzinfo=UTC)


@pytest.fixture
def traded(sandbox: Sandbox, alipay: AlipayMerchant) -> AlipayMerchant:
    """Two payments of the day, one of the day after; it is 10:00 the next morning."""
    paid = (("XSBILL_1", "2.40", datetime(2026, 11, 23, 4, 0, 0, tzinfo=UTC)), ("XSBILL_2", "99.00", LAST_SECOND))
    for number, yuan, at in (*paid, ("XSBILL_3", "0.01", NEXT_DAY)):
        alipay.code_url(number, yuan, subject="会计，继续教育, 2026")
        sandbox.control.pay(number, at=at)
    sandbox.control.wait_quiet()
    sandbox.control.set_clock(READY)
    return alipay


def _files(merchant: AlipayMerchant, day: str = DAY) -> list[str]:
    """The details and the summary, as text."""
    link = merchant.bill(day)["bill_download_url"]
    with zipfile.ZipFile(io.BytesIO(fetch(link)), metadata_encoding="gbk") as archive:
        names = archive.namelist()
        assert [name.split("_", 2)[2] for name in names] == ["业务明细.csv", "业务明细(汇总).csv"]
        return [archive.read(name).decode("gbk") for name in names]


def _rows(merchant: AlipayMerchant) -> list[dict[str, str]]:
    """The detail rows, by the names of the head, without their tabs."""
    lines = [line for line in _files(merchant)[0].splitlines() if not line.startswith("#")]
    return [{name: cell.strip() for name, cell in row.items()} for row in csv.DictReader(io.StringIO("\n".join(lines)))]


def test_it_has_what_was_paid_on_the_day_in_beijing(traded: AlipayMerchant) -> None:
    rows = _rows(traded)

    assert [row["商户订单号"] for row in rows] == ["XSBILL_1", "XSBILL_2"]
    assert [row["完成时间"] for row in rows] == ["2026-11-23 12:00:00", "2026-11-23 23:59:59"]
    assert [row["订单金额（元）"] for row in rows] == ["2.40", "99.00"]
    assert {row["业务类型"] for row in rows} == {"交易"}
    assert rows[0]["支付宝交易号"] == traded.query("XSBILL_1")["trade_no"]


def test_what_is_given_back_is_negative(sandbox: Sandbox, traded: AlipayMerchant) -> None:
    sandbox.control.set_clock(LAST_SECOND)
    traded.refund("XSBILL_2", "XSBILLR_1", "9.00")
    sandbox.control.set_clock(READY)

    row = _rows(traded)[-1]

    assert (row["业务类型"], row["订单金额（元）"], row["退款批次号/请求号"]) == ("退款", "-9.00", "XSBILLR_1")


def test_its_sums_stand_behind_the_rows_and_in_the_second_file(traded: AlipayMerchant) -> None:
    details, summary = _files(traded)

    assert "#交易合计：2笔，商家实收共101.40元" in details
    assert "合计,,2,0,101.40,101.40" in summary


def test_a_day_without_trade_has_none(traded: AlipayMerchant) -> None:
    assert traded.bill("2026-11-20")["sub_code"] == "isp.bill_not_exist"


def test_before_ten_yesterdays_is_not_there_yet(sandbox: Sandbox, traded: AlipayMerchant) -> None:
    sandbox.control.set_clock(datetime(2026, 11, 24, 1, 59, 0, tzinfo=UTC))

    assert traded.bill(DAY)["sub_code"] == "isp.bill_not_exist"


def test_of_today_there_is_none(traded: AlipayMerchant) -> None:
    assert traded.bill("2026-11-24")["sub_code"] == "isv.invalid-arguments"


def test_todays_can_be_had_by_a_switch(sandbox: Sandbox, traded: AlipayMerchant) -> None:
    sandbox.control.switch("bill_early")

    assert traded.bill("2026-11-24")["code"] == "10000"


@pytest.mark.parametrize(("day", "kind"), [("20261123", "trade"), (DAY, "unknown")])
def test_a_wrong_parameter_is_refused(traded: AlipayMerchant, day: str, kind: str) -> None:
    assert traded.bill(day, kind)["sub_code"] == "isv.invalid-arguments"


def test_its_link_lasts_half_a_minute(sandbox: Sandbox, traded: AlipayMerchant) -> None:
    link = traded.bill(DAY)["bill_download_url"]
    assert http(link).status == 200
    sandbox.control.set_clock(datetime(2026, 11, 24, 2, 0, 31, tzinfo=UTC))

    assert http(link).status == 404


def test_its_link_can_be_dead(sandbox: Sandbox, traded: AlipayMerchant) -> None:
    sandbox.control.switch("bill_dead_link", times=1)

    assert http(traded.bill(DAY)["bill_download_url"]).status == 404
    assert http(traded.bill(DAY)["bill_download_url"]).status == 200


def test_a_row_can_be_missing(sandbox: Sandbox, traded: AlipayMerchant) -> None:
    sandbox.control.switch("bill_missing", provider="alipay", times=1)

    assert [row["商户订单号"] for row in _rows(traded)] == ["XSBILL_2"]
    assert len(_rows(traded)) == 2


def test_a_row_can_be_too_many(sandbox: Sandbox, traded: AlipayMerchant) -> None:
    sandbox.control.switch("bill_extra")

    assert [row["订单金额（元）"] for row in _rows(traded)] == ["2.40", "99.00", "1.00"]


def test_a_row_can_have_another_amount(sandbox: Sandbox, traded: AlipayMerchant) -> None:
    sandbox.control.switch("bill_altered", number="XSBILL_1", value=-40)

    assert [row["订单金额（元）"] for row in _rows(traded)] == ["2.00", "99.00"]
    assert traded.query("XSBILL_1")["total_amount"] == "2.40"
