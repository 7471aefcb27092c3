"""拒收通知: finance sees what wasn't believed, why, and which order it is about; old ones go (F1, F3)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.services import EDITORS
from payments.models import RefusedNotice
from payments.office.words import REFUSALS
from payments.queries.refused import A_PAGE
from payments.services import drop_old_notices, note_refused
from payments.services.notices import KEPT_DAYS
from payments.tasks import drop_old_notices as drop_task
from tests.exams.office import staff_of
from tests.identity import factories as people
from tests.payments import shop
from tests.payments.desk import finance, text

pytestmark = pytest.mark.django_db

LIST = "/admin/finance/refused/"


@pytest.fixture
def browser(fakes, jobs, clock):
    return finance()


def refused(clock, reason: str = "signature", provider: str = "wechat", number: str = "", body: bytes = b"x") -> None:
    note_refused(
        provider_name=provider, reason=reason, body=body, address="203.0.113.7", number=number, now=clock.now()
    )


def times(answer: Any) -> list[str]:
    return re.findall(r'<th scope="row" class="desk-when">([^<]+)</th>', text(answer))


def test_each_says_when_who_why_and_from_where(browser, clock):
    refused(clock)
    page = text(browser.get(LIST))
    told = ("2026-03-02", "微信支付", "签名不对", "203.0.113.7", RefusedNotice.objects.get().digest[:12])
    for words in told:
        assert words in page, words


def test_one_that_names_an_order_leads_there(browser, clock):
    order = shop.ordered(people.learner(), shop.paid_class())
    refused(clock, "payment_mismatch", number=shop.payment_of(order).number)
    page = text(browser.get(LIST))
    assert f'href="{reverse("finance_orders:one", args=[order.no])}"' in page
    assert "金额、商户或应用和订单不一致" in page


def test_one_that_names_nothing_of_ours_leads_nowhere(browser, clock):
    refused(clock, "unknown_payment", number="UNKNOWN1")
    page = text(browser.get(LIST))
    assert "UNKNOWN1" in page
    assert "/admin/finance/orders/UNKNOWN1" not in page


def test_the_latest_stand_first(browser, clock):
    for _ in range(3):
        refused(clock)
        clock.tick(60)
    told = times(browser.get(LIST))
    assert told == sorted(told, reverse=True)
    assert len(told) == 3


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 4),
        ({"provider": "alipay"}, 1),
        ({"reason": "timestamp"}, 2),
        ({"reason": "timestamp", "provider": "alipay"}, 0),
        ({"first": "2026-03-04"}, 2),
        ({"last": "2026-03-03"}, 2),
        ({"first": "2026-03-03", "last": "2026-03-03"}, 1),
    ],
)
def test_provider_reason_and_days_narrow_it(browser, clock, asked, found):
    for reason, provider in (
        ("signature", "wechat"),
        ("timestamp", "wechat"),
        ("timestamp", "wechat"),
        ("replay", "alipay"),
    ):
        refused(clock, reason, provider)
        clock.tick(86_400)
    assert len(times(browser.get(LIST, asked))) == found


def test_where_there_is_none_it_says_so(browser, clock):
    assert "没有拒收的通知" in text(browser.get(LIST))
    refused(clock)
    assert "没有符合条件的通知" in text(browser.get(LIST, {"provider": "alipay"}))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"first": "2026-13-01"}, "写成日期"),
        ({"last": "9999-12-31"}, "2000 年到 2099 年之间"),
        ({"first": "2026-03-02", "last": "2026-03-01"}, "不能早于前一天"),
        ({"reason": "none"}, "none"),
        ({"provider": "bank"}, "bank"),
    ],
)
def test_what_is_written_wrongly_is_told_at_its_field(browser, clock, asked, words):
    refused(clock)
    answer = browser.get(LIST, asked)
    assert answer.status_code == 200
    assert len(re.findall(rf'class="error-message" id="[^"]+">[^<]*{words}', text(answer))) == 1
    assert times(answer) == []


def test_a_walk_meets_every_one_once_in_a_constant_number_of_queries(browser, clock):
    count = 2 * A_PAGE + 3
    RefusedNotice.objects.bulk_create(
        RefusedNotice(
            provider="wechat",
            reason="signature",
            digest=f"{at:064}",
            received_at=clock.now() + timedelta(seconds=at // 2),
        )
        for at in range(count)
    )
    met: list[str] = []
    address, queries = LIST, []
    while address:
        with CaptureQueriesContext(connection) as captured:
            page = text(browser.get(address))
        queries.append(len(captured))
        met += re.findall(r'<code title="(\d+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = LIST + following[1] if following else ""
    assert met == [f"{at:064}" for at in reversed(range(count))]
    assert len(queries) == 3
    assert len(set(queries[1:])) == 1


def test_every_reason_that_is_given_has_words():
    """Those of the adapters and of the door, as they stand in the code."""
    given = set()
    for name in ("providers/wechat.py", "providers/wechat_client.py", "providers/alipay.py", "views.py"):
        source = (settings.BASE_DIR / "payments" / name).read_text()
        given |= set(re.findall(r'(?:NoticeRefused|BadStamp)\("(\w+)"\)', source))
    assert len(given) > 8
    assert given | {"unknown_payment", "payment_mismatch"} <= set(REFUSALS)


def test_nobody_but_finance_reads_them(browser, clock):
    refused(clock)
    assert staff_of(EDITORS).get(LIST).status_code == 302


# --- Old ones ---------------------------------------------------------------------------------------------------------
def test_they_are_kept_for_half_a_year_and_not_longer(browser, clock, monkeypatch):
    monkeypatch.setattr("payments.services.notices._DROPPED_AT_ONCE", 2)
    for _ in range(5):
        refused(clock)
    clock.tick(60)
    refused(clock, "replay")
    clock.tick(KEPT_DAYS * 86_400 - 60)
    assert drop_old_notices(now=clock.now()) == 0
    clock.tick(1)
    assert drop_old_notices(now=clock.now()) == 5
    assert RefusedNotice.objects.get().reason == "replay"


def test_the_beat_lets_them_go(browser, clock):
    refused(clock)
    clock.tick((KEPT_DAYS + 1) * 86_400)
    assert "payments.drop_old_notices" in {job["task"] for job in settings.CELERY_BEAT_SCHEDULE.values()}
    assert drop_task() == 1
    assert not RefusedNotice.objects.exists()
