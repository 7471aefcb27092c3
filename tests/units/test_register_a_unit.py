"""Registering employers, departments, bases and bureaus (P3, P4)."""

import pytest
from django.contrib.auth import hashers

from core.errors import FieldRefusals
from identity.errors import BadCredentials, CreditCodeTaken
from identity.models import Membership, Organisation, User
from registry.approvals.models import Case
from registry.approvals.services import PASS, REJECT, decide_case
from registry.inbox.models import Message
from tests.identity import factories as people
from tests.units.factories import credit_code, register, registered, tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def units(clock):
    return tree()


def administrator(unit: Organisation, kind: str, serial: int = 26):
    return people.role(people.administrator(f"{unit.name}管理员", serial, unit, kind), kind)


def faults(**overrides) -> dict[str, str]:
    with pytest.raises(FieldRefusals) as refused:
        register(**overrides)
    return {fault.attr: str(fault) for fault in refused.value.faults}


def decide(role, case, decision=PASS, clock=None):
    opinion = "" if decision == PASS else "名称和证照不一致"
    decide_case(actor=role, case_id=case.pk, decision=decision, opinion=opinion, now=clock.now())


# --- Who reviews ------------------------------------------------------------------------------------------------------
def test_the_chosen_department_reviews(units):
    case = registered(has_department=True, department=units.department.pk)

    assert case.steps.get().organisation_id == units.department.pk
    assert Organisation.objects.get(pk=case.subject_id).get_parent() == units.department


def test_a_branch_is_reviewed_by_its_parent(units):
    assert registered(is_branch=True, parent=units.employer.pk).steps.get().organisation_id == units.employer.pk


def test_without_a_department_the_regions_bureau_reviews(units):
    assert registered(region="110101").steps.get().organisation_id == units.district.pk
    assert registered(serial=2).steps.get().organisation_id == units.city.pk


def test_a_region_without_bureau_goes_to_the_one_above(units):
    people.region("广川区", "110102", people.region())

    assert registered(region="110102").steps.get().organisation_id == units.city.pk


@pytest.mark.parametrize("kind", ["department", "base", "bureau"])
def test_the_other_kinds_are_reviewed_by_the_bureau(units, kind):
    case = registered(kind)

    assert (case.kind, case.steps.get().organisation_id) == (f"{kind}_registration", units.city.pk)


def test_the_answer_says_who_reviews_and_how_to_reach_them(units):
    sent = register(has_department=True, department=units.department.pk)

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


def test_sent_twice_it_is_one_case(units):
    register()
    register()

    assert Case.objects.count() == 1
    assert Organisation.objects.filter(name="示例市第1中学").count() == 1


def test_sent_anew_with_other_data_the_old_one_is_replaced(units):
    old = registered()
    new = registered(name="示例市第一高级中学")

    assert Case.objects.get(pk=old.pk).state == "withdrawn"
    assert Organisation.objects.get(pk=old.subject_id).state == "rejected"
    assert Organisation.objects.get(pk=new.subject_id).state == "in_review"
    assert Membership.objects.filter(state="in_review").count() == 1


def test_the_tree_stays_whole(units):
    for serial in range(1, 5):
        registered(serial=serial)

    assert Organisation.find_problems() == ([], [], [], [], [])


# --- Credit codes -----------------------------------------------------------------------------------------------------
def test_a_taken_credit_code_is_refused_at_the_field(units):
    register()

    with pytest.raises(CreditCodeTaken) as refused:
        register(serial=2, credit_code=credit_code(1))
    assert refused.value.attr == "credit_code"
    assert Organisation.objects.filter(state="in_review").count() == 1
    assert User.objects.filter(name="周敏").count() == 1


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "这一项必填"),
        ("12990000", "应是 18 位"),
        (credit_code(1)[:-1] + "?", "逐位核对"),
        (credit_code(1)[:17] + ("1" if credit_code(1)[17] != "1" else "2"), "逐位核对"),
        ("12345678X", "组织机构代码不对"),
    ],
)
def test_a_wrong_credit_code_is_told_at_the_field(units, code, words):
    assert words in faults(credit_code=code)["credit_code"]


def test_lower_case_full_width_and_blanks_are_taken(units):
    typed = " " + credit_code(1).lower().replace("1", "１", 1)

    assert Organisation.objects.get(pk=registered(credit_code=typed).subject_id).credit_code == credit_code(1)


def test_an_old_organisation_code_is_taken_and_marked(units):
    case = registered(credit_code="D2143569-X")

    assert Organisation.objects.get(pk=case.subject_id).credit_code == "D2143569X"
    assert [mark["code"] for mark in case.marks] == ["legacy_code"]


def test_without_a_code_service_is_to_be_called(units):
    assert "客服" in faults(has_credit_code=False, credit_code="")["credit_code"]


# --- Fields -----------------------------------------------------------------------------------------------------------
def test_everything_missing_is_told_at_once(units):
    found = faults(
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
        ({"has_department": True}, "department"),
        ({"is_branch": True}, "parent"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(units, overrides, attr):
    assert attr in faults(**overrides)
    assert not Organisation.objects.filter(state="in_review").exists()


def test_a_superior_of_the_wrong_kind_is_refused(units):
    assert "department" in faults(has_department=True, department=units.employer.pk)
    assert "parent" in faults(is_branch=True, parent=units.department.pk)
    assert "department" in faults(has_department=True, department=999_999)


def test_a_namesake_in_the_region_is_marked_not_refused(units):
    registered(name="示例市中学")

    assert [mark["code"] for mark in registered(serial=2, name="示例市中学").marks] == ["namesake"]


# --- The administrator ------------------------------------------------------------------------------------------------
def test_an_existing_account_proves_itself_by_its_password(units):
    owner = people.learner("李雷", 13, units.employer)

    case = registered(existing=True, id_number=owner.id_number, administrator="", mobile="", email="")

    assert case.applicant_id == owner.pk
    assert Membership.objects.get(user=owner, kind="employer").state == "in_review"


def test_a_wrong_password_of_an_existing_account_is_refused_like_an_unknown_one(units):
    owner = people.learner("李雷", 13, units.employer)

    for number in (owner.id_number, people.id_number(299)):
        with pytest.raises(BadCredentials):
            register(existing=True, id_number=number, password="Wrong-password-1")
    assert not Case.objects.exists()


def test_a_known_number_gets_the_same_answer_and_nothing_changes(units):
    owner = people.learner("李雷", 13, units.employer)
    unknown = register(serial=2)

    known = register(id_number=owner.id_number)

    assert known == unknown
    assert not Case.objects.filter(applicant=owner).exists()
    assert User.objects.get(pk=owner.pk).check_password(people.PASSWORD)
    assert Message.objects.get(user=owner).kind == "registration_known"


def test_known_and_unknown_numbers_cost_the_hasher_the_same(units, monkeypatch):
    owner = people.learner("李雷", 13, units.employer)
    calls: list[str] = []
    kind = type(hashers.get_hasher())
    encode = kind.encode
    monkeypatch.setattr(kind, "encode", lambda *args, **kwargs: calls.append("encode") or encode(*args, **kwargs))

    register(serial=2)
    for_unknown = len(calls)
    register(id_number=owner.id_number)

    assert (for_unknown, len(calls) - for_unknown) == (1, 1)
