"""Reminding once a day; what is overdue or has nobody to decide it rises to the superior's list."""

from datetime import timedelta

import pytest

from identity.models import Membership
from registry.approvals.errors import NotWithdrawable, TooSoon
from registry.approvals.models import Case, Step
from registry.approvals.queries import Filters, attention_below, queue, to_dos
from registry.approvals.services import PASS, decide_case, raise_overdue, remind_reviewer
from registry.approvals.workdays import add_workdays
from registry.inbox.models import Message
from tests.approvals.factories import applicant, open_noted
from tests.identity import factories
from tests.support.clock import START

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def remind(case, now):
    remind_reviewer(user_id=case.applicant_id, case_id=case.pk, now=now)


def titles(role, now=START, **filters):
    return [row.title for row in queue(role, "noted", now=now, filters=Filters(**filters)).rows]


# --- Reminding --------------------------------------------------------------------------------------------------------
def test_the_reviewer_is_reminded(noted, hospital, reviewer):
    case = open_noted(hospital)

    remind(case, START + HOUR)

    message = Message.objects.get(user_id=reviewer.user_id)
    assert (message.kind, message.link) == ("case_reminder", f"/console/cases/{case.pk}/")


def test_once_a_calendar_day(noted, hospital, reviewer):
    case = open_noted(hospital)
    remind(case, START)

    with pytest.raises(TooSoon):
        remind(case, START + 14 * HOUR)
    remind(case, START + 15 * HOUR)
    assert Message.objects.filter(user_id=reviewer.user_id).count() == 2


def test_only_the_applicant_reminds(noted, hospital, reviewer):
    case = open_noted(hospital)

    with pytest.raises(Case.DoesNotExist):
        remind_reviewer(user_id=reviewer.user_id, case_id=case.pk, now=START)


def test_a_decided_case_needs_no_reminder(noted, hospital, reviewer):
    case = open_noted(hospital)
    decide_case(actor=reviewer, case_id=case.pk, decision=PASS, now=START)

    with pytest.raises(NotWithdrawable):
        remind(case, START + HOUR)


def test_administrators_without_the_module_are_left_in_peace(noted, hospital, reviewer):
    clerk = factories.person("科员", 30)
    factories.membership(clerk, "employer", hospital, modules=["registrations"])

    remind(open_noted(hospital), START)

    assert not Message.objects.filter(user=clerk).exists()


# --- Rising -----------------------------------------------------------------------------------------------------------
def test_two_working_days_are_given():
    friday = START + 4 * DAY

    assert add_workdays(START, 2) == START + 2 * DAY
    assert add_workdays(friday, 2) == START + 8 * DAY


def test_what_is_overdue_rises_and_both_may_decide_it(noted, hospital, reviewer, superior):
    case = open_noted(hospital)
    late = START + 2 * DAY + HOUR

    assert raise_overdue(now=START + DAY) == 0
    assert titles(superior, late) == []
    assert raise_overdue(now=late) == 1

    assert titles(superior, late) == titles(reviewer, late) == [case.title]
    assert queue(superior, "noted", now=late).rows[0].is_risen
    assert decide_case(actor=superior, case_id=case.pk, decision=PASS, now=late) == "passed"


def test_overdue_is_shown_to_the_unit_too(noted, hospital, reviewer, superior):
    open_noted(hospital)
    late = START + 2 * DAY + HOUR
    raise_overdue(now=late)

    assert queue(reviewer, "noted", now=late).rows[0].is_late
    assert next(one for one in to_dos(reviewer, now=late) if one.kind == "noted").late == 1


def test_a_unit_without_administrator_sends_its_cases_up_at_once(noted, hospital, superior):
    case = open_noted(hospital)

    assert titles(superior) == [case.title]
    assert attention_below(superior, now=START)[0].name == hospital.name


def test_a_technician_is_no_administrator(noted, hospital, superior):
    factories.learner(unit=hospital)

    case = open_noted(hospital)

    assert titles(superior) == [case.title]


def test_when_the_last_administrator_goes_what_waits_rises(noted, hospital, reviewer, superior):
    case = open_noted(hospital)
    Membership.objects.filter(pk=reviewer.membership_id).update(state="ended")

    assert raise_overdue(now=START + HOUR) == 1
    assert titles(superior) == [case.title]


def test_a_superior_who_has_nobody_either_is_passed_over(noted, hospital):
    bureau = hospital.get_parent().get_parent()
    top = factories.role(factories.administrator("人社局管理员", 28, bureau, "bureau"), "bureau")

    case = open_noted(hospital)

    assert titles(top) == [case.title]


def test_what_rose_and_stays_undecided_rises_further(noted, hospital, reviewer, superior):
    bureau = hospital.get_parent().get_parent()
    top = factories.role(factories.administrator("人社局管理员", 28, bureau, "bureau"), "bureau")
    case = open_noted(hospital)
    raise_overdue(now=START + 3 * DAY)

    raise_overdue(now=START + 9 * DAY)

    assert titles(top, START + 9 * DAY) == [case.title]
    assert titles(reviewer, START + 9 * DAY) == [case.title]


def test_at_the_top_it_stays_and_blocks_nobody(noted, hospital, reviewer):
    open_noted(hospital)

    assert raise_overdue(now=START + 3 * DAY) == 0
    assert Step.objects.get().rises_at is None
    assert Step.objects.get().state == "open"


def test_the_internal_account_sees_nothing_that_rose(noted, hospital):
    bureau = hospital.get_parent().get_parent()
    internal = factories.role(factories.administrator("内部账户", 28, bureau, "employer"), "employer")
    open_noted(hospital)
    own = open_noted(bureau, applicant(2))

    assert titles(internal) == [own.title]
