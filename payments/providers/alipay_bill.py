"""Alipay's day bill (业务明细): a ZIP of CSV files in GBK, the details and a summary, between lines of remarks (#).

The remarks behind the details tell their number and sum. It is read to its end once before any row is given: what was
cut off, or doesn't add up to what it says itself, gives none.
"""

import csv
import io
import re
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

_NUMBER, _KIND, _RECEIVED = "商户订单号", "业务类型", "商家实收（元）"
_TRANSACTION, _AMOUNT, _REFUND, _AT = "支付宝交易号", "订单金额（元）", "退款批次号/请求号", "完成时间"
_READ = (_NUMBER, _KIND, _RECEIVED, _TRANSACTION, _AMOUNT, _REFUND, _AT)
_SUM = re.compile(r"#(交易|退款)合计：(\d+)笔，商家实收(?:退款)?共(-?\d{1,12}(?:\.\d{1,2})?)元")
_END = "业务明细列表结束"
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
    with found[1] as file:
        for _row in _read(file):
            pass
        yield from _read(file)


def _read(file: IO[bytes]) -> Iterator[BillRow]:
    """From its beginning; it stays open. Raises ProviderDown."""
    has_details = False
    try:
        with zipfile.ZipFile(file) as folder:
            for name in folder.infolist():
                with folder.open(name) as member, io.TextIOWrapper(member, encoding="gb18030", newline="") as lines:
                    details = _Details(lines)
                    yield from details.rows()
                    has_details |= details.is_one
    except (zipfile.BadZipFile, zlib.error, UnicodeDecodeError, csv.Error, EOFError) as fault:
        raise ProviderDown(f"a bill that can't be read: {fault!r}") from fault
    if not has_details:
        raise ProviderDown("a bill without its details")


class _Details:
    """A file of details; a summary has another head and is none."""

    def __init__(self, lines: io.TextIOWrapper) -> None:
        self.is_one, self._has_end = False, False
        self._lines = lines
        self._told = dict.fromkeys(("交易", "退款"), (0, 0))
        self._counted = dict.fromkeys(("交易", "退款"), (0, 0))

    def rows(self) -> Iterator[BillRow]:
        """Raises ProviderDown for a line that can't be read and, behind the last row, for sums that are others."""
        places: dict[str, int] = {}
        for cells in csv.reader(self._without_remarks()):
            if not places:
                places = {name.strip(): place for place, name in enumerate(cells)}
                self.is_one = _NUMBER in places and _KIND in places
                if not self.is_one:
                    return
            elif any(cells):
                yield self._counting(cells, places)
        if self.is_one and not (self._has_end and self._told == self._counted):
            raise ProviderDown("the bill was cut off, or its sums aren't what its rows add up to")

    def _counting(self, line: list[str], places: Mapping[str, int]) -> BillRow:
        try:
            # Numbers end with a tab, so that spreadsheets keep them texts.
            cells = {name: line[places[name]].strip() for name in _READ}
            count, sum_fen = self._counted[cells[_KIND]]
            self._counted[cells[_KIND]] = (count + 1, sum_fen + abs(fen(cells[_RECEIVED])))
            return _row(cells)
        except (LookupError, ValueError) as fault:
            raise ProviderDown(f"a line of the bill can't be read: {fault!r}") from fault

    def _without_remarks(self) -> Iterator[str]:
        for line in self._lines:
            if not line.startswith("#"):
                yield line
            elif _END in line:
                self._has_end = True
            elif told := _SUM.match(line):
                self._told[told[1]] = (int(told[2]), abs(fen(told[3])))


def _row(cells: Mapping[str, str]) -> BillRow:
    """Raises KeyError, ValueError. What is given back stands there with a minus."""
    state = _KINDS[cells[_KIND]]
    return BillRow(
        number=cells[_NUMBER],
        transaction_id=cells[_TRANSACTION],
        amount_fen=abs(fen(cells[_AMOUNT])),
        state=state,
        refund_number=cells[_REFUND] if state is PaymentState.REFUNDED else "",
        at=datetime.fromisoformat(cells[_AT]).replace(tzinfo=CHINA),
    )
