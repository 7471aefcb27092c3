"""Registering as a technician (P2): what is written, what is refused, what a known ID number changes."""

from datetime import date
from typing import Any

import pytest

from core.errors import FieldRefusals
from core.models import AuditEntry
from identity.errors import CaptchaInvalid
from identity.models import Membership, User, WorkDepartment
from registry.approvals.models import Case, Step
from registry.inbox.models import Message
from registry.people.models import Profile
from registry.people.services import Registration, registration_faults
from tests.identity import factories as people
from tests.people.factories import register, registered, registration_data
from tests.support.clock import START, FakeClock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(clock: FakeClock) -> FakeClock:
    return clock


def faults(**overrides: Any) -> dict[str, str]:
    data = Registration(**registration_data(**overrides))
    return {fault.attr: fault.code for fault in registration_faults(data, START)}


def nothing_written() -> bool:
    return not (User.objects.exists() or Case.objects.exists() or Membership.objects.exists())


# --- It works ---------------------------------------------------------------------------------------------------------
def test_who_registers_waits_for_his_unit():
    hospital = people.organisation()
    people.administrator(unit=hospital)
    emergency = WorkDepartment.objects.create(organisation=hospital, name="急诊科")

    case = registered(department=emergency.pk)

    user = User.objects.get(name="陈思远")
    membership = Membership.objects.get(user=user)
    assert (membership.kind, membership.state, membership.organisation) == ("technician", "in_review", hospital)
    assert membership.work_department == emergency
    assert user.check_password(people.PASSWORD)
    assert (user.mobile, user.email) == ("13800000001", "person1@example.org")
    profile = Profile.objects.get(user=user)
    assert (profile.major, profile.qualification, profile.born_on) == ("100201K", "01301", date(1990, 3, 7))
    assert (case.kind, case.applicant, case.exclusive_key) == (
        "technician_registration",
        user,
        f"registration:{user.pk}",
    )
    step = Step.objects.get(case=case)
    assert (step.organisation, step.state, step.module) == (hospital, "open", "registrations")
    assert case.summary == {
        "sex": "男",
        "age": 35,
        "department": "急诊科",
        "department_id": emergency.pk,
        "id_masked": "110101********001" + people.id_number(1)[-1],
        "mobile_masked": "138****0001",
        "title": "主治医师",
    }
    assert case.marks == []


def test_neither_id_number_nor_mobile_nor_password_stands_in_a_case_or_in_the_audit_trail():
    case = registered()

    kept = f"{case.payload} {case.summary} {list(AuditEntry.objects.values())}"
    for secret in (people.id_number(1), "13800000001", people.PASSWORD):
        assert secret not in kept


@pytest.mark.parametrize("kind", ["bureau", "department", "base"])
def test_offices_and_bases_register_their_own_people_too(kind):
    office = people.organisation("示例市人社局", kind=kind)

    assert registered(unit=office).organisation == office


def test_whoever_registers_is_told_who_reviews_and_how_to_reach_him():
    hospital = people.organisation()
    people.administrator(unit=hospital)

    sent = register()

    assert (sent.state, sent.reviewer.name, sent.reviewer.phone) == ("in_review", people.HOSPITAL, "010-5550100")


def test_of_a_unit_without_administrator_the_superior_reviews():
    bureau = people.organisation("示例市人社局", kind="bureau", phone="010-5550199")
    people.administrator("局管理员", 44, bureau, "bureau")
    unit = people.organisation("没有管理员的单位", parent=bureau)

    sent = register(unit=unit)

    assert (sent.reviewer.name, sent.reviewer.phone) == ("示例市人社局", "010-5550199")
    assert sent.reviewer.instead_of == "没有管理员的单位"


def test_birth_date_and_sex_of_a_resident_are_taken_from_the_number():
    registered(sex="", born_on=None)

    profile = Profile.objects.get()
    assert (profile.sex, profile.born_on) == ("M", date(1990, 3, 7))


