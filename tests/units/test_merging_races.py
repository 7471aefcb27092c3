"""Mergers at the same moment as other acts, on PostgreSQL."""

import pytest

from core import clock as server_clock
from core.errors import Refusal
from identity.models import Membership, Organisation
from registry.approvals.models import Case, Step
from registry.units.services import follow_mergers, merge_units
from tests.identity import factories as people
from tests.people.factories import register as register_technician
from tests.support.clock import START
from tests.support.files import attachment
from tests.support.threads import in_threads
from tests.units.factories import register, tree

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(clock):
    """The hospital, a clinic beside it, and somebody of support."""
    units = tree()
    clinic = people.organisation("示例市中医院", parent=Organisation.objects.get(pk=units.department.pk))
    support = people.role(people.staff("support", "客服甲"), "staff")
    return units.employer, clinic, support


def merge(support, gone, survivor) -> str:
    try:
        merge_units(
            actor=support,
            gone_id=gone.pk,
            survivor_id=survivor.pk,
            reason="合并",
            evidence=attachment(),
            now=START,
        )
    except Refusal as refusal:
        return refusal.code
    return "merged"


def test_of_two_units_merged_both_ways_one_stands(world):
    hospital, clinic, support = world
    pairs = [(hospital, clinic), (clinic, hospital)]

    answers = in_threads(lambda number: merge(support, *pairs[number % 2]))

    assert sorted(answers) == ["merged"] + ["merger_blocked"] * 7
    assert Organisation.objects.filter(pk__in=[hospital.pk, clinic.pk], state="active").count() == 1
    assert not any(Organisation.find_problems())


def test_who_registers_meanwhile_arrives_at_the_survivor(world):
    hospital, clinic, support = world

    def act(number: int) -> str:
        if number == 0:
            return merge(support, clinic, hospital)
        try:
            register_technician(2 * number + 1, clinic)
        except Refusal as refusal:
            return refusal.code
        return "sent"

    answers = in_threads(act)
    follow_mergers(now=server_clock.now())

    assert answers.count("merged") == 1
    sent = answers.count("sent")
    standing = Membership.objects.filter(kind="technician", state="in_review")
    assert set(standing.values_list("organisation_id", flat=True)) <= {hospital.pk}
    assert standing.count() == Case.objects.filter(state="open").count() == sent
    assert Step.objects.filter(state="open", organisation=hospital).count() == sent


def test_a_unit_that_registers_below_the_one_that_goes_stands_below_the_survivor(world):
    hospital, clinic, support = world

    def act(number: int) -> str:
        if number == 0:
            return merge(support, clinic, hospital)
        try:
            register(serial=number, parent=clinic.pk)
        except Refusal as refusal:
            return refusal.code
        return "sent"

    answers = in_threads(act)
    follow_mergers(now=server_clock.now())

    assert answers.count("merged") == 1
    made = Organisation.objects.filter(state="in_review")
    assert made.count() == answers.count("sent")
    assert {unit.get_parent().pk for unit in made} <= {hospital.pk}
    assert not Step.objects.filter(state="open").exclude(organisation=hospital).exists()
    assert not any(Organisation.find_problems())
