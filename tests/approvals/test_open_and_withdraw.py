"""Opening, sending anew, taking back, objecting, clearing the list."""

import pytest

from registry.approvals.errors import AlreadyOpen, CannotObject, NotWithdrawable
from registry.approvals.models import Case
from registry.approvals.queries import (
    can_object,
    case_for_applicant,
    case_for_reviewer,
    open_counts_of_organisations,
    queue,
)
from registry.approvals.services import (
    PASS,
    REJECT,
    decide_case,
    hide_done,
    object_to,
    redirect_steps,
    replace_case,
    withdraw_case,
)
from tests.approvals.factories import applicant, open_noted
from tests.identity import factories
from tests.support.clock import START


def role_of_applicant(case):
    from identity.models import User

    user = User.objects.get(pk=case.applicant_id)
    factories.membership(user, unit=case.organisation)
    return factories.role(user)


def test_of_one_key_one_is_open(noted, hospital):
    open_noted(hospital, applicant(), exclusive_key="person:1")

    with pytest.raises(AlreadyOpen):
        open_noted(hospital, applicant(2), exclusive_key="person:1")
    assert Case.objects.count() == 1


def test_after_the_decision_the_key_is_free(noted, hospital, reviewer):
    case = open_noted(hospital, applicant(), exclusive_key="person:1")
    decide_case(actor=reviewer, case_id=case.pk, decision=REJECT, opinion="不对", now=START)

    again = open_noted(hospital, applicant(2), exclusive_key="person:1")

    assert list(Case.objects.filter(state="open")) == [again]


def test_sent_anew_the_old_one_is_withdrawn(noted, hospital):
    old = open_noted(hospital, applicant(), exclusive_key="person:1")

    assert replace_case(exclusive_key="person:1", now=START)
    assert not replace_case(exclusive_key="person:1", now=START)
    assert (Case.objects.get(pk=old.pk).state, noted.taken_back) == ("withdrawn", [old.pk])


def test_the_applicant_takes_it_back(noted, hospital, reviewer):
    case = open_noted(hospital)

    withdraw_case(actor=role_of_applicant(case), case_id=case.pk, now=START)

    assert Case.objects.get(pk=case.pk).state == "withdrawn"
    assert queue(reviewer, "noted", now=START).rows == ()


def test_nobody_else_takes_it_back(noted, hospital, reviewer):
    case = open_noted(hospital)

    with pytest.raises(Case.DoesNotExist):
        withdraw_case(actor=reviewer, case_id=case.pk, now=START)


def test_what_is_decided_cannot_be_taken_back(noted, hospital, reviewer):
    case = open_noted(hospital)
    decide_case(actor=reviewer, case_id=case.pk, decision=PASS, now=START)

    with pytest.raises(NotWithdrawable):
        withdraw_case(actor=role_of_applicant(case), case_id=case.pk, now=START)
    assert Case.objects.get(pk=case.pk).state == "passed"


def test_the_applicant_reads_who_decides(noted, hospital):
    case = open_noted(hospital)

    view = case_for_applicant(case.applicant_id, case.pk)

    assert (view.open_step.organisation_name, view.open_step.phone) == (hospital.name, hospital.phone)
    assert view.step is None
    assert case_for_applicant(case.applicant_id + 1, case.pk) is None


def test_a_case_page_takes_the_same_queries_whatever_its_steps(noted, hospital, reviewer, django_assert_num_queries):
    one = open_noted(hospital)
    many = open_noted(hospital, applicant(2), reviewers=[hospital, hospital.get_parent(), hospital])

    for case in (one, many):
        with django_assert_num_queries(3):
            assert case_for_reviewer(reviewer, case.pk, now=START).step.number == 1


def test_a_done_row_leaves_the_list_and_nothing_else(noted, hospital, reviewer, superior):
    case = open_noted(hospital)
    decide_case(actor=reviewer, case_id=case.pk, decision=PASS, now=START)

    assert hide_done(actor=superior, case_ids=[case.pk], now=START) == 0
    assert hide_done(actor=reviewer, case_ids=[case.pk], now=START) == 1
    assert queue(reviewer, "noted", now=START, done=True).rows == ()
    assert case_for_reviewer(reviewer, case.pk, now=START).state == "passed"


def test_an_open_row_cannot_be_hidden(noted, hospital, reviewer):
    case = open_noted(hospital)

    assert hide_done(actor=reviewer, case_ids=[case.pk], now=START) == 0


def test_in_review_counts_what_concerns_a_unit_and_what_waits_for_it(noted, hospital):
    below = factories.organisation("城南分院", parent=hospital)
    open_noted(hospital)
    open_noted(below, applicant(2), reviewers=[hospital])

    assert open_counts_of_organisations([hospital.pk]) == {"noted": 2}
    assert open_counts_of_organisations([below.pk]) == {"noted": 1}


def test_a_merged_units_reviews_go_to_the_other(noted, hospital, reviewer):
    closed = factories.organisation("旧医院", parent=hospital.get_parent())
    case = open_noted(closed)

    assert redirect_steps(from_organisation_id=closed.pk, to_organisation_id=hospital.pk, now=START) == 1
    assert decide_case(actor=reviewer, case_id=case.pk, decision=PASS, now=START) == "passed"


# --- Objections -------------------------------------------------------------------------------------------------------
def rejected(hospital, reviewer):
    case = open_noted(hospital)
    decide_case(actor=reviewer, case_id=case.pk, decision=REJECT, opinion="材料不清晰", now=START)
    return case, role_of_applicant(case)


def test_an_objection_goes_to_the_superior_and_overturns(noted, hospital, reviewer, superior):
    case, person = rejected(hospital, reviewer)

    objection = object_to(actor=person, case_id=case.pk, reason="材料是清楚的", now=START)

    view = case_for_reviewer(superior, objection, now=START)
    assert "材料是清楚的" in [line.after for line in view.lines]
    assert (view.step.due_at - START).days == 30
    decide_case(actor=superior, case_id=objection, decision=PASS, now=START)
    assert noted.applied == [case.pk]
    assert Case.objects.get(pk=case.pk).state == "rejected"


def test_an_objection_is_made_once_and_only_to_a_rejection(noted, hospital, reviewer, superior):
    case, person = rejected(hospital, reviewer)
    object_to(actor=person, case_id=case.pk, reason="材料是清楚的", now=START)

    assert not can_object(person.user_id, case.pk)
    with pytest.raises(CannotObject):
        object_to(actor=person, case_id=case.pk, reason="再看一次", now=START)
    still_open = open_noted(hospital, applicant(2))
    with pytest.raises(CannotObject):
        object_to(actor=role_of_applicant(still_open), case_id=still_open.pk, reason="快一点", now=START)


def test_with_nobody_above_there_is_no_objection(noted, hospital, reviewer):
    case, person = rejected(hospital, reviewer)

    with pytest.raises(CannotObject):
        object_to(actor=person, case_id=case.pk, reason="材料是清楚的", now=START)
