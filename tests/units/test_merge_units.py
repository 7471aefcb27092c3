"""Support merges units (S1): everything moves, nothing in review is lost, the old name finds the survivor."""

import pytest
from django.core.exceptions import ObjectDoesNotExist

from core.models import AuditEntry
from identity.models import Membership, Organisation, WorkDepartment
from identity.queries import find_organisations
from identity.services import add_work_department, give_roles
from registry.approvals.models import Case, Step
from registry.approvals.services import PASS, decide_case
from registry.inbox.models import Message
from registry.units.errors import MergerBlocked, ReasonMissing
from registry.units.models import Merger
from registry.units.services import (
    Mover,
    ask_parent_change,
    ask_unit_change,
    follow_mergers,
    merge_units,
    preview_merger,
    register_mover,
)
from tests.approvals.factories import noted_kind, open_noted
from tests.identity import factories as people
from tests.people.factories import registered
from tests.support.clock import START
from tests.support.files import attachment
from tests.units import colleagues

pytestmark = pytest.mark.django_db


@pytest.fixture
def department():
    bureau = people.organisation("示例市人社局", kind="bureau")
    return people.organisation("示例市卫健委", kind="department", parent=bureau)


@pytest.fixture
def hospital(department):
    return people.organisation(parent=Organisation.objects.get(pk=department.pk))


@pytest.fixture
def clinic(department, hospital):
    """The one that will be gone."""
    return people.organisation("示例市中医院", parent=Organisation.objects.get(pk=department.pk))


@pytest.fixture
def support():
    return people.role(people.staff("support", "客服甲"), "staff")


@pytest.fixture
def merge(support, hospital, clinic):
    def run(gone=clinic, survivor=hospital, reason="两院合并，编办批复"):
        return merge_units(
            actor=support, gone_id=gone.pk, survivor_id=survivor.pk, reason=reason, evidence=attachment(), now=START
        )

    return run


def belongs_to(user, kind="technician") -> int:
    return Membership.objects.get(user=user, kind=kind, state__in=["active", "in_review"]).organisation_id


# --- What moves -------------------------------------------------------------------------------------------------------
def test_people_belong_to_the_survivor_whether_approved_or_waiting(merge, hospital, clinic):
    approved = people.learner("李雷", 13, clinic)
    waiting = people.person("林晓", 14)
    people.membership(waiting, unit=clinic, state="in_review")

    merge()

    assert (belongs_to(approved), belongs_to(waiting)) == (hospital.pk, hospital.pk)


def test_the_old_name_finds_the_survivor_and_the_old_one_is_an_alias(merge, hospital, clinic):
    merge()

    clinic.refresh_from_db()
    assert (clinic.state, clinic.merged_into_id) == ("merged", hospital.pk)
    assert [found.id for found in find_organisations(kinds=["employer"], q="中医院")] == [hospital.pk]


def test_units_below_it_stand_below_the_survivor(merge, hospital, clinic):
    branch = people.organisation("中医院江北分院", parent=Organisation.objects.get(pk=clinic.pk))

    merge()

    assert Organisation.objects.get(pk=branch.pk).get_parent().pk == hospital.pk
    assert not any(Organisation.find_problems())


def test_departments_move_below_one_of_its_name_and_people_stay_in_them(merge, hospital, clinic):
    top = add_work_department(organisation_id=clinic.pk, name="临床科室")
    inner = add_work_department(organisation_id=clinic.pk, name="急诊科", parent_id=top)
    add_work_department(organisation_id=hospital.pk, name="临床科室")
    learner = people.learner("李雷", 13, clinic)
    Membership.objects.filter(user=learner).update(work_department_id=inner)

    merge()

    row = Membership.objects.get(user=learner).work_department
    assert (row.pk, row.organisation_id) == (inner, hospital.pk)
    assert row.parent.parent.name == "原示例市中医院"
    assert not WorkDepartment.objects.filter(organisation=clinic).exists()


