"""No call to a provider holds its caller longer than it was given, whatever hangs.

Time-outs of a socket bound each wait of its own: neither a name server that doesn't answer nor an answer that drips,
and an adapter may need two calls for one question. So a call runs in a thread that the caller stops waiting for.
"""

import contextvars
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from payments.providers.base import ProviderDown, ProviderRefused

logger = logging.getLogger(__name__)
T = TypeVar("T")

WEB_SECONDS = 2.5
"""In a request, where somebody waits and a web worker is held."""
TASK_SECONDS = 15.0
"""In a task."""
MAX_HANGING = 64
"""Calls at once in a process; more are refused at once, so that a dead provider can't fill it with threads."""

_slots = threading.BoundedSemaphore(MAX_HANGING)


def within(seconds: float, call: Callable[[], T]) -> T:
    """What `call` gives. Raises ProviderDown after `seconds` or for whatever an SDK raises, and ProviderRefused."""
    slots = _slots
    if not slots.acquire(blocking=False):
        raise ProviderDown("too many calls are hanging")
    outcome: Future[T] = Future()
    context = contextvars.copy_context()  # the log lines keep their request's id

    def run() -> None:
        try:
            outcome.set_result(context.run(call))
        except BaseException as fault:  # noqa: BLE001  told to the one who waits, below
            outcome.set_exception(fault)
        finally:
            slots.release()

    threading.Thread(target=run, name="provider-call", daemon=True).start()
    try:
        fault = outcome.exception(timeout=seconds)
    except TimeoutError:
        raise ProviderDown(f"no answer in {seconds:g} s") from None
    if fault is None:
        return outcome.result()
    if isinstance(fault, ProviderDown | ProviderRefused):
        raise fault
    # SDKs raise bare exceptions, sockets a dozen kinds: what isn't understood is an answer that can't be trusted.
    said = f"{type(fault).__name__}: {fault}"[:300]
    logger.warning("provider call failed: %s", said)
    raise ProviderDown(said) from fault
