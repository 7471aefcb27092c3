"""下级单位管理 and a bureau's registers: what is shown, searched, switched, changed and deleted (U3, H1)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import AuditEntry
from identity.models import Membership, Organisation
from tests.console.conftest import browser_of
from tests.console.test_review_page import text
from tests.identity import factories
from tests.units import colleagues

LIST = "/console/units/"


@pytest.fixture
def department(superior, clock):
    """The browser of the department above the hospital."""
    return browser_of(superior)


@pytest.fixture
def bureau(hospital, clock):
    """The browser of the bureau above the department."""
    top = Organisation.objects.get(kind="bureau")
    return browser_of(factories.role(factories.administrator("吴磊", 62, top, "bureau"), "bureau"))


def page(unit, *rest):
    return LIST + "/".join([str(unit.pk), *rest]) + "/"


# --- The list ---------------------------------------------------------------------------------------------------------
def test_the_list_shows_the_units_right_below(department, hospital):
    factories.learner(unit=hospital)

    words = text(department.get(LIST))

    assert "示例市第一医院 示例市" in words
    assert "没有管理员" in words


def test_it_is_searched_without_an_id_number_in_the_address(department, hospital, hanmei):
    number = factories.id_number(24)

    assert "示例市第一医院" in text(department.post(LIST, {"administrator": number}))
    assert "没有找到这样的单位" in text(department.post(LIST, {"administrator": number[:-1]}))
    assert "没有找到这样的单位" in text(department.post(LIST, {"unstaffed": "1"}))
    for nonsense in ({"page": "x"}, {"page": "999999"}, {"nature": "?"}, {"q": "\x07"}):
        assert department.post(LIST, nonsense).status_code == 200


def test_a_long_list_is_turned_over_by_its_form(department, hospital):
    parent = Organisation.objects.get(kind="department")
    for number in range(51):
        factories.organisation(f"单位{number:02}", parent=Organisation.objects.get(pk=parent.pk))

    first, second = text(department.get(LIST)), text(department.post(LIST, {"page": "2"}))

    assert "第 1 页，共 2 页" in first
    assert "单位50" not in first
    assert "单位50" in second


def test_it_takes_as_many_queries_for_twenty_as_for_one(department, hospital):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert department.get(LIST).status_code == 200
        return len(captured)

    department.get(LIST)
    before = queries()
    parent = Organisation.objects.get(kind="department")
    for number in range(19):
        unit = factories.organisation(f"单位{number}", parent=Organisation.objects.get(pk=parent.pk))
        factories.administrator(f"管理员{number}", 100 + number * 2, unit)

    assert queries() == before


# --- One unit ---------------------------------------------------------------------------------------------------------
def test_a_unit_says_what_stands_in_the_way_of_deleting_it(department, hospital):
    factories.learner(unit=hospital)

    assert "还有 1 名技术人员，清空后才能删除" in text(department.get(page(hospital)))
    assert "还有 1 名技术人员" in text(department.post(page(hospital, "delete")))
    hospital.refresh_from_db()
    assert hospital.state == "active"


def test_an_empty_unit_is_deleted_after_a_question(department, hospital):
    assert "马上失去管理权限" in text(department.get(page(hospital, "delete")))

    answer = department.post(page(hospital, "delete"), follow=True)

    assert "示例市第一医院已删除" in text(answer)
    assert department.get(page(hospital)).status_code == 404


def test_the_switch_takes_and_gives_the_right_to_review_hours(department, hospital, hanmei):
    def has():
        return Organisation.objects.values_list("hours_review", flat=True).get(pk=hospital.pk)

    assert "直接到你这里" in text(department.post(page(hospital, "hours-review"), {"from": "list"}, follow=True))
    assert not has()
    assert "由它自己初审" in text(department.post(page(hospital, "hours-review"), {"on": "on"}, follow=True))
    assert has()


def test_a_unit_without_administrator_gets_one_of_its_people(department, hospital):
    lilei = factories.learner(unit=hospital)
    assert "替它指定管理员" in text(department.get(page(hospital)))

    found = department.post(page(hospital, "super"), {"q": "李", "find": "people"})
    assert "李雷" in text(found)
    assert "还有几处" not in text(found)
    assert "选一位" in text(department.post(page(hospital, "super"), {"heir": "x1"}))
    department.post(page(hospital, "super"), {"heir": f"u{lilei.pk}"})

    assert Membership.objects.get(user=lilei, kind="employer").is_super


def test_an_administrator_below_loses_his_rights_after_a_question(department, hospital, hanmei):
    clerk = colleagues.colleague("韩志强", 53, "registrations", unit=hospital)
    address = page(hospital, "administrators", str(colleagues.membership_of(clerk).pk), "delete")

    assert "马上不能再管理这家单位" in text(department.get(address))
    assert "韩志强不再是管理员" in text(department.post(address, follow=True))

    assert colleagues.membership_of(clerk).state == "ended"
    assert department.get(address).status_code == 404


def test_the_super_one_below_is_replaced_not_deleted(department, hospital, hanmei):
    row = Membership.objects.get(organisation=hospital, is_super=True)
    address = page(hospital, "administrators", str(row.pk), "delete")

    assert "先换一位超级管理员" in text(department.get(address))
    assert "先交给别人" in text(department.post(address))
    row.refresh_from_db()
    assert row.state == "active"


def test_what_changed_lately_stands_on_its_page(department, hospital, hanmei):
    department.post(page(hospital, "hours-review"), {})

    assert "学时审核权限变更" in text(department.get(page(hospital)))
    assert AuditEntry.objects.filter(act="unit.hours_review", target_id=str(hospital.pk)).exists()


def test_a_unit_of_elsewhere_has_no_page(stranger, hospital, hanmei):
    membership = Membership.objects.get(organisation=hospital)
    for rest in ((), ("delete",), ("super",), ("administrators", str(membership.pk), "delete")):
        assert stranger.get(page(hospital, *rest)).status_code == 404
    for rest in (("delete",), ("super",), ("hours-review",), ("change",)):
        assert stranger.post(page(hospital, *rest), {"heir": "u1", "name": "改名"}).status_code == 404
    # Its own administrator manages what stands below it, not itself.
    assert hanmei.get(page(hospital)).status_code == 404


# --- Registers --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("register", "name"), [("departments", "示例市卫健委"), ("employers", "示例市第一医院")])
def test_a_bureau_lists_what_stands_anywhere_below_it(bureau, register, name):
    assert name in text(bureau.get(f"/console/{register}/"))


@pytest.mark.parametrize("register", ["bureaus", "bases"])
def test_an_empty_register_says_so(bureau, register):
    assert "这里还没有单位" in text(bureau.get(f"/console/{register}/"))


@pytest.mark.parametrize("register", ["bureaus", "departments", "employers", "bases"])
def test_registers_are_bureaus_only(department, register):
    assert department.get(f"/console/{register}/").status_code == 404


def test_registers_are_narrowed_by_their_columns(bureau, hospital):
    Organisation.objects.filter(pk=hospital.pk).update(nature="2")

    assert "示例市第一医院" in text(bureau.post("/console/employers/", {"nature": "2", "region": "110100"}))
    assert "这里还没有单位" in text(bureau.post("/console/employers/", {"nature": "3"}))
    assert "这里还没有单位" in text(bureau.post("/console/employers/", {"q": "没有的"}))


def test_a_bureau_sets_what_it_may_of_a_department(bureau, hospital):
    department = Organisation.objects.get(kind="department")
    assert "改资料" in text(bureau.get(page(department)))
    assert "改资料" not in text(bureau.get(page(hospital)))

    bureau.post(page(department, "change"), {"name": "示例市卫生健康委", "nature": "1", "level": "3"})

    department.refresh_from_db()
    assert (department.name, department.nature, department.level) == ("示例市卫生健康委", "1", "3")


def test_faults_of_a_change_are_said_at_the_field(bureau):
    department = Organisation.objects.get(kind="department")

    faults = [
        ({"name": " "}, "写上单位名称"),
        ({"name": "新名", "level": "?"}, "从列表里选一项"),
        ({"name": "新\x07名"}, "控制字符"),
    ]
    for typed, words in faults:
        answer = bureau.post(page(department, "change"), typed)
        assert words in text(answer), typed
    department.refresh_from_db()
    assert department.name == "示例市卫健委"


def test_an_employers_data_are_its_own_to_change(bureau, hospital):
    assert bureau.post(page(hospital, "change"), {"name": "新名"}).status_code == 404
    hospital.refresh_from_db()
    assert hospital.name == factories.HOSPITAL