def test_what_waits_for_it_waits_for_the_survivor_and_is_decided_there(merge, hospital, clinic):
    kind = noted_kind()
    case = open_noted(clinic)
    hanmei = people.role(people.administrator(unit=hospital), "employer")

    merge()
    decide_case(actor=hanmei, case_id=case.pk, decision=PASS, now=START)

    assert kind.applied == [case.pk]
    assert Case.objects.get(pk=case.pk).organisation_id == hospital.pk


def test_who_registered_with_it_is_taken_up_by_the_survivor(merge, hospital, clinic, clock):
    case = registered(1, clinic)
    hanmei = people.role(people.administrator(unit=hospital), "employer")

    merge()
    decide_case(actor=hanmei, case_id=case.pk, decision=PASS, now=START)

    row = Membership.objects.get(user_id=case.subject_id, kind="technician")
    assert (row.organisation_id, row.state) == (hospital.pk, "active")


def test_a_unit_on_its_way_below_it_arrives_below_the_survivor(merge, department, hospital, clinic):
    branch = people.organisation("门诊部", parent=Organisation.objects.get(pk=department.pk))
    head = people.role(people.administrator("门诊部管理员", 30, branch), "employer")
    old = people.role(people.administrator("卫健委管理员", 26, department, "department"), "department")
    hanmei = people.role(people.administrator(unit=hospital), "employer")
    case = ask_parent_change(actor=head, parent_id=clinic.pk, now=START)

    merge()
    decide_case(actor=old, case_id=case, decision=PASS, now=START)
    decide_case(actor=hanmei, case_id=case, decision=PASS, now=START)

    assert Organisation.objects.get(pk=branch.pk).get_parent().pk == hospital.pk


def test_what_a_room_above_keeps_moves_too(merge, hospital, clinic):
    moved = []
    take_back = register_mover(
        Mover("订单", lambda pk: 3, lambda *, from_id, to_id, now: moved.append((from_id, to_id)) or 3)
    )

    preview = preview_merger(gone_id=clinic.pk, survivor_id=hospital.pk)
    merge()
    take_back()

    assert ("订单", 3) in preview.moves
    assert moved == [(clinic.pk, hospital.pk)]
    assert Merger.objects.get().moved["订单"] == 3


# --- Administrators ---------------------------------------------------------------------------------------------------
def test_its_super_becomes_an_administrator_who_manages_no_administrators(merge, hospital, clinic):
    hanmei, former = people.administrator(unit=hospital), people.administrator("王芳", 28, clinic)

    merge()

    row = colleagues.membership_of(former)
    assert (row.organisation_id, row.is_super) == (hospital.pk, False)
    assert "registrations" in row.modules
    assert not {"administrators", "roles"} & set(row.modules)
    assert colleagues.membership_of(hanmei).is_super


def test_its_super_stays_super_where_the_survivor_has_none(merge, hospital, clinic):
    former = people.administrator("王芳", 28, clinic)

    merge()

    row = colleagues.membership_of(former)
    assert (row.organisation_id, row.is_super) == (hospital.pk, True)


def test_others_keep_what_their_roles_say_also_under_a_taken_name(merge, hospital, clinic):
    colleagues.permission_role("审核员", "title_changes", unit=hospital)
    user = colleagues.colleague("罗芳", 46, unit=clinic)
    role = colleagues.permission_role("审核员", "registrations", unit=clinic)
    give_roles(membership_id=colleagues.membership_of(user).pk, role_ids=[role])

    merge()

    row = colleagues.membership_of(user)
    assert (row.organisation_id, row.modules) == (hospital.pk, ["registrations"])
    assert [one.name for one in row.roles.all()] == ["审核员（并入）"]


def test_who_administers_both_keeps_what_he_is_at_the_survivor(merge, hospital, clinic):
    both = people.administrator(unit=hospital)
    people.membership(both, "employer", clinic, is_super=True)

    merge()

    own = Membership.objects.filter(user=both, kind="employer")
    assert own.get(state="active").organisation_id == hospital.pk
    assert own.get(state="active").is_super
    assert own.get(state="ended").organisation_id == clinic.pk


