"""报表 in the admin: the range asked for, its tables and charts' figures, the workbook, who may see it (F3)."""

import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from core.models import AuditEntry
from tests.identity import factories as people
from tests.payments import shop
from tests.payments.desk import finance, text
from tests.payments.ledger import written
from tests.support.clock import START

pytestmark = pytest.mark.django_db
INDEX = "/admin/finance/totals/"


@pytest.fixture
def desk(db, clock):
    return finance()


@pytest.fixture
def page(db):
    return shop.paid_class()


@pytest.fixture
def user(db):
    return people.learner()


@pytest.fixture
def sold(user, page):
    """¥1,234.56 by WeChat with ¥34.56 back, ¥100 twice by Alipay and back once; all in March, the refund in April."""
    first = written(user, (page, "内科学", 123_456, 1), at=START)
    first.pays(START)
    first.gives_back(START + timedelta(days=40), [(first.items[0], 3_456)])
    second = written(user, (page, "=1+1", 10_000, 1), at=START)
    second.pays(START, "alipay")
    second.pays(START + timedelta(days=1), "alipay")
    second.gives_back(START + timedelta(days=2), of=1)
    return first


def cells(rows):
    return {one.label: (one.paid, one.refunded, one.net, one.payments, one.refunds) for one in rows}


def sheets(answer):
    book = load_workbook(io.BytesIO(answer.content), read_only=True)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


# --- What it shows ----------------------------------------------------------------------------------------------------
def test_this_month_by_day_unless_asked_otherwise(desk, sold):
    answer = desk.get(INDEX)
    assert cells(answer.context["by_period"]) == {
        "2026-03-02": ("1,334.56", "0.00", "1,334.56", 2, 0),
    }
    assert answer.context["asked"].end == START.date()


def test_a_year_by_month_with_each_provider_and_specialty(desk, sold):
    answer = desk.get(INDEX, {"by": "month", "start": "2026-01-01", "end": "2026-12-31"})
    assert cells(answer.context["by_period"]) == {
        "2026-03": ("1,434.56", "100.00", "1,334.56", 3, 1),
        "2026-04": ("0.00", "34.56", "-34.56", 0, 1),
    }
    assert cells(answer.context["by_provider"]) == {
        "微信支付": ("1,234.56", "34.56", "1,200.00", 1, 1),
        "支付宝": ("200.00", "100.00", "100.00", 2, 1),
    }
    assert cells(answer.context["by_specialty"]) == {
        "内科学": ("1,234.56", "34.56", "1,200.00", 1, 1),
        "=1+1": ("100.00", "0.00", "100.00", 1, 0),
        "重复到账、未分配": ("100.00", "100.00", "0.00", 1, 1),
    }
    sums, shares = answer.context["sums"], answer.context["specialty_sums"]
    assert (sums.paid, sums.refunded, sums.net) == (shares.paid, shares.refunded, shares.net)
    assert sums.net == "1,300.00"


def test_by_month_whole_months_are_told_whatever_days_were_chosen(desk, sold):
    answer = desk.get(INDEX, {"by": "month", "start": "2026-03-20", "end": "2026-04-01"})
    assert [one.label for one in answer.context["by_period"]] == ["2026-03", "2026-04"]
    assert answer.context["sums"].net == "1,300.00"


def test_the_year_so_far_where_only_months_are_asked_for(desk, sold):
    asked = desk.get(INDEX, {"by": "month"}).context["asked"]
    assert (f"{asked.start}", f"{asked.end}") == ("2026-01-01", "2026-03-31")


def test_the_chart_has_every_day_in_fen_and_adds_up(desk, sold):
    answer = desk.get(INDEX, {"by": "day", "start": "2026-03-01", "end": "2026-04-30"})
    chart = answer.context["chart"]
    assert len(chart["periods"]) == len(chart["net"]) == 61
    assert sum(chart["net"]) == 130_000
    drawn = sum(sum(one["paid"]) + sum(one["refunded"]) for one in chart["providers"])
    assert drawn == 130_000
    assert sum(one["net"] for one in chart["specialties"]) == 130_000
    assert 'id="totals-chart" type="application/json"' in text(answer)


def test_many_specialties_are_drawn_as_some_and_the_others(desk, user, page):
    for number in range(20):
        written(user, (page, f"专业{number:02}", 1_000 + number, 1), at=START).pays(START)
    answer = desk.get(INDEX)
    drawn = answer.context["chart"]["specialties"]
    assert [one["name"] for one in drawn][-1] == "其他"
    assert len(drawn) == 16
    assert sum(one["net"] for one in drawn) == sum(1_000 + number for number in range(20))
    assert len(answer.context["by_specialty"]) == 20


@pytest.mark.parametrize(
    ("asked", "net"),
    [
        ({"provider": "wechat"}, "1,234.56"),
        ({"specialty": "内科学"}, "1,234.56"),
        ({"specialty": "=1+1"}, "100.00"),
        ({"specialty": "-rest"}, "0.00"),
        ({"specialty": "-public"}, "0.00"),
        ({"provider": "alipay", "specialty": "内科学"}, "0.00"),
    ],
)
def test_it_is_narrowed_to_a_provider_and_a_specialty(desk, sold, asked, net):
    answer = desk.get(INDEX, {"by": "month", "start": "2026-03-01", "end": "2026-03-31"} | asked)
    assert answer.context["sums"].net == net
    assert sum(one.payments for one in answer.context["by_period"]) == answer.context["sums"].payments


