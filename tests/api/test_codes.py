"""GET codes/{table}?q=&parent=&level=&page=: what forms pick from, for everybody."""

from itertools import chain

import pytest

from api.codes import TABLES
from identity.models import Code, Region

pytestmark = pytest.mark.django_db


def labels(client, table, **query):
    return [row["label"] for row in client.get(f"/api/v1/codes/{table}", query).json()]


@pytest.fixture
def series():
    Code.objects.filter(table="title_series").delete()
    for number, label in enumerate(("卫生技术", "工程技术", "高校教师")):
        Code.objects.create(table="title_series", code=f"{number:02}", label=label, sort=number)
    Code.objects.create(table="title_series", code="99", label="停用的", sort=99, is_active=False)


def test_a_table_is_given_in_its_order(client, series):
    response = client.get("/api/v1/codes/title_series")

    assert response.status_code == 200
    assert response.json() == [
        {"code": "00", "label": "卫生技术"},
        {"code": "01", "label": "工程技术"},
        {"code": "02", "label": "高校教师"},
    ]


@pytest.mark.parametrize(("q", "found"), [("技术", ["卫生技术", "工程技术"]), ("02", ["高校教师"]), ("没有", [])])
def test_any_part_of_a_label_or_code_finds_it(client, series, q, found):
    assert labels(client, "title_series", q=q) == found


def test_regions_are_a_table_too(client):
    city = Region.add_root(code="990000", name="示例市")
    city.add_child(code="990101", name="城东区").add_child(code="990101001", name="城东街道")

    assert {"code": "990000", "label": "示例市"} in client.get("/api/v1/codes/region").json()
    assert labels(client, "region", parent="990000") == ["城东区"]
    assert labels(client, "region", parent="nowhere") == []


@pytest.mark.parametrize("table", sorted({*TABLES} - {"region"}))
def test_every_table_of_the_contract_is_filled(client, table):
    assert client.get(f"/api/v1/codes/{table}").json()


@pytest.mark.parametrize("table", ["nonsense", "TITLE_SERIES", "user", "a%00b"])
def test_a_table_that_is_none_is_404(client, table):
    response = client.get(f"/api/v1/codes/{table}")

    assert (response.status_code, response.json()["errors"][0]["code"]) == (404, "not_found")


def test_a_qualification_follows_its_series_and_level(client):
    of_health = labels(client, "qualification", parent="01")

    assert "主管护师" in of_health
    assert "教授" not in of_health
    assert labels(client, "qualification", parent="05") == ["教授", "副教授", "讲师", "助教"]
    assert labels(client, "qualification", parent="05", level="3") == ["讲师"]


def test_majors_are_found_in_their_class_and_by_any_part_of_their_name(client):
    assert "计算机科学与技术" in labels(client, "major", parent="0809")
    assert "0809" in {row["code"] for row in client.get("/api/v1/codes/major", {"parent": "08"}).json()}
    assert {"护理学", "护理学类"} <= set(labels(client, "major", q="护理"))


def test_pages_of_a_hundred_follow_one_another_to_the_end(client):
    pages, page = [], 1
    while not pages or len(pages[-1]) == 100:
        pages.append([row["code"] for row in client.get("/api/v1/codes/major", {"page": page}).json()])
        page += 1

    assert list(chain(*pages)) == list(
        Code.objects.filter(table="major").order_by("sort").values_list("code", flat=True)
    )


@pytest.mark.parametrize(("name", "value"), [("q", "x" * 51), ("q", "a\0b"), ("parent", "x" * 21), ("page", "0")])
def test_a_bad_query_names_itself(client, name, value):
    response = client.get("/api/v1/codes/major", {name: value})

    assert (response.status_code, response.json()["errors"][0]["attr"]) == (400, name)


def test_as_many_queries_for_one_row_as_for_twenty(client, django_assert_num_queries):
    for count in (1, 20):
        Code.objects.all().delete()
        Code.objects.bulk_create(Code(table="rank", code=str(i), label=f"职级{i}", sort=i) for i in range(count))
        with django_assert_num_queries(1):
            assert len(client.get("/api/v1/codes/rank").json()) == count
