"""A unit without a credit code registers with a permit that support gave it (S1)."""

from datetime import timedelta

import pytest

from core.errors import FieldRefusals
from core.models import AuditEntry
from identity.models import Organisation
from registry.approvals.models import Case
from registry.approvals.services import PASS, REJECT, decide_case
from registry.inbox.models import Message
from registry.units.errors import PermitUnknown, ReasonMissing
from registry.units.models import Permit
from registry.units.services import give_permit
from tests.identity import factories as people
from tests.support.clock import START
from tests.support.files import attachment
from tests.units.factories import register, registered, tree

pytestmark = pytest.mark.django_db

NAME = "示例市第1中学"


@pytest.fixture
def support():
    return people.role(people.staff("support", "客服甲"), "staff")


@pytest.fixture
def permit(support, clock):
    tree()
    return give(support)


def give(support, name: str = NAME, reason: str = "新设单位，代码正在办理") -> Permit:
    pk = give_permit(actor=support, unit_name=name, reason=reason, evidence=attachment(), now=START)
    return Permit.objects.get(pk=pk)


def refused(**fields) -> str:
    with pytest.raises((PermitUnknown, FieldRefusals)) as refusal:
        register(**fields)
    assert not Case.objects.filter(state="open").exclude(organisation__permit__isnull=False).exists()
    return str(refusal.value)


def test_the_number_takes_the_place_of_the_code_and_the_reviewer_is_told(permit):
    case = registered(credit_code=permit.number)

    unit = Organisation.objects.get(pk=case.subject_id)
    assert (unit.credit_code, unit.state) == (None, "in_review")
    assert "no_code" in [mark["code"] for mark in case.marks]
    assert Permit.objects.get().used_for_id == unit.pk


def test_the_superior_passes_it_like_any_other(permit):
    case = registered(credit_code=f"{permit.number[:2]}-{permit.number[2:7]}-{permit.number[7:]}".lower())
    above = case.steps.get().organisation
    reviewer = people.role(people.administrator("局管理员", 60, above, "bureau"), "bureau")

    decide_case(actor=reviewer, case_id=case.pk, decision=PASS, now=START)

    assert Organisation.objects.get(pk=case.subject_id).state == "active"


def test_it_holds_for_one_registration_only(permit):
    registered(credit_code=permit.number)

    assert "登记凭证号不对" in refused(serial=2, name=NAME, credit_code=permit.number)
    assert Case.objects.count() == 1


def test_a_used_one_is_refused_whether_the_administrator_is_known_or_not(permit):
    registered(credit_code=permit.number)
    people.learner("周敏", 202)

    assert "登记凭证号不对" in refused(serial=2, name=NAME, credit_code=permit.number)
    assert not Message.objects.exists()


def test_a_registration_that_was_turned_back_frees_it(permit):
    case = registered(credit_code=permit.number)
    above = case.steps.get().organisation
    reviewer = people.role(people.administrator("局管理员", 60, above, "bureau"), "bureau")
    decide_case(actor=reviewer, case_id=case.pk, decision=REJECT, opinion="请补材料", now=START)

    again = registered(serial=3, name=NAME, credit_code=permit.number)

    assert Permit.objects.get().used_for_id == again.subject_id


def test_it_is_good_for_the_unit_of_its_name_only(permit):
    assert "登记凭证号不对" in refused(name="别的单位", credit_code=permit.number)


def test_it_is_good_for_thirty_days(permit, clock):
    clock.tick(timedelta(days=31).total_seconds())

    assert "登记凭证号不对" in refused(credit_code=permit.number)


def test_one_that_is_out_of_date_is_refused_whether_the_administrator_is_known_or_not(permit, clock):
    people.learner("周敏", 201)
    clock.tick(timedelta(days=31).total_seconds())

    assert "登记凭证号不对" in refused(credit_code=permit.number)
    assert not Message.objects.exists()


def test_an_invented_number_opens_nothing(permit):
    assert "登记凭证号不对" in refused(credit_code="XK2222222222")


def test_an_account_that_sends_it_twice_has_one_registration(permit):
    people.person("周敏", 201)
    fields = {"credit_code": permit.number, "existing": True, "id_number": people.id_number(201)}

    register(**fields)
    register(**fields)

    assert Case.objects.filter(state="open").count() == 1


def test_giving_one_is_audited_with_its_evidence(support, clock):
    permit = give(support)

    entry = AuditEntry.objects.get(act="permit.give")
    assert (entry.actor_id, entry.after["evidence"], entry.after["unit"]) == (
        support.user_id,
        permit.evidence_id,
        NAME,
    )
    assert permit.number not in str(entry.after)


def test_a_name_and_a_reason_are_needed(support):
    with pytest.raises(FieldRefusals):
        give(support, name=" ")
    with pytest.raises(ReasonMissing):
        give(support, reason="")
    assert not Permit.objects.exists()
