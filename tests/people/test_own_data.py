"""Own data (X7): take it along, see who looked one up, close the account."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.models import AuditEntry
from identity.errors import Locked
from identity.models import AccessToken, LoginSession, Membership, User
from identity.queries import look_ups_of
from identity.services import issue_token, note_look_up, reveal_id_number
from registry.approvals.models import Case
from registry.approvals.queries import case_for_reviewer
from registry.hours.models import AnnualRecord, HourEntry
from registry.hours.services import credit
from registry.inbox.models import Message
from registry.people.errors import AccountHeld, OwnPasswordWrong
from registry.people.models import Correction, Profile
from registry.people.queries import what_holds
from registry.people.services import (
    ask_name_correction,
    change_profile,
    close_account,
    decide_correction,
    take_own_data,
)
from tests.identity import factories as people
from tests.people.factories import register, registered
from tests.people.office import acting, asks_title, decides, reviewer_of, technician
from tests.support.clock import START, FakeClock
from tests.support.files import attachment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(clock: FakeClock) -> FakeClock:
    return clock


def takes(user) -> dict:
    return take_own_data(actor=acting(user), password=people.PASSWORD, now=START)


def closes(user, password=people.PASSWORD) -> None:
    close_account(actor=acting(user), password=password, now=START)


def renamed(user, name="陈思源") -> int:
    """Support asks to correct his name; gives the correction's id."""
    first = people.role(people.staff("support", "客服甲"), "staff")
    reason = {"reason": "户口本上是这样写的", "evidence": attachment(), "now": START}
    return ask_name_correction(actor=first, person_id=user.pk, name=name, **reason)


def confirms(correction_id: int) -> None:
    second = people.role(people.staff("support2", "客服乙"), "staff")
    decide_correction(actor=second, correction_id=correction_id, passed=True, now=START)


def earned(user) -> None:
    credit(
        user_id=user.pk,
        subject="public",
        hours=Decimal(12),
        title="数字素养",
        source_kind="class",
        source_key="1",
        now=START,
    )


# --- Taking it along --------------------------------------------------------------------------------------------------
def test_the_file_holds_what_every_room_has_stored():
    user = technician()
    decides(asks_title(user), "reject", "证书照片看不清")
    earned(user)

    found = json.loads(json.dumps(takes(user), cls=DjangoJSONEncoder))

    assert set(found) == {"account", "cases", "exams", "hours", "learning", "messages", "payments", "profile"}
    assert (found["account"]["name"], found["account"]["id_number"]) == ("陈思远", people.id_number(1))
    assert found["account"]["roles"][0]["organisation"] == "示例市第一医院"
    assert found["profile"]["school"] == "示例医科大学"
    assert found["cases"][0]["steps"][0]["opinion"] == "证书照片看不清"
    assert found["messages"][0]["title"] == "职称变更被退回"
    assert found["hours"]["entries"][0]["title"] == "数字素养"


def test_it_holds_nothing_of_others():
    user, other = technician(), technician("林晓", 2)
    change_profile(actor=acting(other), fields={"school": "林晓的大学"}, now=START)
    asks_title(other)

    assert "林晓" not in json.dumps(takes(user), cls=DjangoJSONEncoder, ensure_ascii=False)


def test_the_file_says_what_support_corrected():
    user = technician()
    confirms(renamed(user))

    [found] = takes(user)["profile"]["corrections"]

    assert (found["before"], found["after"], found["state"]) == ("陈思远", "陈思源", "done")


def test_that_it_was_taken_is_noted_and_a_wrong_password_takes_nothing():
    user = technician()

    with pytest.raises(OwnPasswordWrong):
        take_own_data(actor=acting(user), password="falsch", now=START)
    assert not AuditEntry.objects.filter(act="account.export").exists()
    takes(user)

    assert AuditEntry.objects.get(act="account.export").target_id == str(user.pk)


def test_guessing_the_password_there_is_locked_like_the_login():
    user = technician()

    def guess_often() -> None:
        for _number in range(50):
            with pytest.raises(OwnPasswordWrong):
                take_own_data(actor=acting(user), password="falsch", now=START)

    with pytest.raises(Locked):
        guess_often()


