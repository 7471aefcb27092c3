"""unit: GET, PATCH; unit/departments; unit-changes; parent-changes (U1)."""

import pytest

from identity.models import Organisation, WorkDepartment
from registry.approvals.models import Case
from registry.approvals.services import PASS, decide_case
from tests.api.test_reviews import Program, code, hanmei, stranger  # noqa: F401
from tests.approvals.conftest import hospital, noted, reviewer, superior  # noqa: F401
from tests.approvals.factories import open_noted
from tests.identity import factories
from tests.support.clock import START


@pytest.fixture
def elsewhere(hospital):  # noqa: F811
    """Another department that the hospital could stand below."""
    return factories.organisation("示例市教育局", kind="department", parent=Organisation.objects.get(kind="bureau"))


def test_ones_own_unit_is_read_and_its_contacts_are_saved_at_once(hanmei, hospital):  # noqa: F811
    unit = hanmei.get("unit").json()
    assert (unit["id"], unit["name"], unit["superior"]["name"]) == (
        str(hospital.pk),
        factories.HOSPITAL,
        "示例市卫健委",
    )
    assert (unit["in_review"], unit["open_change"]) == ({}, None)

    saved = hanmei.patch("unit", phone="010-5550199", postcode="100000").json()

    assert (saved["phone"], saved["postcode"]) == ("010-5550199", "100000")


def test_bad_contacts_are_told_at_their_field_and_nothing_is_saved(hanmei, hospital):  # noqa: F811
    answer = hanmei.patch("unit", phone="call me", address="新地址")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "phone"
    assert Organisation.objects.get(pk=hospital.pk).address == ""


def test_a_change_of_data_waits_for_the_superior(hanmei, superior):  # noqa: F811
    asked = hanmei.post("unit-changes", name="示例市第一人民医院")
    assert asked.status_code == 201, asked.content
    assert asked.json()["state"] == "open"
    changed = [line for line in asked.json()["lines"] if line["changed"]]
    assert [(line["before"], line["after"]) for line in changed] == [(factories.HOSPITAL, "示例市第一人民医院")]
    assert hanmei.get("unit").json()["open_change"] == asked.json()["id"]

    decide_case(actor=superior, case_id=int(asked.json()["id"]), decision=PASS, now=START)

    assert hanmei.get("unit").json()["name"] == "示例市第一人民医院"
    (listed,) = hanmei.get("unit-changes").json()["results"]
    assert (listed["id"], listed["state"]) == (asked.json()["id"], "passed")


def test_asked_twice_there_is_one(hanmei):  # noqa: F811
    hanmei.post("unit-changes", name="示例市第一人民医院")

    again = hanmei.post("unit-changes", name="示例市第一人民医院")

    assert (again.status_code, code(again)) == (409, "already_open")
    assert Case.objects.count() == 1


def test_it_is_taken_back_once(hanmei):  # noqa: F811
    pk = hanmei.post("unit-changes", name="示例市第一人民医院").json()["id"]

    assert hanmei.post(f"unit-changes/{pk}/withdraw").status_code == 204
    assert code(hanmei.post(f"unit-changes/{pk}/withdraw")) == "not_withdrawable"
    assert hanmei.post(f"parent-changes/{pk}/withdraw").status_code == 404


def test_nothing_changed_and_wrong_codes_are_refused(hanmei, hospital):  # noqa: F811
    assert code(hanmei.post("unit-changes", name=factories.HOSPITAL)) == "nothing_changed"
    wrong = hanmei.post("unit-changes", credit_code="123")
    assert (wrong.status_code, wrong.json()["errors"][0]["attr"]) == (400, "credit_code")
    assert not Case.objects.exists()


def test_at_the_top_a_change_is_made_at_once(client, hospital, clock):  # noqa: F811
    city = Organisation.objects.get(kind="bureau")
    wulei = Program(client, factories.role(factories.administrator("吴磊", 62, city, "bureau"), "bureau"), clock)

    answer = wulei.post("unit-changes", name="示例市人社局（新）")

    assert (answer.status_code, answer.json()["name"]) == (200, "示例市人社局（新）")


