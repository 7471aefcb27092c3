"""Orders at the size of a province: finance's list beside a page by primary key, its export, callbacks."""

import random
import statistics
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psutil
import requests
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from core import clock
from identity.models import User
from payments.models import Order, Payment
from payments.queries.desk import A_PAGE, OrderFilters, orders_by_id, orders_page
from payments.services import FINANCE, set_up_finance
from tests.bench import callbacks, order_world
from tests.bench.database import prepare
from tests.bench.report import Report
from tests.bench.server import memory_mb, serving
from tests.identity import factories

ROUNDS = 15
MOST_PAGES = 3.0
EXPORTED = 100_000
MOST_MIB = 60


def run(report: Report) -> None:
    """All figures of orders."""
    prepare()
    pages = order_world.add_orders()
    _lists(report, pages)
    _export(report)
    callbacks.run(report, pages[0])


# --- The list ---------------------------------------------------------------------------------------------------------
def _lists(report: Report, pages: list[Any]) -> None:
    """The first page and each filter beside the same rows read by their ids."""
    last = Order.objects.latest("pk").pk
    ids = random.Random(3).sample(range(last - order_world.ORDERS + 1, last), A_PAGE * 40)
    chunks = iter([ids[at : at + A_PAGE] for at in range(0, len(ids), A_PAGE)] * 100)

    def by_key() -> None:
        assert len(orders_by_id(next(chunks))) == A_PAGE

    for name, (asked, cursor) in _asked(pages).items():

        def ours(asked: OrderFilters = asked, cursor: str = cursor) -> None:
            assert orders_page(asked, cursor=cursor).rows

        page, reference = _medians(ours, by_key)
        report.at_most(f"orders by {name} ÷ a page by primary key", MOST_PAGES, page * 1000, reference * 1000, "ms")


def _asked(pages: list[Any]) -> dict[str, tuple[OrderFilters, str]]:
    """Each filter, also where it is slow by nature: much that fits, little that fits, and all of it long ago."""
    today = timezone.localdate(clock.now())
    year, month = today - timedelta(days=365), timedelta(days=30)
    some = Order.objects.filter(state="paid", provider="bank").order_by("-pk")[500]
    payment = Payment.objects.get(order=some)
    place = Order.objects.order_by("-pk")[order_world.ORDERS // 2]
    middle = f"o{int(place.created_at.timestamp() * 1_000_000)}-{place.pk}"
    old, lately = pages[len(pages) // 20], pages[-10]
    alone = {
        "nothing": OrderFilters(),
        "number": OrderFilters(number=some.no),
        "number of a payment": OrderFilters(number=payment.number),
        "number of the provider": OrderFilters(number=payment.transaction_id),
        "person": OrderFilters(user_ids=(some.user_id,)),
        "popular class": OrderFilters(class_id=pages[0].pk),
        "class of long ago": OrderFilters(class_id=old.pk),
        "class of these days": OrderFilters(class_id=lately.pk),
        "specialty": OrderFilters(specialty="专业7"),
        "provider": OrderFilters(provider="wechat"),
        "rare provider": OrderFilters(provider="bank"),
        "state": OrderFilters(state="paid"),
        "rare state": OrderFilters(state="refunding"),
        "unit": OrderFilters(organisation_id=some.organisation_id),
        "days of ordering": OrderFilters(created_from=year, created_to=year),
        "month of ordering": OrderFilters(created_from=year, created_to=year + month),
        "days of paying": OrderFilters(paid_from=year, paid_to=year),
        "month of paying": OrderFilters(paid_from=year, paid_to=year + month),
        "amount": OrderFilters(least_fen=9900, most_fen=9900),
        "amounts": OrderFilters(least_fen=5000, most_fen=10_000),
        "rare amounts": OrderFilters(least_fen=400_000, most_fen=500_000),
        "money after closing": OrderFilters(event="late"),
        "money that came twice": OrderFilters(event="surplus"),
        "class and state": OrderFilters(class_id=pages[0].pk, state="paid"),
        "state, provider and month": OrderFilters(
            state="paid", provider="alipay", created_from=year, created_to=year + month
        ),
    }
    return {name: (asked, "") for name, asked in alone.items()} | {"nothing, half-way": (OrderFilters(), middle)}


def _medians(ours: Callable[[], object], reference: Callable[[], object]) -> tuple[float, float]:
    """Medians of both, taken in turn; the first of each fills caches and isn't counted."""
    times: tuple[list[float], list[float]] = ([], [])
    for round_ in range(ROUNDS + 1):
        for act, taken in zip((ours, reference), times, strict=True):
            began = time.perf_counter()
            act()
            if round_:
                taken.append(time.perf_counter() - began)
    return statistics.median(times[0]), statistics.median(times[1])


# --- The export -------------------------------------------------------------------------------------------------------
def _export(report: Report) -> None:
    """A worker's memory while it sends a hundred thousand orders, above what it held after sending a few."""
    session, token = _finance()
    first = timezone.localtime(Order.objects.order_by("-created_at", "-pk")[EXPORTED - 5_000].created_at).date()
    with serving("tests.bench.settings", workers=1) as (base, master):
        _download(base, session, token, "state=open")
        before = memory_mb(master)
        with _Watched(master) as watched:
            began = time.perf_counter()
            size = _download(base, session, token, f"created_from={first + timedelta(days=1)}")
            seconds = time.perf_counter() - began
    assert size > 3_000_000, "a hundred thousand rows have their size"
    report.at_most(f"memory of an export of {EXPORTED:,} ÷ 60 MiB", 1.0, watched.most - before, MOST_MIB, "MiB")
    report.tell(f"export of {EXPORTED:,} orders", seconds, "s")


def _finance() -> tuple[str, str]:
    """The cookies of one of finance who is logged in: session and CSRF token."""
    set_up_finance()
    user = User.objects.filter(username="bench-finance").first() or factories.staff("bench-finance", "财务")
    user.groups.add(Group.objects.get(name=FINANCE))
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(user, backend="identity.backends.LoginKeyBackend")
    return browser.cookies[settings.SESSION_COOKIE_NAME].value, "b" * 32


def _download(base: str, session: str, token: str, filters: str) -> int:
    """Asks for the workbook as the page's form does, and reads it to its end; gives its bytes."""
    cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: token}
    answer = requests.post(
        f"{base}/admin/finance/orders/export/?{filters}",
        data={"reason": "bench", "csrfmiddlewaretoken": token},
        cookies=cookies,
        headers={"Referer": base},
        stream=True,
        timeout=120,
    )
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet"), answer.text[:500]
    return sum(len(part) for part in answer.iter_content(65_536))


class _Watched:
    """The most that the largest worker holds while this lasts, in MiB."""

    def __init__(self, master: psutil.Process) -> None:
        self.master, self.most = master, 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self.most = max(self.most, memory_mb(self.master))

    def __enter__(self) -> "_Watched":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
