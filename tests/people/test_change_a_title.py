"""Changing one's title (T1): the unit reviews it with before and after, one at a time."""

from datetime import date, timedelta

import pytest

from core.errors import FieldRefusals
from core.models import AuditEntry
from identity import queries as identity
from identity.models import Membership, WorkDepartment
from registry.approvals.errors import AlreadyOpen, OwnCase, Stale
from registry.approvals.models import Case, Step
from registry.approvals.queries import case_for_applicant
from registry.approvals.services import decide_case, object_to, withdraw_case
from registry.inbox.models import Message
from registry.people.errors import NoProfile, NotATechnician, NothingChanged, TitleChangeWaits, TransferWaits
from registry.people.models import Profile
from registry.people.queries import former_title
from tests.identity import factories as people
from tests.people.factories import profile
from tests.people.office import HIGHER, acting, asks_title, asks_transfer, decides, technician
from tests.support.clock import FakeClock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(clock: FakeClock) -> FakeClock:
    return clock


def marks(case: Case) -> set[str]:
    return {mark["code"] for mark in case.marks}


def faults(user, **overrides) -> dict[str, str]:
    with pytest.raises(FieldRefusals) as refused:
        asks_title(user, **overrides)
    assert not Case.objects.exists()
    return {fault.attr: fault.code for fault in refused.value.faults}


# --- It works ---------------------------------------------------------------------------------------------------------
def test_a_title_change_goes_to_the_own_unit_with_before_and_after():
    hospital = people.organisation()
    emergency = WorkDepartment.objects.create(organisation=hospital, name="急诊科")
    user = technician()

    case = asks_title(user, department=emergency.pk)

    step = Step.objects.get(case=case)
    assert (step.organisation, step.module, step.state) == (hospital, "title_changes", "open")
    assert {line.label: (line.before, line.after) for line in case_for_applicant(user.pk, case.pk).lines} == {
        "工作部门": ("", "急诊科"),
        "职称系列": ("卫生技术", "卫生技术"),
        "职称级别": ("中级", "副高级"),
        "现专业技术职务资格": ("主治医师", "副主任医师"),
        "取得日期": ("2019-11-20", "2025-09-28"),
        "证书编号": ("ZZ2019-0001", "FG2025-0001"),
    }
    assert case.summary["id_masked"] == "110101********0011"
    assert case.summary["title"] == "副主任医师"
    assert marks(case) == set()
    assert Profile.objects.get(user=user).qualification == "01301"


def test_nothing_of_the_person_s_number_or_mobile_is_in_the_case():
    user = technician()

    case = asks_title(user)

    kept = f"{case.payload}{case.summary}{case.marks}{AuditEntry.objects.values_list('before', 'after')}"
    assert user.id_number not in kept
    assert user.mobile not in kept


def test_passing_it_changes_profile_and_department_at_once():
    emergency = WorkDepartment.objects.create(organisation=people.organisation(), name="急诊科")
    user = technician()

    assert decides(asks_title(user, department=emergency.pk), "pass") == "passed"

    stated = Profile.objects.get(user=user)
    assert (stated.title_level, stated.qualification, stated.certificate_no) == ("2", "01201", "FG2025-0001")
    assert stated.effective_on == date(2025, 9, 28)
    assert identity.unit_of_person(user.pk).department_name == "急诊科"
    assert Message.objects.get(user=user).kind == "case_passed"
    entry = AuditEntry.objects.get(act="title_change.apply")
    assert (entry.target_id, entry.before["qualification"], entry.after["qualification"]) == (
        str(user.pk),
        "01301",
        "01201",
    )


def test_an_unknown_date_may_be_left_out():
    user = technician()

    decides(asks_title(user, effective_on=None, certificate_no=""), "pass")

    assert Profile.objects.get(user=user).effective_on is None


def test_rejecting_it_changes_nothing_and_keeps_what_was_typed():
    user = technician()

    decides(asks_title(user, certificate_no="写错的编号"), "reject", "证书编号和证书不一致")

    assert Profile.objects.get(user=user).qualification == "01301"
    former = former_title(user.pk)
    assert former.payload["after"]["certificate_no"] == "写错的编号"
    assert former.rejection.opinion == "证书编号和证书不一致"


def test_a_rejected_one_can_be_corrected_and_sent_again(clock):
    user = technician()
    decides(asks_title(user, certificate_no="写错的编号"), "reject", "证书编号和证书不一致")
    clock.tick(60)

    decides(asks_title(user), "pass")

    assert Profile.objects.get(user=user).certificate_no == "FG2025-0001"
    assert former_title(user.pk) is None


def test_a_withdrawn_one_can_be_sent_again_too():
    user = technician()
    case = asks_title(user)

    withdraw_case(actor=acting(user), case_id=case.pk, now=case.opened_at)

    assert former_title(user.pk).payload["after"]["certificate_no"] == "FG2025-0001"
    assert asks_title(user).pk != case.pk


def test_an_objection_that_passes_changes_the_title_after_all(clock):
    bureau = people.organisation("示例市人力资源和社会保障局", kind="bureau")
    people.administrator("局长", 25, bureau, "bureau")
    hospital = people.organisation(parent=bureau)
    user = technician(unit=hospital)
    case = asks_title(user)
    decides(case, "reject", "还没有收到评审结果")

    objection = object_to(actor=acting(user), case_id=case.pk, reason="评审结果上周已公示", now=clock.now())
    decides(Case.objects.get(pk=objection), "pass")

    assert Profile.objects.get(user=user).qualification == "01201"


