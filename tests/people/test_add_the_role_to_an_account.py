"""Who has an account already becomes a technician too, with its password (P2)."""

import pytest

from core.errors import FieldRefusals
from identity.errors import BadCredentials, Locked
from identity.models import Membership, User
from registry.approvals.models import Case
from registry.people.errors import AlreadyTechnician
from registry.people.models import Profile
from tests.identity import factories as people
from tests.people.factories import register, registered
from tests.support.clock import FakeClock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(clock: FakeClock) -> FakeClock:
    return clock


def test_who_has_an_account_adds_the_role_with_his_password():
    hanmei = people.administrator(serial=2)
    User.objects.filter(pk=hanmei.pk).update(mobile="")

    case = registered(2, existing=True, name="韩梅", mobile="", email="new@example.org")

    hanmei.refresh_from_db()
    assert case.applicant == hanmei
    assert hanmei.email == "new@example.org"
    assert set(Membership.objects.filter(user=hanmei).values_list("kind", "state")) == {
        ("employer", "active"),
        ("technician", "in_review"),
    }


@pytest.mark.parametrize(("serial", "password"), [(2, "Wrong-2026"), (9, people.PASSWORD)])
def test_a_wrong_password_and_an_unknown_account_are_refused_alike_for_the_same_work(hasher, serial, password):
    people.administrator(serial=2)
    hasher.clear()

    with pytest.raises(BadCredentials):
        register(serial, existing=True, name="韩梅", password=password)

    assert len(hasher) == 1
    assert not Case.objects.exists()


def test_tries_count_as_those_of_a_login_do():
    people.administrator(serial=2)
    for _ in range(5):
        with pytest.raises(BadCredentials):
            register(2, existing=True, name="韩梅", password="Wrong-2026")

    with pytest.raises(Locked):
        register(2, existing=True, name="韩梅")


def test_an_account_bears_one_name():
    people.administrator(serial=2)

    with pytest.raises(FieldRefusals) as refused:
        register(2, existing=True, name="韩梅梅")

    assert [(fault.attr, fault.code) for fault in refused.value.faults] == [("name", "another_name")]
    assert not Case.objects.exists()


def test_who_is_a_technician_already_is_told_so_and_nothing_of_his_changes():
    people.learner(serial=1)

    with pytest.raises(AlreadyTechnician):
        register(1, existing=True, name="李雷", school="新学校", email="new@example.org")

    assert not Profile.objects.exists()
    assert User.objects.get().email == ""
