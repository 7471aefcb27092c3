"""Deciding one case: what it does, and each way in which it is refused."""

import pytest

from core.models import AuditEntry
from registry.approvals.errors import AlreadyDecided, OpinionMissing, OwnCase, Stale
from registry.approvals.models import Case, Step
from registry.approvals.services import PASS, REJECT, decide_case
from registry.inbox.models import Message
from tests.approvals.factories import applicant, open_noted
from tests.identity import factories
from tests.support.clock import START


def decide(role, case, decision=PASS, opinion=""):
    return decide_case(actor=role, case_id=case.pk, decision=decision, opinion=opinion, now=START)


def state(case: Case) -> str:
    return Case.objects.values_list("state", flat=True).get(pk=case.pk)


def test_passing_does_what_the_kind_says_and_tells_the_applicant(noted, hospital, reviewer):
    case = open_noted(hospital)

    assert decide(reviewer, case) == "passed"

    assert (state(case), noted.applied) == ("passed", [case.pk])
    assert Message.objects.get(user_id=case.applicant_id).kind == "case_passed"
    step = case.steps.get()
    assert (step.state, step.reviewer_id, step.reviewed_for_id) == ("passed", reviewer.user_id, hospital.pk)


def test_rejecting_tells_the_reason(noted, hospital, reviewer):
    case = open_noted(hospital)

    decide(reviewer, case, REJECT, "证书编号不一致")

    assert (state(case), noted.turned_back, noted.applied) == ("rejected", [case.pk], [])
    assert "证书编号不一致" in Message.objects.get(user_id=case.applicant_id).body


def test_rejecting_needs_a_reason(noted, hospital, reviewer):
    case = open_noted(hospital)

    with pytest.raises(OpinionMissing):
        decide(reviewer, case, REJECT, "  ")
    assert state(case) == "open"


def test_what_is_decided_stays_decided(noted, hospital, reviewer):
    case = open_noted(hospital)
    decide(reviewer, case)

    with pytest.raises(AlreadyDecided):
        decide(reviewer, case, REJECT, "改主意了")
    assert (state(case), noted.applied, noted.turned_back) == ("passed", [case.pk], [])


def test_nobody_decides_his_own_case(noted, hospital, reviewer):
    from identity.models import User

    case = open_noted(hospital, User.objects.get(pk=reviewer.user_id))

    with pytest.raises(OwnCase):
        decide(reviewer, case)
    assert state(case) == "open"


def test_another_units_administrator_does_not_find_it(noted, hospital):
    case = open_noted(hospital)
    elsewhere = factories.organisation("外市职业学校", region=factories.region("外市", "120100"))
    stranger = factories.role(factories.administrator("外校管理员", 28, elsewhere), "employer")

    with pytest.raises(Case.DoesNotExist):
        decide(stranger, case)


def test_the_superior_does_not_find_it_before_it_has_risen(noted, hospital, reviewer, superior):
    case = open_noted(hospital)

    with pytest.raises(Case.DoesNotExist):
        decide(superior, case)


def test_an_administrator_without_the_module_does_not_find_it(noted, hospital, reviewer):
    case = open_noted(hospital)
    clerk = factories.person("科员", 30)
    factories.membership(clerk, "employer", hospital, modules=["registrations"])

    with pytest.raises(Case.DoesNotExist):
        decide(factories.role(clerk, "employer"), case)


def test_an_administrator_with_the_module_decides(noted, hospital, reviewer):
    case = open_noted(hospital)
    clerk = factories.person("科员", 30)
    factories.membership(clerk, "employer", hospital, modules=["title_changes"])

    assert decide(factories.role(clerk, "employer"), case) == "passed"


def test_a_technician_of_the_unit_does_not_find_it(noted, hospital):
    case = open_noted(hospital)

    with pytest.raises(Case.DoesNotExist):
        decide(factories.role(factories.learner(unit=hospital)), case)


def test_what_changed_since_is_not_overwritten(noted, hospital, reviewer):
    case = open_noted(hospital)
    noted.stale.add(case.pk)

    with pytest.raises(Stale):
        decide(reviewer, case)
    assert (state(case), noted.applied) == ("open", [])
    assert case.steps.get().state == "open"


def test_what_changed_since_can_still_be_turned_back(noted, hospital, reviewer):
    case = open_noted(hospital)
    noted.stale.add(case.pk)

    assert decide(reviewer, case, REJECT, "资料变了，请重新提交") == "rejected"


def test_a_second_step_opens_when_the_first_has_passed(noted, hospital, reviewer, superior):
    case = open_noted(hospital, reviewers=[hospital, hospital.get_parent()])

    assert decide(reviewer, case) == "open"
    assert noted.applied == []
    assert decide(superior, case) == "passed"
    assert noted.applied == [case.pk]


def test_the_second_reviewer_waits_for_the_first(noted, hospital, reviewer, superior):
    case = open_noted(hospital, reviewers=[hospital, hospital.get_parent()])

    with pytest.raises(AlreadyDecided):
        decide(superior, case)
    assert state(case) == "open"


def test_a_rejection_ends_it_for_the_steps_that_follow(noted, hospital, reviewer, superior):
    case = open_noted(hospital, reviewers=[hospital, hospital.get_parent()])

    decide(reviewer, case, REJECT, "不同意")

    assert list(Step.objects.filter(case=case).order_by("number").values_list("state", flat=True)) == [
        "rejected",
        "skipped",
    ]


def test_a_decision_is_accounted_for(noted, hospital, reviewer):
    case = open_noted(hospital)

    decide_case(actor=reviewer, case_id=case.pk, decision=PASS, now=START, address="10.1.2.3")

    entry = AuditEntry.objects.get(act="noted.pass")
    assert (entry.actor_id, entry.target_id, entry.address) == (reviewer.user_id, str(case.pk), "10.1.2.3")
    assert entry.acting_as == f"employer:{reviewer.membership_id}"


def test_what_apply_refuses_leaves_the_case_open(noted, hospital, reviewer, monkeypatch):
    case = open_noted(hospital, applicant())
    monkeypatch.setattr(noted, "apply", lambda case, *, now: (_ for _ in ()).throw(Stale()))

    with pytest.raises(Stale):
        decide(reviewer, case)
    assert (state(case), case.steps.get().state) == ("open", "open")
