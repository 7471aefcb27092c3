"""Alipay's trade bill: a link that lasts half a minute, to a ZIP of two files in GBK."""

import io
import zipfile
from datetime import date
from typing import Any

from payments.sandbox import bills
from payments.sandbox.alipay.signing import Fault
from payments.sandbox.alipay.trades import BUYER
from payments.sandbox.clock import LOCAL, local_text
from payments.sandbox.web import Answer
from payments.sandbox.world import Call, World

_LINK_SECONDS = 30
_HEAD = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,"
    "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
_SUMMARY_HEAD = (
    "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,"
    "卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）"
)


class _GbkName(zipfile.ZipInfo):
    """A name in GBK without the flag for UTF-8, as Alipay packs it: readers that don't know see other letters."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  # zipfile's own name
        return self.filename.encode("gbk"), self.flag_bits


def bill_link(call: Call, said: dict[str, Any], notify_url: str) -> dict[str, Any]:
    """Raises Fault: isp.bill_not_exist for a day without trade, and before the bill is made."""
    if said.get("bill_type") not in ("trade", "signcustomer"):
        raise Fault("isv.invalid-arguments", "bill_type须为trade或signcustomer", code="40002")
    try:
        day = bills.day_of(str(said.get("bill_date", "")))
    except ValueError:
        raise Fault("isv.invalid-arguments", "bill_date格式为yyyy-MM-dd", code="40002") from None
    try:
        bills.require_ready(call, day)
    except bills.NotReady as not_ready:
        if not_ready.ever:
            raise Fault("isp.bill_not_exist", "账单不存在") from None
        raise Fault("isv.invalid-arguments", "不能下载当日或之后的账单", code="40002") from None
    rows = bills.rows_of(call, day) if said["bill_type"] == "trade" else []
    if not rows:
        raise Fault("isp.bill_not_exist", "账单不存在")
    token = bills.keep(call, name=f"{day}.zip", content=_packed(call.world, day, rows), seconds=_LINK_SECONDS)
    return {"bill_download_url": f"{call.world.base}/alipay/bill/{token}"}


def download(world: World, token: str) -> Answer:
    """Whoever has the link has the file; nothing is signed here."""
    call = Call(world, "alipay", "download")
    if answer := call.before():
        return answer
    found = bills.fetch(world, "alipay", token)
    call.noted("OK" if found else "gone")
    call.after()
    if found is None:
        return Answer(404, b"<html><body>file not found</body></html>", "text/html")
    return Answer(200, found[1], "application/zip", {"Content-Disposition": f'attachment; filename="{found[0]}"'})


def _packed(world: World, day: date, rows: list[bills.Row]) -> bytes:
    seller, packed = world.keys.merchant["seller_id"], io.BytesIO()
    stem = f"{seller}0156_{day:%Y%m%d}_业务明细"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            (f"{stem}.csv", _details(world, day, rows)),
            (f"{stem}(汇总).csv", _summary(world, day, rows)),
        ):
            entry = _GbkName(name, (day.year, day.month, day.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode("gbk", "replace"))
    return packed.getvalue()


def _preface(world: World, day: date, title: str) -> list[str]:
    following = f"{day:%Y年%m月%d日}"
    return [
        f"#支付宝{title}查询",
        f"#账号：[{world.keys.merchant['seller_id']}0156]",
        f"#起始日期：[{following} 00:00:00]   终止日期：[{following} 24:00:00]",
    ]


def _details(world: World, day: date, rows: list[bills.Row]) -> str:
    paid = [row.amount_fen for row in rows if not row.refund_number]
    back = [row.amount_fen for row in rows if row.refund_number]
    lines = [
        *_preface(world, day, "业务明细"),
        "#" + "-" * 41 + "业务明细列表" + "-" * 40,
        _HEAD,
        *(_line(row) for row in rows),
        "#" + "-" * 41 + "业务明细列表结束" + "-" * 36,
        f"#交易合计：{len(paid)}笔，商家实收共{bills.yuan(sum(paid))}元，商家优惠共0.00元",
        f"#退款合计：{len(back)}笔，商家实收退款共{bills.yuan(-sum(back))}元，商家优惠退款共0.00元",
        f"#导出时间：[{world.clock.now().astimezone(LOCAL):%Y年%m月%d日 %H:%M:%S}]",
    ]
    return "\r\n".join(lines) + "\r\n"


def _line(row: bills.Row) -> str:
    """Numbers and times end in a tab, so that spreadsheets leave them alone; what is given back is negative."""
    sign = -1 if row.refund_number else 1
    amount, nothing = bills.yuan(sign * row.amount_fen), "0.00"
    cells = [
        *(
            f"{row.transaction_id}\t",
            f"{row.number}\t",
            "退款" if row.refund_number else "交易",
            bills.plain(row.subject),
        ),
        *(f"{local_text(row.created_at or row.at)}\t", f"{local_text(row.at)}\t", "", "", "", "", BUYER),
        *(amount, amount, nothing, nothing, nothing, nothing, nothing, "", nothing, nothing),
        *(f"{row.refund_number}\t" if row.refund_number else "", _fee(-sign * row.amount_fen), nothing, ""),
    ]
    return ",".join(cells)


def _fee(fen: int) -> str:
    """0.60 %, rounded to the fen, as a cost: negative for what is paid, positive for what goes back."""
    size = (abs(fen) * 6 + 500) // 1000
    return bills.yuan(-size if fen < 0 else size)


def _summary(world: World, day: date, rows: list[bills.Row]) -> str:
    paid = [row.amount_fen for row in rows if not row.refund_number]
    back = [row.amount_fen for row in rows if row.refund_number]
    net, nothing = bills.yuan(sum(paid) - sum(back)), "0.00"
    counts = ["合计", "", str(len(paid)), str(len(back))]
    lines = [
        *_preface(world, day, "业务汇总"),
        "#" + "-" * 41 + "业务汇总列表" + "-" * 40,
        _SUMMARY_HEAD,
        ",".join([*counts, net, net, nothing, nothing, nothing, nothing, nothing, net]),
        "#" + "-" * 41 + "业务汇总列表结束" + "-" * 36,
    ]
    return "\r\n".join(lines) + "\r\n"
