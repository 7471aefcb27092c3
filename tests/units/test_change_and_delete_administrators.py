"""Administrators' roles change at once, deleted ones stay technicians, nobody loses his own by accident (U2)."""

import pytest
from django.core.exceptions import ObjectDoesNotExist

from identity.acting import find_role
from identity.models import AccessToken, Membership
from identity.services import issue_token
from registry.units.errors import BeyondYours, ConfirmSelf, HasMore, SuperHasAll, SuperStays
from registry.units.services import change_roles, remove_administrator
from tests.identity import factories
from tests.support.clock import START
from tests.units import colleagues

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanmei(clock):
    return factories.administrator()


@pytest.fixture
def luofang(hanmei):
    """An administrator who manages administrators, and reviews registrations."""
    return colleagues.colleague("罗芳", 46, "administrators", "registrations")


@pytest.fixture
def clerk(hanmei):
    return colleagues.colleague("韩志强", 53, "registrations")


def removes(actor, user, **given):
    membership = colleagues.membership_of(user)
    remove_administrator(actor=colleagues.acting(actor), membership_id=membership.pk, now=START, **given)


def gives(actor, user, *role_ids, **given):
    membership = colleagues.membership_of(user)
    change_roles(
        actor=colleagues.acting(actor), membership_id=membership.pk, role_ids=list(role_ids), now=START, **given
    )


def test_other_roles_hold_at_once(hanmei, clerk):
    gives(hanmei, clerk, colleagues.permission_role("统计员", "statistics"))

    assert colleagues.acting(clerk).modules == {"statistics"}
    assert colleagues.told(clerk) == ["administrator_roles"]
    entry = colleagues.audited("administrator.roles")[0]
    assert (entry["before"]["roles"], entry["after"]["roles"]) == (["韩志强的角色"], ["统计员"])


def test_giving_the_same_roles_again_is_no_news(hanmei, clerk):
    own = clerk.memberships.get().roles.get().pk

    gives(hanmei, clerk, own)

    assert colleagues.told(clerk) == []
    assert colleagues.audited("administrator.roles") == []


def test_nobody_gives_roles_beyond_his_own(luofang, clerk):
    with pytest.raises(BeyondYours, match="完成情况"):
        gives(luofang, clerk, colleagues.permission_role("统计员", "statistics"))

    assert colleagues.modules(clerk) == {"registrations"}


def test_who_has_more_is_out_of_reach(hanmei, luofang):
    counting = colleagues.colleague("统计员", 53, "statistics")
    small = colleagues.permission_role("小角色", "registrations")

    with pytest.raises(HasMore):
        removes(luofang, counting)
    with pytest.raises(HasMore):
        gives(luofang, counting, small)

    assert colleagues.modules(counting) == {"statistics"}


def test_the_super_administrator_has_all_and_stays(hanmei, luofang):
    small = colleagues.permission_role("小角色", "registrations")

    with pytest.raises(SuperStays):
        removes(hanmei, hanmei, confirmed=True)
    with pytest.raises(SuperStays):
        removes(luofang, hanmei)
    with pytest.raises(SuperHasAll):
        gives(hanmei, hanmei, small)

    assert colleagues.membership_of(hanmei).is_super


def test_a_deleted_administrator_stays_a_technician_and_his_tokens_are_void(hanmei):
    lilei = factories.learner()
    row = factories.membership(lilei, "employer")
    token, _text = issue_token(user=lilei, role=colleagues.acting(lilei), address=None, now=START)

    removes(hanmei, lilei)

    assert find_role(lilei, str(row.pk)) is None
    assert not AccessToken.objects.filter(pk=token.pk).exists()
    assert Membership.objects.get(user=lilei, kind="technician").state == "active"
    assert colleagues.told(lilei) == ["administrator_removed"]
    assert colleagues.audited("administrator.remove")[0]["before"]["user"] == lilei.pk


def test_deleting_twice_finds_nobody(hanmei, clerk):
    acting, pk = colleagues.acting(hanmei), colleagues.membership_of(clerk).pk
    remove_administrator(actor=acting, membership_id=pk, now=START)

    with pytest.raises(ObjectDoesNotExist):
        remove_administrator(actor=acting, membership_id=pk, now=START)


def test_nobody_takes_his_own_rights_by_accident(luofang):
    small = colleagues.permission_role("小角色", "registrations")

    with pytest.raises(ConfirmSelf):
        removes(luofang, luofang)
    with pytest.raises(ConfirmSelf):
        gives(luofang, luofang, small)
    assert colleagues.modules(luofang) == {"administrators", "registrations"}

    gives(luofang, luofang, small, confirmed=True)
    assert colleagues.modules(luofang) == {"registrations"}


def test_one_may_leave_when_one_means_it(luofang):
    removes(luofang, luofang, confirmed=True)

    assert colleagues.membership_of(luofang).state == "ended"


def test_administrators_of_another_unit_or_kind_are_unknown(hanmei):
    elsewhere = factories.organisation("外校")
    other = factories.administrator("外校管理员", 71, elsewhere)
    bureau = factories.organisation("示例市人社局", kind="bureau")
    outer, inner = (
        factories.administrator("局长", 73, bureau, "bureau"),
        colleagues.colleague("内部管理员", 75, "registrations", unit=bureau),
    )

    with pytest.raises(ObjectDoesNotExist):
        removes(hanmei, other)
    with pytest.raises(ObjectDoesNotExist):
        remove_administrator(
            actor=colleagues.acting(outer, "bureau"), membership_id=colleagues.membership_of(inner).pk, now=START
        )

    assert colleagues.membership_of(other).state == colleagues.membership_of(inner).state == "active"


def test_who_has_not_the_module_deletes_nobody(clerk, luofang):
    with pytest.raises(ObjectDoesNotExist):
        removes(clerk, luofang)
