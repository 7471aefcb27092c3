"""用户资料管理 (T1): what saves at once, what stays as it is, and the history of both."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import FieldRefusals
from core.models import AuditEntry
from identity import id_numbers
from registry.people.errors import NoProfile, NotATechnician
from registry.people.models import Profile
from registry.people.queries import changes_of, profile_of
from registry.people.services import ask_name_correction, change_profile, decide_correction
from tests.identity import factories as people
from tests.people.office import acting, asks_title, asks_transfer, decides, technician
from tests.support.clock import START, FakeClock
from tests.support.files import attachment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(clock: FakeClock) -> FakeClock:
    return clock


def change(user, **fields):
    return change_profile(actor=acting(user), fields=fields, now=START)


def test_contacts_save_at_once_as_they_are_kept():
    user = technician()

    changed = change(user, mobile="+86 139-0000-2210", email=" new@example.org ", landline="010-5550100")

    user.refresh_from_db()
    assert changed == ("mobile", "email", "landline")
    assert (user.mobile, user.email, user.landline) == ("13900002210", "new@example.org", "010-5550100")
    assert bytes(user.mobile_digest) == id_numbers.mobile_digest("13900002210")


def test_a_landline_can_be_taken_away_again():
    user = technician()
    change(user, landline="010-5550100")

    change(user, landline="")

    user.refresh_from_db()
    assert user.landline == ""


def test_qualification_and_education_save_at_once():
    user = technician()

    change(user, professional_qualification="0", school="另一所大学", degree="3", postdoctoral=True)

    stated = Profile.objects.get(user=user)
    assert (stated.school, stated.degree, stated.postdoctoral, stated.updated_at) == ("另一所大学", "3", True, START)


def test_the_trail_holds_no_whole_mobile_or_address():
    user = technician()

    change(user, mobile="13900002210", email="new@example.org")

    entry = AuditEntry.objects.get(act="profile.change")
    assert entry.before == {"mobile": "138****0001", "email": "p***@example.org"}
    assert entry.after == {"mobile": "139****2210", "email": "n***@example.org"}


def test_without_any_change_nothing_is_written():
    user = technician()

    assert change(user, mobile="13800000001") == ()
    assert not AuditEntry.objects.filter(act="profile.change").exists()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"mobile": ""}, {"mobile": "required"}),
        ({"mobile": "12345"}, {"mobile": "invalid"}),
        ({"email": ""}, {"email": "required"}),
        ({"email": "who@"}, {"email": "invalid"}),
        ({"landline": "请打手机"}, {"landline": "invalid"}),
        ({"ethnicity": "火星"}, {"ethnicity": "not_a_choice"}),
        ({"professional_level": ""}, {"professional_level": "required"}),
        ({"school": "大学\u202e"}, {"school": "invalid"}),
        ({"school": "  "}, {"school": "required"}),
        ({"graduated_on": None}, {"graduated_on": "required"}),
        ({"graduated_on": date(1980, 1, 1)}, {"graduated_on": "date_unlikely"}),
        ({"graduated_on": date(2030, 1, 1)}, {"graduated_on": "date_unlikely"}),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_saved(fields, expected):
    user = technician()

    with pytest.raises(FieldRefusals) as refused:
        change(user, post="科主任", **fields)

    assert {fault.attr: fault.code for fault in refused.value.faults} == expected
    assert Profile.objects.get(user=user).post == ""


def test_rare_characters_are_kept():
    user = technician()

    change(user, school="𬭎㛃·大学")

    assert Profile.objects.get(user=user).school == "𬭎㛃·大学"


def test_name_number_unit_and_title_are_not_among_what_he_changes_himself():
    user = technician()

    change(user, name="陈大文", id_number="1", title_level="1", qualification="01101", organisation=1)

    user.refresh_from_db()
    assert (user.name, Profile.objects.get(user=user).title_level) == ("陈思远", "3")


def test_who_acts_as_something_else_or_has_no_profile_changes_nothing():
    with pytest.raises(NotATechnician):
        change(people.administrator(), mobile="13900002210")
    with pytest.raises(NoProfile):
        change(people.learner(mobile="13800000013", email="l@example.org"), school="大学")


def test_contacts_can_be_changed_without_a_profile():
    user = people.learner(mobile="13800000013", email="l@example.org")

    assert change(user, mobile="13900002210") == ("mobile",)


# --- History ----------------------------------------------------------------------------------------------------------
def test_the_history_tells_what_changed_at_once_and_what_was_asked_for(clock):
    user = technician()
    change(user, mobile="13900002210")
    clock.tick(60)
    decides(asks_title(user), "reject", "证书照片看不清")
    clock.tick(60)
    decides(asks_transfer(user, people.organisation("示例市急救中心")), "pass")

    told = [(one.label, one.before, one.after, one.state, one.note) for one in changes_of(user.pk)]

    assert told == [
        ("单位调转", "示例市第一医院", "示例市急救中心", "passed", ""),
        (
            "职称变更",
            "中级 · 主治医师 · 2019-11-20 · ZZ2019-0001",
            "副高级 · 副主任医师 · 2025-09-28 · FG2025-0001",
            "rejected",
            "证书照片看不清",
        ),
        ("手机号", "138****0001", "139****2210", "done", ""),
    ]


def test_what_support_corrected_stands_in_the_history():
    user = technician()
    first, second = (people.role(people.staff(name, name), "staff") for name in ("support", "support2"))
    row = ask_name_correction(
        actor=first, person_id=user.pk, name="陈思源", evidence=attachment(), reason="户口本上是这样写的", now=START
    )
    decide_correction(actor=second, correction_id=row, passed=True, now=START)

    (change,) = changes_of(user.pk)

    assert (change.label, change.before, change.after) == ("姓名更正", "陈思远", "陈思源")
    assert change.note == "户口本上是这样写的"


def test_a_long_history_takes_no_more_queries_than_a_short_one(clock):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            changes_of(user.pk)
        return len(captured)

    user = technician()
    decides(asks_title(user), "reject", "看不清")
    change(user, post="科主任0")
    changes_of(user.pk)
    few = queries()
    for number in range(10):
        clock.tick(60)
        decides(asks_title(user, certificate_no=f"编号{number}"), "reject", "看不清")
        change(user, post=f"科主任{number + 1}")

    assert queries() == few


def test_others_see_nothing_of_it_in_their_own(clock):
    user, other = technician(), technician("林晓", 2)
    change(user, mobile="13900002210")

    assert changes_of(other.pk) == []
    assert profile_of(other.pk).own.mobile == "13800000002"
