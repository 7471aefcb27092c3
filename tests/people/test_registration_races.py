"""Registrations with one ID number at the same moment, on PostgreSQL: one human, one open case."""

import pytest

from identity.models import Membership, User
from registry.approvals.models import Case, Step
from tests.identity import factories as people
from tests.people.factories import register, registered
from tests.support.threads import in_threads

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_two_registrations_with_one_new_number_make_one_human_and_one_open_case(clock):
    units = [people.organisation(f"第{number}家") for number in range(8)]

    in_threads(lambda number: register(1, units[number], name=f"陈思{'甲乙丙丁戊己庚辛'[number]}"))

    user = User.objects.get()
    case = Case.objects.get(state="open")
    waiting = Membership.objects.get(state="in_review")
    assert (case.applicant, case.title) == (user, user.name)
    assert waiting.organisation == case.organisation
    assert Step.objects.get(state="open").case == case


def test_the_same_form_sent_eight_times_at_once_makes_one_case(clock):
    people.organisation()

    in_threads(lambda number: register(1))

    assert (User.objects.count(), Case.objects.count(), Membership.objects.count()) == (1, 1, 1)


def test_an_account_that_adds_the_role_twice_at_once_has_one_open_case(clock):
    hanmei = people.administrator(serial=2)
    units = [people.organisation(f"第{number}家") for number in range(4)]

    in_threads(lambda number: register(2, units[number], existing=True, name="韩梅"), 4)

    assert Case.objects.filter(applicant=hanmei, state="open").count() == 1
    assert Membership.objects.filter(user=hanmei, kind="technician", state="in_review").count() == 1


def test_what_is_decided_meanwhile_stays_decided(clock, decide):
    """Passing and sending anew together: either the new one waits, or the owner is told; never both open and active."""
    case = registered(1)
    decide(registered(3), "reject", opinion="不是本单位的人员")  # so that the reviewer exists

    def act(number: int) -> str:
        try:
            return decide(case, "pass") if number else str(register(1, school="另一所大学").state)
        except Exception as refusal:
            return type(refusal).__name__

    answers = in_threads(act, 2)

    user = case.applicant
    states = sorted(Membership.objects.filter(user=user).values_list("state", flat=True))
    open_cases = Case.objects.filter(applicant=user, state="open").count()
    assert (states, open_cases) in [(["active"], 0), (["in_review", "rejected"], 1)], answers
