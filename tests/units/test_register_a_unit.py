"""Registering employers, departments, bases and bureaus (P3, P4)."""

import pytest

from identity import queries
from identity.errors import CreditCodeTaken
from identity.models import Membership, Organisation
from registry.approvals.models import Case
from registry.approvals.services import PASS, REJECT, decide_case, kind_of
from registry.units.errors import NotASuperior
from registry.units.queries.registrations import former_unit_registration
from registry.units.services import registration
from tests.identity import factories as people
from tests.units.factories import credit_code, faults_of, register, registered, tree, unit_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def units(clock):
    return tree()


def administrator(unit: Organisation, kind: str, serial: int = 26):
    return people.role(people.administrator(f"{unit.name}管理员", serial, unit, kind), kind)


def decide(role, case, decision=PASS, clock=None):
    opinion = "" if decision == PASS else "名称和证照不一致"
    decide_case(actor=role, case_id=case.pk, decision=decision, opinion=opinion, now=clock.now())


# --- Who reviews ------------------------------------------------------------------------------------------------------
def test_the_chosen_department_reviews(units):
    case = registered(department=units.department.pk)

    assert case.steps.get().organisation_id == units.department.pk
    assert Organisation.objects.get(pk=case.subject_id).get_parent() == units.department


def test_a_branch_is_reviewed_by_its_parent(units):
    assert registered(parent=units.employer.pk).steps.get().organisation_id == units.employer.pk


def test_without_a_department_the_regions_bureau_reviews(units):
    assert registered(region="110101").steps.get().organisation_id == units.district.pk
    assert registered(serial=2).steps.get().organisation_id == units.city.pk


def test_a_region_without_bureau_goes_to_the_one_above(units):
    people.region("广川区", "110102", people.region())

    assert registered(region="110102").steps.get().organisation_id == units.city.pk


def test_a_bureau_is_reviewed_by_the_bureau_of_the_region_above_also_where_its_own_has_one(units):
    case = registered("bureau", region="110101")

    assert case.steps.get().organisation_id == units.city.pk
    assert [mark["code"] for mark in case.marks] == ["second_bureau"]


def test_of_a_superior_without_administrator_the_one_above_is_told(units):
    people.administrator("局管理员", 44, units.city, "bureau")

    sent = register(department=units.department.pk)

    assert (sent.superior_id, sent.reviewer.name) == (units.department.pk, "示例市人社局")
    assert sent.reviewer.instead_of == "示例市卫健委"


def test_where_no_bureau_stands_service_is_to_be_called(units):
    Organisation.objects.filter(kind="bureau").update(state="deleted")

    assert "服务电话" in faults_of()["region"]


@pytest.mark.parametrize("kind", ["department", "base", "bureau"])
def test_the_other_kinds_are_reviewed_by_the_bureau(units, kind):
    case = registered(kind)

    assert (case.kind, case.steps.get().organisation_id) == (f"{kind}_registration", units.city.pk)


def test_the_answer_says_who_reviews_and_how_to_reach_them(units):
    sent = register(department=units.department.pk)

    assert (sent.state, sent.reviewer.name, sent.reviewer.phone) == ("in_review", "示例市卫健委", "010-5550002")


# --- What becomes of it -----------------------------------------------------------------------------------------------
def test_until_it_is_passed_nobody_administers_it(units):
    case = registered()

    assert Organisation.objects.get(pk=case.subject_id).state == "in_review"
    assert Membership.objects.get(organisation=case.subject_id).state == "in_review"


def test_passing_takes_up_the_unit_with_its_administrator(units, clock):
    case = registered()

    decide(administrator(units.city, "bureau"), case, clock=clock)

    unit = Organisation.objects.get(pk=case.subject_id)
    membership = Membership.objects.get(organisation=unit)
    assert (unit.state, membership.state, membership.is_super) == ("active", "active", True)


def test_rejecting_frees_the_credit_code(units, clock):
    case = registered()

    decide(administrator(units.city, "bureau"), case, REJECT, clock)

    assert Organisation.objects.get(pk=case.subject_id).state == "rejected"
    assert Membership.objects.get(organisation=case.subject_id).state == "rejected"
    again = registered()
    assert (again.pk != case.pk, again.state) == (True, "open")
    assert again.applicant_id == case.applicant_id


def test_sent_anew_under_another_code_the_old_one_is_replaced(units):
    old = registered()
    new = registered(credit_code=credit_code(2))

    assert Case.objects.get(pk=old.pk).state == "withdrawn"
    assert Organisation.objects.get(pk=old.subject_id).state == "rejected"
    assert Organisation.objects.get(pk=new.subject_id).state == "in_review"
    assert Membership.objects.filter(state="in_review").count() == 1


def test_who_proves_his_account_sends_his_own_registration_anew(units):
    old = registered()
    new = registered(existing=True, name="示例市第一高级中学")

    assert (Case.objects.get(pk=old.pk).state, new.state) == ("withdrawn", "open")
    assert Organisation.objects.get(pk=new.subject_id).name == "示例市第一高级中学"


