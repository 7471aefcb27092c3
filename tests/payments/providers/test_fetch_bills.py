"""The day's bill: fetched whole, checked, then read row by row; never more than a piece of it in memory."""

import csv
import gzip
import hashlib
import io
import json
import re
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from payments.providers.base import BillRow, PaymentState, ProviderDown, ProviderRefused
from tests.payments.providers.conftest import PLATFORM_ID
from tests.payments.providers.gateway import Answer, core_signed, stamped

DAY = date(2026, 3, 2)
WECHAT_HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
ALIPAY_HEAD = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,"
    "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)


def wechat_line(number, amount="2.40", *, subject="公需科目", at="2026-03-02 23:59:59", **changed):
    cells = dict.fromkeys(WECHAT_HEAD.split(","), "")
    cells |= {"交易时间": at, "微信订单号": "42000" + number, "商户订单号": number, "交易状态": "SUCCESS"}
    cells |= {"应结订单金额": "1.00", "订单金额": amount, "申请退款金额": "0.00", "商品名称": subject} | changed
    return ",".join(f"`{cell}" for cell in cells.values())


def wechat_refund(number, refund_number, amount, status="SUCCESS"):
    changed = {"商户退款单号": refund_number, "退款状态": status, "申请退款金额": amount, "订单金额": "0.00"}
    return wechat_line(number, **{"交易状态": "REFUND"} | changed)


def amount_in(rows, head, name):
    """The sum of a column, in yuan; what is no amount counts nothing."""
    cells = (row[head.split(",").index(name)] for row in rows)
    return sum((abs(Decimal(cell)) for cell in cells if re.fullmatch(r"-?\d+\.\d+", cell)), Decimal("0.00"))


def wechat_file(*lines, **told):
    """`told`: what its summary says otherwise."""
    rows = [line.removeprefix("`").split(",`") for line in lines]
    sums = {name: amount_in(rows, WECHAT_HEAD, name) for name in ("应结订单金额", "订单金额", "申请退款金额")}
    summary = {"总交易单数": len(lines), "应结订单总金额": sums["应结订单金额"], "退款总金额": "0.00"}
    summary |= {"订单总金额": sums["订单金额"], "申请退款总金额": sums["申请退款金额"]} | told
    summary = [",".join(summary), ",".join(f"`{sum_}" for sum_ in summary.values())]
    return ("\ufeff" + "\r\n".join([WECHAT_HEAD, *lines, *summary]) + "\r\n").encode()


def alipay_line(number, amount="2.40", *, kind="交易", refund_number="", subject="公需科目"):
    cells = dict.fromkeys(ALIPAY_HEAD.split(","), "")
    cells |= {"支付宝交易号": f"2026{number}\t", "商户订单号": f"{number}\t", "业务类型": kind, "商品名称": subject}
    cells |= {"完成时间": "2026-03-02 23:59:59\t", "订单金额（元）": amount, "商家实收（元）": "1.00"}
    return ",".join((cells | {"退款批次号/请求号": refund_number}).values())