# --- Who looked me up -------------------------------------------------------------------------------------------------
def test_he_sees_who_looked_him_up_as_what_and_why(clock):
    user = technician()
    hanmei = people.role(people.administrator(), "employer")
    note_look_up(actor=hanmei, user_id=user.pk, reason="职称变更", now=clock.now())
    clock.tick(60)
    reveal_id_number(actor=hanmei, user_id=user.pk, reason="核对证件", now=clock.now())

    seen = [(one.organisation, one.role, one.reason, one.is_whole) for one in look_ups_of(user.pk)]

    assert seen == [
        ("示例市第一医院", "用人单位管理员", "核对证件", True),
        ("示例市第一医院", "用人单位管理员", "职称变更", False),
    ]
    assert look_ups_of(hanmei.user_id) == []


# --- Closing ----------------------------------------------------------------------------------------------------------
def test_closing_wipes_what_says_who_he_was_and_keeps_hours_and_trail():
    user = technician()
    case = asks_title(user)
    decides(case, "reject", "证书照片看不清")
    earned(user)
    token, _text = issue_token(user=user, role=acting(user), address=None, now=START)
    number = user.id_number
    before = AuditEntry.objects.count()

    closes(user)

    user.refresh_from_db()
    assert (user.name, user.id_number, user.id_digest, user.id_type) == ("（已注销）", "", None, "")
    assert (user.mobile, user.mobile_digest, user.email, user.landline) == ("", None, "", "")
    assert (user.is_active, user.has_usable_password(), user.closed_at) == (False, False, START)
    assert not Profile.objects.exists()
    assert not Message.objects.filter(user=user).exists()
    assert set(Membership.objects.filter(user=user).values_list("state", flat=True)) == {"ended"}
    assert not AccessToken.objects.filter(pk=token.pk).exists()
    assert (HourEntry.objects.filter(user=user).count(), AnnualRecord.objects.filter(user=user).count()) == (1, 1)
    assert AuditEntry.objects.count() == before + 1
    left = str(list(Case.objects.values())) + str(list(User.objects.values()))
    assert not any(word in left for word in ("陈思远", number, "FG2025-0001", "13800000001"))


def test_closing_ends_every_session_and_takes_the_second_factor_away():
    user = technician()
    browser = Client()
    browser.force_login(user, backend="identity.backends.LoginKeyBackend")
    TOTPDevice.objects.create(user=user, name="app", confirmed=True)

    closes(user)

    assert browser.get("/me/").status_code == 302
    assert not LoginSession.objects.filter(user=user).exists()
    assert not TOTPDevice.objects.exists()


def test_a_closed_person_s_case_can_still_be_opened_by_who_decided_it():
    user = technician()
    case = asks_title(user)
    decides(case, "reject", "证书照片看不清")
    reviewer = reviewer_of(case)

    closes(user)

    found = case_for_reviewer(reviewer, case.pk, now=START)
    assert (found.title, found.lines, found.rejection.opinion) == ("（已注销）", (), "证书照片看不清")


def test_the_number_is_free_again_for_somebody_who_comes_back():
    user = technician()
    closes(user)

    register(1)

    assert User.objects.exclude(pk=user.pk).get(name="陈思远").id_number == people.id_number(1)


def test_a_wrong_password_closes_nothing():
    user = technician()

    with pytest.raises(OwnPasswordWrong):
        closes(user, "falsch")

    user.refresh_from_db()
    assert (user.name, user.is_active) == ("陈思远", True)


@pytest.mark.parametrize("held", ["super", "review", "staff"])
def test_it_is_refused_while_something_has_to_be_settled(held):
    user = technician()
    if held == "super":
        people.membership(user, "employer", is_super=True)
    elif held == "review":
        asks_title(user)
    else:
        User.objects.filter(pk=user.pk).update(is_staff=True)

    assert what_holds(user.pk)
    with pytest.raises(AccountHeld):
        closes(user)
    user.refresh_from_db()
    assert user.closed_at is None


def test_it_is_refused_while_support_corrects_something_and_its_words_go_with_him():
    user = technician()
    correction = renamed(user)
    with pytest.raises(AccountHeld):
        closes(user)
    confirms(correction)

    closes(user)

    kept = Correction.objects.get()
    assert (kept.state, kept.before, kept.after) == ("done", "", "")


def test_who_still_registers_is_held_too():
    assert what_holds(registered().applicant_id)


def test_an_ordinary_administrator_may_go():
    user = people.person("助手", 26)
    people.membership(user, "employer", modules=["registrations"])

    closes(user)

    user.refresh_from_db()
    assert user.closed_at == START


def test_others_keep_what_they_have():
    user, other = technician(), technician("林晓", 2)
    change_profile(actor=acting(other), fields={"graduated_on": date(2014, 6, 30)}, now=START)

    closes(user)

    assert Profile.objects.get().user == other
    other.refresh_from_db()
    assert other.name == "林晓"