# --- One at a time ----------------------------------------------------------------------------------------------------
def test_a_second_one_is_refused_while_the_first_is_open():
    user = technician()
    asks_title(user)

    with pytest.raises(TitleChangeWaits) as refused:
        asks_title(user, certificate_no="另一个编号")

    assert (refused.value.code, Case.objects.count()) == ("already_open", 1)


def test_the_same_one_sent_twice_is_one_case():
    user = technician()

    assert asks_title(user).pk == asks_title(user).pk


def test_it_is_refused_while_a_transfer_is_open():
    user = technician()
    asks_transfer(user, people.organisation("示例市急救中心"))

    with pytest.raises(TransferWaits):
        asks_title(user)

    assert issubclass(TransferWaits, AlreadyOpen)
    assert Case.objects.count() == 1


# --- What is refused --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"title_series": ""}, {"title_series": "required"}),
        ({"title_level": "77"}, {"title_level": "not_a_choice"}),
        ({"qualification": ""}, {"qualification": "required"}),
        ({"qualification": "02201"}, {"qualification": "not_of_this_series"}),
        ({"effective_on": date(2030, 1, 1)}, {"effective_on": "date_unlikely"}),
        ({"effective_on": date(1980, 1, 1)}, {"effective_on": "date_unlikely"}),
        ({"certificate_no": "编号\u0007"}, {"certificate_no": "invalid"}),
        ({"certificate_no": "长" * 61}, {"certificate_no": "invalid"}),
        ({"department": 999_999}, {"department": "not_of_this_unit"}),
    ],
)
def test_what_cannot_be_is_told_at_its_field(overrides, expected):
    assert faults(technician(), **overrides) == expected


def test_another_unit_s_department_or_a_closed_one_is_no_choice():
    elsewhere = WorkDepartment.objects.create(organisation=people.organisation("别处"), name="急诊科")
    closed = WorkDepartment.objects.create(organisation=people.organisation(), name="旧科室", is_closed=True)
    user = technician()

    assert faults(user, department=elsewhere.pk) == {"department": "not_of_this_unit"}
    assert faults(user, department=closed.pk) == {"department": "not_of_this_unit"}


def test_who_stands_in_a_closed_department_may_stay_there_until_it_is_looked_at():
    closed = WorkDepartment.objects.create(organisation=people.organisation(), name="旧科室", is_closed=True)
    user = technician()
    Membership.objects.filter(user=user).update(work_department=closed)

    asks_title(user, department=closed.pk)

    assert Case.objects.get().payload["after"]["department"] == closed.pk


def test_without_any_change_nothing_is_sent():
    user = technician()
    same = {"title_level": "3", "qualification": "01301", "effective_on": date(2019, 11, 20)}

    with pytest.raises(NothingChanged):
        asks_title(user, certificate_no="ZZ2019-0001", **same)

    assert not Case.objects.exists()


def test_only_a_technician_with_a_profile_can_ask():
    with pytest.raises(NotATechnician):
        asks_title(people.administrator())
    with pytest.raises(NoProfile):
        asks_title(people.learner())
    assert not Case.objects.exists()


def test_nobody_passes_his_own():
    user = technician()
    people.membership(user, "employer", is_super=True)
    case = asks_title(user)

    with pytest.raises(OwnCase):
        decide_case(actor=people.role(user, "employer"), case_id=case.pk, decision="pass", now=case.opened_at)


# --- Stale ------------------------------------------------------------------------------------------------------------
def test_passing_is_refused_where_the_title_changed_meanwhile():
    user = technician()
    case = asks_title(user)
    Profile.objects.filter(user=user).update(certificate_no="客服更正过")

    with pytest.raises(Stale):
        decides(case, "pass")

    assert Profile.objects.get(user=user).certificate_no == "客服更正过"
    assert Case.objects.get(pk=case.pk).state == "open"


def test_passing_is_refused_where_the_department_was_closed_meanwhile():
    emergency = WorkDepartment.objects.create(organisation=people.organisation(), name="急诊科")
    case = asks_title(technician(), department=emergency.pk)
    WorkDepartment.objects.update(is_closed=True)

    with pytest.raises(Stale):
        decides(case, "pass")


def test_passing_is_refused_where_he_left_meanwhile():
    user = technician()
    case = asks_title(user)
    Membership.objects.filter(user=user).update(state="ended")

    with pytest.raises(Stale):
        decides(case, "pass")


# --- What looks odd ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("overrides", "mark"),
    [
        ({"title_level": "1"}, "title_level"),
        ({"title_level": "3"}, "title_level"),
        ({"title_level": "1", "qualification": "01101"}, "level_jump"),
        ({"title_level": "5", "qualification": "01501"}, "level_jump"),
        ({"effective_on": date(2012, 1, 1)}, "before_graduation"),
        ({"effective_on": date(2019, 11, 20)}, "older_than_present"),
        ({"certificate_no": "ZZ2019-0001"}, "same_certificate"),
    ],
)
def test_what_looks_odd_is_marked_for_the_reviewer(overrides, mark):
    case = asks_title(technician(), **overrides)

    assert mark in marks(case)
    assert Step.objects.get(case=case).is_odd


def test_a_certificate_number_that_somebody_else_gave_is_marked_without_saying_who():
    profile(people.learner(), certificate_no=HIGHER["certificate_no"])

    case = asks_title(technician())

    assert marks(case) == {"certificate_shared"}
    assert "李雷" not in str(case.marks)


def test_a_first_title_after_none_is_no_jump():
    user = technician()
    Profile.objects.filter(user=user).update(
        title_series="0", title_level="0", qualification="0", effective_on=None, certificate_no=""
    )

    assert marks(asks_title(user)) == set()


def test_it_is_overdue_by_the_site_s_working_days(clock):
    case = asks_title(technician())

    assert Step.objects.get(case=case).due_at > clock.now() + timedelta(days=1)
