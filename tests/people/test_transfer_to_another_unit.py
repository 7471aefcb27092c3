"""单位调转 (T2): the new unit confirms, the old one is told, nobody is in two units."""

from datetime import date, timedelta

import pytest

from core.errors import FieldRefusals
from core.models import AuditEntry
from identity.models import Membership, Organisation, WorkDepartment
from registry.approvals.errors import Stale
from registry.approvals.models import Case, Step
from registry.approvals.queries import case_for_applicant, case_for_reviewer
from registry.approvals.services import withdraw_case
from registry.inbox.models import Message
from registry.people.errors import (
    NotATechnician,
    RegistrationWaits,
    TitleChangeWaits,
    TransferWaits,
    UnitGone,
)
from registry.people.queries import former_transfer
from tests.approvals.factories import noted_kind, open_noted
from tests.identity import factories as people
from tests.people.factories import registered
from tests.people.office import acting, asks_title, asks_transfer, decides, reviewer_of, technician, units_of
from tests.support.clock import START, FakeClock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(clock: FakeClock) -> FakeClock:
    return clock


@pytest.fixture
def hospital(db) -> Organisation:
    return people.organisation()


@pytest.fixture
def emergency(db) -> Organisation:
    return people.organisation("示例市急救中心", phone="010-5550200")


def faults(user, unit, **overrides) -> dict[str, str]:
    with pytest.raises(FieldRefusals) as refused:
        asks_transfer(user, unit, **overrides)
    assert not Case.objects.exists()
    return {fault.attr: fault.code for fault in refused.value.faults}


# --- It works ---------------------------------------------------------------------------------------------------------
def test_a_transfer_goes_to_the_new_unit(hospital, emergency):
    ambulance = WorkDepartment.objects.create(organisation=emergency, name="院前急救科")
    user = technician()

    case = asks_transfer(user, emergency, department=ambulance.pk)

    step = Step.objects.get(case=case)
    assert (step.organisation, step.module) == (emergency, "transfers")
    assert case_for_reviewer(reviewer_of(case), case.pk, now=START).lines == tuple(
        case_for_applicant(user.pk, case.pk).lines
    )
    assert [(line.label, line.before, line.after) for line in case_for_applicant(user.pk, case.pk).lines] == [
        ("单位", "示例市第一医院", "示例市急救中心"),
        ("工作部门", "", "院前急救科"),
        ("到岗日期", None, "2026-03-02"),
        ("原单位联系电话", None, "010-5550100"),
    ]
    assert units_of(user) == ["示例市第一医院"]


def test_when_it_passes_he_belongs_to_the_new_unit_and_to_no_other(hospital, emergency):
    ambulance = WorkDepartment.objects.create(organisation=emergency, name="院前急救科")
    user = technician()

    decides(asks_transfer(user, emergency, department=ambulance.pk), "pass")

    assert units_of(user) == ["示例市急救中心"]
    old, new = Membership.objects.filter(user=user).order_by("pk")
    assert (old.organisation, old.state, old.ended_at) == (hospital, "ended", START)
    assert new.work_department == ambulance
    assert Message.objects.get(user=user).title == "单位调转已通过"
    entry = AuditEntry.objects.get(act="transfer.apply")
    assert (entry.before, entry.after) == ({"organisation": hospital.pk}, {"organisation": emergency.pk})


def test_the_old_unit_is_told_when_he_asks_and_when_he_goes(hospital, emergency):
    hanmei = people.administrator(unit=hospital)
    helper = people.person("助手", 26)
    people.membership(helper, "employer", hospital, modules=["statistics"])
    case = asks_transfer(technician(), emergency)

    assert [message.title for message in Message.objects.filter(user=hanmei)] == ["陈思远申请调到示例市急救中心"]

    decides(case, "pass")

    assert [message.title for message in Message.objects.filter(user=hanmei).order_by("pk")][1:] == ["陈思远已经调走"]
    assert not Message.objects.filter(user=helper).exists()


def test_who_administers_his_old_unit_himself_is_not_told_of_himself(hospital, emergency):
    user = technician()
    people.membership(user, "employer", hospital, is_super=True)

    asks_transfer(user, emergency)

    assert not Message.objects.exists()


def test_the_old_unit_reads_nothing_of_the_case(hospital, emergency):
    hanmei = people.administrator(unit=hospital)
    case = asks_transfer(technician(), emergency)

    assert case_for_reviewer(people.role(hanmei, "employer"), case.pk, now=START) is None


def test_what_is_undecided_of_his_declarations_goes_to_the_new_unit(hospital, emergency):
    noted_kind()
    user = technician()
    declaration = open_noted(hospital, user)
    Step.objects.filter(case=declaration).update(kind="declaration")
    other = open_noted(hospital, user)

    decides(asks_transfer(user, emergency), "pass")

    assert Step.objects.get(case=declaration).organisation == emergency
    assert Step.objects.get(case=other).organisation == hospital


def test_a_rejected_one_leaves_him_where_he_is_and_can_be_corrected(hospital, emergency):
    user = technician()

    decides(asks_transfer(user, emergency), "reject", "没有这位新同事")

    assert units_of(user) == ["示例市第一医院"]
    former = former_transfer(user.pk)
    assert (former.rejection.opinion, former.payload["after"]["organisation"]) == ("没有这位新同事", emergency.pk)