def alipay_file(*lines, behind=None):
    """`behind`: other remarks behind the details."""
    details = ["#支付宝业务明细查询", "#-----业务明细列表-----", ALIPAY_HEAD, *lines]
    if behind is None:
        behind = ["#-----业务明细列表结束-----"]
        for kind, word in (("交易", ""), ("退款", "退款")):
            mine = [row for row in csv.reader(lines) if row[2] == kind]
            sum_ = amount_in(mine, ALIPAY_HEAD, "商家实收（元）")
            behind.append(f"#{kind}合计：{len(mine)}笔，商家实收{word}共{sum_}元，商家优惠{word}共0.00元")
    details += behind
    summary = ["#支付宝业务汇总查询", "门店编号,门店名称,交易订单总笔数,订单金额（元）", "合计,,2,3.40"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("summary.csv", "\r\n".join(summary).encode("gbk"))
        folder.writestr("details.csv", "\r\n".join(details).encode("gb18030"))
    return packed.getvalue()


@pytest.fixture
def wechat_serves(gateway, pairs):
    """`wechat_serves(file)`: its bill; `link` and `served` change what the two answers say, `served` one per try."""

    def serve(file, *, link=None, served=None):
        packed = [gzip.compress(file)] * 2 if served is None else served
        told = {"hash_type": "SHA1", "hash_value": hashlib.sha1(file).hexdigest()}
        told |= {"download_url": f"{gateway.base}/v3/billdownload/file?token=t"} | (link or {})
        body = json.dumps(told).encode()
        signed = Answer(body, 200, stamped(body, key=pairs["platform"], serial=PLATFORM_ID))
        gateway.answers = answering(signed, "/v3/billdownload", packed)

    return serve


@pytest.fixture
def wechat_bill(wechat, wechat_serves):
    """`wechat_bill(file, …)`: the rows of a bill that is served so."""

    def bill(file, **named):
        wechat_serves(file, **named)
        return list(wechat.bill(day=DAY))

    return bill


@pytest.fixture
def alipay_serves(gateway, pairs):
    def serve(file, *, core=None, served=None):
        core = json.dumps(core or {"code": "10000", "bill_download_url": f"{gateway.base}/bill"})
        method = "alipay.data.dataservice.bill.downloadurl.query"
        signed = Answer(core_signed(method, core, pairs["platform"]))
        gateway.answers = answering(signed, "/bill", [file] * 2 if served is None else served)

    return serve


@pytest.fixture
def alipay_bill(alipay, alipay_serves):
    def bill(file, **named):
        alipay_serves(file, **named)
        return list(alipay.bill(day=DAY))

    return bill


def answering(signed, path, files):
    """The signed answer to all that is asked, and at the path the files in turn; None is a dead link."""
    files = iter(files)

    def answers(asked):
        if not asked.target.startswith(path):
            return signed
        file = next(files)
        return Answer(status=404) if file is None else Answer(file)

    return answers


def fetches(gateway):
    """How often a file was fetched."""
    return len([asked for asked in gateway.asked if "/bill" in asked.target and "tradebill" not in asked.target])


LAST_SECOND = datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)


# --- WeChat -----------------------------------------------------------------------------------------------------------
def test_wechats_rows_are_read_and_its_summary_is_none(wechat_bill):
    file = wechat_file(wechat_line("XS00000001"), wechat_refund("XS00000001", "XR1", "1.00"))

    assert wechat_bill(file) == [
        BillRow("XS00000001", "42000XS00000001", 240, PaymentState.PAID, "", LAST_SECOND),
        BillRow("XS00000001", "42000XS00000001", 100, PaymentState.REFUNDED, "XR1", LAST_SECOND),
    ]


def test_a_refund_that_failed_moved_no_money(wechat_bill):
    file = wechat_file(
        wechat_refund("XS00000001", "XR1", "1.00", "FAIL"),
        wechat_refund("XS00000001", "XR2", "0.50", "PROCESSING"),
    )

    assert [row.refund_number for row in wechat_bill(file)] == ["XR2"]


@pytest.mark.parametrize("subject", ["a,b", "总交易单数", '"', "`"])
def test_a_subject_moves_no_cell(wechat_bill, subject):
    [row] = wechat_bill(wechat_file(wechat_line("XS00000001", subject=subject)))

    assert (row.number, row.amount_fen) == ("XS00000001", 240)


def test_a_bill_without_rows_is_empty(wechat_bill):
    assert wechat_bill(wechat_file()) == []


def test_wechats_day_without_trade_is_empty(wechat, wechat_says):
    wechat_says(b'{"code":"NO_STATEMENT_EXIST","message":"none"}', 400)

    assert list(wechat.bill(day=DAY)) == []


def test_a_bill_that_is_not_written_yet_is_asked_for_again(wechat, wechat_says):
    wechat_says(b'{"code":"STATEMENT_CREATING","message":"later"}', 400)

    with pytest.raises(ProviderDown):
        list(wechat.bill(day=DAY))


