"""What the unit is told about who registers, and what its decision does (U5)."""

from datetime import date
from typing import Any

import pytest

from identity.errors import AlreadyMember
from identity.models import Membership
from registry.approvals.models import Step
from registry.approvals.services import kind_of
from registry.inbox.models import Message
from tests.identity import factories as people
from tests.people.factories import registered
from tests.support.clock import START, FakeClock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(clock: FakeClock) -> FakeClock:
    return clock


# --- What looks odd ---------------------------------------------------------------------------------------------------
def marks(**overrides: Any) -> set[str]:
    return {mark["code"] for mark in registered(**overrides).marks}


def test_the_same_number_under_another_type_and_name_is_marked():
    people.person("另一个人", 7, id_type="passport", id_number=people.id_number(1))

    assert marks() == {"name_differs"}


def test_another_name_or_mobile_than_last_time_is_marked():
    registered()

    assert marks(name="陈思源", mobile="13900000009") == {"name_differs", "mobile_changed"}


def test_a_mobile_that_many_gave_is_marked_with_their_number_only():
    registered(3, mobile="13800000001")
    assert marks(serial=5, mobile="13800000001") == set()

    case = registered(1)

    assert case.marks == [{"code": "mobile_shared", "text": "3 个人用了这个手机号"}]


def test_a_graduation_as_a_child_is_marked():
    assert marks(graduated_on=date(2004, 3, 6)) == {"graduated_young"}


def test_a_title_level_that_is_not_the_qualifications_is_marked():
    above, below = registered(title_level="1"), registered(serial=3, title_level="4")

    assert [case.marks[0]["text"] for case in (above, below)] == ["职称级别高于现任资格", "职称级别低于现任资格"]


def test_who_is_past_retirement_is_marked():
    old = people.id_number(1, born="19600101")

    assert marks(id_number=old, born_on=date(1960, 1, 1)) == {"past_retirement"}


def test_an_odd_registration_stands_first_in_the_queue():
    case = registered(graduated_on=date(2004, 3, 6))

    assert Step.objects.get(case=case).is_odd


# --- What the decision does -------------------------------------------------------------------------------------------
def test_once_passed_he_takes_part_and_other_roles_stay_as_they_are(decide):
    hanmei = people.administrator(serial=2, unit=people.organisation("她管的单位"))
    case = registered(2, existing=True, name="韩梅")

    decide(case, "pass")

    assert set(Membership.objects.filter(user=hanmei).values_list("kind", "state", "is_super")) == {
        ("employer", "active", True),
        ("technician", "active", False),
    }
    assert Message.objects.get(user=hanmei).kind == "case_passed"


def test_turned_back_he_is_told_why(decide):
    case = registered()

    decide(case, "reject", opinion="不是本单位的人员")

    assert Membership.objects.get(user=case.applicant).state == "rejected"
    assert "不是本单位的人员" in Message.objects.get(user=case.applicant).body


def test_a_registration_that_passes_after_an_objection_opens_the_role(decide):
    case = registered()
    decide(case, "reject", opinion="不是本单位的人员")

    kind_of(case.kind).apply(case, now=START)

    assert sorted(Membership.objects.values_list("state", flat=True)) == ["active", "active", "rejected"]
    with pytest.raises(AlreadyMember):
        kind_of(case.kind).apply(case, now=START)


def test_the_reviewer_reads_every_field_in_words_and_masked_numbers(decide):
    case = registered()

    lines = {line.label: line.after for line in kind_of(case.kind).lines(case)}
    assert lines["证件号码"].startswith("110101********")
    assert lines["手机"] == "138****0001"
    assert (lines["单位"], lines["民族"], lines["现专业技术职务资格"]) == (people.HOSPITAL, "汉族", "主治医师")
    assert (lines["博士后"], lines["职业资格"], lines["毕业时间"]) == ("否", "无", "2013-06-30")
