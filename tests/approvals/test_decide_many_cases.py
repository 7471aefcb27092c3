"""A batch: one transaction a case, one outcome a case."""

import pytest

from identity.models import User
from registry.approvals.errors import OpinionMissing
from registry.approvals.models import Case
from registry.approvals.services import PASS, REJECT, decide_case, decide_cases
from tests.approvals.factories import applicant, open_noted
from tests.identity import factories
from tests.support.clock import START


def decide_all(role, cases, decision=PASS, opinion=""):
    ids = [case.pk for case in cases]
    return decide_cases(actor=role, case_ids=ids, decision=decision, opinion=opinion, now=START)


def test_each_case_has_its_own_outcome(noted, hospital, reviewer):
    good, done = open_noted(hospital, applicant(1)), open_noted(hospital, applicant(2))
    own = open_noted(hospital, User.objects.get(pk=reviewer.user_id))
    decide_case(actor=reviewer, case_id=done.pk, decision=PASS, now=START)

    outcomes = decide_all(reviewer, [good, done, own])

    assert [(one.case_id, one.refusal.code if one.refusal else None) for one in outcomes] == [
        (good.pk, None),
        (done.pk, "already_decided"),
        (own.pk, "own_case"),
    ]
    assert Case.objects.get(pk=own.pk).state == "open"


def test_cases_of_others_are_left_out(noted, hospital, reviewer):
    elsewhere = factories.organisation("外市职业学校", region=factories.region("外市", "120100"))
    foreign = open_noted(elsewhere)

    assert decide_all(reviewer, [foreign]) == []
    assert Case.objects.get(pk=foreign.pk).state == "open"


def test_a_case_named_twice_is_decided_once(noted, hospital, reviewer):
    case = open_noted(hospital)

    assert len(decide_all(reviewer, [case, case])) == 1


def test_rejecting_many_needs_a_reason_before_anything_is_decided(noted, hospital, reviewer):
    cases = [open_noted(hospital, applicant(at)) for at in (1, 2)]

    with pytest.raises(OpinionMissing):
        decide_all(reviewer, cases, REJECT)
    assert set(Case.objects.values_list("state", flat=True)) == {"open"}


def test_a_hundred_at_most(noted, hospital, reviewer):
    case = open_noted(hospital)

    outcomes = decide_cases(actor=reviewer, case_ids=[*range(10_000, 10_100), case.pk], decision=PASS, now=START)

    assert outcomes == []
    assert Case.objects.get(pk=case.pk).state == "open"
