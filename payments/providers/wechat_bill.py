"""WeChat's day bill (交易账单): a gzipped file whose detail cells begin with a backtick, then two lines of summary.

The file is unsigned; its SHA1 stands in an answer that is signed. So it is fetched whole, hashed, and only then read;
and read to its end once, as what doesn't add up to its own summary gives no row at all.
"""

import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, cast
from zoneinfo import ZoneInfo

import requests

from payments.providers import download
from payments.providers.accounts import WECHAT_REAL_GATEWAY
from payments.providers.base import BillRow, PaymentState, ProviderDown
from payments.providers.money import fen

_CHINA = ZoneInfo("Asia/Shanghai")
_GZIP = b"\x1f\x8b"
_CELL = ",`"  # commas alone may stand in a subject
# Each column with its sum in the summary; the count is of the rows.
_COUNT = "总交易单数"
_SUMMED = {"订单金额": "订单总金额", "申请退款金额": "申请退款总金额"}
_STATES = {"SUCCESS": PaymentState.PAID, "REFUND": PaymentState.REFUNDED, "REVOKED": PaymentState.CLOSED}


@dataclass(frozen=True, slots=True)
class Link:
    """Where the file is, as a path of our gateway, and what it hashes to."""

    path: str
    sha1: str

    @classmethod
    def of(cls, answer: Mapping[str, Any], *, gateway: str) -> "Link":
        """Raises ProviderDown. Our signed request goes to our gateway alone, also where it stands for the real one."""
        address = str(answer.get("download_url", ""))
        known = next((real for real in (gateway, WECHAT_REAL_GATEWAY) if address.startswith(f"{real}/")), None)
        if known is None or answer.get("hash_type") != "SHA1":
            raise ProviderDown("a bill from elsewhere, or without its hash")
        return cls(address.removeprefix(known), str(answer.get("hash_value", "")).lower())


def rows(
    new_link: Callable[[], Link | None], *, open_link: Callable[[str], AbstractContextManager[requests.Response]]
) -> Iterator[BillRow]:
    """The bill's rows; of two links the first that leads to the promised file. Raises ProviderDown."""

    def fetch(link: Link) -> IO[bytes]:
        try:
            answering = open_link(link.path)
        except requests.RequestException as fault:
            raise download.DeadLink(type(fault).__name__) from fault
        file = download.to_disk(answering)
        if _sha1_unpacked(file) != link.sha1:
            file.close()
            raise download.DeadLink("not the file that was promised")
        return file

    found = download.fetched(new_link, fetch)
    if found is None:
        return
    with found[1] as file:
        for _row in _read(file):
            pass
        yield from _read(file)


def _read(file: IO[bytes]) -> Iterator[BillRow]:
    """From its beginning; it stays open."""
    file.seek(0)
    lines = io.TextIOWrapper(_unpacked(file), encoding="utf-8-sig", newline="")
    try:
        yield from _rows_in(lines)
    except UnicodeDecodeError as fault:
        raise ProviderDown(f"a bill that can't be read: {fault!r}") from fault
    finally:
        lines.detach()


def _unpacked(file: IO[bytes]) -> IO[bytes]:
    """Its text. It comes packed as it was asked for, or unpacked by something on its way: its hash is the text's."""
    packed = file.read(len(_GZIP)) == _GZIP
    file.seek(0)
    return cast(IO[bytes], gzip.GzipFile(fileobj=file)) if packed else file


def _sha1_unpacked(file: IO[bytes]) -> str:
    digest = hashlib.sha1(usedforsecurity=False)  # the hash that WeChat gives
    try:
        unpacked = _unpacked(file)
        while piece := unpacked.read(download.PIECE_BYTES):
            digest.update(piece)
    except (OSError, EOFError, zlib.error):
        return ""
    file.seek(0)
    return digest.hexdigest()


def _rows_in(lines: io.TextIOWrapper) -> Iterator[BillRow]:
    """Raises ProviderDown for a line that can't be read and, behind the last row, for a summary that is another."""
    head = lines.readline().strip().split(",")
    sums = dict.fromkeys((_COUNT, *_SUMMED.values()), 0)
    for line in lines:
        if not line.startswith("`"):
            _check_summary(line, lines.readline(), sums)
            return
        cells = _cells(head, line)
        try:
            row = _row(cells)
            sums[_COUNT] += 1
            for column, total in _SUMMED.items():
                if column in cells:
                    sums[total] += fen(cells[column])
        except (KeyError, ValueError) as fault:
            raise ProviderDown(f"a line of the bill can't be read: {fault!r}") from fault
        if row is not None:
            yield row
    raise ProviderDown("a bill without its summary: it was cut off")


def _cells(head: list[str], line: str) -> dict[str, str]:
    return dict(zip(head, line.strip().removeprefix("`").split(_CELL), strict=False))


def _check_summary(head: str, line: str, sums: Mapping[str, int]) -> None:
    """Its sums are those of the columns; which of them it has differs with the bill's age, but for the count."""
    told = _cells(head.strip().split(","), line)
    try:
        fits = int(told[_COUNT]) == sums[_COUNT] and all(
            fen(told[total]) == sums[total] for total in _SUMMED.values() if total in told
        )
    except (KeyError, ValueError) as fault:
        raise ProviderDown(f"the bill's summary can't be read: {fault!r}") from fault
    if not fits:
        raise ProviderDown("the bill's summary isn't what its rows add up to")


def _row(cells: Mapping[str, str]) -> BillRow | None:
    """Raises KeyError, ValueError."""
    state = _STATES[cells["交易状态"]]
    refunded = state is PaymentState.REFUNDED
    if refunded and cells["退款状态"] == "FAIL":  # no money moved
        return None
    return BillRow(
        number=cells["商户订单号"],
        transaction_id=cells["微信订单号"],
        amount_fen=fen(cells["申请退款金额"] if refunded else cells["订单金额"]),
        state=state,
        refund_number=cells["商户退款单号"] if refunded else "",
        at=datetime.fromisoformat(cells["交易时间"]).replace(tzinfo=_CHINA),
    )