def test_another_superior_is_decided_by_both(hanmei, superior, hospital, elsewhere):  # noqa: F811
    asked = hanmei.post("parent-changes", parent=str(elsewhere.pk))
    assert asked.status_code == 201, asked.content
    assert [step["organisation"] for step in asked.json()["steps"]] == ["示例市卫健委", "示例市教育局"]
    pk = int(asked.json()["id"])
    new = factories.role(factories.administrator("教育局管理员", 90, elsewhere, "department"), "department")

    decide_case(actor=superior, case_id=pk, decision=PASS, now=START)
    assert hanmei.get("unit").json()["superior"]["name"] == "示例市卫健委"
    decide_case(actor=new, case_id=pk, decision=PASS, now=START)

    assert hanmei.get("unit").json()["superior"]["name"] == "示例市教育局"
    assert hanmei.get("parent-changes").json()["results"][0]["state"] == "passed"


def test_another_superior_waits_for_what_is_in_review(hanmei, noted, hospital, elsewhere):  # noqa: F811
    open_noted(hospital)

    answer = hanmei.post("parent-changes", parent=str(elsewhere.pk))

    assert (answer.status_code, code(answer)) == (409, "in_review")
    assert hanmei.get("unit").json()["in_review"] == {"noted": 1}


@pytest.mark.parametrize("parent", ["0", "x", "9" * 40, "", None])
def test_a_superior_that_is_none_is_a_fault_of_its_field(hanmei, parent):  # noqa: F811
    answer = hanmei.post("parent-changes", parent=parent)

    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "parent")


def test_departments_are_added_renamed_moved_and_closed(hanmei, hospital):  # noqa: F811
    clinical = hanmei.post("unit/departments", name="临床科室").json()
    made = hanmei.post("unit/departments", name="急诊科", parent=clinical["id"])
    assert (made.status_code, made.json()["parent"]) == (201, clinical["id"])
    address = f"unit/departments/{made.json()['id']}"

    assert hanmei.patch(address, name="急诊医学科").json()["parent"] == clinical["id"]
    assert hanmei.patch(address, parent=None).json()["parent"] is None
    assert hanmei.patch(address, closed=True).json()["closed"] is True
    reopened = hanmei.patch(address, closed=False, parent=clinical["id"]).json()

    assert (reopened["closed"], reopened["parent"], reopened["name"]) == (False, clinical["id"], "急诊医学科")


def test_what_would_make_a_loop_or_a_second_name_changes_nothing(hanmei, hospital):  # noqa: F811
    above = hanmei.post("unit/departments", name="临床科室").json()["id"]
    below = hanmei.post("unit/departments", name="急诊科", parent=above).json()["id"]

    loop = hanmei.patch(f"unit/departments/{above}", name="新名称", parent=below)
    assert (loop.status_code, code(loop)) == (400, "department_loop")
    assert code(hanmei.post("unit/departments", name="临床科室")) == "department_named"
    assert code(hanmei.patch(f"unit/departments/{above}", closed=True)) == "department_not_empty"

    assert WorkDepartment.objects.get(pk=above).name == "临床科室"
    assert WorkDepartment.objects.count() == 2


def test_anothers_are_unknown(hanmei, stranger, hospital):  # noqa: F811
    department = hanmei.post("unit/departments", name="临床科室").json()["id"]
    case = hanmei.post("unit-changes", name="示例市第一人民医院").json()["id"]

    assert stranger.patch(f"unit/departments/{department}", name="我的").status_code == 404
    assert stranger.post("unit/departments", name="我的", parent=department).status_code == 404
    assert stranger.post(f"unit-changes/{case}/withdraw").status_code == 404
    assert stranger.get("unit-changes").json()["results"] == []
