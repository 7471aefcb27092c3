"""WeChat's trade bill: a link first, then a file that nobody signs: CSV, each cell of a row behind a backtick."""

import gzip
import hashlib
from datetime import date, timedelta
from typing import Any

from payments.sandbox import bills
from payments.sandbox.clock import LOCAL, local_text
from payments.sandbox.web import Answer
from payments.sandbox.wechat.orders import PAYER
from payments.sandbox.wechat.signing import PREFIX, Fault
from payments.sandbox.world import Call, World

_LINK_SECONDS = 300
_OLDEST = timedelta(days=92)
_HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
_TOTALS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
_REFUND_STATES = {"processing": "PROCESSING", "done": "SUCCESS", "abnormal": "CHANGE", "closed": "FAIL"}


def trade_bill(call: Call, said: dict[str, Any]) -> dict[str, Any]:
    """Raises Fault: NO_STATEMENT_EXIST for a day without trade, STATEMENT_CREATING before it is made."""
    day, kind = _day(call, said), said.get("bill_type", "ALL")
    if kind not in ("ALL", "SUCCESS", "REFUND"):
        raise Fault(400, "PARAM_ERROR", "bill_type须为ALL、SUCCESS或REFUND")
    try:
        bills.require_ready(call, day)
    except bills.NotReady as not_ready:
        if not_ready.ever:
            raise Fault(400, "STATEMENT_CREATING", "账单生成中，请稍后再试") from None
        raise Fault(400, "INVALID_REQUEST", "bill_date须为今天之前的日期") from None
    rows = bills.rows_of(call, day, payments=kind != "REFUND", refunds=kind != "SUCCESS")
    if not rows:
        raise Fault(400, "NO_STATEMENT_EXIST", "账单文件不存在")
    file = _file(call.world, rows)
    digest = hashlib.sha1(file).hexdigest()  # noqa: S324  # the protocol's own
    if call.trouble("bill_wrong_hash"):
        digest = hashlib.sha1(file + b"\n").hexdigest()  # noqa: S324
    packed = said.get("tar_type") == "GZIP"
    content = gzip.compress(file, 6, mtime=0) if packed else file
    token = bills.keep(call, name=f"{day}.csv" + ".gz" * packed, content=content, seconds=_LINK_SECONDS)
    link = f"{call.world.base}{PREFIX}/v3/billdownload/file?token={token}"
    return {"hash_type": "SHA1", "hash_value": digest, "download_url": link}


def download(call: Call, said: dict[str, Any]) -> Answer:
    found = bills.fetch(call.world, "wechat", str(said.get("token", "")))
    if found is None:
        raise Fault(404, "RESOURCE_NOT_EXISTS", "账单下载地址已失效")
    name, content = found
    kind = "application/x-gzip" if name.endswith(".gz") else "text/plain"
    return Answer(200, content, kind, {"Content-Disposition": f'attachment; filename="{name}"'})


def _day(call: Call, said: dict[str, Any]) -> date:
    try:
        day = bills.day_of(str(said.get("bill_date", "")))
    except ValueError:
        raise Fault(400, "PARAM_ERROR", "bill_date格式为YYYY-MM-DD") from None
    if day < call.world.clock.now().astimezone(LOCAL).date() - _OLDEST:
        raise Fault(400, "INVALID_REQUEST", "只能下载三个月以内的账单")
    return day


def _file(world: World, rows: list[bills.Row]) -> bytes:
    lines = [_HEAD, *(_line(world, row) for row in rows), _TOTALS, _totals(rows)]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def _ticked(*cells: str) -> str:
    return "`" + ",`".join(cells)


def _line(world: World, row: bills.Row) -> str:
    back = bool(row.refund_number)
    amount, nothing = bills.yuan(row.amount_fen), "0.00"
    merchant = world.keys.merchant
    return _ticked(
        *(local_text(row.at), merchant["appid"], merchant["mchid"], "0", ""),
        *(row.transaction_id, row.number, PAYER, "NATIVE", "REFUND" if back else "SUCCESS", "OTHERS", "CNY"),
        *(nothing if back else amount, nothing),
        *((row.refund_id, row.refund_number, amount) if back else ("0", "0", nothing)),
        *(nothing, "ORIGINAL" if back else "", _REFUND_STATES[row.refund_state] if back else ""),
        *(
            bills.plain(row.subject),
            bills.plain(row.attach),
            _fee(-row.amount_fen if back else row.amount_fen),
            "0.60%",
        ),
        *(nothing if back else amount, amount if back else nothing, ""),
    )


def _fee_fen(fen: int) -> int:
    """0.60 %, rounded to the fen."""
    return (fen * 6 + 500) // 1000


def _fee(fen: int) -> str:
    """Printed with five places, as the bill does; negative for what goes back."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{bills.yuan(_fee_fen(abs(fen)))}000"


def _totals(rows: list[bills.Row]) -> str:
    paid = sum(row.amount_fen for row in rows if not row.refund_number)
    back = sum(row.amount_fen for row in rows if row.refund_number)
    fees = sum((-1 if row.refund_number else 1) * _fee_fen(row.amount_fen) for row in rows)
    orders, refunds = bills.yuan(paid), bills.yuan(back)
    return _ticked(str(len(rows)), orders, refunds, "0.00", f"{bills.yuan(fees)}000", orders, refunds)
