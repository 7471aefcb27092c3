"""GET codes/{table}?q=: what forms pick from, for everybody."""

import pytest

from api.codes import TABLES
from identity.models import Code, Region

pytestmark = pytest.mark.django_db


@pytest.fixture
def series():
    for number, label in enumerate(("卫生技术", "工程技术", "高校教师")):
        Code.objects.create(table="title_series", code=f"{number:02}", label=label, sort=number)
    Code.objects.create(table="title_series", code="99", label="停用的", sort=99, is_active=False)
    Code.objects.create(table="degree", code="1", label="博士", sort=1)


def test_a_table_is_given_in_its_order(client, series):
    response = client.get("/api/v1/codes/title_series")

    assert response.status_code == 200
    assert response.json() == [
        {"code": "00", "label": "卫生技术"},
        {"code": "01", "label": "工程技术"},
        {"code": "02", "label": "高校教师"},
    ]


@pytest.mark.parametrize(("q", "labels"), [("技术", ["卫生技术", "工程技术"]), ("02", ["高校教师"]), ("没有", [])])
def test_any_part_of_a_label_or_code_finds_it(client, series, q, labels):
    assert [row["label"] for row in client.get("/api/v1/codes/title_series", {"q": q}).json()] == labels


def test_regions_are_a_table_too(client):
    Region.add_root(code="990000", name="示例市")

    assert {"code": "990000", "label": "示例市"} in client.get("/api/v1/codes/region").json()


@pytest.mark.parametrize("table", TABLES)
def test_every_table_of_the_contract_is_there(client, table):
    assert client.get(f"/api/v1/codes/{table}").status_code == 200


@pytest.mark.parametrize("table", ["nonsense", "TITLE_SERIES", "user", "a%00b"])
def test_a_table_that_is_none_is_404(client, table):
    response = client.get(f"/api/v1/codes/{table}")

    assert (response.status_code, response.json()["errors"][0]["code"]) == (404, "not_found")


def test_never_more_than_a_hundred(client):
    Code.objects.bulk_create(Code(table="major", code=f"{i:04}", label=f"专业{i}", sort=i) for i in range(120))

    assert len(client.get("/api/v1/codes/major").json()) == 100


@pytest.mark.parametrize("q", ["x" * 51, "a\0b"])
def test_a_bad_query_names_itself(client, q):
    response = client.get("/api/v1/codes/major", {"q": q})

    assert (response.status_code, response.json()["errors"][0]["attr"]) == (400, "q")


def test_as_many_queries_for_one_row_as_for_twenty(client, django_assert_num_queries):
    for count in (1, 20):
        Code.objects.all().delete()
        Code.objects.bulk_create(Code(table="rank", code=str(i), label=f"职级{i}", sort=i) for i in range(count))
        with django_assert_num_queries(1):
            assert len(client.get("/api/v1/codes/rank").json()) == count