def test_a_department_closed_meanwhile_is_left_out(hospital, emergency):
    ambulance = WorkDepartment.objects.create(organisation=emergency, name="院前急救科")
    user = technician()
    case = asks_transfer(user, emergency, department=ambulance.pk)
    WorkDepartment.objects.update(is_closed=True)

    decides(case, "pass")

    assert Membership.objects.get(user=user, state="active").work_department is None


# --- Who left ---------------------------------------------------------------------------------------------------------
def test_who_left_his_unit_finds_a_new_one_without_any_phone(hospital, emergency):
    user = technician()
    Membership.objects.update(state="ended", ended_at=START)

    decides(asks_transfer(user, emergency, phone=""), "pass")

    assert units_of(user) == ["示例市急救中心"]


def test_who_never_was_a_technician_has_nothing_to_transfer(emergency):
    nobody = people.person("路人", 37)

    with pytest.raises(NotATechnician):
        asks_transfer(nobody, emergency)
    with pytest.raises(NotATechnician):
        asks_transfer(people.administrator(), emergency)


# --- One thing at a time ----------------------------------------------------------------------------------------------
def test_it_is_refused_while_a_title_change_is_open(hospital, emergency):
    user = technician()
    asks_title(user)

    with pytest.raises(TitleChangeWaits):
        asks_transfer(user, emergency)

    assert Case.objects.get().kind == "title_change"
    assert not Message.objects.exists()


def test_after_the_title_change_is_withdrawn_it_goes_through(hospital, emergency):
    user = technician()
    withdraw_case(actor=acting(user), case_id=asks_title(user).pk, now=START)

    assert asks_transfer(user, emergency).state == "open"


def test_a_second_one_is_refused_while_the_first_is_open_and_the_same_one_is_the_same(hospital, emergency):
    hanmei = people.administrator(unit=hospital)
    user = technician()
    first = asks_transfer(user, emergency)

    assert asks_transfer(user, emergency).pk == first.pk
    with pytest.raises(TransferWaits):
        asks_transfer(user, people.organisation("第三家"))
    assert Message.objects.filter(user=hanmei).count() == 1


def test_it_is_refused_while_a_registration_is_in_review(emergency):
    user = registered().applicant
    Membership.objects.create(
        user=user, kind="technician", organisation=people.organisation("从前的单位"), state="ended", since=START
    )

    with pytest.raises(RegistrationWaits):
        asks_transfer(user, emergency)


# --- What is refused --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"organisation": 0}, {"organisation": "required"}),
        ({"organisation": 999_999}, {"organisation": "not_a_choice"}),
        ({"starts_on": None}, {"starts_on": "required"}),
        ({"starts_on": date(2027, 1, 1)}, {"starts_on": "date_unlikely"}),
        ({"starts_on": date(2020, 1, 1)}, {"starts_on": "date_unlikely"}),
        ({"phone": ""}, {"phone": "required"}),
        ({"phone": "问人事科"}, {"phone": "invalid"}),
        ({"phone": "138 0000 0001"}, {"phone": "own_mobile"}),
        ({"department": 0}, {"department": "not_of_this_unit"}),
    ],
)
def test_what_cannot_be_is_told_at_its_field(hospital, emergency, overrides, expected):
    assert faults(technician(), emergency, **overrides) == expected


def test_the_own_unit_and_one_that_does_not_stand_are_no_choice(hospital, emergency):
    user = technician()
    Organisation.objects.filter(pk=emergency.pk).update(state="deleted")

    assert faults(user, hospital) == {"organisation": "same_unit"}
    assert faults(user, emergency) == {"organisation": "not_a_choice"}


def test_a_department_of_another_unit_is_no_choice(hospital, emergency):
    old = WorkDepartment.objects.create(organisation=hospital, name="急诊科")

    assert faults(technician(), emergency, department=old.pk) == {"department": "not_of_this_unit"}


# --- Things change meanwhile ------------------------------------------------------------------------------------------
def test_passing_is_refused_where_he_belongs_elsewhere_by_now(hospital, emergency):
    user = technician()
    case = asks_transfer(user, emergency)
    Membership.objects.filter(user=user).update(organisation=people.organisation("第三家"))

    with pytest.raises(Stale):
        decides(case, "pass")

    assert units_of(user) == ["第三家"]


def test_passing_is_refused_where_the_new_unit_is_gone(hospital, emergency):
    user = technician()
    case = asks_transfer(user, emergency)
    reviewer_of(case)
    Organisation.objects.filter(pk=emergency.pk).update(state="deleted")

    with pytest.raises(UnitGone):
        decides(case, "pass")

    assert units_of(user) == ["示例市第一医院"]
    assert Case.objects.get(pk=case.pk).state == "open"


def test_a_unit_that_was_merged_meanwhile_is_the_one_it_went_into(hospital, emergency):
    user = technician()
    case = asks_transfer(user, emergency)
    bigger = people.organisation("示例市急救总院")
    reviewer_of(case)
    Organisation.objects.filter(pk=emergency.pk).update(state="merged", merged_into=bigger)

    decides(case, "pass")

    assert units_of(user) == ["示例市急救总院"]


def test_an_early_date_is_taken_and_he_moves_when_it_passes(hospital, emergency):
    user = technician()

    decides(asks_transfer(user, emergency, starts_on=START.date() + timedelta(days=60)), "pass")

    assert units_of(user) == ["示例市急救中心"]
