"""Registrations of units at the same moment, on PostgreSQL."""

import pytest

from core.errors import Refusal
from identity.errors import CreditCodeTaken
from identity.models import Membership, Organisation, User
from registry.approvals.models import Case
from tests.support.threads import in_threads
from tests.units.factories import credit_code, register, tree

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def attempt(**overrides) -> str:
    try:
        register(**overrides)
    except Refusal as refusal:
        return refusal.code
    return "sent"


def test_of_one_credit_code_one_unit_registers(clock):
    tree()

    answers = in_threads(lambda number: attempt(serial=number + 1, credit_code=credit_code(1)))

    assert sorted(answers) == [CreditCodeTaken.code] * 7 + ["sent"]
    assert Organisation.objects.filter(credit_code=credit_code(1)).count() == Case.objects.count() == 1
    assert User.objects.filter(name="周敏").count() == 1


def test_units_that_register_at_once_all_find_their_place_in_the_tree(clock):
    tree()

    answers = in_threads(lambda number: attempt(serial=number + 1))

    assert answers == ["sent"] * 8
    assert Organisation.find_problems() == ([], [], [], [], [])
    assert Organisation.objects.filter(state="in_review").count() == 8


def test_one_button_pressed_many_times_makes_one_case(clock):
    tree()

    answers = in_threads(lambda _number: attempt())

    assert answers.count("sent") >= 1
    assert Case.objects.count() == 1
    assert Organisation.objects.filter(state="in_review").count() == 1
    assert Membership.objects.filter(state="in_review").count() == 1
