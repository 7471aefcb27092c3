"""Many threads at once, for races on PostgreSQL."""

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connections

Answer = TypeVar("Answer")


def in_threads(work: Callable[[int], Answer], count: int = 8) -> list[Answer]:
    """What `work(0)` … `work(count - 1)` give, all begun at once, each on a connection of its own.

    Raises what any of them raised.
    """
    start, answers, failures = threading.Barrier(count), [], []

    def run(number: int) -> None:
        start.wait()
        try:
            answers.append(work(number))
        except BaseException as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise BaseExceptionGroup("in threads", failures)
    return answers
