"""Who left his unit logs in without a role, to find a new unit (T2); nobody else does."""

import pytest

from identity.models import Membership
from tests.identity import factories
from tests.identity.driving import Program, code_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(clock):
    return clock


def ends(user, **where):
    Membership.objects.filter(user=user, **where).update(state="ended")


def test_a_technician_who_left_comes_in_as_nobody_in_particular():
    user = factories.learner()
    ends(user)

    answer = Program().tries(user)

    assert answer.status_code == 200
    assert (answer.json()["role"]["kind"], answer.json()["roles"]) == ("visitor", [])


def test_a_former_administrator_stays_outside():
    user = factories.administrator()
    ends(user)

    assert code_of(Program().tries(user)) == "bad_credentials"


def test_who_asks_for_a_new_unit_by_registering_is_told_whom_he_waits_for():
    user = factories.learner()
    ends(user)
    factories.membership(user, unit=factories.organisation("示例市急救中心"), state="in_review")

    assert code_of(Program().tries(user)) == "not_approved"


def test_a_wrong_password_tells_nothing():
    user = factories.learner()
    ends(user)

    assert code_of(Program().tries(user, password="falsch")) == "bad_credentials"
