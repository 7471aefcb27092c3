"""units: GET, GET {id}, PATCH hours_review, DELETE (U3, H1)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from identity.models import Organisation
from tests.api.test_reviews import Program, code, hanmei, stranger  # noqa: F401
from tests.approvals.conftest import hospital, noted, reviewer, superior  # noqa: F401
from tests.identity import factories
from tests.units import colleagues


@pytest.fixture
def department(client, superior, clock):  # noqa: F811
    return Program(client, superior, clock)


@pytest.fixture
def bureau(client, hospital, clock):  # noqa: F811
    top = Organisation.objects.get(kind="bureau")
    return Program(client, factories.role(factories.administrator("吴磊", 62, top, "bureau"), "bureau"), clock)


def test_what_stands_right_below_is_listed(department, hospital):  # noqa: F811
    factories.learner(unit=hospital)
    factories.organisation("江北分院", parent=Organisation.objects.get(pk=hospital.pk))

    page = department.get("units").json()

    assert page["count"] == 1
    (row,) = page["results"]
    assert (row["id"], row["name"], row["technicians"]) == (str(hospital.pk), factories.HOSPITAL, 1)
    assert row["administrators"] == []


def test_a_bureau_lists_a_kind_at_any_depth(bureau, hospital):  # noqa: F811
    assert [row["name"] for row in bureau.get("units").json()["results"]] == ["示例市卫健委"]
    assert [row["name"] for row in bureau.get("units", kind="employer").json()["results"]] == [factories.HOSPITAL]
    assert bureau.get("units", kind="employer", nature="9").json()["count"] == 0


def test_one_unit_says_what_stands_in_the_way_and_goes_when_empty(department, hospital):  # noqa: F811
    lilei = factories.learner(unit=hospital)
    assert department.get(f"units/{hospital.pk}").json()["obstacles"] == ["1 名技术人员"]

    refused = department.delete(f"units/{hospital.pk}")
    assert (refused.status_code, code(refused)) == (409, "unit_not_empty")

    lilei.memberships.all().delete()
    assert department.delete(f"units/{hospital.pk}").status_code == 204
    assert department.get(f"units/{hospital.pk}").status_code == 404


def test_the_right_to_review_hours_is_given_where_somebody_can(department, hospital):  # noqa: F811
    assert department.patch(f"units/{hospital.pk}", hours_review=False).json()["hours_review"] is False
    assert code(department.patch(f"units/{hospital.pk}", hours_review=True)) == "unit_unstaffed"

    factories.administrator(unit=hospital)
    assert department.patch(f"units/{hospital.pk}", hours_review=True).json()["hours_review"] is True


def test_nonsense_is_a_fault_of_its_field(department, hospital):  # noqa: F811
    assert department.get("units", kind="planet").json()["errors"][0]["attr"] == "kind"
    assert department.get("units", page=2).status_code == 404
    assert department.patch(f"units/{hospital.pk}", hours_review="maybe").status_code == 400


def test_elsewhere_is_unknown(stranger, hanmei, hospital):  # noqa: F811
    for program in (stranger, hanmei):
        assert program.get(f"units/{hospital.pk}").status_code == 404
        assert program.patch(f"units/{hospital.pk}", hours_review=False).status_code == 404
        assert program.delete(f"units/{hospital.pk}").status_code == 404


def test_without_the_module_there_is_nothing(client, superior, hospital, clock):  # noqa: F811
    above = Organisation.objects.get(kind="department")
    clerk = colleagues.colleague("审核员", 58, "registrations", unit=above, kind="department")

    assert Program(client, colleagues.acting(clerk, "department"), clock).get("units").status_code == 404


def test_it_takes_as_many_queries_for_twenty_as_for_one(department, hospital):  # noqa: F811
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert department.get("units").status_code == 200
        return len(captured)

    department.get("units")
    before = queries()
    parent = Organisation.objects.get(kind="department")
    for number in range(19):
        unit = factories.organisation(f"单位{number}", parent=Organisation.objects.get(pk=parent.pk))
        factories.administrator(f"管理员{number}", 100 + number * 2, unit)

    assert queries() == before