def test_a_day_that_is_refused_is_no_empty_day(wechat, wechat_says):
    wechat_says(b'{"code":"INVALID_REQUEST","message":"today"}', 400)

    with pytest.raises(ProviderRefused):
        list(wechat.bill(day=DAY))


def test_a_dead_link_is_renewed_once(wechat_bill, gateway):
    file = wechat_file(wechat_line("XS00000001"))

    assert len(wechat_bill(file, served=[None, gzip.compress(file)])) == 1
    assert fetches(gateway) == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: None,
        lambda file: gzip.compress(file + b"`"),
        lambda file: gzip.compress(file)[:-9],
        lambda file: file[:-1],
        lambda file: b"",
        lambda file: b"\x1f\x8b\x08\x00" + b"no gzip" * 9,
    ],
    ids=["gone", "another file", "cut off", "unpacked and cut off", "empty", "broken"],
)
def test_a_file_that_is_not_the_promised_one_is_not_read(wechat_bill, gateway, spoil):
    file = wechat_file(wechat_line("XS00000001"))

    with pytest.raises(ProviderDown):
        wechat_bill(file, served=[spoil(file), spoil(file)])

    assert fetches(gateway) == 2


def test_a_file_that_something_unpacked_on_its_way_is_read_too(wechat_bill):
    file = wechat_file(wechat_line("XS00000001"))

    assert [row.number for row in wechat_bill(file, served=[file])] == ["XS00000001"]


def test_a_link_to_the_real_address_is_fetched_through_ours(wechat_bill, gateway):
    link = {"download_url": "https://api.mch.weixin.qq.com/v3/billdownload/file?token=t"}

    assert len(wechat_bill(wechat_file(wechat_line("XS00000001")), link=link)) == 1
    assert fetches(gateway) == 1


@pytest.mark.parametrize(
    "link",
    [
        {"download_url": "https://api.mch.weixin.qq.com.elsewhere.example/v3/billdownload/file?token=t"},
        {"download_url": "http://127.0.0.2:1/v3/billdownload/file?token=t"},
        {"download_url": ""},
        {"hash_type": "MD5"},
        {"hash_type": None},
    ],
    ids=["nearly", "elsewhere", "nowhere", "another hash", "no hash"],
)
def test_a_link_that_leads_elsewhere_or_without_hash_is_not_followed(wechat_bill, gateway, link):
    with pytest.raises(ProviderDown):
        wechat_bill(wechat_file(wechat_line("XS00000001")), link=link)

    assert fetches(gateway) == 0


@pytest.mark.parametrize("amount", ["2.405", "2,40", "", "1e3", "￥2.40"])
def test_a_line_that_cannot_be_read_ends_it(wechat_bill, amount):
    with pytest.raises(ProviderDown):
        wechat_bill(wechat_file(wechat_line("XS00000001", amount)))


# --- Alipay -----------------------------------------------------------------------------------------------------------
def test_alipays_rows_are_read_and_its_remarks_and_summary_are_none(alipay_bill):
    file = alipay_file(
        alipay_line("XS00000001", subject='"一,二 𬭎"'),
        alipay_line("XS00000001", "-1.00", kind="退款", refund_number="XR1\t"),
    )

    assert alipay_bill(file) == [
        BillRow("XS00000001", "2026XS00000001", 240, PaymentState.PAID, "", LAST_SECOND),
        BillRow("XS00000001", "2026XS00000001", 100, PaymentState.REFUNDED, "XR1", LAST_SECOND),
    ]


def test_alipays_day_without_trade_is_empty(alipay_bill):
    assert alipay_bill(b"", core={"code": "40004", "msg": "no", "sub_code": "isp.bill_not_exist"}) == []
    assert alipay_bill(alipay_file()) == []


def test_a_day_that_alipay_refuses_is_no_empty_day(alipay_bill):
    with pytest.raises(ProviderRefused):
        alipay_bill(b"", core={"code": "40002", "msg": "no", "sub_code": "isv.invalid-arguments"})