def test_who_proves_his_account_and_sends_the_same_twice_has_one_case(units):
    owner = people.learner("李雷", 13, units.employer)
    for _time in range(2):
        register(existing=True, id_number=owner.id_number)

    assert Case.objects.count() == 1


def test_who_proves_his_account_may_register_several_units(units):
    owner = people.learner("李雷", 13, units.employer)
    for serial in (1, 2):
        register(serial=serial, existing=True, id_number=owner.id_number)

    assert Case.objects.filter(state="open", applicant=owner).count() == 2


def test_after_an_objection_that_passes_the_unit_stands(units, clock):
    case = registered()
    decide(administrator(units.city, "bureau"), case, REJECT, clock)

    kind_of(case.kind).apply(case, now=clock.now())

    assert Organisation.objects.get(pk=case.subject_id).state == "active"
    assert Membership.objects.get(organisation=case.subject_id, state="active").is_super


def test_after_an_objection_a_code_that_another_unit_took_meanwhile_stays_with_it(units, clock):
    case = registered()
    decide(administrator(units.city, "bureau"), case, REJECT, clock)
    taker = registered(serial=2, credit_code=credit_code(1))

    assert kind_of(case.kind).is_stale(case)
    assert not kind_of(taker.kind).is_stale(taker)
    with pytest.raises(CreditCodeTaken):
        kind_of(case.kind).apply(case, now=clock.now())


def test_below_a_superior_that_is_deleted_meanwhile_nothing_is_registered(units, monkeypatch):
    chosen = queries.organisation(units.department.pk)
    Organisation.objects.filter(pk=units.department.pk).update(state="deleted")
    monkeypatch.setattr(registration, "unit_registration_faults", lambda _data: [])
    monkeypatch.setattr(registration, "superior_for", lambda _data: chosen)

    with pytest.raises(NotASuperior):
        register(department=units.department.pk)
    assert not Case.objects.exists()


def test_what_was_filled_in_is_there_for_who_was_turned_back(units, clock):
    case = registered(department=units.department.pk)
    assert former_unit_registration(case.pk, "employer") is None
    decide(administrator(units.department, "department"), case, REJECT, clock)

    former = former_unit_registration(case.pk, "employer")

    assert (former.reviewer, former.phone, former.reason) == ("示例市卫健委", "010-5550002", "名称和证照不一致")
    typed = {**unit_data(), "department": units.department.pk, "name": "示例市第1中学"}
    kept = ("name", "region", "nature", "industry", "credit_code", "department", "administrator", "id_number", "mobile")
    assert {name: former.values[name] for name in kept} == {name: typed[name] for name in kept}
    assert former_unit_registration(case.pk, "base") is None
    registered(serial=1)
    assert former_unit_registration(case.pk, "employer") is None


def test_the_tree_stays_whole(units):
    for serial in range(1, 5):
        registered(serial=serial)

    assert Organisation.find_problems() == ([], [], [], [], [])


# --- Fields -----------------------------------------------------------------------------------------------------------
def test_everything_missing_is_told_at_once(units):
    found = faults_of(
        name="", region="", nature="", industry="", phone="", address="", credit_code="", administrator="",
        id_number="", password="", mobile="", email="", promise=False, agreement=False,
    )  # fmt: skip

    assert set(found) >= {
        *("name", "region", "nature", "industry", "phone", "address", "credit_code", "administrator", "id_number"),
        *("password", "mobile", "email", "promise", "agreement"),
    }
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("overrides", "attr"),
    [
        ({"name": "示例\u0007中学"}, "name"),
        ({"name": "长" * 121}, "name"),
        ({"region": "999999"}, "region"),
        ({"nature": "??"}, "nature"),
        ({"phone": "没有"}, "phone"),
        ({"id_number": "110101199003070137"}, "id_number"),
        ({"id_number": "110101900307013"}, "id_number"),
        ({"password": "12345678"}, "password"),
        ({"email": "不是邮箱"}, "email"),
        ({"mobile": "123"}, "mobile"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(units, overrides, attr):
    assert attr in faults_of(**overrides)
    assert not Organisation.objects.filter(state="in_review").exists()


def test_a_superior_of_the_wrong_kind_is_refused(units):
    assert "department" in faults_of(department=units.employer.pk)
    assert "parent" in faults_of(parent=units.department.pk)
    assert "department" in faults_of(department=999_999)


def test_a_department_and_a_parent_at_once_are_refused(units):
    assert set(faults_of(department=units.department.pk, parent=units.employer.pk)) == {"parent"}


def test_only_an_employer_has_a_department_above_it(units):
    case = registered("base", department=units.department.pk)

    assert case.steps.get().organisation_id == units.city.pk
    assert case.payload["after"]["department"] is None


def test_what_a_kind_does_not_ask_for_is_not_kept(units):
    bureau = Organisation.objects.get(pk=registered("bureau", nature="2", industry="P").subject_id)

    assert (bureau.nature, bureau.industry, bureau.level) == ("", "", "1")


def test_a_namesake_in_the_region_is_marked_not_refused(units):
    registered(name="示例市中学")

    assert [mark["code"] for mark in registered(serial=2, name="示例市中学").marks] == ["namesake"]
