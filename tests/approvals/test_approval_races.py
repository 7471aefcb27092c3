"""Two reviewers, two applicants, at the same moment, on PostgreSQL; and a control that shows the race."""

import pytest

from core.errors import Refusal
from registry.approvals.errors import AlreadyDecided, AlreadyOpen
from registry.approvals.models import Case, Step
from registry.approvals.services import PASS, REJECT, decide_case, decide_cases, withdraw_case
from tests.approvals.factories import applicant, open_noted
from tests.identity import factories
from tests.support.clock import START
from tests.support.threads import in_threads

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reviewers(hospital, reviewer):
    """Eight administrators of the hospital, all with the module."""
    roles = [reviewer]
    for number in range(7):
        user = factories.person(f"科员{number}", 301 + number)
        factories.membership(user, "employer", hospital, modules=["title_changes"])
        roles.append(factories.role(user, "employer"))
    return roles


def attempt(act) -> str:
    try:
        return act() or "done"
    except Refusal as refusal:
        return refusal.code


def test_two_reviewers_at_once_make_one_decision(noted, hospital, reviewers):
    case = open_noted(hospital)

    def decide(number: int) -> str:
        decision = PASS if number % 2 else REJECT
        return attempt(
            lambda: decide_case(actor=reviewers[number], case_id=case.pk, decision=decision, opinion="理由", now=START)
        )

    answers = in_threads(decide)

    assert sorted(answers)[:7] == [AlreadyDecided.code] * 7
    assert len(noted.applied) + len(noted.turned_back) == 1
    assert Case.objects.get().state == ("passed" if noted.applied else "rejected")


def test_without_the_claim_the_same_reviewers_decide_many_times(noted, hospital, reviewers):
    """The control: read, then write."""
    case = open_noted(hospital)
    decided = []

    def decide(number: int) -> None:
        import time

        step = Step.objects.get(case=case)
        if step.state == "open":
            time.sleep(0.05)
            Step.objects.filter(pk=step.pk).update(
                state="passed", reviewer_id=reviewers[number].user_id, decided_at=START
            )
            decided.append(number)

    in_threads(decide)
    assert len(decided) > 1


def test_a_withdrawal_against_a_decision_leaves_one_of_them(noted, hospital, reviewer):
    for serial in range(1, 9):
        case = open_noted(hospital, applicant(serial))
        factories.membership(case.applicant, unit=hospital)
        person = factories.role(case.applicant)

        def act(number: int, case=case, person=person) -> str:
            if number:
                return attempt(lambda: decide_case(actor=reviewer, case_id=case.pk, decision=PASS, now=START))
            return attempt(lambda: withdraw_case(actor=person, case_id=case.pk, now=START))

        answers = in_threads(act, 2)
        state = Case.objects.get(pk=case.pk).state
        assert (state, noted.applied.count(case.pk), noted.taken_back.count(case.pk)) in {
            ("passed", 1, 0),
            ("withdrawn", 0, 1),
        }, answers


def test_of_one_key_threads_open_one(noted, hospital):
    people = [applicant(serial) for serial in range(1, 9)]

    answers = in_threads(
        lambda number: attempt(lambda: open_noted(hospital, people[number], exclusive_key="person:1") and "opened")
    )

    assert sorted(answers) == [AlreadyOpen.code] * 7 + ["opened"]
    assert Case.objects.count() == 1


def test_batches_that_overlap_decide_each_case_once(noted, hospital, reviewers):
    ids = [open_noted(hospital, applicant(serial)).pk for serial in range(1, 21)]

    in_threads(
        lambda number: decide_cases(
            actor=reviewers[number], case_ids=ids if number % 2 else ids[::-1], decision=PASS, now=START
        )
    )

    assert sorted(noted.applied) == ids
    assert set(Case.objects.values_list("state", flat=True)) == {"passed"}
