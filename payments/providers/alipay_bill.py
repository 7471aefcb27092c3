"""Alipay's day bill (业务明细): a ZIP of CSV files in GBK, the details and a summary, between lines of remarks (#)."""

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import IO

import requests

from payments.providers import download
from payments.providers.alipay_client import CHINA
from payments.providers.base import BillRow, PaymentState, ProviderDown
from payments.providers.money import fen

_NUMBER, _KIND = "商户订单号", "业务类型"
_KINDS = {"交易": PaymentState.PAID, "退款": PaymentState.REFUNDED}


def rows(new_link: Callable[[], str | None], *, seconds: float) -> Iterator[BillRow]:
    """The bill's rows; of two links the first that leads to a ZIP. Raises ProviderDown."""

    def fetch(address: str) -> IO[bytes]:
        try:
            answering = requests.get(address, timeout=(seconds, seconds), stream=True)
        except requests.RequestException as fault:
            raise download.DeadLink(type(fault).__name__) from fault
        file = download.to_disk(answering)
        if not zipfile.is_zipfile(file):  # an error page in its place
            file.close()
            raise download.DeadLink("not the file that was promised")
        file.seek(0)
        return file

    found = download.fetched(new_link, fetch)
    if found is None:
        return
    try:
        with found[1] as file, zipfile.ZipFile(file) as folder:
            for name in folder.infolist():
                with folder.open(name) as member, io.TextIOWrapper(member, encoding="gb18030", newline="") as lines:
                    yield from _rows_in(lines)
    except (zipfile.BadZipFile, zlib.error, UnicodeDecodeError, csv.Error) as fault:
        raise ProviderDown(f"a bill that can't be read: {fault!r}") from fault


def _rows_in(lines: io.TextIOWrapper) -> Iterator[BillRow]:
    """Those of a file of details; a summary has another head and gives none."""
    head: list[str] = []
    for cells in csv.reader(line for line in lines if not line.startswith("#")):
        cells = [cell.strip() for cell in cells]  # numbers end with a tab, so that spreadsheets keep them texts
        if not head:
            head = cells
            if _NUMBER not in head or _KIND not in head:
                return
            continue
        if not any(cells):
            continue
        try:
            yield _row(dict(zip(head, cells, strict=False)))
        except (KeyError, ValueError) as fault:
            raise ProviderDown(f"a line of the bill can't be read: {fault!r}") from fault


def _row(cells: Mapping[str, str]) -> BillRow:
    """Raises KeyError, ValueError. What is given back stands there with a minus."""
    state = _KINDS[cells[_KIND]]
    return BillRow(
        number=cells[_NUMBER],
        transaction_id=cells["支付宝交易号"],
        amount_fen=abs(fen(cells["订单金额（元）"])),
        state=state,
        refund_number=cells["退款批次号/请求号"] if state is PaymentState.REFUNDED else "",
        at=datetime.strptime(cells["完成时间"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA),
    )
