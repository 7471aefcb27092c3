"""GET me/years, me/years/{year}: 年度完成情况 (T3)."""

from datetime import datetime
from decimal import Decimal

import pytest

from registry.hours.services import credit, set_target
from tests.support.clock import SHANGHAI

pytestmark = pytest.mark.django_db


def give(learner, year, hours, *, subject="public", key="1", on=None):
    credit(
        user_id=learner.user.pk,
        subject=subject,
        hours=Decimal(hours),
        title=f"课程{key}",
        source_kind="class",
        source_key=f"{year}-{subject}-{key}",
        year=year,
        now=on or datetime(year, 5, 1, 12, tzinfo=SHANGHAI),
    )


@pytest.fixture
def history(learner, clock):
    give(learner, 2024, "30", subject="public")
    give(learner, 2024, "60", subject="professional")
    give(learner, 2026, "2.5")
    return learner


def test_years_come_newest_first_and_none_is_left_out(history):
    rows = history.get("me/years").json()

    assert [row["year"] for row in rows] == [2026, 2025, 2024]
    assert rows[0] == {
        "year": 2026,
        "public_hours": 2.5,
        "professional_hours": 0,
        "total_hours": 2.5,
        "target_hours": 90,
        "complete": False,
        "certificate_no": None,
    }
    assert (rows[2]["total_hours"], rows[2]["complete"]) == (90, True)


def test_a_year_s_own_target_counts(history):
    set_target(year=2026, public_hours=Decimal("2.5"), professional_hours=Decimal(0))

    row = history.get("me/years?from=2026").json()[0]

    assert (row["target_hours"], row["complete"]) == (2.5, True)


def test_from_and_to_choose_the_years(history):
    rows = history.get("me/years?from=2024&to=2025").json()

    assert [row["year"] for row in rows] == [2025, 2024]


def test_who_has_no_hours_sees_this_year(learner, clock):
    assert [row["year"] for row in learner.get("me/years").json()] == [2026]


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ("from=x", "from"),
        ("from=1999", "from"),
        ("to=99999999999999999999", "to"),
        ("to=%00", "to"),
        ("from=2025&to=2024", "to"),
    ],
)
def test_a_bad_query_names_itself(learner, clock, query, attr):
    response = learner.get(f"me/years?{query}")

    assert response.status_code == 400
    assert (response.json()["type"], response.json()["errors"][0]["attr"]) == ("validation_error", attr)


def test_a_year_has_its_entries_newest_first(learner, clock):
    give(learner, 2026, "1", key="a", on=datetime(2026, 1, 5, 12, tzinfo=SHANGHAI))
    give(learner, 2026, "2.5", key="b", on=datetime(2026, 2, 7, 12, tzinfo=SHANGHAI))

    body = learner.get("me/years/2026").json()

    assert (body["year"], body["public_hours"], body["total_hours"]) == (2026, 3.5, 3.5)
    assert [entry["title"] for entry in body["entries"]] == ["课程b", "课程a"]
    entry = body["entries"][0]
    assert isinstance(entry.pop("id"), str)
    assert entry == {
        "subject": "public",
        "title": "课程b",
        "asked": 2.5,
        "recognised": 2.5,
        "earned_on": "2026-02-07",
        "source": "class",
    }


def test_a_year_without_entries_is_a_year_all_the_same(learner, clock):
    body = learner.get("me/years/2025").json()

    assert (body["total_hours"], body["entries"]) == (0, [])


@pytest.mark.parametrize("year", ["1999", "2028", "x", "-1", "99999999999999999999"])
def test_a_year_that_is_none_is_404(learner, clock, year):
    assert learner.get(f"me/years/{year}").status_code == 404


def test_nobody_sees_another_s_hours(history, stranger):
    assert stranger.get("me/years/2026").json()["entries"] == []
    assert [row["total_hours"] for row in stranger.get("me/years?from=2024").json()] == [0, 0, 0]


@pytest.mark.parametrize("path", ["me/years", "me/years/2026"])
def test_a_visitor_is_asked_to_log_in(client, path):
    assert client.get(f"/api/v1/{path}").status_code == 401


def test_as_many_queries_for_one_entry_as_for_twenty(learner, clock, queries_of):
    give(learner, 2026, "1", key="0")
    for_one = queries_of(lambda: learner.get("me/years/2026")), queries_of(lambda: learner.get("me/years"))
    for number in range(1, 20):
        give(learner, 2026, "1", key=str(number))
        give(learner, 2007 + number, "1", key=str(number))

    for_twenty = queries_of(lambda: learner.get("me/years/2026")), queries_of(lambda: learner.get("me/years"))

    assert for_one == for_twenty
