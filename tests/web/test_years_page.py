"""/me/years/ and /me/years/<year>/: what each year asked, what was earned, and every entry behind it (T3)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from registry.hours.services import credit, set_target
from tests.cms import factories as content
from tests.identity import factories as people
from tests.support.clock import SHANGHAI
from tests.web.pages import browser, queries, read, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner(clock: Any) -> Any:
    content.set_up_site()
    return people.learner()


def earns(user: Any, year: int, subject: str, figure: str, *, title: str = "班级", day: int = 5) -> None:
    credit(
        user_id=user.pk,
        subject=subject,
        hours=Decimal(figure),
        title=title,
        source_kind="course",
        source_key=f"{year}{subject}{title}",
        year=year,
        now=datetime(year, 2, day, tzinfo=SHANGHAI),
    )


def rows(page: Any) -> list[list[str]]:
    """The table's lines, without the link at their end."""
    return [[words(cell) for cell in line.find_all(["th", "td"])][:5] for line in page.select("#years tbody tr")]


def test_a_row_a_year_against_that_years_target(learner: Any) -> None:
    set_target(year=2024, public_hours=Decimal(18), professional_hours=Decimal(42))
    for year, subject, figure in [
        (2026, "public", "12.5"),
        (2025, "public", "30"),
        (2025, "professional", "61"),
        (2024, "public", "18"),
        (2024, "professional", "40"),
    ]:
        earns(learner, year, subject, figure)

    assert rows(read(browser(learner), "/me/years/")) == [
        ["2026年度", "12.5/30", "0/60", "12.5/90", "学习中"],
        ["2025年度", "30/30", "61/60", "91/90", "已达标"],
        ["2024年度", "18/18", "40/42", "58/60", "还差专业2学时"],
    ]


def test_too_much_of_one_subject_is_not_complete(learner: Any) -> None:
    earns(learner, 2025, "professional", "90")

    assert rows(read(browser(learner), "/me/years/"))[1][4] == "还差公需30学时"


@pytest.mark.parametrize(
    ("query", "years"),
    [
        ("", ["2026", "2025", "2024"]),
        ("from=2025", ["2026", "2025"]),
        ("from=2024&to=2025", ["2025", "2024"]),
        ("from=2025&to=2024", ["2025", "2024"]),
        ("from=2022&to=2022", ["2022"]),
        ("from=abc&to=-1", ["2026", "2025", "2024"]),
        ("to=9999", ["2026", "2025", "2024"]),
        ("from=99999999999999999999", ["2026", "2025", "2024"]),
    ],
)
def test_from_one_year_to_another(learner: Any, query: str, years: list[str]) -> None:
    earns(learner, 2024, "public", "1")

    page = read(browser(learner), f"/me/years/?{query}")

    assert [row[0] for row in rows(page)] == [f"{year}年度" for year in years]
    chosen = [option["value"] for option in page.select("option[selected]")]
    assert chosen == [years[-1], years[0]]


def test_from_long_ago_is_bounded(learner: Any) -> None:
    assert len(rows(read(browser(learner), "/me/years/?from=0"))) == 27


def test_a_newcomer_has_this_year_only(learner: Any) -> None:
    page = read(browser(learner), "/me/years/")

    assert rows(page) == [["2026年度", "0/30", "0/60", "0/90", "学习中"]]
    assert "还差公需30、专业60学时" in words(page)
    assert "学完第一个班后" in words(page)


def test_this_year_stands_on_top_whatever_the_filter(learner: Any) -> None:
    earns(learner, 2026, "public", "30")
    earns(learner, 2026, "professional", "60")

    panel = read(browser(learner), "/me/years/?from=2024&to=2024").select_one("[aria-labelledby=year-panel]")

    assert "2026年度" in words(panel)
    assert "已达标今年已经达标" in words(panel)


def test_every_entry_of_a_year(learner: Any) -> None:
    earns(learner, 2025, "public", "12", title="职业道德", day=1)
    earns(learner, 2025, "professional", "2.5", title="急诊 · 分诊", day=9)
    earns(learner, 2024, "public", "30")

    page = read(browser(learner), "/me/years/2025/")

    lines = [[words(cell) for cell in line.find_all(["th", "td"])] for line in page.select("tbody tr")]
    assert lines == [
        ["急诊·分诊", "专业科目", "在线学习", "2.5", "2.5", "2025-02-09"],
        ["职业道德", "公需科目", "在线学习", "12", "12", "2025-02-01"],
    ]
    assert "14.5" in words(page.tfoot)
    assert "还差公需18、专业57.5学时" in words(page)
    assert "这一年已经结束" in words(page)


def test_an_empty_year_says_what_to_do(learner: Any) -> None:
    this_year = read(browser(learner), "/me/years/2026/").select_one(".xs-empty")
    earlier = read(browser(learner), "/me/years/2020/").select_one(".xs-empty")

    assert ("今年还没有学时" in words(this_year), this_year.a["href"]) == (True, "/learn/")
    assert ("这一年没有学时记录" in words(earlier), earlier.a["href"]) == (True, "/me/years/")


@pytest.mark.parametrize("year", ["1999", "2028", "99999999999999999999"])
def test_a_year_that_cant_be_is_unknown(learner: Any, year: str) -> None:
    assert browser(learner).get(f"/me/years/{year}/").status_code == 404


def test_only_ones_own_hours_are_seen(learner: Any) -> None:
    earns(people.stranger(), 2026, "public", "30", title="别人的")

    assert "别人的" not in words(read(browser(learner), "/me/years/2026/"))
    assert rows(read(browser(learner), "/me/years/"))[0][1] == "0/30"


def test_as_many_queries_for_one_as_for_twenty(learner: Any) -> None:
    client = browser(learner)
    earns(learner, 2026, "public", "1", title="0")
    before = queries(client, "/me/years/"), queries(client, "/me/years/2026/")
    for number in range(1, 20):
        earns(learner, 2026, "public", "1", title=str(number))
        earns(learner, 2026 - number, "public", "1")

    assert len(rows(read(client, "/me/years/"))) == 20
    assert (queries(client, "/me/years/"), queries(client, "/me/years/2026/")) == before
    assert max(before) <= 12