def test_a_range_without_money_says_so(desk, sold):
    shown = text(desk.get(INDEX, {"by": "day", "start": "2025-01-01", "end": "2025-01-31"}))
    assert "这段时间没有收款，也没有退款" in shown
    assert "导出 xlsx" not in shown


# --- What it refuses --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ({"by": "day", "start": "2025-01-01", "end": "2026-01-02"}, "end", "按日最多看 366 天"),
        ({"by": "month", "start": "2016-01-01", "end": "2026-01-01"}, "end", "按月最多看 10 年"),
        ({"by": "day", "start": "2026-03-02", "end": "2026-03-01"}, "end", "这一天不能早于开始的一天"),
        ({"by": "day", "start": "昨天", "end": "2026-03-01"}, "start", "写成日期"),
        ({"by": "day", "start": "", "end": "2026-03-01"}, "start", "选一个日期"),
        ({"by": "day", "start": "0001-01-01", "end": "0001-01-02"}, "start", "2000 年到 2099 年"),
        ({"by": "month", "start": "2026-01-01", "end": "9999-12-31"}, "end", "2000 年到 2099 年"),
        ({"by": "week", "start": "2026-01-01", "end": "2026-01-02"}, "by", ""),
        ({"provider": "cash"}, "provider", ""),
        ({"specialty": "没有这个专业"}, "specialty", ""),
    ],
)
def test_a_range_that_cant_be_is_told_at_its_field_and_what_was_typed_stays(desk, sold, asked, field, words):
    answer = desk.get(INDEX, asked)
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert words in str(answer.context["form"].errors[field])
    assert "sums" not in answer.context
    if asked.get("end"):
        assert f'value="{asked["end"]}"' in text(answer)
    assert desk.get(INDEX, asked | {"format": "xlsx"}).status_code == 400
    assert not AuditEntry.objects.filter(act="totals.exported").exists()


@pytest.mark.parametrize(
    "asked",
    [
        {"by": "day", "start": "2024-01-01", "end": "2024-12-31"},
        {"by": "month", "start": "2016-02-01", "end": "2026-01-31"},
    ],
)
def test_the_longest_ranges_are_taken(desk, asked):
    assert desk.get(INDEX, asked).context["form"].is_valid()


def test_the_queries_are_as_many_for_a_month_as_for_a_year(desk, sold, user, page):
    def count(**asked):
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(INDEX, asked).status_code == 200
        return len(queries)

    count()
    one = count()
    for number in range(20):
        at = START - timedelta(days=10 * number)
        written(user, (page, f"专业{number}", 1_000, 1), at=at).pays(at, "bank")
    assert count(by="day", start="2025-04-01", end="2026-03-31") == one


# --- The workbook -----------------------------------------------------------------------------------------------------
def test_the_workbook_has_the_same_money_three_times(desk, sold):
    answer = desk.get(INDEX, {"by": "month", "start": "2026-01-01", "end": "2026-12-31", "format": "xlsx"})
    assert answer["Content-Disposition"] == 'attachment; filename="totals-2026-01-01-2026-12-31.xlsx"'
    found = sheets(answer)
    assert list(found) == ["合计", "按支付方式", "按专业"]
    for rows in found.values():
        assert rows[-1][0] == "合计"
        assert rows[-1][-5:-2] == [1434.56, 134.56, 1300]
        assert round(sum(row[-3] for row in rows[1:-1]), 2) == 1300
    assert found["合计"][1] == ["2026-03", 1434.56, 100, 1334.56, 3, 1]
    assert ["2026-03", "支付宝", "重复到账、未分配", 100, 100, 0, 1, 1] in found["按专业"]


def test_a_name_that_looks_like_a_formula_is_written_as_text(desk, sold):
    answer = desk.get(INDEX, {"by": "month", "start": "2026-01-01", "end": "2026-12-31", "format": "xlsx"})
    names = [row[2] for row in sheets(answer)["按专业"]]
    assert "'=1+1" in names
    assert "=1+1" not in names


def test_who_took_it_out_of_the_house_is_written_down(desk, sold):
    desk.get(INDEX, {"by": "month", "format": "xlsx"})
    entry = AuditEntry.objects.get(act="totals.exported")
    assert entry.actor_id == desk.user.pk
    assert entry.after == {"query": "by=month&format=xlsx"}


# --- Who may ----------------------------------------------------------------------------------------------------------
def test_others_of_the_staff_and_visitors_are_sent_away(sold, client):
    support = people.staff("support", "客服乙")
    support.groups.add(Group.objects.create(name="看看"))
    client.force_login(support, backend="identity.backends.LoginKeyBackend")
    assert client.get(INDEX).status_code == 302
    assert client.get(INDEX, {"format": "xlsx"}).status_code == 302
    assert not AuditEntry.objects.filter(act="totals.exported").exists()
