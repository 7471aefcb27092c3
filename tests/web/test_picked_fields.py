"""Picked fields: what their dialogs search, and how they work without JavaScript."""

import pytest
from bs4 import BeautifulSoup
from django.http import QueryDict

from identity.models import WorkDepartment
from identity.services.organisations import index_name
from tests.identity import factories as people
from web.picker_fields import CodeField, DepartmentField, OrganisationField, PickerForm

pytestmark = pytest.mark.django_db


class WorkForm(PickerForm):
    organisation = OrganisationField(label="单位", kinds=("employer",))
    department = DepartmentField(label="部门", required=False)
    rank = CodeField(label="级别", table="rank", required=False)
    major = CodeField(label="专业", table="major", is_long=True)


def unit(name: str, **fields):
    made = people.organisation(name, **fields)
    index_name(organisation_id=made.pk, name=name)
    return made


def search(client, what: str, **asked):
    answer = client.get(f"/pickers/{what}/", asked)
    assert answer.status_code == 200
    return answer.json()


def test_units_are_found_by_any_part_of_their_name_with_what_tells_them_apart(client):
    people.code("unit_nature", "2", "事业单位")
    hospital = unit("示例市第一医院", nature="2")
    unit("示例市第一中学")

    found = search(client, "organisations", kind="employer", q="一医")

    assert found["results"] == [{"value": str(hospital.pk), "label": "示例市第一医院", "note": "事业单位 · 示例市"}]
    assert found["next"] == ""


def test_units_of_other_kinds_and_those_not_yet_approved_are_not_offered(client):
    unit("卫生医院局", kind="department")
    unit("未审医院", state="in_review")

    assert search(client, "organisations", kind="employer", q="医院")["results"] == []


def test_a_long_list_goes_on_where_it_stopped(client):
    made = [unit(f"示例医院{number}") for number in range(23)]

    first = search(client, "organisations", kind="employer", q="医院")
    rest = search(client, "organisations", kind="employer", q="医院", after=first["next"])

    assert [row["value"] for row in first["results"] + rest["results"]] == [str(one.pk) for one in made]
    assert (len(first["results"]), rest["next"]) == (20, "")


def test_a_long_code_table_goes_on_too(client):
    for number in range(25):
        people.code("major", f"t{number:02}", f"测试专业{number:02}", sort=9000 + number)

    first = search(client, "codes", table="major", q="测试专业")
    rest = search(client, "codes", table="major", q="测试专业", after=first["next"])

    assert [row["label"] for row in first["results"] + rest["results"]] == [f"测试专业{n:02}" for n in range(25)]


def test_departments_are_those_of_the_unit_with_the_ones_above_them(client):
    hospital = unit("示例市第一医院")
    inner = WorkDepartment.objects.create(organisation=hospital, name="内科")
    heart = WorkDepartment.objects.create(organisation=hospital, name="心内科", parent=inner)
    WorkDepartment.objects.create(organisation=unit("别的医院"), name="心外科")

    found = search(client, "departments", organisation=hospital.pk, q="心")

    assert found["results"] == [{"value": str(heart.pk), "label": "内科 / 心内科", "note": ""}]


@pytest.mark.parametrize("what", ["organisations", "codes", "departments"])
def test_a_search_is_never_a_fault(client, what):
    odd = {"q": "\0", "after": "9" * 30, "table": "\0", "parent": "\0", "organisation": "-1", "kind": "\0"}

    assert search(client, what, **odd)["next"] == ""


def test_an_unknown_search_is_no_page(client):
    assert client.get("/pickers/people/").status_code == 404


def test_the_page_of_a_search_takes_the_same_queries_for_one_row_and_for_twenty(client, django_assert_num_queries):
    people.code("unit_nature", "2", "事业单位")
    for number in range(20):
        unit(f"示例医院{number}", nature="2")
    search(client, "organisations", kind="employer", q="示例医院7")

    for words in ("示例医院7", "示例"):
        with django_assert_num_queries(1):
            search(client, "organisations", kind="employer", q=words)


def test_a_form_cleans_to_codes_and_ids():
    hospital = unit("示例市第一医院")
    form = WorkForm(QueryDict(f"organisation={hospital.pk}&major=0101&rank=&department="))

    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"organisation": hospital.pk, "department": None, "rank": "", "major": "0101"}


def test_a_unit_that_is_no_number_is_refused_at_its_field():
    form = WorkForm(QueryDict("organisation=%00&major=0101"))

    assert not form.is_valid()
    assert list(form.errors) == ["organisation"]


def test_without_javascript_a_search_button_brings_what_was_found_and_keeps_the_rest():
    hospital = unit("示例市第一医院")
    code = people.code("major", "t1", "测试专业")

    form = WorkForm.finding(QueryDict("find=organisation&organisation_q=一医&major=t1"))

    page = BeautifulSoup(str(form), "html.parser")
    units = page.select_one("select[name=organisation]")
    assert [option["value"] for option in units.select("option")] == ["", str(hospital.pk)]
    assert page.select_one("select[name=major] option[selected]").get_text() == code.label
    assert not page.select(".invalid-feedback, .errorlist")
    assert page.select_one("noscript button[name=find][value=organisation]")
