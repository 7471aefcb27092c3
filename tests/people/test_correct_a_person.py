"""Support corrects name, ID number and unit with evidence (S1); a second one confirms the first two."""

import base64
from datetime import date

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from core.errors import FieldRefusals
from core.models import AuditEntry
from identity import id_numbers
from identity.errors import IdNumberInvalid, IdNumberTaken, NotAChoice
from identity.models import LoginSession, Membership, Organisation, User
from registry.approvals.models import Step
from registry.inbox.models import Message
from registry.people.errors import (
    CorrectionDecided,
    CorrectionStale,
    CorrectionWaits,
    DateUnlikely,
    NoProfile,
    OwnCorrection,
    RegistrationWaits,
    SameAsNow,
    TransferWaits,
)
from registry.people.models import Correction, Profile
from registry.people.services import (
    AskedTransfer,
    ask_id_correction,
    ask_name_correction,
    ask_transfer,
    correct_unit,
    decide_correction,
    withdraw_correction,
)
from registry.units.errors import ReasonMissing
from tests.approvals.factories import noted_kind, open_noted
from tests.identity import factories as people
from tests.people import factories
from tests.support.clock import START
from tests.support.files import attachment

pytestmark = pytest.mark.django_db

NEW_NUMBER = people.id_number(77, born="19910512")
WITH = {"reason": "户口本上是这样写的", "now": START}


@pytest.fixture
def first():
    return people.role(people.staff("support", "客服甲"), "staff")


@pytest.fixture
def second():
    return people.role(people.staff("support2", "客服乙"), "staff")


@pytest.fixture
def lilei():
    user = people.learner()
    Profile.objects.create(user=user, **factories.PROFILE, updated_at=START)
    return user


@pytest.fixture
def school():
    return people.organisation("示例市第二中学")


def ask_name(actor, user, name="李磊", **fields) -> Correction:
    pk = ask_name_correction(actor=actor, person_id=user.pk, name=name, evidence=attachment(), **{**WITH, **fields})
    return Correction.objects.get(pk=pk)


def ask_number(actor, user, number=NEW_NUMBER, id_type="resident", **fields) -> Correction:
    pk = ask_id_correction(
        actor=actor,
        person_id=user.pk,
        id_type=id_type,
        id_number=number,
        evidence=attachment(),
        **{**WITH, **fields},
    )
    return Correction.objects.get(pk=pk)


def move(actor, user, unit, **fields) -> int:
    return correct_unit(
        actor=actor, person_id=user.pk, organisation_id=unit.pk, evidence=attachment(), **{**WITH, **fields}
    )


def decide(actor, row, passed=True, opinion="") -> None:
    decide_correction(actor=actor, correction_id=row.pk, passed=passed, opinion=opinion, now=START)


def acts() -> list[str]:
    return list(AuditEntry.objects.filter(act__startswith="correction.").order_by("pk").values_list("act", flat=True))


def unchanged(user) -> bool:
    now = User.objects.get(pk=user.pk)
    return (now.name, now.id_number, now.id_digest) == (user.name, user.id_number, user.id_digest)


# --- Name -------------------------------------------------------------------------------------------------------------
def test_a_name_changes_when_a_second_one_confirms_it_and_he_is_told(first, second, lilei):
    row = ask_name(first, lilei)
    assert unchanged(lilei)

    decide(second, row)

    assert User.objects.get(pk=lilei.pk).name == "李磊"
    assert [told.title for told in Message.objects.filter(user=lilei)] == ["客服更正了你的姓名"]
    assert acts() == ["correction.ask", "correction.confirm"]


def test_rare_characters_are_a_name_and_digits_are_none(first, lilei):
    assert ask_name(first, lilei, "𬭎㛃·买买提").after == "𬭎㛃·买买提"
    for name in ("", "李3", "李\x00雷", "长" * 61):
        with pytest.raises(FieldRefusals):
            ask_name(first, lilei, name)


def test_the_same_name_needs_no_correction(first, lilei):
    with pytest.raises(SameAsNow):
        ask_name(first, lilei, "李雷")


