"""Bills come as files: onto the disk piece by piece, so that the largest takes no more memory than the smallest."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import IO, TypeVar

import requests

from payments.providers.base import ProviderDown

PIECE_BYTES = 64 * 1024
MAX_BYTES = 1024**3
MAX_SECONDS = 600.0
"""For a whole file, whose single pieces are bounded by the socket's time-out: only tasks fetch bills."""

Link = TypeVar("Link")


class DeadLink(ProviderDown):
    """What was fetched isn't the file that was promised: links live 30 seconds to 5 minutes. Another may work."""


def fetched(new_link: Callable[[], Link | None], fetch: Callable[[Link], IO[bytes]]) -> tuple[Link, IO[bytes]] | None:
    """(link, file) of the first link that leads to its file, of two; None where there is none. Raises ProviderDown."""
    link = new_link()
    if link is None:
        return None
    try:
        return link, fetch(link)
    except DeadLink:
        link = new_link()
    return (link, fetch(link)) if link is not None else None


def to_disk(answering: AbstractContextManager[requests.Response]) -> IO[bytes]:
    """The file that a response brings, at its beginning; gone when closed. Raises DeadLink, ProviderDown."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
    try:
        for piece in _pieces(answering):
            file.write(piece)
    except requests.RequestException as fault:
        file.close()
        raise DeadLink(type(fault).__name__) from fault
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _pieces(answering: AbstractContextManager[requests.Response]) -> Iterator[bytes]:
    until = time.monotonic() + MAX_SECONDS
    taken = 0
    with answering as response:
        if response.status_code != 200:
            raise DeadLink(f"{response.status_code} in place of the bill")
        for piece in response.iter_content(PIECE_BYTES):
            taken += len(piece)
            if taken > MAX_BYTES or time.monotonic() > until:
                raise ProviderDown("a bill without end")
            yield piece