def test_administrators_of_both_are_told(merge, hospital, clinic):
    hanmei, former = people.administrator(unit=hospital), people.administrator("王芳", 28, clinic)

    merge()

    assert [colleagues.told(user) for user in (hanmei, former)] == [["unit_merged"], ["unit_merged"]]
    assert "示例市中医院" in Message.objects.first().body


# --- What is kept of it -----------------------------------------------------------------------------------------------
def test_the_act_is_audited_for_both_with_the_evidence(merge, support, hospital, clinic):
    people.learner("李雷", 13, clinic)

    merge()

    merger = Merger.objects.select_related("evidence").get()
    entries = AuditEntry.objects.filter(act="unit.merge")
    assert {entry.target_id for entry in entries} == {str(hospital.pk), str(clinic.pk)}
    assert all(entry.after["evidence"] == merger.evidence_id for entry in entries)
    assert all(entry.before["technicians"] == 1 for entry in entries)
    assert (merger.moved["technicians"], merger.evidence.kept_by_id) == (1, support.user_id)


def test_the_preview_counts_what_will_move_and_changes_nothing(hospital, clinic):
    people.learner("李雷", 13, clinic)
    add_work_department(organisation_id=clinic.pk, name="急诊科")
    noted_kind()
    open_noted(clinic)

    preview = preview_merger(gone_id=clinic.pk, survivor_id=hospital.pk)

    counts = dict(preview.moves)
    assert (counts["人员（含等待审核的）"], counts["工作部门"], counts["在审事项"]) == (1, 1, 1)
    assert (preview.obstacles, preview.aliases) == ((), ("示例市中医院",))
    assert Organisation.objects.get(pk=clinic.pk).state == "active"


def test_who_came_in_the_instant_of_the_merger_is_brought_after(merge, hospital, clinic):
    noted_kind()
    merge()
    late = people.learner("林晓", 14, clinic)
    case = open_noted(clinic)

    assert follow_mergers(now=START) == 2

    assert belongs_to(late) == hospital.pk
    assert Step.objects.get(case=case).organisation_id == hospital.pk
    assert follow_mergers(now=START) == 0


# --- What is refused --------------------------------------------------------------------------------------------------
def blocked(run, word) -> None:
    before = list(Membership.objects.order_by("pk").values_list("pk", "organisation_id", "state"))
    with pytest.raises(MergerBlocked) as refusal:
        run()
    assert word in str(refusal.value)
    assert list(Membership.objects.order_by("pk").values_list("pk", "organisation_id", "state")) == before
    assert not Merger.objects.exists()


def test_a_unit_is_not_merged_into_itself(merge, hospital):
    blocked(lambda: merge(hospital, hospital), "同一家")


def test_a_unit_is_not_merged_into_a_department_or_a_bureau(merge, department, clinic):
    people.learner("李雷", 13, clinic)
    blocked(lambda: merge(clinic, department), "类型不同")
    blocked(lambda: merge(clinic, Organisation.objects.get(kind="bureau")), "不是正常的单位")


def test_a_unit_is_not_merged_into_one_below_it(merge, clinic):
    branch = people.organisation("中医院江北分院", parent=Organisation.objects.get(pk=clinic.pk))

    blocked(lambda: merge(clinic, branch), "下级")


def test_a_unit_whose_own_data_is_in_review_waits(merge, clinic):
    head = people.role(people.administrator("王芳", 28, clinic), "employer")
    ask_unit_change(actor=head, fields={"name": "示例市中西医结合医院"}, now=START)

    blocked(merge, "还在审核")


def test_a_merged_unit_is_not_merged_again(merge, hospital, clinic):
    merge()

    with pytest.raises(MergerBlocked):
        merge()
    assert Merger.objects.count() == 1


def test_a_reason_is_needed(merge):
    with pytest.raises(ReasonMissing):
        merge(reason="  ")


def test_an_unknown_unit_is_not_found(support, hospital):
    with pytest.raises(ObjectDoesNotExist):
        merge_units(actor=support, gone_id=0, survivor_id=hospital.pk, reason="x", evidence=attachment(), now=START)