# --- ID number --------------------------------------------------------------------------------------------------------
def test_an_id_number_changes_when_confirmed_with_birth_date_and_sex_after_it(first, second, lilei):
    row = ask_number(first, lilei, NEW_NUMBER.lower())
    assert unchanged(lilei)

    decide(second, row)

    user = User.objects.get(pk=lilei.pk)
    assert user.id_number == NEW_NUMBER
    assert bytes(user.id_digest) == id_numbers.digest("resident", NEW_NUMBER)
    profile = Profile.objects.get(pk=lilei.pk)
    assert (profile.born_on, profile.sex) == (date(1991, 5, 12), "M")


def test_the_number_is_nowhere_in_the_clear_and_wiped_when_decided(first, second, lilei):
    row = ask_number(first, lilei)

    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, before, after FROM people_correction")
        sealed, before, after = cursor.fetchone()
    assert NEW_NUMBER not in f"{sealed}{before}{after}"
    assert after.endswith(id_numbers.mask(NEW_NUMBER))
    decide(second, row)

    assert Correction.objects.get().id_number == ""
    entries = AuditEntry.objects.filter(act__startswith="correction.")
    assert NEW_NUMBER not in "".join(f"{entry.before}{entry.after}" for entry in entries)
    assert NEW_NUMBER not in "".join(Message.objects.values_list("body", flat=True))


def test_a_number_that_waits_goes_along_when_the_key_is_changed(first, second, lilei, settings):
    row = ask_number(first, lilei)
    old, new = settings.ID_ENCRYPTION_KEYS, f"new:{base64.urlsafe_b64encode(bytes(32)).decode()}"
    settings.ID_ENCRYPTION_KEYS = [new, *old]

    call_command("reencrypt_ids", verbosity=0)

    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM people_correction")
        assert cursor.fetchone()[0].startswith("new$")
    decide(second, row)
    assert User.objects.get(pk=lilei.pk).id_number == NEW_NUMBER


@pytest.mark.parametrize("is_noted", [True, False], ids=["listed", "begun before devices were listed"])
def test_his_sessions_end_when_it_is_confirmed(first, second, lilei, client, clock, is_noted):
    client.force_login(lilei)
    row = ask_number(first, lilei)
    assert client.get("/me/").status_code == 200
    if not is_noted:
        LoginSession.objects.all().delete()

    decide(second, row)

    assert client.get("/me/").status_code == 302


@pytest.mark.parametrize(
    ("number", "id_type"),
    [("11010119910512077", "resident"), (NEW_NUMBER[:-1] + "?", "resident"), ("??", "passport"), (NEW_NUMBER, "none")],
)
def test_a_number_with_wrong_check_digits_is_refused(first, lilei, number, id_type):
    with pytest.raises(IdNumberInvalid):
        ask_number(first, lilei, number, id_type)
    assert not Correction.objects.exists()


def test_a_number_of_somebody_else_is_refused_also_when_he_came_later(first, second, lilei):
    with pytest.raises(IdNumberTaken):
        ask_number(first, lilei, people.person("林晓", 14).id_number)
    row = ask_number(first, lilei)
    people.person("别人", 0, id_number=NEW_NUMBER)

    with pytest.raises(IdNumberTaken), transaction.atomic():
        decide(second, row)

    row.refresh_from_db()
    assert (row.state, row.id_number) == ("waiting", NEW_NUMBER)
    assert unchanged(lilei)


def test_a_number_born_after_his_graduation_is_refused(first, lilei):
    with pytest.raises(DateUnlikely):
        ask_number(first, lilei, people.id_number(77, born="20140101"))


def test_the_same_number_needs_no_correction(first, lilei):
    with pytest.raises(SameAsNow):
        ask_number(first, lilei, lilei.id_number)


# --- The second one ---------------------------------------------------------------------------------------------------
def test_nobody_confirms_or_turns_back_his_own(first, lilei):
    row = ask_name(first, lilei)

    for passed in (True, False):
        with pytest.raises(OwnCorrection):
            decide(first, row, passed, "不对")
    assert unchanged(lilei)


