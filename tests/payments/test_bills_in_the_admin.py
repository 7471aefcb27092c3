"""对账 at the finance desk: days, a month, a day's differences, resolving them, reconciling again (F3)."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from core import clock as server_clock
from core.audit import entries_of
from payments.models import Bill, BillDifference
from tests.payments import bills
from tests.payments.bills import DAY
from tests.payments.desk import finance, text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(clock):
    return finance()


@pytest.fixture
def bill(fakes, jobs, clock):
    """A day with one payment that agrees, one of another amount and one that the bill lacks."""
    good, other, _missing = (bills.bought(fakes) for _ in range(3))
    fakes["wechat"].bills[DAY] = [bills.row(good, fakes), bills.row(other, fakes, amount_fen=1_241)]
    bills.bill_is_ready(clock)
    return bills.run(clock)


def days(count: int, **fields) -> None:
    """So many days of both providers, the last of them DAY."""
    told = {"state": "matched", "fetched_at": server_clock.now(), "runs": 1} | fields
    Bill.objects.bulk_create(
        Bill(provider=name, day=DAY - timedelta(days=gone), **told)
        for gone in range(count)
        for name in ("wechat", "alipay")
    )


def index(**asked: str) -> str:
    return reverse("finance_bills:index", query=asked)


def one(bill: Bill, name: str = "one") -> str:
    return reverse(f"finance_bills:{name}", args=[bill.pk])


def resolve_url(difference: BillDifference) -> str:
    return reverse("finance_bills:resolve", args=[difference.bill_id, difference.pk])


def count_queries(desk, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert desk.get(address).status_code == 200
    return len(seen)


def listed_days(answer) -> list[date]:
    return [row[0].day for row in answer.context["rows"]]


# --- The list ---------------------------------------------------------------------------------------------------------
def test_without_a_bill_the_list_says_when_there_will_be_one(desk):
    assert "还没有对过账" in text(desk.get(index()))


def test_a_day_tells_both_sums_and_what_is_left(bill, desk):
    page = text(desk.get(index()))
    for told in ("2026-03-02", "微信支付", "有差异", "¥14.81", "¥7.20", "2 条差异没有处理"):
        assert told in page


def test_the_menu_tells_how_many_wait(bill, desk):
    told = json.dumps("对账 (2)")
    assert told in text(desk.get(reverse("wagtailadmin_home")))
    BillDifference.objects.update(resolved_at=server_clock.now(), resolved_by_id=1, note="看过")
    assert told not in text(desk.get(reverse("wagtailadmin_home")))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"provider": "alipay"}, 5),
        ({"state": "different"}, 0),
        ({"since": "2026-03-01"}, 4),
        ({"until": "2026-02-27"}, 4),
        ({"since": "2026-02-27", "until": "2026-02-28", "provider": "wechat"}, 2),
    ],
)
def test_filters_narrow_the_list(desk, asked, expected):
    days(5)
    answer = desk.get(index(**asked))
    assert len(listed_days(answer)) == expected
    assert ("没有符合条件的账单" in text(answer)) == (expected == 0)


def test_a_filter_that_is_written_wrong_is_told_at_its_field(desk):
    days(1)
    answer = desk.get(index(since="2026-03-09", until="2026-03-01"))
    assert "这一天不能早于前一天" in text(answer)
    assert 'value="2026-03-09"' in text(answer)
    assert answer.context["listed"] is None


def test_pages_hold_whole_days_and_lead_on_and_back(desk):
    days(50)
    first = desk.get(index())
    second = desk.get(index(page=first.context["listed"].older))
    third = desk.get(index(page=second.context["listed"].older))
    all_days = [*listed_days(first), *listed_days(second), *listed_days(third)]
    assert all_days == sorted(all_days, reverse=True)
    assert len(all_days) == 100
    assert all(len(listed_days(page)) <= 40 for page in (first, second, third))
    assert third.context["listed"].older == ""
    assert listed_days(desk.get(index(page=second.context["listed"].newer))) == listed_days(first)


@pytest.mark.parametrize("page", ["o", "x2026-03-02", "o2026-13-01", "n", "\0"])
def test_a_place_that_is_none_shows_the_first_page(desk, page):
    days(2)
    assert len(listed_days(desk.get(index(page=page)))) == 4


def test_the_month_shows_each_day_with_its_state_and_leads_to_it(bill, desk):
    page = text(desk.get(index(month="2026-03")))
    mark = strip_tags(page[page.index(f'data-kind="warn" href="{one(bill)}"') :].split("</a>")[0].partition(">")[2])
    assert mark == "3 月 2 日微信：有差异2条没有处理"
    assert "month=2026-02" in page
    assert "3 月 2 日" not in text(desk.get(index(month="2026-02")))


@pytest.mark.parametrize("month", ["", "x", "2026-13", "0001-01", "9999-12"])
def test_a_month_that_is_none_shows_this_one(desk, clock, month):
    assert desk.get(index(month=month)).context["month"] == date(2026, 3, 1)


def test_the_list_takes_as_many_queries_for_one_day_as_for_twenty(desk):
    days(1)
    desk.get(index())
    one_day = count_queries(desk, index())
    Bill.objects.all().delete()
    days(20)
    assert count_queries(desk, index()) == one_day


# --- Reconciling a day ------------------------------------------------------------------------------------------------
def test_a_chosen_day_is_reconciled_and_the_page_waits_for_it(fakes, jobs, desk, clock):
    payment = bills.bought(fakes)
    fakes["wechat"].bills[DAY] = [bills.row(payment, fakes)]
    bills.bill_is_ready(clock)

    answer = desk.post(index(), {"order-provider": "wechat", "order-day": "2026-03-02"})

    bill = Bill.objects.get()
    assert (answer.status_code, answer["Location"], bill.state) == (302, one(bill), "waiting")
    assert entries_of("payments.bill", bill.pk).get().act == "bill.ordered"
    waits = desk.get(one(bill))
    assert "正在对账" in text(waits)
    assert waits.context["mark"] == desk.get(one(bill, "state")).json()["mark"]
    jobs.work()
    told = desk.get(one(bill, "state")).json()
    assert told["mark"] != waits.context["mark"]
    assert not told["is_going"]
    assert "逐笔一致" in text(desk.get(one(bill)))


@pytest.mark.parametrize(
    ("day", "said"), [("", "选一天"), ("2026-02-30", "写成日期"), ("2026-03-05", "这一天还没有到")]
)
def test_a_day_that_cannot_be_is_told_at_its_field_and_nothing_is_begun(fakes, jobs, desk, clock, day, said):
    answer = desk.post(index(), {"order-provider": "alipay", "order-day": day})
    assert said in text(answer)
    assert f'value="{day}"' in text(answer) or not day
    assert '<option value="alipay" selected>' in text(answer)
    assert (Bill.objects.count(), jobs.waiting) == (0, [])


def test_a_day_is_reconciled_again_from_its_page(bill, fakes, jobs, desk, clock):
    fakes["wechat"].bills[DAY] = []
    desk.post(one(bill))
    jobs.work()
    bill.refresh_from_db()
    assert (bill.rows, len(bills.differences(bill))) == (0, 3)


# --- A day ------------------------------------------------------------------------------------------------------------
def test_a_day_shows_both_sums_and_each_difference_with_its_order(bill, desk):
    page = text(desk.get(one(bill)))
    for told in ("金额不同", "我方有、账单没有", "¥12.41", "¥2.40", "14.81", "7.20", "+7.61", "零点前后"):
        assert told in page
    for difference in BillDifference.objects.select_related("order"):
        assert reverse("finance_orders:one", args=[difference.order.no]) in page


def test_a_day_that_could_not_be_had_says_why_and_when_it_is_tried_again(fakes, jobs, desk, clock):
    bills.bill_is_ready(clock)
    fakes["alipay"].fails(is_down=True)
    bill = bills.run(clock, "alipay")
    page = text(desk.get(one(bill)))
    assert "2026-03-03 10:15 再试一次" in page
    assert "<code>down</code>" in page
    Bill.objects.update(state="failed", next_try_at=None)
    assert "不再自动重试" in text(desk.get(one(bill)))


def test_a_day_of_fifty_differences_takes_as_many_queries_as_one_of_two(bill, desk):
    desk.get(one(bill))
    two = count_queries(desk, one(bill))
    sample = BillDifference.objects.filter(bill=bill).values().first()
    del sample["id"]
    BillDifference.objects.bulk_create(BillDifference(**sample | {"number": f"N{at:04}"}) for at in range(48))
    assert count_queries(desk, one(bill)) == two
    first = desk.get(one(bill))
    assert len(first.context["rows"]) == 20
    seen, cursor = 20, first.context["listed"].older
    while cursor:
        page = desk.get(f"{one(bill)}?page={cursor}")
        seen, cursor = seen + len(page.context["rows"]), page.context["listed"].older
    assert seen == 50


# --- Resolving --------------------------------------------------------------------------------------------------------
def test_differences_are_resolved_with_a_note_until_the_day_is_matched(bill, desk, clock):
    for at, difference in enumerate(BillDifference.objects.order_by("pk")):
        answer = desk.post(resolve_url(difference), {f"d{difference.pk}-note": f"和平台核对过 {at}"})
        assert (answer.status_code, answer["Location"]) == (302, one(bill))
    bill.refresh_from_db()
    assert bill.state == "matched"
    page = text(desk.get(f"{one(bill)}?show=resolved"))
    for told in ("和平台核对过 0", "和平台核对过 1", "2026-03-03 10:05 财务finance"):
        assert told in page
    assert "差异都处理完了" in text(desk.get(one(bill)))


@pytest.mark.parametrize(("note", "said"), [("", "写上这条差异是怎么处理的"), ("长" * 301, "长" * 301)])
def test_a_note_that_is_none_or_too_long_is_told_at_its_field_and_stays(bill, desk, note, said):
    difference = BillDifference.objects.order_by("pk").first()
    before = bills.all_of_it()
    answer = desk.post(resolve_url(difference), {f"d{difference.pk}-note": note})
    assert answer.status_code == 200
    assert said in text(answer)
    assert 'class="error-message"' in text(answer)
    assert bills.all_of_it() == before


def test_what_was_typed_for_a_difference_that_is_gone_is_shown(bill, fakes, desk, clock):
    difference = BillDifference.objects.get(kind="amount")
    fakes["wechat"].bills[DAY] = []
    bills.run(clock)
    answer = desk.post(resolve_url(difference), {f"d{difference.pk}-note": "打过电话了"})
    assert "这条差异已经有人处理过，或者重新对账后已经没有了" in text(answer)
    assert "你写的说明：打过电话了" in text(answer)


def test_a_difference_under_another_days_address_is_not_found(bill, desk, clock):
    other = Bill.objects.create(provider="alipay", day=DAY)
    difference = BillDifference.objects.order_by("pk").first()
    address = reverse("finance_bills:resolve", args=[other.pk, difference.pk])
    assert desk.post(address, {f"d{difference.pk}-note": "x"}).status_code == 404
    assert not BillDifference.objects.filter(resolved_at__isnull=False).exists()


def test_who_may_only_look_changes_nothing(bill, desk, clock):
    group = desk.user.groups.get()
    group.permissions.remove(group.permissions.get(codename="change_bill"))
    difference = BillDifference.objects.order_by("pk").first()
    before = bills.all_of_it()
    for address in (one(bill), index(), resolve_url(difference)):
        data = {"order-provider": "wechat", "order-day": "2026-03-02", f"d{difference.pk}-note": "x"}
        assert desk.post(address, data).status_code == 404
    assert bills.all_of_it() == before
    assert "处理完毕" not in text(desk.get(one(bill)))
