"""What one person asks for at the same moment, on PostgreSQL: one thing is open, and he is in one unit."""

import threading

import pytest
from django.core.exceptions import ObjectDoesNotExist

from core.errors import FieldRefusals, Refusal
from identity.models import Membership, Organisation
from registry.approvals.errors import AlreadyOpen
from registry.approvals.models import Case
from registry.approvals.services import decide_case
from registry.people import titles
from registry.units.services import delete_unit
from tests.identity import factories as people
from tests.people.office import asks_title, asks_transfer, decides, reviewer_of, technician, units_of
from tests.support.clock import START
from tests.support.threads import in_threads

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_of_title_changes_and_transfers_asked_at_once_one_is_open(clock):
    user = technician()
    units = [people.organisation(f"第{number}家") for number in range(8)]

    def ask(number: int) -> str:
        try:
            case = (
                asks_title(user, certificate_no=f"编号{number}") if number % 2 else asks_transfer(user, units[number])
            )
        except AlreadyOpen:
            return "refused"
        return case.kind

    answers = in_threads(ask)

    assert answers.count("refused") == 7
    assert Case.objects.get().state == "open"


def test_a_title_change_never_reaches_the_unit_that_he_is_leaving(clock, monkeypatch):
    """The transfer tries to pass just after the title change has read his unit: it waits until that is through."""
    user = technician()
    case = asks_transfer(user, people.organisation("示例市急救中心"))
    reviewer = reviewer_of(case)
    has_read, has_passed, stated = threading.Event(), threading.Event(), titles.stated

    def slowly(*args):
        has_read.set()
        has_passed.wait(1)
        return stated(*args)

    monkeypatch.setattr(titles, "stated", slowly)

    def act(number: int) -> str:
        if number:
            has_read.wait(5)
            state = decide_case(actor=reviewer, case_id=case.pk, decision="pass", now=START)
            has_passed.set()
            return state
        try:
            return asks_title(user).organisation.name
        except AlreadyOpen:
            return "refused"

    assert sorted(in_threads(act, 2)) == ["passed", "refused"]
    assert units_of(user) == ["示例市急救中心"]


@pytest.mark.slow
def test_nobody_is_moved_into_a_unit_that_is_being_deleted(clock):
    bureau = people.organisation("示例市人力资源和社会保障局", kind="bureau")
    superior = people.role(people.administrator("局长", 25, bureau, "bureau"), "bureau")
    outcomes = set()
    for turn in range(6):
        user = technician(f"陈思{turn}", 101 + 2 * turn)
        unit = people.organisation(f"单位{turn}", parent=Organisation.objects.get(pk=bureau.pk))
        answers = in_threads(lambda number, unit=unit, user=user: delete_or_move(number, superior, unit, user), 2)
        outcomes.add(tuple(sorted(answers)))
        for case in Case.objects.filter(applicant=user, state="open"):
            decides(case, "pass")
        active = Membership.objects.get(user=user, state="active").organisation
        assert Organisation.objects.get(pk=active.pk).state == "active"
    assert outcomes <= {("asked", "refused"), ("deleted", "refused")}


def delete_or_move(number: int, superior, unit: Organisation, user) -> str:
    try:
        if number:
            asks_transfer(user, unit)
            return "asked"
        delete_unit(actor=superior, organisation_id=unit.pk, now=START)
    except (Refusal, FieldRefusals, ObjectDoesNotExist):
        return "refused"
    return "deleted"


def test_the_same_decision_made_twice_at_once_moves_him_once(clock):
    user = technician()
    case = asks_transfer(user, people.organisation("示例市急救中心"))
    reviewer = reviewer_of(case)

    def decide(number: int) -> str:
        try:
            return decide_case(actor=reviewer, case_id=case.pk, decision="pass", now=START)
        except Refusal as refusal:
            return refusal.code

    assert sorted(in_threads(decide, 4)) == ["already_decided"] * 3 + ["passed"]
    assert Membership.objects.filter(user=user).count() == 2