# --- Bad input --------------------------------------------------------------------------------------------------------
WRONG = people.id_number(1)[:-1] + ("0" if people.id_number(1)[-1] != "0" else "1")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"id_number": WRONG}, {"id_number": "id_number_invalid"}),
        ({"id_number": "110101900307001"}, {"id_number": "id_number_invalid"}),
        ({"id_number": ""}, {"id_number": "required"}),
        ({"id_type": "library_card"}, {"id_type": "id_number_invalid"}),
        ({"born_on": date(1990, 3, 8)}, {"born_on": "id_number_disagrees"}),
        ({"sex": "F"}, {"sex": "id_number_disagrees"}),
        ({"sex": "X"}, {"sex": "id_number_disagrees"}),
        ({"name": ""}, {"name": "required"}),
        ({"name": "陈\x07思远"}, {"name": "invalid"}),
        ({"name": "陈\u202e思远"}, {"name": "invalid"}),
        ({"name": "陈\ud800思远"}, {"name": "invalid"}),
        ({"name": "陈" * 61}, {"name": "invalid"}),
        ({"name": "···"}, {"name": "invalid"}),
        ({"name": "陈思远2"}, {"name": "invalid"}),
        ({"school": "示例\0大学"}, {"school": "invalid"}),
        ({"school": ""}, {"school": "required"}),
        ({"mobile": "1380000"}, {"mobile": "invalid"}),
        ({"mobile": ""}, {"mobile": "required"}),
        ({"email": "person.example.org"}, {"email": "invalid"}),
        ({"email": ""}, {"email": "required"}),
        ({"landline": "总机转3"}, {"landline": "invalid"}),
        ({"organisation": 0}, {"organisation": "required"}),
        ({"organisation": 999_999}, {"organisation": "not_a_choice"}),
        ({"department": 999_999}, {"department": "not_of_this_unit"}),
        ({"graduated_on": None}, {"graduated_on": "required"}),
        ({"graduated_on": date(1990, 3, 7)}, {"graduated_on": "date_unlikely"}),
        ({"graduated_on": date(2026, 3, 3)}, {"graduated_on": "date_unlikely"}),
        ({"effective_on": date(2026, 3, 3)}, {"effective_on": "date_unlikely"}),
        ({"effective_on": date(1980, 1, 1)}, {"effective_on": "date_unlikely"}),
        ({"ethnicity": "999"}, {"ethnicity": "not_a_choice"}),
        ({"degree": ""}, {"degree": "required"}),
        ({"rank": "nobody"}, {"rank": "not_a_choice"}),
        ({"qualification": "05101"}, {"qualification": "not_of_this_series"}),
        ({"promise": False}, {"promise": "required"}),
        ({"agreement": False}, {"agreement": "required"}),
        ({"password": "12345678"}, {"password": "weak_password"}),
        ({"password": "pw-19900307"}, {"password": "weak_password"}),
        ({"password": ""}, {"password": "required"}),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_only_there(changed, expected):
    assert faults(**changed) == expected


@pytest.mark.parametrize(
    "changed",
    [
        {"id_number": people.id_number(1).lower()},
        {"id_number": f" {people.id_number(1)} "},
        {"name": "𬭎㛃"},
        {"name": "阿依古丽·买买提"},
        {"name": "〇㐂"},
        {"mobile": "+86 138-0000-0001"},
        {"landline": "010-5550100"},
        {"rank": "150", "post": "科长"},
        {"effective_on": None, "certificate_no": ""},
        {"title_series": "0", "title_level": "0", "qualification": "0"},
        {"id_type": "passport", "id_number": "E12345678", "mobile": "+85291234567"},
    ],
)
def test_what_people_really_type_is_accepted(changed):
    assert faults(**changed) == {}


def test_a_lower_case_x_is_accepted_and_kept_as_a_capital():
    serial = next(n for n in range(1, 400, 2) if people.id_number(n).endswith("X"))

    register(serial, id_number=people.id_number(serial).lower())

    assert User.objects.get().id_number == people.id_number(serial)


def test_a_passport_has_no_birth_date_in_it_so_one_has_to_be_given():
    passport = {"id_type": "passport", "id_number": "E12345678"}

    assert faults(**passport, born_on=None, sex="") == {"born_on": "required", "sex": "required"}
    for child in (date(2026, 3, 3), date(2010, 3, 3)):
        assert faults(**passport, born_on=child)["born_on"] == "date_unlikely"


def test_a_unit_that_is_not_approved_yet_takes_nobody():
    waiting = people.organisation("待审单位", state="in_review")

    assert faults(unit=waiting) == {"organisation": "not_a_choice"}


