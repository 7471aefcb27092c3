"""WeChat's day bill (交易账单): a gzipped file whose detail cells begin with a backtick, then two lines of summary.

The file is unsigned; its SHA1 stands in an answer that is signed. So it is fetched whole, hashed, and only then read.
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
    with (
        found[1] as file,
        _unpacked(file) as unpacked,
        io.TextIOWrapper(unpacked, encoding="utf-8-sig", newline="") as lines,
    ):
        yield from _rows_in(lines)


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
    head = lines.readline().strip().split(",")
    for line in lines:
        if not line.startswith("`"):  # the summary's head
            return
        cells = dict(zip(head, line.strip().removeprefix("`").split(_CELL), strict=False))
        try:
            row = _row(cells)
        except (KeyError, ValueError) as fault:
            raise ProviderDown(f"a line of the bill can't be read: {fault!r}") from fault
        if row is not None:
            yield row


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
        at=datetime.strptime(cells["交易时间"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=_CHINA),
    )