@pytest.mark.parametrize("first", [None, b"<html>gone</html>", b""], ids=["gone", "a page", "empty"])
def test_alipays_dead_link_is_renewed_once(alipay_bill, gateway, first):
    file = alipay_file(alipay_line("XS00000001"))

    assert len(alipay_bill(file, served=[first, file])) == 1
    assert fetches(gateway) == 2


def test_alipays_link_that_stays_dead_gives_nothing(alipay_bill, gateway):
    with pytest.raises(ProviderDown):
        alipay_bill(b"", served=[None, None])

    assert fetches(gateway) == 2


@pytest.mark.parametrize(
    "line",
    [alipay_line("XS00000001", "2.405"), alipay_line("XS00000001", kind="分润"), alipay_line("XS00000001", "")],
    ids=["amount", "kind", "no amount"],
)
def test_a_line_of_alipays_that_cannot_be_read_ends_it(alipay_bill, line):
    with pytest.raises(ProviderDown):
        alipay_bill(alipay_file(line))


# --- What adds up -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "told", [{"总交易单数": 3}, {"订单总金额": "2.41"}, {"申请退款总金额": "0.99"}, {"总交易单数": "two"}], ids=str
)
def test_a_bill_of_wechats_that_adds_up_to_something_else_gives_no_row(wechat, wechat_serves, told):
    wechat_serves(wechat_file(wechat_line("XS00000001"), wechat_refund("XS00000001", "XR1", "1.00"), **told))

    with pytest.raises(ProviderDown):
        next(wechat.bill(day=DAY))


def test_a_bill_of_wechats_without_its_summary_gives_no_row(wechat, wechat_serves):
    wechat_serves("\r\n".join([WECHAT_HEAD, wechat_line("XS00000001")]).encode())

    with pytest.raises(ProviderDown):
        next(wechat.bill(day=DAY))


@pytest.mark.parametrize(
    "behind",
    [
        [],
        ["#---业务明细列表结束---"],
        ["#---业务明细列表结束---", "#交易合计：2笔，商家实收共1.00元，商家优惠共0.00元"],
        ["#---业务明细列表结束---", "#交易合计：1笔，商家实收共1.01元，商家优惠共0.00元"],
        ["#交易合计：1笔，商家实收共1.00元，商家优惠共0.00元"],
        ["#---业务明细列表结束---", "#交易合计：1笔，商家实收共1.00元", "#退款合计：1笔，商家实收退款共1.00元"],
    ],
    ids=["cut off", "no sums", "count", "sum", "no end", "refunds"],
)
def test_a_bill_of_alipays_that_adds_up_to_something_else_gives_no_row(alipay, alipay_serves, behind):
    alipay_serves(alipay_file(alipay_line("XS00000001"), behind=behind))

    with pytest.raises(ProviderDown):
        next(alipay.bill(day=DAY))


def test_a_bill_of_alipays_without_details_is_no_empty_day(alipay, alipay_serves):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as folder:
        folder.writestr("summary.csv", "门店编号,门店名称,交易订单总笔数".encode("gbk"))
    alipay_serves(packed.getvalue())

    with pytest.raises(ProviderDown):
        list(alipay.bill(day=DAY))


# --- Memory -----------------------------------------------------------------------------------------------------------
def most_memory(provider, count):
    """Bytes held at once, at most, while the bill's rows are gone through."""
    tracemalloc.start()
    try:
        assert sum(1 for _row in provider.bill(day=DAY)) == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_a_long_bill_of_wechats_takes_no_more_memory(wechat, wechat_serves):
    most = []
    for count in (10, 1_000, 10_000):
        wechat_serves(wechat_file(*(wechat_line(f"XS{number:08d}") for number in range(count))))
        most.append(most_memory(wechat, count))

    assert most[2] < most[1] + 200_000


@pytest.mark.slow
def test_a_long_bill_of_alipays_takes_no_more_memory(alipay, alipay_serves):
    most = []
    for count in (10, 1_000, 10_000):
        alipay_serves(alipay_file(*(alipay_line(f"XS{number:08d}") for number in range(count))))
        most.append(most_memory(alipay, count))

    assert most[2] < most[1] + 200_000