def test_the_database_refuses_it_too(first, lilei):
    row = ask_name(first, lilei)

    for state in ("done", "refused"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Correction.objects.filter(pk=row.pk).update(state=state, decided_by_id=first.user_id)
        with pytest.raises(IntegrityError), transaction.atomic():
            Correction.objects.filter(pk=row.pk).update(state=state)


def test_it_is_decided_once(first, second, lilei):
    row = ask_name(first, lilei)
    decide(second, row)

    with pytest.raises(CorrectionDecided):
        decide(second, row, False, "不对")
    assert Correction.objects.get().state == "done"


def test_turning_it_back_needs_a_reason_and_changes_nothing(first, second, lilei):
    row = ask_number(first, lilei)
    with pytest.raises(ReasonMissing):
        decide(second, row, False)

    decide(second, row, False, "材料看不清")

    row.refresh_from_db()
    assert (row.state, row.opinion, row.id_number) == ("refused", "材料看不清", "")
    assert unchanged(lilei)
    assert not Message.objects.filter(user=lilei).exists()


def test_one_of_a_kind_waits_at_a_time_and_whoever_asked_takes_it_back(first, second, lilei):
    row = ask_name(first, lilei)
    with pytest.raises(CorrectionWaits):
        ask_name(second, lilei, "李蕾")
    with pytest.raises(ObjectDoesNotExist):
        withdraw_correction(actor=second, correction_id=row.pk, now=START)

    withdraw_correction(actor=first, correction_id=row.pk, now=START)

    assert ask_name(second, lilei, "李蕾").state == "waiting"


def test_what_changed_meanwhile_is_not_overwritten(first, second, lilei):
    row = ask_name(first, lilei)
    User.objects.filter(pk=lilei.pk).update(name="李小雷")

    with pytest.raises(CorrectionStale), transaction.atomic():
        decide(second, row)
    assert User.objects.get(pk=lilei.pk).name == "李小雷"


# --- Unit -------------------------------------------------------------------------------------------------------------
def test_a_unit_changes_at_once_and_he_is_in_exactly_one(first, lilei, school):
    move(first, lilei, school)

    standing = Membership.objects.filter(user=lilei, kind="technician", state="active")
    assert [row.organisation_id for row in standing] == [school.pk]
    assert Correction.objects.get().state == "done"
    assert [told.title for told in Message.objects.filter(user=lilei)] == ["客服更正了你的所在单位"]
    assert acts() == ["correction.done"]


def test_his_title_change_goes_on_in_the_right_unit(first, lilei, school):
    kind = noted_kind()
    kind.code = "title_change"
    case = open_noted(people.organisation(), lilei)
    Step.objects.filter(case=case).update(kind="title_change")

    move(first, lilei, school)

    assert Step.objects.get(case=case).organisation_id == school.pk


def test_a_transfer_under_way_is_finished_first(first, lilei, school):
    elsewhere = people.organisation("示例市第三中学")
    asked = AskedTransfer(organisation=elsewhere.pk, starts_on=START.date(), phone="010-5550100")
    ask_transfer(actor=people.role(lilei), asked=asked, now=START)

    with pytest.raises(TransferWaits):
        move(first, lilei, school)


def test_who_is_not_taken_up_yet_waits_for_his_unit(first, clock, school):
    factories.register()
    user = User.objects.get(name="陈思远")

    with pytest.raises(RegistrationWaits):
        move(first, user, school)


def test_only_a_unit_that_stands_and_another_one_can_be_chosen(first, lilei, school):
    with pytest.raises(SameAsNow):
        move(first, lilei, people.organisation())
    Organisation.objects.filter(pk=school.pk).update(state="deleted")
    for unit in (school, people.organisation("基地", kind="base")):
        with pytest.raises(NotAChoice):
            move(first, lilei, unit)


def test_who_is_no_technician_has_no_unit_to_correct(first, school):
    with pytest.raises(NoProfile):
        move(first, people.administrator(), school)


# --- All of them ------------------------------------------------------------------------------------------------------
def test_a_reason_is_needed_and_evidence_is_kept_with_the_act(first, lilei, school):
    with pytest.raises(ReasonMissing):
        ask_name(first, lilei, reason=" ")
    with pytest.raises(ReasonMissing):
        move(first, lilei, school, reason="")
    assert not Correction.objects.exists()

    row = ask_name(first, lilei)

    entry = AuditEntry.objects.get(act="correction.ask")
    assert entry.after["evidence"] == row.evidence_id
    assert (entry.before, entry.after["name"]) == ({"name": "李雷"}, "李磊")


def test_staff_and_closed_accounts_are_nobody_to_correct(first, second, lilei):
    User.objects.filter(pk=lilei.pk).update(closed_at=START)

    for user in (lilei, User.objects.get(pk=second.user_id)):
        with pytest.raises(ObjectDoesNotExist):
            ask_name(first, user)
