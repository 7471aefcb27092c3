"""Deleting a unit against somebody's coming in: whoever is quicker, nobody ends up in a unit that is gone (U3)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connections

from core.errors import FieldRefusals
from identity.models import Membership, Organisation
from registry.approvals.models import Case, Step
from registry.people.services import AskedTransfer, ask_transfer
from registry.units.errors import UnitNotEmpty
from registry.units.services import delete_unit, subordinates
from tests.identity import factories
from tests.people.factories import register
from tests.support.clock import START
from tests.support.threads import in_threads
from tests.units import colleagues

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def department(clock):
    return factories.organisation("示例市卫健委", kind="department")


@pytest.fixture
def superior(department):
    return colleagues.acting(factories.administrator("卫健委管理员", 26, department, "department"), "department")


def below(department, name):
    return factories.organisation(name, parent=Organisation.objects.get(pk=department.pk))


@pytest.mark.slow
def test_a_unit_is_deleted_or_somebody_registers_there(department, superior):
    outcomes = set()
    for turn in range(6):
        unit = below(department, f"单位{turn}")

        def attempt(number, unit=unit, turn=turn):
            try:
                if number:
                    delete_unit(actor=superior, organisation_id=unit.pk, now=START)
                else:
                    register(101 + turn, unit)
            except (UnitNotEmpty, FieldRefusals):
                return None
            return "deleted" if number else "registered"

        done = [answer for answer in in_threads(attempt, 2) if answer]
        unit.refresh_from_db()
        assert len(done) == 1
        assert (unit.state == "deleted") == (done == ["deleted"])
        assert Case.objects.filter(organisation=unit).exists() == (done == ["registered"])
        outcomes.update(done)

    assert not Step.objects.filter(organisation__state="deleted").exists()
    assert not Membership.objects.filter(organisation__state="deleted", state__in=["active", "in_review"]).exists()
    assert outcomes <= {"deleted", "registered"}


def test_who_registers_while_the_unit_is_being_deleted_waits_and_is_refused(department, superior, monkeypatch):
    """Both have read that the unit stands; without the lock the one would enter what the other has just deleted."""
    unit = below(department, "单位")
    pool = ThreadPoolExecutor(1)

    def enter():
        try:
            register(101, unit)
        except FieldRefusals:
            return "refused"
        finally:
            connections.close_all()
        return "registered"

    real, begun = subordinates.obstacles, []

    def obstacles(organisation_id):
        found = real(organisation_id)
        begun.append(pool.submit(enter))
        _wait(begun[0])
        return found

    monkeypatch.setattr(subordinates, "obstacles", obstacles)
    delete_unit(actor=superior, organisation_id=unit.pk, now=START)

    assert begun[0].result(timeout=20) == "refused"
    assert not Membership.objects.filter(organisation=unit).exists()


def _wait(future) -> None:
    """Give it the time in which it would be through if nothing held it."""
    with pytest.raises(TimeoutError):
        future.result(timeout=1)


@pytest.mark.slow
def test_a_unit_is_deleted_or_somebody_asks_to_come_there(department, superior):
    elsewhere = factories.organisation("原单位")
    for turn in range(6):
        unit = below(department, f"单位{turn}")
        person = factories.learner(f"职工{turn}", 101 + 2 * turn, elsewhere)
        asked = AskedTransfer(organisation=unit.pk, starts_on=START.date(), phone="010-5550100")

        def attempt(number, unit=unit, person=person, asked=asked):
            try:
                if number:
                    delete_unit(actor=superior, organisation_id=unit.pk, now=START)
                else:
                    ask_transfer(actor=factories.role(person), asked=asked, now=START)
            except (UnitNotEmpty, FieldRefusals):
                return None
            return "deleted" if number else "asked"

        done = [answer for answer in in_threads(attempt, 2) if answer]
        unit.refresh_from_db()
        assert len(done) == 1
        assert (unit.state == "deleted") == (done == ["deleted"])

    assert not Step.objects.filter(organisation__state="deleted").exists()


def test_two_superiors_delete_it_once(department, superior):
    unit = below(department, "单位")

    def attempt(_number):
        try:
            delete_unit(actor=superior, organisation_id=unit.pk, now=START)
        except ObjectDoesNotExist:
            return "gone"
        return "deleted"

    assert sorted(in_threads(attempt, 4)) == ["deleted", "gone", "gone", "gone"]
    assert len(colleagues.audited("unit.delete")) == 1