def test_a_department_of_another_unit_or_a_closed_one_is_refused():
    elsewhere = WorkDepartment.objects.create(organisation=people.organisation("别的单位"), name="内科")
    closed = WorkDepartment.objects.create(organisation=people.organisation(), name="旧科", is_closed=True)

    for department in (elsewhere, closed):
        assert faults(department=department.pk) == {"department": "not_of_this_unit"}


def test_all_faults_are_told_together_and_nothing_is_written():
    with pytest.raises(FieldRefusals) as refused:
        register(name="", mobile="1", sex="F")

    assert {fault.attr for fault in refused.value.faults} == {"name", "mobile", "sex"}
    assert nothing_written()


def test_a_wrong_captcha_writes_nothing(monkeypatch):
    monkeypatch.setattr("tests.people.factories.captcha_fields", lambda: {"captcha_key": "no", "captcha": "such"})

    with pytest.raises(CaptchaInvalid):
        register()

    assert nothing_written()


# --- A known ID number ------------------------------------------------------------------------------------------------
def as_told(sent: Any) -> tuple[Any, ...]:
    return (sent.state, sent.organisation_id, sent.reviewer)


def test_a_known_number_gets_the_same_answer_and_its_owner_a_mail_and_nothing_changes():
    lilei = people.learner(serial=1)
    unknown = register(3)
    known = register(1)

    assert as_told(known) == as_told(unknown)
    lilei.refresh_from_db()
    assert (lilei.name, lilei.mobile) == ("李雷", "")
    assert not Case.objects.filter(applicant=lilei).exists()
    assert Membership.objects.get(user=lilei).state == "active"
    told = Message.objects.get(user=lilei)
    assert told.mail == Message.Mail.WAITING


def test_a_known_number_costs_the_same_work_as_an_unknown_one(hasher):
    people.learner(serial=1)
    people.person("没有身份", 5)
    hasher.clear()

    for serial in (1, 3, 5):
        register(serial)

    assert hasher == ["encode", "encode", "encode"]


def test_the_owner_of_a_number_hears_of_it_once_a_day():
    lilei = people.learner(serial=1)

    register(1)
    register(1)

    assert Message.objects.filter(user=lilei).count() == 1


def test_a_former_technician_or_one_who_waits_as_an_administrator_is_not_written_over():
    former = people.person("离职的人", 1)
    people.membership(former, state="ended")
    waiting = people.person("待审管理员", 3)
    people.membership(waiting, "employer", state="in_review")

    register(1, password="Another-2026")
    register(3, password="Another-2026")

    for user in (former, waiting):
        user.refresh_from_db()
        assert user.check_password(people.PASSWORD)
    assert not Case.objects.exists()


def test_of_whom_nothing_was_ever_approved_what_is_sent_anew_replaces_what_was():
    first = registered(1, people.organisation("第一家"))
    second = registered(1, people.organisation("第二家"), password="Second-2026", name="陈思源", school="另一所大学")

    first.refresh_from_db()
    user = User.objects.get()
    assert (first.state, second.state) == ("withdrawn", "open")
    assert user.name == "陈思源"
    assert user.check_password("Second-2026")
    assert Profile.objects.get().school == "另一所大学"
    waiting = Membership.objects.get(state="in_review")
    assert waiting.organisation.name == "第二家"


def test_a_membership_that_waits_without_a_case_is_replaced_too():
    waiting = people.person("待审的人", 1)
    people.membership(waiting, unit=people.organisation("第一家"), state="in_review")

    registered(1, people.organisation("第二家"))

    own = Membership.objects.filter(user=waiting).values_list("organisation__name", "state")
    assert set(own) == {("第一家", "rejected"), ("第二家", "in_review")}


def test_the_same_sent_twice_makes_one_case():
    register()
    register()

    assert (Case.objects.count(), Membership.objects.count(), User.objects.count()) == (1, 1, 1)


def test_who_was_turned_back_registers_again(decide):
    case = registered()
    decide(case, "reject", opinion="工作部门填错了")

    again = registered()

    assert again.pk != case.pk
    own = Membership.objects.filter(user=case.applicant)
    assert sorted(own.values_list("state", flat=True)) == ["in_review", "rejected"]
