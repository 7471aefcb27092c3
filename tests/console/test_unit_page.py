"""单位资料 in the console: what it shows, what it saves, what it says where it can't."""

import pytest

from identity.models import Organisation, WorkDepartment
from registry.approvals.models import Case
from tests.console.conftest import browser_of
from tests.console.test_review_page import text
from tests.identity import factories as people
from tests.units.factories import registered, tree


@pytest.fixture
def units(clock, db):
    return tree()


@pytest.fixture
def client(units):
    return browser_of(people.role(people.administrator(unit=units.employer), "employer"))


def test_it_shows_the_data_and_the_superior(client):
    words = text(client.get("/console/unit/"))

    assert "示例市第一医院" in words
    assert "示例市卫健委" in words
    assert "010-5550002" in words


def test_contacts_are_saved(client, units):
    data = {"phone": "010-5550199", "postcode": "210000", "address": "健康路 1 号"}

    words = text(client.post("/console/unit/contacts/", data, follow=True))

    assert "联系信息已保存" in words
    assert Organisation.objects.get(pk=units.employer.pk).address == "健康路 1 号"


def test_a_wrong_phone_is_told_at_the_field_and_the_rest_stays(client):
    answer = client.post("/console/unit/contacts/", {"phone": "没有", "postcode": "", "address": "健康路 9 号"})

    assert "电话只写数字" in text(answer)
    assert "健康路 9 号".encode() in answer.content


def test_ones_own_contacts_are_saved(client):
    data = {"mobile": "13800001002", "email": "han@example.org"}

    assert "你的联系方式已保存" in text(client.post("/console/unit/me/", data, follow=True))
    assert "手机号应是 11 位" in text(client.post("/console/unit/me/", {**data, "mobile": "1"}))


def test_a_change_is_sent_and_shown_and_taken_back(client, units):
    data = {"name": "示例市第一人民医院", "nature": "2", "industry": "Q", "credit_code": ""}
    words = text(client.post("/console/unit/change/", data, follow=True))
    assert "由示例市卫健委审核" in words
    assert "示例市第一人民医院" in words

    case = Case.objects.get()
    assert "变更已撤回" in text(client.post(f"/console/unit/withdraw/{case.pk}/", follow=True))
    assert Case.objects.get().state == "withdrawn"


def test_bad_data_is_told_at_the_field_and_nothing_typed_is_lost(client):
    answer = client.post(
        "/console/unit/change/", {"name": "新名字", "nature": "2", "industry": "Q", "credit_code": "12"}
    )

    assert "应是 18 位" in text(answer)
    assert "新名字".encode() in answer.content
    assert not Case.objects.exists()


def test_while_something_is_in_review_the_superior_cannot_be_changed_and_the_page_says_what(client, units):
    registered(parent=units.employer.pk)

    assert "1 件人员和下级单位的事项还没审完" in text(client.get("/console/unit/"))
    answer = client.post("/console/unit/parent/", {"parent": units.district.pk})
    assert "没有审完" in text(answer)
    assert not Case.objects.filter(kind="parent_change").exists()


def test_another_superior_is_asked_for(client, units):
    words = text(client.post("/console/unit/parent/", {"parent": units.district.pk}, follow=True))

    assert "原上级和新上级都同意后才更换" in words
    assert [step.organisation_id for step in Case.objects.get().steps.order_by("number")] == [
        units.department.pk,
        units.district.pk,
    ]


def test_without_javascript_superiors_are_searched_by_the_form(client, units):
    answer = client.post("/console/unit/parent/", {"find": "parent", "parent_q": "临河", "parent": ""})

    assert "临河区人社局" in text(answer)
    assert not Case.objects.exists()


def test_departments_are_added_renamed_and_closed(client, units):
    client.post("/console/unit/departments/add/", {"name": "急诊科", "parent": ""})
    row = WorkDepartment.objects.get()
    client.post(f"/console/unit/departments/{row.pk}/", {"name": "急救科", "parent": ""})

    words = text(client.post(f"/console/unit/departments/{row.pk}/close/", {"act": "close"}, follow=True))

    assert "部门已撤销" in words
    assert "急救科 已撤销" in words


def test_a_department_changes_places_with_its_neighbour(client, units):
    first = WorkDepartment.objects.create(organisation=units.employer, name="护理部", sort=0)
    WorkDepartment.objects.create(organisation=units.employer, name="门诊部", sort=1)

    client.post(f"/console/unit/departments/{first.pk}/order/", {"act": "down"})

    words = text(client.get("/console/unit/departments/"))
    assert words.index("门诊部") < words.index("护理部")


def test_a_department_without_name_is_told_at_the_field(client):
    assert "填写部门名称" in text(client.post("/console/unit/departments/add/", {"name": " ", "parent": ""}))


def test_the_history_lists_what_changed(client):
    client.post("/console/unit/contacts/", {"phone": "010-5550199"})

    assert "010-5550199" in text(client.get("/console/unit/history/"))


def test_others_find_neither_departments_nor_changes(client, units):
    client.post("/console/unit/departments/add/", {"name": "急诊科", "parent": ""})
    client.post("/console/unit/change/", {"name": "新名字", "nature": "2", "industry": "Q", "credit_code": ""})
    elsewhere = people.organisation("外市职业学校", region=people.region("外市", "120100"))
    stranger = browser_of(people.role(people.administrator("外校管理员", 28, elsewhere), "employer"))

    department, case = WorkDepartment.objects.get(), Case.objects.get()
    assert stranger.get(f"/console/unit/departments/{department.pk}/").status_code == 404
    assert stranger.post(f"/console/unit/departments/{department.pk}/close/").status_code == 404
    assert stranger.post(f"/console/unit/withdraw/{case.pk}/").status_code == 404
    assert (Case.objects.get().state, WorkDepartment.objects.get().is_closed) == ("open", False)
